//! Accounts: matched by id, then by e-mail address.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::Findings;
use super::outsiders;
use super::units::managed_tags;
use super::wanted::{key, leaves};
use crate::catalog::operations::Verdict;
use crate::cloud::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::accounts::{self, Account};
use crate::cloud::inventory::contacts;
use crate::cloud::inventory::creations;
use crate::cloud::inventory::fan_out::fan_out;
use crate::model::resource::Presence;
use crate::model::{Live, Resource};

const ACTIVE: &str = "ACTIVE";
/// The one state that means the account is gone. `SUSPENDED`, which the retiring
/// member `Status` also says of closed accounts, is never taken for it.
const CLOSED: &str = "CLOSED";
const CLOSING: &str = "PENDING_CLOSURE";

/// Accounts by what finds them; organizations hold up to tens of thousands.
struct Index<'a> {
    by_id: BTreeMap<&'a str, &'a Account>,
    by_email: BTreeMap<String, &'a Account>,
    by_name: BTreeMap<&'a str, &'a Account>,
}

impl<'a> Index<'a> {
    fn of(accounts: &'a [Account]) -> Self {
        let mut index = Self { by_id: BTreeMap::new(), by_email: BTreeMap::new(), by_name: BTreeMap::new() };
        // Closed ones first, so that an open account of the same address or name
        // takes their place.
        let (closed, open): (Vec<_>, Vec<_>) = accounts.iter().partition(|account| account.state == CLOSED);
        for account in closed.iter().chain(&open) {
            index.by_id.insert(&account.id, account);
            index.by_email.insert(account.email.to_ascii_lowercase(), account);
        }
        index.by_name.extend(open.iter().map(|account| (account.name.as_str(), *account)));
        index
    }

    /// The account of a resource, open or closed.
    fn find(&self, resource: &Resource) -> Option<&'a Account> {
        if let Some(id) = key(resource, "id") {
            return self.by_id.get(id).copied();
        }
        self.by_email.get(&key(resource, "email")?.to_ascii_lowercase()).copied()
    }
}

/// Notes what is odd about a desired account and gives the one to take as live.
/// A closed one is not live: its address cannot be moved, tagged or renamed.
fn judge<'a>(resource: &Resource, accounts: &Index<'a>, findings: &mut Findings) -> Option<&'a Account> {
    let address = &resource.address;
    if resource.presence == Presence::Remove {
        return leaving(resource, accounts, findings);
    }
    let email = key(resource, "email").unwrap_or_default();
    // What shall be closed and is, or is about to be, leaves nothing to do.
    if closes(resource) && accounts.find(resource).is_none_or(is_gone) {
        return None;
    }
    let Some(account) = accounts.find(resource) else {
        let name = resource.fields.get("name").and_then(Value::as_str);
        let alike = name.and_then(|name| accounts.by_name.get(name));
        if let Some(other) = alike {
            findings.facts.remarks.insert(format!(
                "{address}: no account has the e-mail address {email}, but {} of that name has {}",
                other.id, other.email
            ));
        }
        return None;
    };
    if account.state != ACTIVE {
        findings.facts.inactive_accounts.insert(address.clone(), account.state.clone());
    }
    if !email.is_empty() && !account.email.eq_ignore_ascii_case(email) {
        findings.facts.remarks.insert(format!(
            "{address}: the account {} has the e-mail address {}, not {email}",
            account.id, account.email
        ));
    }
    if account.state == CLOSED {
        findings.facts.remarks.insert(format!(
            "{address}: the account {} with the e-mail address {} is closed",
            account.id, account.email
        ));
        return None;
    }
    Some(account)
}

/// Whether AWS has closed an account, or is about to.
fn is_gone(account: &Account) -> bool {
    [CLOSED, CLOSING].contains(&account.state.as_str())
}

/// Whether an account of the document shall be closed.
fn closes(resource: &Resource) -> bool {
    resource.fields.contains_key("closed")
}

/// Whether an account shall be closed, by its entry or by its address under `remove`.
pub(super) fn goes(resource: &Resource) -> bool {
    resource.presence == Presence::Remove || closes(resource)
}

/// The account that is to be closed: the one of this id, or the only open one of this name.
/// One whose closing has begun is as good as gone.
fn leaving<'a>(resource: &Resource, accounts: &Index<'a>, findings: &mut Findings) -> Option<&'a Account> {
    let name = resource.address.name.as_str();
    let open = |account: &&&Account| !is_gone(account);
    let found: Vec<&&Account> = match accounts.by_id.get(name) {
        Some(account) => std::iter::once(account).filter(open).collect(),
        None => accounts.by_id.values().filter(|account| account.name == name).filter(open).collect(),
    };
    if let [_, _, ..] = found.as_slice() {
        let ids: Vec<&str> = found.iter().map(|account| account.id.as_str()).collect();
        let message = format!("accounts of this name: {}; name the one to close by its id", ids.join(", "));
        let operation = "organizations:ListAccounts";
        findings.gap(resource, &CallError::ours(operation, code::UNREADABLE, message, Verdict::Rejected));
        return None;
    }
    let account = **found.first()?;
    findings.facts.remarks.insert(format!(
        "{} is the account {} with the e-mail address {}",
        resource.address, account.id, account.email
    ));
    Some(account)
}

/// Fills in the desired accounts that exist, with tags and contacts where they
/// are managed.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    accounts: &[Account],
    findings: &mut Findings,
) {
    let (under_way, late) = creations(connection, wanted, &Index::of(accounts)).await;
    findings.facts.accounts_under_creation = under_way;
    let accounts: Vec<Account> = accounts.iter().cloned().chain(late).collect();
    findings.facts.accounts = u64::try_from(accounts.len()).ok();
    findings.facts.closed_accounts = u64::try_from(accounts.iter().filter(|one| is_gone(one)).count()).ok();
    let index = Index::of(&accounts);
    let live: Vec<(&Resource, &Account)> =
        wanted.iter().filter_map(|resource| Some((*resource, judge(resource, &index, findings)?))).collect();
    let tags =
        managed_tags(connection, live.iter().map(|(resource, account)| (*resource, account.id.as_str())));
    let contacts = live.iter().map(|(resource, account)| {
        let (connection, id) = (connection.clone(), account.id.clone());
        let kinds = leaves(resource, "alternate_contacts");
        async move {
            let mut found = BTreeMap::new();
            for kind in kinds {
                if let Some(contact) = contacts::get(&connection, &id, &kind).await? {
                    found.insert(kind, contact);
                }
            }
            Ok(found)
        }
    });
    let (tags, contacts) = tokio::join!(tags, fan_out(contacts.collect()));
    for (((resource, account), tags), contacts) in live.into_iter().zip(tags).zip(contacts) {
        let mut seen = seen(resource, account);
        if outsiders::joins(resource) {
            seen.fields.extend(outsiders::joined());
        }
        match tags {
            Ok(tags) => seen.fields.extend(tags.into_iter().map(|(k, v)| (format!("tags.{k}"), json!(v)))),
            Err(error) => findings.gap(resource, &error),
        }
        match contacts {
            Ok(found) => {
                let fields = found.into_iter().map(|(k, v)| (format!("alternate_contacts.{k}"), v));
                seen.fields.extend(fields);
            }
            Err(error) => findings.gap(resource, &error),
        }
        findings.see(resource, seen);
    }
}

/// When a wanted account is missing: the names of accounts that AWS is creating, and
/// accounts of wanted names whose creation has ended although the list does not have
/// them. It was read before, or from an older state, and a plan from it alone would
/// create them a second time.
async fn creations(
    connection: &Connection,
    wanted: &[&Resource],
    listed: &Index<'_>,
) -> (BTreeSet<String>, Vec<Account>) {
    let goes = |resource: &Resource| resource.presence == Presence::Remove || closes(resource);
    let comes = |resource: &&&Resource| !goes(resource) && !outsiders::joins(resource);
    let coming = wanted.iter().filter(comes);
    let missing = coming.filter(|resource| listed.find(resource).is_none_or(|a| a.state == CLOSED));
    let missing: BTreeSet<&str> =
        missing.map(|resource| resource.fields.get("name").and_then(Value::as_str).unwrap_or("")).collect();
    if missing.is_empty() {
        return Default::default();
    }
    // Where they cannot be read the address still keeps an account from being made twice.
    let creations = creations::list(connection).await.unwrap_or_default();
    let is_new = |id: &String| !listed.by_id.contains_key(id.as_str());
    let ended = creations.iter().filter(|creation| missing.contains(creation.name.as_str()));
    let ended: BTreeSet<String> =
        ended.filter_map(|creation| creation.account.clone()).filter(is_new).collect();
    let questions = ended.into_iter().map(|id| {
        let connection = connection.clone();
        async move {
            let mut account = accounts::describe(&connection, &id).await.ok()?;
            if account.parent.is_none() {
                account.parent = accounts::parent(&connection, &id).await.ok();
            }
            // Without its place it could not be told from one that has to be moved.
            account.parent.is_some().then_some(account)
        }
    });
    let late = fan_out(questions.collect()).await.into_iter().flatten().collect();
    let under_way = creations.into_iter().filter(|creation| creation.state == "IN_PROGRESS");
    (under_way.map(|creation| creation.name).collect(), late)
}

fn seen(resource: &Resource, account: &Account) -> Live {
    // Whether letters are large makes no other address.
    let wanted = key(resource, "email").filter(|email| account.email.eq_ignore_ascii_case(email));
    let email = json!(wanted.unwrap_or(&account.email));
    let mut fields: BTreeMap<String, Value> =
        [("name".to_owned(), json!(account.name)), ("email".to_owned(), email.clone())].into();
    if resource.fields.contains_key("email_code") {
        fields.insert("email_code".to_owned(), email);
    }
    if let Some(parent) = &account.parent {
        fields.insert("unit".to_owned(), json!(parent));
    }
    if closes(resource) {
        fields.insert("closed".to_owned(), json!(false));
    }
    Live { fields, attributes: account.attributes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Address, Kind};

    fn account(id: &str, email: &str, state: &str) -> Account {
        Account {
            id: id.into(),
            arn: String::new(),
            name: format!("name-{id}"),
            email: email.into(),
            state: state.into(),
            parent: Some("r-1".into()),
        }
    }

    fn wanted(keys: &[(&str, &str)], name: &str) -> Resource {
        Resource {
            address: Address::new(Kind::Account, "log"),
            fields: [("name".to_owned(), json!(name))].into(),
            keys: keys.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect(),
            at_creation: Default::default(),
            whole: Default::default(),
            presence: Default::default(),
            origin: None,
        }
    }

    fn id(resource: &Resource, accounts: &[Account]) -> (Option<String>, Findings) {
        let mut findings = Findings::default();
        let id = judge(resource, &Index::of(accounts), &mut findings).map(|account| account.id.clone());
        (id, findings)
    }

    #[test]
    fn the_id_wins_over_the_address_and_another_address_is_remarked() {
        let accounts = [account("1", "a@example.com", "ACTIVE"), account("2", "b@example.com", "ACTIVE")];
        let (found, findings) = id(&wanted(&[("id", "2"), ("email", "a@example.com")], "log"), &accounts);
        assert_eq!(found.as_deref(), Some("2"));
        assert_eq!(findings.facts.remarks.len(), 1);
    }

    #[test]
    fn an_address_matches_whatever_its_case() {
        let accounts = [account("1", "AWS+Log@example.com", "ACTIVE")];
        let (found, findings) = id(&wanted(&[("email", "aws+log@EXAMPLE.com")], "log"), &accounts);
        assert_eq!(found.as_deref(), Some("1"));
        assert!(findings.facts.remarks.is_empty());
    }

    #[test]
    fn a_closed_account_is_passed_over_for_an_open_one_and_never_live() {
        let both = [account("1", "a@example.com", "CLOSED"), account("2", "a@example.com", "ACTIVE")];
        assert_eq!(id(&wanted(&[("email", "a@example.com")], "log"), &both).0.as_deref(), Some("2"));
        let (found, findings) = id(&wanted(&[("email", "a@example.com")], "log"), &both[..1]);
        assert_eq!(found, None);
        assert_eq!(findings.facts.inactive_accounts.values().collect::<Vec<_>>(), ["CLOSED"]);
        assert_eq!(findings.facts.remarks.len(), 1);
    }

    #[test]
    fn a_suspended_account_exists_and_is_noted() {
        let (found, findings) =
            id(&wanted(&[("email", "a@example.com")], "log"), &[account("1", "a@example.com", "SUSPENDED")]);
        assert_eq!(found.as_deref(), Some("1"));
        assert_eq!(findings.facts.inactive_accounts.values().collect::<Vec<_>>(), ["SUSPENDED"]);
    }

    #[test]
    fn an_account_of_that_name_under_another_address_is_remarked() {
        let accounts = [account("1", "old@example.com", "ACTIVE")];
        let (found, findings) = id(&wanted(&[("email", "new@example.com")], "name-1"), &accounts);
        assert_eq!(found, None);
        assert!(findings.facts.remarks.iter().any(|remark| remark.contains("old@example.com")));
    }
}
