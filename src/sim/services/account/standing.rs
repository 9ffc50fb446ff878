//! Which account a request is about, whether the caller may reach it, and the account's shared record.
//!
//! In: the world and a request. Out: an account id, or AWS's refusal; name, e-mail, state and age of an account, kept by
//! Organizations for its members. The rules of the parameter AccountId:
//! <https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html>; the sentences of the refusals were
//! reported at <https://github.com/turbot/steampipe-plugin-aws/issues/1309>.

use jiff::Timestamp;

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::{AccountState, FeatureSet, Organization};
use crate::sim::world::World;

/// The principal of trusted access for Account Management.
const SERVICE: &str = "account.amazonaws.com";

fn denied(request: &Request, because: &str) -> AwsError {
    let words = format!(
        "User: {} is not authorized to perform: account:{}{because}",
        request.caller.arn, request.operation
    );
    AwsError::new("AccessDeniedException", words)
}

/// The account a request is about: the caller's own (no AccountId), or a member of the caller's organization.
///
/// # Errors
/// `AccessDeniedException` unless the caller is the management account or a delegated administrator, the organization
/// has all features and trusts Account Management, and the account is another member of it.
pub(super) fn target(world: &World, request: &Request) -> Result<String, AwsError> {
    let caller = request.caller.account.as_str();
    let Some(account) = request.text("AccountId") else {
        return Ok(caller.to_owned());
    };
    let Some(organization) = world
        .organizations
        .of(caller)
        .filter(|organization| leads(organization, caller))
    else {
        return Err(denied(request, ""));
    };
    if account == organization.management {
        let because = " (The management account can only be managed using the standalone context from the management account.)";
        return Err(denied(request, because));
    }
    let open = organization.feature_set == FeatureSet::All
        && organization.service_access.contains_key(SERVICE);
    if !open || !organization.accounts.contains_key(account) {
        return Err(denied(request, ""));
    }
    Ok(account.to_owned())
}

fn leads(organization: &Organization, caller: &str) -> bool {
    let delegated = organization
        .delegated
        .get(caller)
        .is_some_and(|services| services.contains_key(SERVICE));
    organization.management == caller || delegated
}

/// What Account Management shows of an account as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) email: String,
    /// When the account came in; `None` for an account no organization ever kept.
    pub(super) created: Option<Timestamp>,
    /// The model's `AccountState`.
    pub(super) state: &'static str,
}

/// The record of an account.
pub(super) fn record(world: &World, account: &str) -> Record {
    let kept = &world.account_management;
    let own_name = || {
        kept.names
            .get(account)
            .cloned()
            .unwrap_or_else(|| "Management".to_owned())
    };
    let member = world
        .organizations
        .of(account)
        .and_then(|organization| organization.accounts.get(account));
    if let Some(member) = member {
        let state = match member.state {
            AccountState::Active => "ACTIVE",
            AccountState::Suspended | AccountState::PendingClosure(_) => "SUSPENDED",
            AccountState::Closed(_) => "CLOSED",
        };
        let (name, email) = (member.name.clone(), member.email.clone());
        return Record {
            name,
            email,
            created: Some(member.joined_at),
            state,
        };
    }
    if let Some(alone) = world.organizations.standalone.get(account) {
        let (name, email) = (alone.name.clone(), alone.email.clone());
        return Record {
            name,
            email,
            created: Some(alone.left),
            state: "ACTIVE",
        };
    }
    let email = world.organizations.management_email.clone();
    Record {
        name: own_name(),
        email,
        created: None,
        state: "ACTIVE",
    }
}

/// Gives an account another name, everywhere it shows.
pub(super) fn rename(world: &mut World, account: &str, name: &str) {
    let organizations = &mut world.organizations;
    let member = organizations
        .of_mut(account)
        .and_then(|organization| organization.accounts.get_mut(account));
    if let Some(member) = member {
        name.clone_into(&mut member.name);
    } else if let Some(alone) = organizations.standalone.get_mut(account) {
        name.clone_into(&mut alone.name);
    } else {
        world
            .account_management
            .names
            .insert(account.to_owned(), name.to_owned());
    }
}

/// Gives a member account another root e-mail address.
pub(super) fn readdress(world: &mut World, account: &str, email: &str) {
    let organization = world.organizations.of_mut(account);
    if let Some(member) =
        organization.and_then(|organization| organization.accounts.get_mut(account))
    {
        email.clone_into(&mut member.email);
    }
}
