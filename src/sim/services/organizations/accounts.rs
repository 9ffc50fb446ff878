//! Member accounts: describe, list, move, and the tree around them.
//!
//! In: requests, or calls by other services on behalf of a customer. Out: views and moves.
//! Absent: creating (`creation`), closing (`closing`), leaving (`membership`).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::access;
use super::paging::{page, page_of};
use super::refusal::refuse;
use super::state::{Account, AccountState, Joined, Move, Organization};
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
    pub fn move_account(&mut self, account: &str, destination: &str, now: Timestamp) -> Result<(), AwsError> {
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
        if let Some(member) = self.accounts.get_mut(account) {
            destination.clone_into(&mut member.parent);
        }
        self.moves.push(Move {
            at: now,
            account: account.to_owned(),
            from: current,
            to: destination.to_owned(),
        });
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
    organization.account(id).ok_or_else(|| refuse("AccountNotFoundException"))?;
    Ok(json!({"Account": organization.account_view(id)}))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let ids = organization.accounts.keys().collect();
    page_of(request, "Accounts", ids, empty, |id| organization.account_view(id))
}

pub(super) fn list_for_parent(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = request.required("ParentId");
    if !organization.is_parent(parent) {
        return Err(refuse("ParentNotFoundException"));
    }
    let ids = organization.accounts_in(parent);
    page_of(request, "Accounts", ids, empty, |id| organization.account_view(id))
}

pub(super) fn list_children(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = request.required("ParentId");
    if !organization.is_parent(parent) {
        return Err(refuse("ParentNotFoundException"));
    }
    let kind = request.required("ChildType");
    let found =
        if kind == "ACCOUNT" { organization.accounts_in(parent) } else { organization.units_in(parent) };
    page_of(request, "Children", found, empty, |id| json!({"Id": id, "Type": kind}))
}

pub(super) fn list_parents(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let empty = world.organizations.empty_pages;
    let organization = access::reader(&mut world.organizations, request)?;
    let parent = organization
        .parent_of(request.required("ChildId"))
        .ok_or_else(|| refuse("ChildNotFoundException"))?;
    let kind = if parent == organization.root.id { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
    page(request, "Parents", vec![json!({"Id": parent, "Type": kind})], empty)
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
    organization.move_account(id, destination, request.now)?;
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{account, done, organization, quiet, refused};

    const ORG: &str = "organizations";

    #[tokio::test(start_paused = true)]
    async fn a_move_names_where_the_account_is_now() {
        let (sim, root) = organization(quiet()).await;
        let id = account(&sim, "app").await;
        let unit = done(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "A"})).await;
        let unit = unit["OrganizationalUnit"]["Id"].as_str().expect("an id").to_owned();
        let go = |from: &str, to: &str| json!({"AccountId": id, "SourceParentId": from, "DestinationParentId": to});
        assert_eq!(refused(&sim, ORG, "MoveAccount", go(&unit, &root)).await, "DuplicateAccountException");
        assert_eq!(
            refused(&sim, ORG, "MoveAccount", go(&root, "ou-zzzz-zzzzzzzz")).await,
            "DestinationParentNotFoundException"
        );
        assert_eq!(
            refused(&sim, ORG, "MoveAccount", go("ou-zzzz-zzzzzzzz", &unit)).await,
            "SourceParentNotFoundException"
        );
        done(&sim, ORG, "MoveAccount", go(&root, &unit)).await;
        assert_eq!(
            refused(&sim, ORG, "MoveAccount", go(&root, &unit)).await,
            "DuplicateAccountException",
            "a repeated move says it happened"
        );
        let seen = done(&sim, ORG, "DescribeAccount", json!({"AccountId": id})).await;
        let path = seen["Account"]["Paths"][0].as_str().expect("a path");
        assert!(path.ends_with(&format!("{root}/{unit}/{id}/")), "{path}");
        let parents = done(&sim, ORG, "ListParents", json!({"ChildId": id})).await;
        assert_eq!(parents["Parents"], json!([{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]));
    }

    #[tokio::test(start_paused = true)]
    async fn pages_are_complete_and_a_token_fits_only_its_listing() {
        let settings = crate::sim::Settings { account_quota: 100, empty_pages: true, ..quiet() };
        let (sim, root) = organization(settings).await;
        for number in 0..24 {
            account(&sim, &format!("app{number}")).await;
        }
        let (mut seen, mut token, mut sizes) = (Vec::new(), None, Vec::new());
        loop {
            let mut input = json!({});
            if let Some(token) = &token {
                input["NextToken"] = json!(token);
            }
            let page = done(&sim, ORG, "ListAccounts", input).await;
            let items = page["Accounts"].as_array().expect("a list");
            sizes.push(items.len());
            seen.extend(items.iter().map(|item| item["Id"].as_str().expect("an id").to_owned()));
            let Some(next) = page["NextToken"].as_str() else {
                break;
            };
            let elsewhere = json!({"ParentId": root, "NextToken": next});
            assert_eq!(
                refused(&sim, ORG, "ListAccountsForParent", elsewhere).await,
                "InvalidInputException/INVALID_NEXT_TOKEN"
            );
            token = Some(next.to_owned());
        }
        assert_eq!(sizes, [0, 20, 5], "the first page may be empty although more follows");
        let distinct: std::collections::BTreeSet<&String> = seen.iter().collect();
        assert_eq!(distinct.len(), 25);
        assert_eq!(
            refused(&sim, ORG, "ListAccounts", json!({"NextToken": "x"})).await,
            "InvalidInputException/INVALID_NEXT_TOKEN"
        );
    }
}
