//! Accounts of the organization and where they are.

use std::collections::{BTreeMap, BTreeSet};

use super::fan_out::fan_out;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::Attributes;

/// The largest page that Organizations gives.
pub(crate) const PAGE: i32 = 20;

const LIST: &str = "organizations:ListAccounts";
const LIST_FOR_PARENT: &str = "organizations:ListAccountsForParent";
const DESCRIBE: &str = "organizations:DescribeAccount";
const PARENTS: &str = "organizations:ListParents";

/// One member account, or the management account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its root e-mail address.
    pub email: String,
    /// AWS's word for its state, e.g. `ACTIVE` or `CLOSED`. From `State`; from
    /// `Status`, which AWS announced to retire on 2026-09-09, only where there is
    /// no `State`. `SUSPENDED` of `Status` may mean closed or suspended.
    pub state: String,
    /// The unit or root it is in; none where the answer did not say.
    pub parent: Option<String>,
}

impl Account {
    fn of(operation: &str, from: &aws_sdk_organizations::types::Account) -> Result<Self, CallError> {
        let state = from.state().map(|state| state.as_str());
        let state = state.or_else(|| from.status().map(|status| status.as_str()));
        Ok(Self {
            id: from.id().ok_or_else(|| CallError::unreadable(operation, "Id"))?.to_owned(),
            arn: from.arn().unwrap_or_default().to_owned(),
            name: from.name().unwrap_or_default().to_owned(),
            email: from.email().unwrap_or_default().to_owned(),
            state: state.unwrap_or_default().to_owned(),
            parent: from.paths().first().and_then(|path| parent_in(path)),
        })
    }

    /// What others refer to.
    #[must_use]
    pub fn attributes(&self) -> Attributes {
        let mut known =
            Attributes::from([("id".to_owned(), self.id.clone()), ("arn".to_owned(), self.arn.clone())]);
        if let Some(parent) = &self.parent {
            known.insert("parent_id".to_owned(), parent.clone());
        }
        known
    }
}

/// The nearest unit or root in a path such as `o-org/r-root/ou-one/ou-two/123456789012/`.
fn parent_in(path: &str) -> Option<String> {
    let holder = |part: &&str| part.starts_with("ou-") || part.starts_with("r-");
    path.rsplit('/').find(holder).map(str::to_owned)
}

/// Every account, in AWS's order.
///
/// # Errors
/// When they cannot be read.
pub async fn list(connection: &Connection) -> Result<Vec<Account>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || client.list_accounts().max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.accounts().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let mut seen = BTreeSet::new();
    let mut accounts = Vec::new();
    for from in &found.await? {
        let account = Account::of(LIST, from)?;
        // An account may slip from one page to a later one while we read.
        if seen.insert(account.id.clone()) {
            accounts.push(account);
        }
    }
    Ok(accounts)
}

/// Fills in the parents that [`list`] did not learn, by listing each of `parents`
/// (units and the root). Does nothing when every placement is known.
///
/// # Errors
/// When any parent cannot be read.
pub async fn place(
    connection: &Connection,
    accounts: &mut [Account],
    parents: Vec<String>,
) -> Result<(), CallError> {
    if accounts.iter().all(|account| account.parent.is_some()) {
        return Ok(());
    }
    let questions = parents.into_iter().map(|parent| {
        let connection = connection.clone();
        async move { in_parent(&connection, &parent).await.map(|ids| (parent, ids)) }
    });
    let mut placement = BTreeMap::new();
    for answer in fan_out(questions.collect()).await {
        let (parent, ids) = answer?;
        placement.extend(ids.into_iter().map(|id| (id, parent.clone())));
    }
    for account in accounts.iter_mut().filter(|account| account.parent.is_none()) {
        account.parent = placement.get(&account.id).cloned();
    }
    Ok(())
}

async fn in_parent(connection: &Connection, parent: &str) -> Result<Vec<String>, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(LIST_FOR_PARENT, |token| async move {
        let request = || {
            let request = client.list_accounts_for_parent().parent_id(parent).max_results(PAGE);
            request.set_next_token(token.clone())
        };
        let answer = site.call(LIST_FOR_PARENT, || request().send()).await?;
        Ok((answer.accounts().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|account| account.id().map(str::to_owned)).collect())
}

/// One account by id; its parent only if AWS gives the path.
///
/// # Errors
/// When it cannot be read; the verdict is `Missing` when it does not exist.
pub async fn describe(connection: &Connection, id: &str) -> Result<Account, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let answer = site.call(DESCRIBE, || client.describe_account().account_id(id).send()).await?;
    let account = answer.account().ok_or_else(|| CallError::unreadable(DESCRIBE, "Account"))?;
    Account::of(DESCRIBE, account)
}

/// The parent of an account or unit, asked of the authority for it.
///
/// # Errors
/// When it cannot be read; the verdict is `Missing` when the child does not exist.
pub async fn parent(connection: &Connection, child: &str) -> Result<String, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let site = &site;
    let found = pages::all(PARENTS, |token| async move {
        let request = || client.list_parents().child_id(child).set_next_token(token.clone());
        let answer = site.call(PARENTS, || request().send()).await?;
        Ok((answer.parents().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let parents = found.await?;
    let id = parents.first().and_then(|parent| parent.id());
    id.map(str::to_owned).ok_or_else(|| CallError::unreadable(PARENTS, "parent"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloud::doubles::{Double, ok};

    #[test]
    fn the_nearest_unit_of_a_path_is_the_parent() {
        let parent = |path| parent_in(path);
        assert_eq!(
            parent("o-exampleorgid/r-abcd/ou-abcd-11112222/ou-abcd-33334444/111122223333/").as_deref(),
            Some("ou-abcd-33334444")
        );
        assert_eq!(parent("o-exampleorgid/r-abcd/111122223333/").as_deref(), Some("r-abcd"));
        assert_eq!(parent("nonsense"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn pages_are_followed_even_when_empty_and_state_wins_over_status() {
        let page = |accounts: Value, token: Value| ok(json!({ "Accounts": accounts, "NextToken": token }));
        let double = Double::new()
            .on(
                "ListAccounts",
                page(
                    json!([{ "Id": "1", "State": "CLOSED", "Status": "SUSPENDED",
                "Paths": ["o-x/r-1/ou-1/1/"] }]),
                    json!("a"),
                ),
            )
            .on("ListAccounts", page(json!([]), json!("b")))
            .on(
                "ListAccounts",
                page(
                    json!([{ "Id": "1", "State": "CLOSED" }, { "Id": "2", "Status": "ACTIVE" }]),
                    json!(null),
                ),
            );
        let found = list(&double.connection().await).await.unwrap();
        let states: Vec<(&str, &str)> = found.iter().map(|a| (a.id.as_str(), a.state.as_str())).collect();
        assert_eq!(states, [("1", "CLOSED"), ("2", "ACTIVE")]);
        assert_eq!(found[0].parent.as_deref(), Some("ou-1"));
        assert_eq!(found[1].parent, None);
    }

    #[tokio::test(start_paused = true)]
    async fn where_aws_gives_no_paths_each_parent_is_asked() {
        let double = Double::new()
            .on("ListAccounts", ok(json!({ "Accounts": [{ "Id": "1", "State": "ACTIVE" }, { "Id": "2", "State": "ACTIVE" }] })))
            .by("ListAccountsForParent", |body| {
                let id = if body["ParentId"] == "r-1" { "1" } else { "2" };
                json!({ "Accounts": [{ "Id": id }] })
            });
        let connection = double.connection().await;
        let mut found = list(&connection).await.unwrap();
        place(&connection, &mut found, vec!["r-1".into(), "ou-1".into()]).await.unwrap();
        let parents: Vec<&str> = found.iter().filter_map(|a| a.parent.as_deref()).collect();
        assert_eq!(parents, ["r-1", "ou-1"]);
        place(&connection, &mut found, vec!["r-1".into()]).await.unwrap();
        assert_eq!(double.called().len(), 3, "a known placement is not asked for again");
    }
}
