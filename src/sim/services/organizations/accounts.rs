//! Member accounts: describe, list, move, and the tree around them.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: views and moves.
//! Absent: creating (`creation`), closing (`closing`), leaving (`membership`).

use serde_json::{Value, json};

use super::access;
use super::paging::page;
use super::refusal::refuse;
use super::state::{Account, AccountState, Joined, Organization};
use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

impl AccountState {
    /// `State` in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::PendingClosure(_) => "PENDING_CLOSURE",
            Self::Closed(_) => "CLOSED",
        }
    }

    /// `Status` in the API, the older member, which calls a closed account suspended
    /// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html>).
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Self::Closed(_) => "SUSPENDED",
            other => other.name(),
        }
    }
}

impl Organization {
    /// Moves an account to a root or unit, whatever it is in now.
    ///
    /// # Errors
    /// `AccountNotFoundException`, `DestinationParentNotFoundException`, `DuplicateAccountException`.
    pub fn move_account(&mut self, account: &str, destination: &str) -> Result<(), AwsError> {
        let current = self
            .account(account)
            .map(|account| account.parent.clone())
            .ok_or_else(|| refuse("AccountNotFoundException"))?;
        if !self.is_parent(destination) {
            return Err(refuse("DestinationParentNotFoundException"));
        }
        if current == destination {
            return Err(refuse("DuplicateAccountException"));
        }
        if let Some(account) = self.accounts.get_mut(account) {
            destination.clone_into(&mut account.parent);
        }
        Ok(())
    }

    /// An account's members that Account and DelegatedAdministrator share.
    pub(super) fn account_base(&self, id: &str, account: &Account) -> Value {
        let joined = match account.joined {
            Joined::Created => "CREATED",
            Joined::Invited => "INVITED",
        };
        json!({
            "Id": id,
            "Arn": self.account_arn(id),
            "Email": account.email,
            "Name": account.name,
            "Status": account.state.status(),
            "State": account.state.name(),
            "JoinedMethod": joined,
            "JoinedTimestamp": epoch(account.joined_at),
        })
    }

    pub(super) fn account_view(&self, id: &str) -> Value {
        let Some(account) = self.accounts.get(id) else {
            return json!({});
        };
        let mut view = self.account_base(id, account);
        view["Paths"] = json!([self.path(id)]);
        view
    }
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let id = request.required("AccountId");
    organization
        .account(id)
        .ok_or_else(|| refuse("AccountNotFoundException"))?;
    Ok(json!({"Account": organization.account_view(id)}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let items = organization
        .accounts
        .keys()
        .map(|id| organization.account_view(id))
        .collect();
    page(request, "Accounts", items, empty)
}

pub(super) fn list_for_parent(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = request.required("ParentId");
    if !organization.is_parent(parent) {
        return Err(refuse("ParentNotFoundException"));
    }
    let items = organization
        .accounts_in(parent)
        .into_iter()
        .map(|id| organization.account_view(id))
        .collect();
    page(request, "Accounts", items, empty)
}

pub(super) fn list_children(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = request.required("ParentId");
    if !organization.is_parent(parent) {
        return Err(refuse("ParentNotFoundException"));
    }
    let kind = request.required("ChildType");
    let found = if kind == "ACCOUNT" {
        organization.accounts_in(parent)
    } else {
        organization.units_in(parent)
    };
    page(
        request,
        "Children",
        found
            .into_iter()
            .map(|id| json!({"Id": id, "Type": kind}))
            .collect(),
        empty,
    )
}

pub(super) fn list_parents(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = organization
        .parent_of(request.required("ChildId"))
        .ok_or_else(|| refuse("ChildNotFoundException"))?;
    let kind = if parent == organization.root.id {
        "ROOT"
    } else {
        "ORGANIZATIONAL_UNIT"
    };
    page(
        request,
        "Parents",
        vec![json!({"Id": parent, "Type": kind})],
        empty,
    )
}

/// The order of the refusals is not documented; the account's present place decides before the source, so that a
/// repeated move is told that it has happened.
pub(super) fn r#move(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let window = world.organizations.modification_window;
    let organization = access::management(&mut world.organizations, request)?;
    let (id, source, destination) = (
        request.required("AccountId"),
        request.required("SourceParentId"),
        request.required("DestinationParentId"),
    );
    let current = organization
        .account(id)
        .map(|account| account.parent.clone())
        .ok_or_else(|| refuse("AccountNotFoundException"))?;
    if !organization.is_parent(source) {
        return Err(refuse("SourceParentNotFoundException"));
    }
    if !organization.is_parent(destination) {
        return Err(refuse("DestinationParentNotFoundException"));
    }
    if current == destination {
        return Err(refuse("DuplicateAccountException"));
    }
    if current != source {
        return Err(refuse("SourceParentNotFoundException"));
    }
    organization.lock(&[id, source, destination], request.now, window)?;
    organization.move_account(id, destination)?;
    Ok(json!({}))
}
