//! AssociateAdminAccount, PutAdminAccount, DisassociateAdminAccount and what tells of them.
//!
//! Sources: the operations' own documentation (<https://docs.aws.amazon.com/fms/2018-01-01/APIReference/>): the default
//! administrator comes first and goes last, it is a member, an administrator steps down by itself; at most ten
//! (<https://repost.aws/knowledge-center/firewall-manager-admin-accounts>). That the service answers in us-east-1 alone, that
//! an appointment takes five minutes and a dismissal ten, during which nobody else can be appointed, is what those who
//! automate it report (<https://github.com/aws-samples/aws-security-reference-architecture-examples>). UNSOURCED: the words,
//! that an appointment trusts the service by itself, and that the registration with Organizations stays after a dismissal.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::paging::Paging;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::services::organizations::{AccountState, Organization};
use crate::sim::world::World;

use super::state::Administrator;

const PRINCIPAL: &str = "fms.amazonaws.com";
const HOME: &str = "us-east-1";
const APPOINTMENT: Duration = Duration::from_mins(5);
const DISMISSAL: Duration = Duration::from_mins(10);
const MOST: usize = 10;
const PAGING: Paging = Paging {
    size: "MaxResults",
    token: "NextToken",
    usual: 100,
    stale: || AwsError::new("InvalidOperationException", "The NextToken is not valid."),
};

fn impossible(words: impl Into<String>) -> AwsError {
    AwsError::new("InvalidOperationException", words)
}

fn missing(words: impl Into<String>) -> AwsError {
    AwsError::new("ResourceNotFoundException", words)
}

/// The caller's organization, asked in the one Region that answers.
fn organization<'w>(world: &'w World, request: &Request) -> Result<&'w Organization, AwsError> {
    if request.region != HOME {
        return Err(impossible(format!("This operation is available in Region {HOME} only.")));
    }
    let organization = world.organizations.of(&request.caller.account);
    organization.ok_or_else(|| impossible("The account is not a member of an organization."))
}

/// The same, asked by its management account.
fn managed<'w>(world: &'w World, request: &Request) -> Result<&'w Organization, AwsError> {
    let organization = organization(world, request)?;
    if organization.management != request.caller.account {
        return Err(impossible(
            "This operation can be called from the organization's management account only.",
        ));
    }
    Ok(organization)
}

/// The administrators of an organization of whom anything is left.
fn there<'w>(
    world: &'w World,
    organization: &Organization,
    request: &Request,
) -> BTreeMap<&'w String, &'w Administrator> {
    let all = world.firewall_manager.organizations.get(&organization.id).into_iter().flatten();
    all.filter(|(_, one)| one.is_there(request.now)).collect()
}

fn default_of<'w>(all: &BTreeMap<&'w String, &'w Administrator>) -> Option<(&'w String, &'w Administrator)> {
    all.iter().find(|(_, one)| one.default).map(|(account, one)| (*account, *one))
}

fn active_member(organization: &Organization, account: &str) -> Result<(), AwsError> {
    match organization.account(account).map(|member| member.state) {
        None => Err(AwsError::new(
            "InvalidInputException",
            format!("Account {account} is not in the organization."),
        )),
        Some(_) if organization.management == account => {
            Err(AwsError::new("InvalidInputException", "The management account cannot be an administrator."))
        }
        Some(AccountState::Active) => Ok(()),
        Some(_) => Err(AwsError::new("InvalidInputException", format!("Account {account} is not active."))),
    }
}

/// Sets an administrator up, registered with Organizations.
fn appoint(world: &mut World, request: &Request, default: bool, scope: Value) -> Result<(), AwsError> {
    let account = request.required("AdminAccount").to_owned();
    let ready = world.end_of(request.now, APPOINTMENT);
    let Some(organization) = world.organizations.of_mut(&request.caller.account) else { return Ok(()) };
    let id = organization.id.clone();
    organization.enable_service_access(PRINCIPAL, request.now);
    let registered = organization.delegated.get(&account).is_some_and(|all| all.contains_key(PRINCIPAL));
    if !registered {
        organization
            .register_delegated_administrator(&account, PRINCIPAL, request.now)
            .map_err(|error| AwsError::new("LimitExceededException", error.message))?;
    }
    queries::ensure_service_linked_role(world, &account, PRINCIPAL, request.now);
    let all = world.firewall_manager.organizations.entry(id).or_default();
    let ready = all.get(&account).filter(|known| known.gone.is_none()).map_or(ready, |known| known.ready);
    all.insert(account, Administrator { default, scope, ready, gone: None });
    Ok(())
}

fn unbounded() -> Value {
    json!({
        "AccountScope": { "AllAccountsEnabled": true },
        "OrganizationalUnitScope": { "AllOrganizationalUnitsEnabled": true },
        "RegionScope": { "AllRegionsEnabled": true },
        "PolicyTypeScope": { "AllPolicyTypesEnabled": true },
    })
}

pub(super) fn associate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = managed(world, request)?;
    let account = request.required("AdminAccount");
    active_member(organization, account)?;
    if let Some((holder, standing)) = default_of(&there(world, organization, request)) {
        return Err(impossible(match standing.gone {
            Some(_) => format!("The default administrator account {holder} is still being removed."),
            None if holder == account => format!("Account {account} is already the default administrator."),
            None => format!("The organization already has a default administrator: {holder}."),
        }));
    }
    appoint(world, request, true, unbounded())?;
    Ok(json!({}))
}

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = managed(world, request)?;
    let account = request.required("AdminAccount");
    active_member(organization, account)?;
    let all = there(world, organization, request);
    let Some((default, _)) = default_of(&all).filter(|(_, one)| one.gone.is_none()) else {
        return Err(impossible("The organization has no default administrator."));
    };
    if default == account {
        return Err(impossible("The scope of the default administrator cannot be changed."));
    }
    match all.iter().find(|(known, _)| **known == account) {
        Some((_, one)) if one.gone.is_some() => {
            return Err(impossible(format!("Account {account} is still being removed.")));
        }
        None if all.len() >= MOST => {
            return Err(AwsError::new(
                "LimitExceededException",
                "The organization has the most administrators that it can have.",
            ));
        }
        _ => {}
    }
    let scope = request.input.get("AdminScope").cloned().unwrap_or_else(unbounded);
    appoint(world, request, false, scope)?;
    Ok(json!({}))
}

/// An administrator steps down; the default one when it is the last.
pub(super) fn disassociate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = organization(world, request)?;
    let id = organization.id.clone();
    let account = &request.caller.account;
    let all = there(world, organization, request);
    let own =
        all.get(account).ok_or_else(|| missing(format!("Account {account} is not an administrator.")))?;
    if own.gone.is_some() {
        return Err(impossible(format!("Account {account} is already being removed.")));
    }
    if own.default && all.len() > 1 {
        return Err(impossible("The other administrators must disassociate their accounts first."));
    }
    let gone = world.end_of(request.now, DISMISSAL);
    let all = world.firewall_manager.organizations.entry(id).or_default();
    if let Some(own) = all.get_mut(account) {
        own.gone = Some(gone);
    }
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = organization(world, request)?;
    let all = there(world, organization, request);
    let (account, one) =
        default_of(&all).ok_or_else(|| missing("The organization has no default administrator."))?;
    Ok(json!({ "AdminAccount": account, "RoleStatus": one.role(request.now) }))
}

pub(super) fn scope(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = organization(world, request)?;
    let account = request.required("AdminAccount");
    let own = *account == request.caller.account || request.caller.account == organization.management;
    let all = there(world, organization, request);
    let found = all.iter().find(|(known, _)| own && **known == account);
    let (_, one) = found.ok_or_else(|| missing(format!("Account {account} is not an administrator.")))?;
    Ok(json!({ "AdminScope": one.scope, "Status": one.standing(request.now) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = managed(world, request)?;
    let all = there(world, organization, request);
    if all.is_empty() {
        return Err(missing("The organization has no administrators."));
    }
    PAGING.page(request, "AdminAccounts", all.into_iter().collect(), |(account, one)| {
        json!({ "AdminAccount": account, "DefaultAdmin": one.default, "Status": one.standing(request.now) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

    const FMS: &str = "fms";

    #[tokio::test(start_paused = true)]
    async fn the_default_administrator_comes_first_goes_last_and_leaves_a_pause_behind() {
        let (sim, _) = organization(quiet()).await;
        let (audit, other) = (account(&sim, "audit").await, account(&sim, "other").await);
        let named = |account: &str| json!({ "AdminAccount": account });
        let steps_down = async |account: String| {
            ask_as(&sim, &account, None, FMS, "DisassociateAdminAccount", json!({})).await.code()
        };
        assert_eq!(refused(&sim, FMS, "GetAdminAccount", json!({})).await, "ResourceNotFoundException");
        assert_eq!(refused(&sim, FMS, "PutAdminAccount", named(&other)).await, "InvalidOperationException");
        done(&sim, FMS, "AssociateAdminAccount", named(&audit)).await;
        let standing = done(&sim, FMS, "GetAdminAccount", json!({})).await;
        assert_eq!(standing, json!({ "AdminAccount": audit, "RoleStatus": "CREATING" }));
        sim.advance(APPOINTMENT);
        assert_eq!(done(&sim, FMS, "GetAdminAccount", json!({})).await["RoleStatus"], "READY");
        assert_eq!(
            refused(&sim, FMS, "AssociateAdminAccount", named(&audit)).await,
            "InvalidOperationException"
        );
        done(&sim, FMS, "PutAdminAccount", named(&other)).await;
        let listed = done(&sim, FMS, "ListAdminAccountsForOrganization", json!({})).await;
        assert_eq!(listed["AdminAccounts"].as_array().map(Vec::len), Some(2));
        assert_eq!(steps_down(audit.clone()).await.as_deref(), Some("InvalidOperationException"));
        assert_eq!(steps_down("111122223333".to_owned()).await.as_deref(), Some("ResourceNotFoundException"));
        assert_eq!(steps_down(other.clone()).await, None);
        sim.advance(DISMISSAL);
        assert_eq!(steps_down(audit.clone()).await, None);
        assert_eq!(
            refused(&sim, FMS, "AssociateAdminAccount", named(&other)).await,
            "InvalidOperationException"
        );
        assert_eq!(done(&sim, FMS, "GetAdminAccount", json!({})).await["RoleStatus"], "DELETING");
        sim.advance(DISMISSAL);
        done(&sim, FMS, "AssociateAdminAccount", named(&other)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn only_an_active_member_is_appointed_and_only_by_the_management_account() {
        let (sim, _) = organization(quiet()).await;
        let audit = account(&sim, "audit").await;
        for stranger in ["111122223333", "999999999999"] {
            let refusal =
                refused(&sim, FMS, "AssociateAdminAccount", json!({ "AdminAccount": stranger })).await;
            assert_eq!(refusal, "InvalidInputException", "{stranger}");
        }
        let input = json!({ "AdminAccount": audit });
        let by_member = ask_as(&sim, &audit, None, FMS, "AssociateAdminAccount", input).await.code();
        assert_eq!(by_member.as_deref(), Some("InvalidOperationException"));
    }
}
