//! Handshakes: invitations to join, and the agreement to all features.
//!
//! In: requests of both sides. Out: handshakes that are open for 15 days and shown for 30 more. Absent: transfers of
//! billing responsibility, and the e-mails AWS sends.
//!
//! Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_invites.html>.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paging::page;
use super::refusal::{handshake, invalid, refuse};
use super::state::{Account, Handshake, State};
use super::{access, creation, tags};
use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::{Caller, Request};
use crate::sim::world::World;

/// An invitation expires after 15 days, a request for all features after 90
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>).
const INVITATION: Duration = Duration::from_secs(15 * 86_400);
const ALL_FEATURES: Duration = Duration::from_secs(90 * 86_400);
/// How long a handshake that is over is still shown.
const SHOWN: Duration = Duration::from_secs(30 * 86_400);
/// Invitations a day: 20, or as many as the organization may have accounts.
const LEAST_DAILY: usize = 20;
const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

impl Handshake {
    /// Whether the handshake is not over: somebody can still answer it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state.as_str(), "OPEN" | "REQUESTED")
    }

    pub(super) fn is_for(&self, caller: &Caller, email: Option<&str>) -> bool {
        match self.target.0.as_str() {
            "ACCOUNT" => self.target.1 == caller.account,
            // An account this world has not met is taken at its word: only its owner reads the invitation's e-mail.
            "EMAIL" => email.is_none_or(|email| email.eq_ignore_ascii_case(&self.target.1)),
            _ => false,
        }
    }
}

/// E-mail address of the caller's account, if this world knows it.
pub(super) fn email_of<'a>(state: &'a State, account: &str) -> Option<&'a str> {
    let member = state
        .of(account)
        .and_then(|organization| organization.account(account))
        .map(|member| member.email.as_str());
    member.or_else(|| state.standalone.get(account).map(|known| known.email.as_str()))
}

pub(super) fn view(world: &World, id: &str) -> Value {
    let Some(handshake) = world.organizations.handshakes.get(id) else {
        return json!({});
    };
    let organization = world.organizations.organizations.get(&handshake.organization);
    let master = organization.and_then(|organization| organization.account(&organization.management));
    let text =
        |field: fn(&Account) -> &String| master.map(|account| field(account).clone()).unwrap_or_default();
    let feature_set = organization.map_or("ALL", |organization| organization.feature_set.name());
    let mut resources = vec![json!({"Type": "ORGANIZATION", "Value": handshake.organization, "Resources": [
        {"Type": "MASTER_EMAIL", "Value": text(|account| &account.email)},
        {"Type": "MASTER_NAME", "Value": text(|account| &account.name)},
        {"Type": "ORGANIZATION_FEATURE_SET", "Value": feature_set},
    ]})];
    let (kind, target) = &handshake.target;
    if kind != "ORGANIZATION" {
        resources.push(json!({"Type": kind, "Value": target}));
    }
    if let Some(notes) = &handshake.notes {
        resources.push(json!({"Type": "NOTES", "Value": notes}));
    }
    if let Some(parent) = &handshake.parent {
        resources.push(json!({"Type": "PARENT_HANDSHAKE", "Value": parent}));
    }
    let mut parties = vec![json!({"Type": "ORGANIZATION", "Id": handshake.organization})];
    if kind != "ORGANIZATION" {
        parties.push(json!({"Type": kind, "Id": target}));
    }
    let action = handshake.action.to_lowercase();
    json!({
        "Id": id,
        "Arn": format!("arn:aws:organizations::{}:handshake/{}/{action}/{id}", handshake.management, handshake.organization),
        "Parties": parties,
        "State": handshake.state,
        "RequestedTimestamp": epoch(handshake.requested),
        "ExpirationTimestamp": epoch(handshake.expires),
        "Action": handshake.action,
        "Resources": resources,
    })
}

pub(super) fn invite(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::management(&mut world.organizations, request)?;
    let tags = tags::given(request)?;
    let (id, management, created) =
        (organization.id.clone(), organization.management.clone(), organization.created);
    let target = request.input.get("Target");
    let part = |member: &str| {
        target.and_then(|target| target.get(member)).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (kind, name) = (part("Type"), part("Id"));
    check_target(&kind, &name)?;
    let state = &world.organizations;
    if request.now < later(created, state.finalizing) {
        return Err(refuse("FinalizingOrganizationException"));
    }
    let member = |id: &String, account: &Account| {
        if kind == "ACCOUNT" { *id == name } else { account.email.eq_ignore_ascii_case(&name) }
    };
    let own = state.organizations.get(&id);
    if own.is_some_and(|organization| organization.accounts.iter().any(|(id, account)| member(id, account))) {
        return Err(handshake("ALREADY_IN_AN_ORGANIZATION"));
    }
    let mine = || state.handshakes.values().filter(|handshake| handshake.organization == id);
    if mine().any(|other| other.is_open() && other.action == "ENABLE_ALL_FEATURES") {
        return Err(handshake("INVITE_DISABLED_DURING_ENABLE_ALL_FEATURES"));
    }
    if mine().any(|other| other.is_open() && other.target == (kind.clone(), name.clone())) {
        return Err(refuse("DuplicateHandshakeException"));
    }
    let quota = usize::try_from(state.account_quota).unwrap_or(usize::MAX);
    if own.is_some_and(|organization| state.counted_accounts(organization) >= quota) {
        return Err(handshake("ACCOUNT_NUMBER_LIMIT_EXCEEDED"));
    }
    let today = mine()
        .filter(|other| other.action == "INVITE" && request.now.duration_since(other.requested) < DAY)
        .count();
    if today >= quota.max(LEAST_DAILY) {
        return Err(handshake("HANDSHAKE_RATE_LIMIT_EXCEEDED"));
    }
    let notes = request.text("Notes").map(str::to_owned);
    let invitation = Handshake {
        target: (kind, name),
        notes,
        tags,
        ..begin(&id, &management, "INVITE", request.now, INVITATION)
    };
    let handshake_id = add(world, invitation);
    Ok(json!({"Handshake": view(world, &handshake_id)}))
}

fn check_target(kind: &str, name: &str) -> Result<(), AwsError> {
    match kind {
        "ACCOUNT" if name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_digit()) => Ok(()),
        "ACCOUNT" => Err(invalid("INVALID_PATTERN")),
        "EMAIL" if creation::is_email(name) => Ok(()),
        "EMAIL" => Err(invalid("INVALID_EMAIL_ADDRESS_TARGET")),
        _ => Err(invalid("INVALID_PARTY_TYPE_TARGET")),
    }
}

/// The state of an invitation that waits for its answer is OPEN in the published examples of
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_InviteAccountToOrganization.html>.
fn begin(organization: &str, management: &str, action: &str, now: Timestamp, lasts: Duration) -> Handshake {
    Handshake {
        organization: organization.to_owned(),
        management: management.to_owned(),
        action: action.to_owned(),
        state: "OPEN".to_owned(),
        requested: now,
        expires: later(now, lasts),
        ..Handshake::default()
    }
}

fn add(world: &mut World, handshake: Handshake) -> String {
    let id = format!("h-{}", world.ids.hex(32));
    world.organizations.handshakes.insert(id.clone(), handshake);
    id
}

/// Begins the change to all features: one handshake for the organization, REQUESTED while invited accounts have not
/// answered theirs, OPEN when the management account may finalize.
///
/// The pages of AWS disagree on which handshake finalizes: EnableAllFeatures names the ENABLE_ALL_FEATURES one,
/// AcceptHandshake the APPROVE_ALL_FEATURES one that the management account receives. Either does here.
pub(super) fn begin_all_features(
    world: &mut World,
    organization: &str,
    management: &str,
    invited: &[String],
    now: Timestamp,
) -> String {
    let asked = |target: (String, String), parent: Option<String>| Handshake {
        target,
        parent,
        ..begin(organization, management, "ENABLE_ALL_FEATURES", now, ALL_FEATURES)
    };
    let whole = ("ORGANIZATION".to_owned(), organization.to_owned());
    let requested = Handshake { state: "REQUESTED".to_owned(), ..asked(whole, None) };
    let parent = add(world, requested);
    for account in invited {
        let target = ("ACCOUNT".to_owned(), account.clone());
        add(world, asked(target, Some(parent.clone())));
    }
    if invited.is_empty() {
        open_approval(world, &parent, now);
    }
    parent
}

/// When every invited account agreed: the management account may finalize.
pub(super) fn open_approval(world: &mut World, parent: &str, now: Timestamp) {
    let handshakes = &mut world.organizations.handshakes;
    let waiting =
        handshakes.values().any(|other| other.parent.as_deref() == Some(parent) && other.state != "ACCEPTED");
    let Some(whole) = handshakes.get_mut(parent).filter(|_| !waiting) else {
        return;
    };
    "OPEN".clone_into(&mut whole.state);
    let approval = Handshake {
        target: ("ACCOUNT".to_owned(), whole.management.clone()),
        parent: Some(parent.to_owned()),
        ..begin(&whole.organization, &whole.management, "APPROVE_ALL_FEATURES", now, ALL_FEATURES)
    };
    add(world, approval);
}

/// At most one filter, on the action or on the parent.
fn filter(request: &Request) -> Result<(Option<String>, Option<String>), AwsError> {
    let part = |member: &str| {
        request
            .input
            .get("Filter")
            .and_then(|filter| filter.get(member))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    match (part("ActionType"), part("ParentHandshakeId")) {
        (Some(_), Some(_)) => Err(invalid("MAX_LIMIT_EXCEEDED_FILTER")),
        other => Ok(other),
    }
}

fn listed(world: &World, request: &Request, shown: impl Fn(&Handshake) -> bool) -> Result<Value, AwsError> {
    let (action, parent) = filter(request)?;
    let wanted = |handshake: &Handshake| {
        action.as_ref().is_none_or(|action| *action == handshake.action)
            && parent.as_ref().is_none_or(|parent| handshake.parent.as_ref() == Some(parent))
    };
    let mut found: Vec<(&String, &Handshake)> = world
        .organizations
        .handshakes
        .iter()
        .filter(|(_, handshake)| shown(handshake) && wanted(handshake))
        .collect();
    found.sort_by_key(|(id, handshake)| (handshake.requested, *id));
    let items = found.into_iter().map(|(id, _)| view(world, id)).collect();
    page(request, "Handshakes", items, world.organizations.empty_pages)
}

pub(super) fn list_for_account(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let email = email_of(&world.organizations, &request.caller.account).map(str::to_owned);
    listed(world, request, |handshake| handshake.is_for(&request.caller, email.as_deref()))
}

pub(super) fn list_for_organization(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = access::reader(&mut world.organizations, request)?.id.clone();
    listed(world, request, |handshake| handshake.organization == id)
}

/// When the next handshake expires or is forgotten.
pub(super) fn due(state: &State) -> Option<Timestamp> {
    state.handshakes.values().map(next).min()
}

fn next(handshake: &Handshake) -> Timestamp {
    if handshake.is_open() { handshake.expires } else { later(handshake.expires, SHOWN) }
}

/// Expires and forgets what is due.
pub(super) fn settle(state: &mut State, now: Timestamp) {
    state.handshakes.retain(|_, handshake| handshake.is_open() || next(handshake) > now);
    for handshake in
        state.handshakes.values_mut().filter(|handshake| handshake.is_open() && handshake.expires <= now)
    {
        "EXPIRED".clone_into(&mut handshake.state);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::INVITATION;
    use crate::sim::testing::{ask_as, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    const GUEST: &str = "222233334444";

    #[tokio::test(start_paused = true)]
    async fn an_invited_account_joins_the_root_when_it_accepts() {
        let (sim, root) = organization(quiet()).await;
        let target = json!({"Target": {"Type": "ACCOUNT", "Id": GUEST}, "Notes": "join us"});
        let invited = done(&sim, ORG, "InviteAccountToOrganization", target.clone()).await;
        assert_eq!(invited["Handshake"]["State"], "OPEN");
        let id = json!({"HandshakeId": invited["Handshake"]["Id"]});
        let seen = ask_as(&sim, GUEST, None, ORG, "ListHandshakesForAccount", json!({})).await;
        assert_eq!(seen.json()["Handshakes"][0]["Id"], invited["Handshake"]["Id"]);
        let accepted = ask_as(&sim, GUEST, None, ORG, "AcceptHandshake", id).await;
        assert_eq!(accepted.json()["Handshake"]["State"], "ACCEPTED");
        let account = done(&sim, ORG, "DescribeAccount", json!({"AccountId": GUEST})).await;
        assert_eq!(account["Account"]["JoinedMethod"], "INVITED");
        let parents = done(&sim, ORG, "ListParents", json!({"ChildId": GUEST})).await;
        assert_eq!(parents["Parents"][0]["Id"], json!(root));
        let member = refused(&sim, ORG, "InviteAccountToOrganization", target).await;
        assert_eq!(member, "HandshakeConstraintViolationException/ALREADY_IN_AN_ORGANIZATION");
        let remove = json!({"AccountId": GUEST});
        done(&sim, ORG, "RemoveAccountFromOrganization", remove).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_handshake_is_answered_once_and_by_its_parties_only() {
        let (sim, _) = organization(quiet()).await;
        let target = json!({"Target": {"Type": "ACCOUNT", "Id": GUEST}});
        let invited = done(&sim, ORG, "InviteAccountToOrganization", target.clone()).await;
        let twice = refused(&sim, ORG, "InviteAccountToOrganization", target).await;
        assert_eq!(twice, "DuplicateHandshakeException");
        let id = json!({"HandshakeId": invited["Handshake"]["Id"]});
        let accept = async |caller: &str| {
            let answer = ask_as(&sim, caller, None, ORG, "AcceptHandshake", id.clone()).await;
            answer.code().unwrap_or_default()
        };
        assert_eq!(accept("555566667777").await, "AccessDeniedException");
        assert_eq!(accept(GUEST).await, "");
        assert_eq!(accept(GUEST).await, "HandshakeAlreadyInStateException");
        let late = refused(&sim, ORG, "CancelHandshake", id.clone()).await;
        assert_eq!(late, "InvalidHandshakeTransitionException");
    }

    #[tokio::test(start_paused = true)]
    async fn an_invitation_expires_after_fifteen_days() {
        let (sim, _) = organization(quiet()).await;
        let target = json!({"Target": {"Type": "EMAIL", "Id": "legacy@example.com"}});
        let invited = done(&sim, ORG, "InviteAccountToOrganization", target).await;
        sim.advance(INVITATION);
        let id = json!({"HandshakeId": invited["Handshake"]["Id"]});
        assert_eq!(done(&sim, ORG, "DescribeHandshake", id.clone()).await["Handshake"]["State"], "EXPIRED");
        let late = ask_as(&sim, "222233334444", None, ORG, "AcceptHandshake", id).await;
        assert_eq!(late.code().as_deref(), Some("InvalidHandshakeTransitionException"));
        let party = json!({"Target": {"Type": "ORGANIZATION", "Id": "o-abcdefghij"}});
        assert_eq!(
            refused(&sim, ORG, "InviteAccountToOrganization", party).await,
            "InvalidInputException/INVALID_PARTY_TYPE_TARGET"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn all_features_wait_for_every_invited_account() {
        let sim = crate::sim::Simulator::new(quiet());
        let billing = json!({"FeatureSet": "CONSOLIDATED_BILLING"});
        done(&sim, ORG, "CreateOrganization", billing).await;
        let target = json!({"Target": {"Type": "ACCOUNT", "Id": GUEST}});
        let invited = done(&sim, ORG, "InviteAccountToOrganization", target).await;
        let id = json!({"HandshakeId": invited["Handshake"]["Id"]});
        ask_as(&sim, GUEST, None, ORG, "AcceptHandshake", id).await;
        let begun = done(&sim, ORG, "EnableAllFeatures", json!({})).await;
        assert_eq!(begun["Handshake"]["State"], "REQUESTED");
        let whole = json!({"HandshakeId": begun["Handshake"]["Id"]});
        let early = refused(&sim, ORG, "AcceptHandshake", whole.clone()).await;
        assert_eq!(early, "InvalidHandshakeTransitionException");
        let filter = json!({"Filter": {"ActionType": "ENABLE_ALL_FEATURES"}});
        let seen = ask_as(&sim, GUEST, None, ORG, "ListHandshakesForAccount", filter).await;
        let child = json!({"HandshakeId": seen.json()["Handshakes"][0]["Id"]});
        let agreed = ask_as(&sim, GUEST, None, ORG, "AcceptHandshake", child).await;
        assert_eq!(agreed.code(), None);
        let filter = json!({"Filter": {"ActionType": "APPROVE_ALL_FEATURES"}});
        let mine = done(&sim, ORG, "ListHandshakesForAccount", filter).await;
        let approval = json!({"HandshakeId": mine["Handshakes"][0]["Id"]});
        done(&sim, ORG, "AcceptHandshake", approval).await;
        let seen = done(&sim, ORG, "DescribeHandshake", whole).await;
        assert_eq!(seen["Handshake"]["State"], "ACCEPTED");
        let organization = done(&sim, ORG, "DescribeOrganization", json!({})).await;
        assert_eq!(organization["Organization"]["FeatureSet"], "ALL");
        let again = refused(&sim, ORG, "EnableAllFeatures", json!({})).await;
        assert_eq!(again, "HandshakeConstraintViolationException/ORGANIZATION_ALREADY_HAS_ALL_FEATURES");
    }
}
