//! Which configuration an account, a unit or the root has: its own, or the nearest one above.
//!
//! In: associations that the administrator starts and ends. Out: PENDING, then SUCCESS, and hubs of the accounts below as
//! the policy has them, in the home Region and the linked ones. Source: the model at StartConfigurationPolicyAssociation
//! and <https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html>. How long an
//! association is PENDING is published nowhere (UNSOURCED): two minutes here. Absent: controls and their parameters, and
//! accounts that move, which get their new unit's configuration only when it is associated anew.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::{AccountState, Organization};
use crate::sim::world::World;

use super::refusal::{invalid, missing};
use super::state::{Account, Association};
use super::{PAGING, gate, hubs, policies, standards};

pub(super) const REACHING: Duration = Duration::from_secs(120);

/// The configuration that leaves an account to itself.
const SELF_MANAGED: &str = "SELF_MANAGED_SECURITY_HUB";

/// The id of a request's target and its kind, which must be in the organization.
fn target(world: &World, request: &Request) -> Result<(String, &'static str), AwsError> {
    let given = &request.input["Target"];
    let kinds =
        [("AccountId", "ACCOUNT"), ("OrganizationalUnitId", "ORGANIZATIONAL_UNIT"), ("RootId", "ROOT")];
    let named: Vec<(&str, &'static str)> =
        kinds.iter().filter_map(|(member, kind)| Some((given[*member].as_str()?, *kind))).collect();
    let [(id, kind)] = named[..] else {
        return Err(invalid("Exactly one of AccountId, OrganizationalUnitId and RootId must be specified."));
    };
    let known = world.organizations.of(&request.caller.account).is_some_and(|organization| match kind {
        "ACCOUNT" => organization.account(id).is_some(),
        _ => organization.is_parent(id),
    });
    if known { Ok((id.to_owned(), kind)) } else { Err(missing(format!("The target {id} does not exist."))) }
}

fn kind_of(id: &str) -> &'static str {
    match id.split('-').next() {
        Some("r") => "ROOT",
        Some("ou") => "ORGANIZATIONAL_UNIT",
        _ => "ACCOUNT",
    }
}

/// The association that is in force for something, and whether it is its own.
fn in_force<'a>(
    account: &'a Account,
    organization: &Organization,
    id: &str,
) -> Option<(&'a Association, bool)> {
    if let Some(own) = account.associations.get(id) {
        return Some((own, true));
    }
    let above = organization.ancestors(id);
    above
        .into_iter()
        .find_map(|above| account.associations.get(above))
        .map(|association| (association, false))
}

fn view(id: &str, association: &Association, own: bool) -> Value {
    json!({
        "ConfigurationPolicyId": association.policy,
        "TargetId": id,
        "TargetType": kind_of(id),
        "AssociationType": if own { "APPLIED" } else { "INHERITED" },
        "UpdatedAt": epoch(association.updated),
        "AssociationStatus": if association.ends.is_some() { "PENDING" } else { "SUCCESS" },
    })
}

/// A repeat answers with what is (UNSOURCED).
pub(super) fn start(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let (id, _) = target(world, request)?;
    let policy = match request.required("ConfigurationPolicyIdentifier") {
        SELF_MANAGED => SELF_MANAGED.to_owned(),
        identifier => policies::named(account, identifier)?.0.clone(),
    };
    if let Some(known) = account.associations.get(&id).filter(|known| known.policy == policy) {
        return Ok(view(&id, known, true));
    }
    let ends = Some(world.end_of(request.now, REACHING));
    let association = Association { policy, updated: request.now, ends };
    let view = view(&id, &association, true);
    world.security_hub.account_mut(&request.caller.account).associations.insert(id, association);
    Ok(view)
}

pub(super) fn end(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let (id, _) = target(world, request)?;
    let identifier = request.required("ConfigurationPolicyIdentifier");
    let policy = identifier.rsplit('/').next().unwrap_or(identifier);
    if account.associations.get(&id).is_none_or(|known| known.policy != policy) {
        return Err(missing(format!("The target {id} is not associated with {identifier}.")));
    }
    let caller = request.caller.account.clone();
    world.security_hub.account_mut(&caller).associations.remove(&id);
    spread(world, &caller, &id, request.now);
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let (id, _) = target(world, request)?;
    let organization = world.organizations.of(&request.caller.account);
    let found = organization.and_then(|organization| in_force(account, organization, &id));
    let (association, own) =
        found.ok_or_else(|| missing(format!("The target {id} has no configuration.")))?;
    Ok(view(&id, association, own))
}

pub(super) fn batch_get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::central(world, request)?;
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for wanted in request.list("ConfigurationPolicyAssociationIdentifiers") {
        let mut one = request.clone();
        one.input = json!({ "Target": wanted["Target"] });
        match get(world, &one) {
            Ok(view) => found.push(view),
            Err(error) => unprocessed.push(json!({
                "ConfigurationPolicyAssociationIdentifiers": wanted,
                "ErrorCode": error.code,
                "ErrorReason": error.message,
            })),
        }
    }
    Ok(json!({
        "ConfigurationPolicyAssociations": found,
        "UnprocessedConfigurationPolicyAssociations": unprocessed,
    }))
}

/// What is configured by itself and what inherits.
pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = gate::central(world, request)?;
    let Some(organization) = world.organizations.of(&request.caller.account) else {
        return Ok(json!({ "ConfigurationPolicyAssociationSummaries": [] }));
    };
    let ids = organization.accounts.keys().chain(organization.units.keys()).chain([&organization.root.id]);
    let wanted = |view: &Value| {
        let filters = [
            ("ConfigurationPolicyId", "ConfigurationPolicyId"),
            ("AssociationType", "AssociationType"),
            ("AssociationStatus", "AssociationStatus"),
        ];
        filters.iter().all(|(filter, member)| {
            let asked = &request.input["Filters"][*filter];
            asked.is_null() || *asked == view[*member]
        })
    };
    let found = ids
        .filter_map(|id| in_force(account, organization, id).map(|(found, own)| view(id, found, own)))
        .filter(wanted)
        .collect();
    PAGING.page(request, "ConfigurationPolicyAssociationSummaries", found, |view| view)
}

/// Configures every account that something concerns: itself, or what is under a unit or the root.
pub(super) fn spread(world: &mut World, administrator: &str, target: &str, now: Timestamp) {
    let Some(organization) = world.organizations.of(administrator) else { return };
    let accounts: Vec<String> = match kind_of(target) {
        "ACCOUNT" => vec![target.to_owned()],
        _ => organization.accounts_under(target).into_iter().map(str::to_owned).collect(),
    };
    for account in accounts {
        configure(world, administrator, &account, now);
    }
}

/// Gives an account the configuration that is in force for it, if it has reached it.
pub(super) fn configure(world: &mut World, administrator: &str, account: &str, now: Timestamp) {
    let (Some(known), Some(organization)) =
        (world.security_hub.accounts.get(administrator), world.organizations.of(administrator))
    else {
        return;
    };
    let active = organization.account(account).is_some_and(|member| member.state == AccountState::Active);
    let Some((association, _)) = in_force(known, organization, account).filter(|_| active) else { return };
    let (Some(policy), Some(aggregator)) = (known.policies.get(&association.policy), &known.aggregator)
    else {
        return;
    };
    let mut regions = aggregator.linked(world, account);
    regions.push(aggregator.home.clone());
    let (on, wanted) = (policy.enables(), policy.standards());
    for region in regions {
        if !on {
            if let Some(hubs) = world.security_hub.hubs.get_mut(&region).filter(|_| account != administrator)
            {
                hubs.remove(account);
            }
            continue;
        }
        // The management account alone switches its own hub on
        // (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html).
        let own = world.organizations.of(account).is_some_and(|one| one.management == account);
        if own && world.security_hub.hub(account, &region).is_none() {
            continue;
        }
        hubs::open(world, account, &region, now);
        let wanted: Vec<String> =
            wanted.iter().map(|standard| standards::in_region(standard, &region)).collect();
        if let Some(hub) = world.security_hub.hub_mut(account, &region) {
            hub.standards.retain(|standard, _| wanted.contains(standard));
        }
        for standard in wanted {
            standards::put(world, account, &region, standard, now);
        }
    }
}
