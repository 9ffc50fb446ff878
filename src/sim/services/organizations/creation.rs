//! Creating accounts, which takes a while.
//!
//! In: CreateAccount. Out: a request that ends by itself, and its status. Absent: GovCloud pairs,
//! for which AWS has to enable the management account.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::paging::page_of;
use super::refusal::{constraint, invalid, refuse};
use super::state::{
    Account, AccountState, Creation, CreationOutcome, Joined, Organization, Standalone, State, Tags,
};
use super::{access, tags};
use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

/// How long AWS usually takes to create an account. AWS publishes no figure; people report one to two minutes.
const USUAL: Duration = Duration::from_secs(90);
/// Creations in progress at a time:
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>.
const MOST_IN_PROGRESS: usize = 5;
/// The access role when none is named: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html>.
const ROLE: &str = "OrganizationAccountAccessRole";

impl Organization {
    fn creations_in_progress(&self) -> impl Iterator<Item = &Creation> {
        self.creations.values().filter(|creation| creation.outcome == CreationOutcome::InProgress)
    }

    /// Whether the same account was being created when this was asked: AWS then says that the request was submitted
    /// already (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccountStatus.html>).
    fn repeats_another(&self, creation: &Creation) -> bool {
        self.creations.values().any(|other| {
            matches!(other.outcome, CreationOutcome::Succeeded(_))
                && other.email.eq_ignore_ascii_case(&creation.email)
                && other.name == creation.name
                && other.requested <= creation.requested
                && creation.requested < other.ends
        })
    }

    fn creation_view(&self, id: &str) -> Value {
        let Some(creation) = self.creations.get(id) else {
            return json!({});
        };
        let mut view = json!({"Id": id, "AccountName": creation.name, "RequestedTimestamp": epoch(creation.requested), "State": state_name(&creation.outcome)});
        match &creation.outcome {
            CreationOutcome::InProgress => {}
            CreationOutcome::Succeeded(account) => {
                view["CompletedTimestamp"] = json!(epoch(creation.ends));
                view["AccountId"] = json!(account);
            }
            CreationOutcome::Failed(reason) => {
                view["CompletedTimestamp"] = json!(epoch(creation.ends));
                view["FailureReason"] = json!(reason);
            }
        }
        view
    }
}

fn state_name(outcome: &CreationOutcome) -> &'static str {
    match outcome {
        CreationOutcome::InProgress => "IN_PROGRESS",
        CreationOutcome::Succeeded(_) => "SUCCEEDED",
        CreationOutcome::Failed(_) => "FAILED",
    }
}

impl State {
    /// Accounts that count against the quota: members, closed ones too, creations in progress, open invitations
    /// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>).
    pub(super) fn counted_accounts(&self, organization: &Organization) -> usize {
        let invitations = self.handshakes.values().filter(|handshake| {
            handshake.organization == organization.id && handshake.action == "INVITE" && handshake.is_open()
        });
        organization.accounts.len() + organization.creations_in_progress().count() + invitations.count()
    }
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let finalizing = world.organizations.finalizing;
    let quota = usize::try_from(world.organizations.account_quota).unwrap_or(usize::MAX);
    let organization = access::management(&mut world.organizations, request)?;
    let tags = tags::given(request)?;
    let (email, name) = (request.required("Email"), request.required("AccountName"));
    if !is_email(email) {
        return Err(invalid("INVALID_PATTERN"));
    }
    let role = request.text("RoleName").unwrap_or(ROLE);
    if role.starts_with("AWSServiceRoleFor") {
        return Err(invalid("INVALID_ROLE_NAME"));
    }
    if request.now < later(organization.created, finalizing) {
        return Err(refuse("FinalizingOrganizationException"));
    }
    if organization.creations_in_progress().count() >= MOST_IN_PROGRESS {
        return Err(constraint("ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"));
    }
    let id = organization.id.clone();
    let counted = world
        .organizations
        .organizations
        .get(&id)
        .map_or(0, |organization| world.organizations.counted_accounts(organization));
    if counted >= quota {
        return Err(constraint("ACCOUNT_NUMBER_LIMIT_EXCEEDED"));
    }
    let ends = world.end_of(request.now, USUAL);
    let request_id = format!("car-{}", world.ids.hex(32));
    let organization = access::management(&mut world.organizations, request)?;
    organization.lock(&[email], request.now, window)?;
    let creation = Creation {
        email: email.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        tags,
        requested: request.now,
        ends,
        outcome: CreationOutcome::InProgress,
        doomed: None,
    };
    organization.creations.insert(request_id.clone(), creation);
    Ok(json!({"CreateAccountStatus": organization.creation_view(&request_id)}))
}

/// This management account has no counterpart in AWS GovCloud (US), so AWS refuses
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateGovCloudAccount.html>).
pub(super) fn create_govcloud(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    access::management(&mut world.organizations, request)?;
    Err(constraint("MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED"))
}

/// Seven-bit, one `@`, none of the characters AWS excludes from the local part
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html>).
pub(super) fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else {
        return false;
    };
    let excluded = |letter: char| letter.is_whitespace() || "\"'()<>[]:;,\\|%&".contains(letter);
    let domain_ok = domain.contains('.')
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && domain.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.');
    email.is_ascii() && !local.is_empty() && !local.starts_with('.') && !local.contains(excluded) && domain_ok
}

pub(super) fn describe_status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let id = request.required("CreateAccountRequestId");
    if !organization.creations.contains_key(id) {
        return Err(refuse("CreateAccountStatusNotFoundException"));
    }
    Ok(json!({"CreateAccountStatus": organization.creation_view(id)}))
}

pub(super) fn list_statuses(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let wanted: Vec<&str> = request.list("States").iter().filter_map(Value::as_str).collect();
    let shown = |creation: &Creation| wanted.is_empty() || wanted.contains(&state_name(&creation.outcome));
    let mut found: Vec<(&String, &Creation)> =
        organization.creations.iter().filter(|(_, creation)| shown(creation)).collect();
    found.sort_by_key(|(id, creation)| (creation.requested, *id));
    page_of(request, "CreateAccountStatuses", found, empty, |(id, _)| organization.creation_view(id))
}

/// When the next creation ends.
pub(super) fn due(state: &State) -> Option<Timestamp> {
    state
        .organizations
        .values()
        .flat_map(Organization::creations_in_progress)
        .map(|creation| creation.ends)
        .min()
}

/// Ends every creation that is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut ended: Vec<(Timestamp, Timestamp, String, String)> = Vec::new();
    for organization in world.organizations.organizations.values() {
        let due = organization
            .creations
            .iter()
            .filter(|(_, creation)| creation.outcome == CreationOutcome::InProgress && creation.ends <= now);
        ended.extend(
            due.map(|(id, creation)| {
                (creation.ends, creation.requested, organization.id.clone(), id.clone())
            }),
        );
    }
    ended.sort();
    for (at, _, organization, request) in ended {
        finish(world, &organization, &request, at);
    }
}

fn finish(world: &mut World, organization: &str, request: &str, at: Timestamp) {
    let Some(creation) = world
        .organizations
        .organizations
        .get(organization)
        .and_then(|organization| organization.creations.get(request))
        .cloned()
    else {
        return;
    };
    if let Some(reason) = creation.doomed {
        let organization = world.organizations.organizations.get_mut(organization);
        if let Some(entry) = organization.and_then(|organization| organization.creations.get_mut(request)) {
            entry.outcome = CreationOutcome::Failed(reason);
        }
        return;
    }
    let taken = world.organizations.email_in_use(&creation.email);
    let repeats = world
        .organizations
        .organizations
        .get(organization)
        .is_some_and(|organization| organization.repeats_another(&creation));
    let account = world.ids.account();
    let Some(organization) = world.organizations.organizations.get_mut(organization) else {
        return;
    };
    let outcome = if repeats {
        CreationOutcome::Failed("CONCURRENT_ACCOUNT_MODIFICATION".to_owned())
    } else if taken {
        CreationOutcome::Failed("EMAIL_ALREADY_EXISTS".to_owned())
    } else {
        CreationOutcome::Succeeded(account.clone())
    };
    if let Some(entry) = organization.creations.get_mut(request) {
        entry.outcome = outcome;
    }
    if taken {
        return;
    }
    let (email, name, tags) = (creation.email, creation.name, creation.tags);
    let management = admit(organization, &account, email, name, tags, at);
    world.open_account(&account, &management, Some(&creation.role), at);
}

/// Puts a created account into the root, and says the management account.
fn admit(
    organization: &mut Organization,
    account: &str,
    email: String,
    name: String,
    tags: Tags,
    at: Timestamp,
) -> String {
    let (parent, state, joined) = (organization.root.id.clone(), AccountState::Active, Joined::Created);
    let member = Account { email, name, parent, state, joined, joined_at: at, tags };
    organization.accounts.insert(account.to_owned(), member);
    organization.attach_defaults(account);
    organization.management.clone()
}

/// An account that a service of AWS creates as part of its own work, with the role it names: e-mail address and name.
///
/// # Errors
/// AWS's reason, as a failed creation has it.
pub(crate) fn create_at_once(
    world: &mut World,
    management: &str,
    who: (&str, &str),
    role: &str,
    at: Timestamp,
) -> Result<String, String> {
    let account = seat(world, management, None, who, at)?;
    world.open_account(&account, management, Some(role), at);
    Ok(account)
}

/// Puts an account into an organization's root, without any role in it: e-mail address and name; an id, where it matters.
///
/// # Errors
/// AWS's reason, as a failed creation has it.
pub(crate) fn seat(
    world: &mut World,
    management: &str,
    id: Option<&str>,
    (email, name): (&str, &str),
    at: Timestamp,
) -> Result<String, String> {
    let quota = usize::try_from(world.organizations.account_quota).unwrap_or(usize::MAX);
    let organization = world.organizations.of(management).ok_or("The organization is gone.")?;
    if world.organizations.counted_accounts(organization) >= quota {
        return Err("ACCOUNT_LIMIT_EXCEEDED".to_owned());
    }
    if world.organizations.email_in_use(email) {
        return Err(format!("EMAIL_ALREADY_EXISTS: {email}"));
    }
    let account = id.map_or_else(|| world.ids.account(), str::to_owned);
    let organization = world.organizations.of_mut(management).ok_or("The organization is gone.")?;
    admit(organization, &account, email.to_owned(), name.to_owned(), Tags::new(), at);
    world.open_account(&account, management, None, at);
    Ok(account)
}

/// An account that belongs to no organization since then: e-mail address and name.
pub(crate) fn stand_alone(world: &mut World, id: &str, (email, name): (&str, &str), since: Timestamp) {
    let alone = Standalone { email: email.to_owned(), name: name.to_owned(), left: since };
    world.organizations.standalone.insert(id.to_owned(), alone);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_ascii_with_one_at_sign_and_a_domain() {
        for good in ["aws+prod@example.com", "a.b@x.example.co"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "a@b@example.com",
            ".a@example.com",
            "a b@example.com",
            "a@example",
            "ä@example.com",
            "a%b@example.com",
            "@example.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    use std::time::Duration;

    use crate::sim::Settings;
    use crate::sim::testing::{account, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    fn named(name: &str) -> serde_json::Value {
        json!({"AccountName": name, "Email": format!("{name}@example.com")})
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_is_there_when_its_creation_ended_and_not_before() {
        let (sim, root) = organization(quiet()).await;
        let begun = done(&sim, ORG, "CreateAccount", named("app")).await;
        let status = &begun["CreateAccountStatus"];
        assert_eq!(status["State"], "IN_PROGRESS");
        assert!(status.get("AccountId").is_none() && status.get("Email").is_none(), "{status}");
        sim.advance(Duration::from_secs(89));
        let id = json!({"CreateAccountRequestId": status["Id"]});
        assert_eq!(
            done(&sim, ORG, "DescribeCreateAccountStatus", id.clone()).await["CreateAccountStatus"]["State"],
            "IN_PROGRESS"
        );
        sim.advance(Duration::from_secs(2));
        let ended = done(&sim, ORG, "DescribeCreateAccountStatus", id).await;
        assert_eq!(ended["CreateAccountStatus"]["State"], "SUCCEEDED");
        let listed = done(&sim, ORG, "ListAccountsForParent", json!({"ParentId": root})).await;
        assert!(
            listed["Accounts"]
                .as_array()
                .expect("a list")
                .iter()
                .any(|item| item["Id"] == ended["CreateAccountStatus"]["AccountId"])
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_creation_goes_on_in_a_world_that_was_saved() {
        let (sim, _) = organization(quiet()).await;
        let begun = done(&sim, ORG, "CreateAccount", named("app")).await;
        let text = serde_json::to_string(&sim.world()).expect("a world as text");
        let world = serde_json::from_str(&text).expect("a world from text");
        let again = crate::sim::Simulator::from_world(world, quiet());
        assert_eq!(again.now(), sim.world().time);
        again.advance(Duration::from_secs(91));
        let id = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
        assert_eq!(
            done(&again, ORG, "DescribeCreateAccountStatus", id).await["CreateAccountStatus"]["State"],
            "SUCCEEDED"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_email_in_use_fails_the_creation_whatever_its_case() {
        let (sim, _) = organization(quiet()).await;
        account(&sim, "app").await;
        let begun =
            done(&sim, ORG, "CreateAccount", json!({"AccountName": "again", "Email": "APP@example.com"}))
                .await;
        sim.advance(Duration::from_secs(91));
        let id = json!({"CreateAccountRequestId": begun["CreateAccountStatus"]["Id"]});
        let ended = done(&sim, ORG, "DescribeCreateAccountStatus", id).await;
        assert_eq!(ended["CreateAccountStatus"]["FailureReason"], "EMAIL_ALREADY_EXISTS");
        let failed = done(&sim, ORG, "ListCreateAccountStatus", json!({"States": ["FAILED"]})).await;
        assert_eq!(failed["CreateAccountStatuses"].as_array().map(Vec::len), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn five_creations_at_a_time_and_ten_accounts_in_all() {
        let (sim, _) = organization(quiet()).await;
        for number in 0..5 {
            done(&sim, ORG, "CreateAccount", named(&format!("a{number}"))).await;
        }
        assert_eq!(
            refused(&sim, ORG, "CreateAccount", named("b")).await,
            "ConstraintViolationException/ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"
        );
        sim.advance(Duration::from_secs(91));
        for number in 5..9 {
            done(&sim, ORG, "CreateAccount", named(&format!("a{number}"))).await;
        }
        assert_eq!(
            refused(&sim, ORG, "CreateAccount", named("b")).await,
            "ConstraintViolationException/ACCOUNT_NUMBER_LIMIT_EXCEEDED"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_fresh_organization_is_finalized_first_if_the_settings_say_so() {
        let (sim, _) = organization(Settings { finalizing: Duration::from_secs(60), ..quiet() }).await;
        assert_eq!(refused(&sim, ORG, "CreateAccount", named("a")).await, "FinalizingOrganizationException");
        sim.advance(Duration::from_secs(60));
        done(&sim, ORG, "CreateAccount", named("a")).await;
    }
}
