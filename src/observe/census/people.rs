//! Units and accounts, with their tags and contacts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::catalog::operations::Verdict;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::{accounts, contacts, tags, units};
use crate::cloud::{CallError, Connection};

/// The alternate contacts that AWS knows (Account Management API Reference).
const CONTACTS: [&str; 3] = ["billing", "operations", "security"];

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The id of the unit above, or of the root.
    pub parent: String,
    /// Its tags; none when they could not be read.
    pub tags: Option<BTreeMap<String, String>>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its name, which others may have, too.
    pub name: String,
    /// Its root user's e-mail address.
    pub email: String,
    /// AWS's word for its state: `ACTIVE`, `SUSPENDED`, `CLOSED` and so on.
    pub state: String,
    /// The id of the unit it is in, or of the root.
    pub parent: Option<String>,
    /// Its tags; none when they could not be read, or the account is closed.
    pub tags: Option<BTreeMap<String, String>>,
    /// Its alternate contacts by kind, each with `name`, `title`, `email`, `phone`; none when
    /// they could not be read, and of the management account and accounts that are not active.
    pub contacts: Option<BTreeMap<String, Value>>,
}

impl Account {
    /// Whether it can be worked with.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == "ACTIVE"
    }

    /// Whether it is gone: its address can be neither moved nor tagged.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state == "CLOSED"
    }
}

/// Reads both.
///
/// # Errors
/// When the units or the accounts cannot be listed.
pub(super) async fn read(
    connection: &Connection,
    root: &Root,
    gaps: &Gaps,
) -> Result<(Vec<Unit>, Vec<Account>), CallError> {
    let (tree, list) = tokio::join!(units::tree(connection, &root.id), accounts::list(connection));
    let (tree, mut list) = (tree?, list?);
    let parents = std::iter::once(root.id.clone()).chain(tree.iter().map(|unit| unit.id.clone()));
    accounts::place(connection, &mut list, parents.collect()).await?;
    let open: Vec<&accounts::Account> = list.iter().filter(|account| account.state != "CLOSED").collect();
    let tagged = tree.iter().map(|unit| unit.id.clone()).chain(open.iter().map(|account| account.id.clone()));
    let own = connection.caller().await?.account.clone();
    let member = |account: &&&accounts::Account| account.state == "ACTIVE" && account.id != own.as_str();
    let active = open.iter().filter(member).map(|account| account.id.clone());
    let (mut tags, mut contacts) = tokio::join!(
        tags_of(connection, tagged.collect(), gaps),
        contacts_of(connection, active.collect(), gaps)
    );
    let units = tree.into_iter().map(|unit| Unit {
        tags: tags.remove(&unit.id),
        id: unit.id,
        arn: unit.arn,
        name: unit.name,
        parent: unit.parent,
    });
    let units = units.collect();
    let accounts = list.into_iter().map(|account| Account {
        tags: tags.remove(&account.id),
        contacts: contacts.remove(&account.id),
        id: account.id,
        name: account.name,
        email: account.email,
        state: account.state,
        parent: account.parent,
    });
    Ok((units, accounts.collect()))
}

/// The tags of each id, as far as they could be read.
pub(super) async fn tags_of(
    connection: &Connection,
    ids: Vec<String>,
    gaps: &Gaps,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let questions = ids.into_iter().map(|id| {
        let connection = connection.clone();
        async move {
            let tags = tags::list(&connection, &id).await;
            (id, tags)
        }
    });
    let answers = fan_out(questions.collect()).await.into_iter();
    answers.filter_map(|(id, tags)| Some((id.clone(), gaps.read(Part::Tags, Some(&id), tags)?))).collect()
}

/// The contacts of each account. AWS refuses them all while Account Management is not
/// trusted (Account Management Reference Guide, using-orgs), so the first refusal stands for
/// the rest.
async fn contacts_of(
    connection: &Connection,
    ids: Vec<String>,
    gaps: &Gaps,
) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    let Some((first, others)) = ids.split_first() else { return found };
    match all_contacts(connection, first).await {
        Ok(contacts) => {
            found.insert(first.clone(), contacts);
        }
        Err(error) if error.verdict == Verdict::Denied => {
            gaps.note(Part::Contacts, None, error);
            return found;
        }
        Err(error) => gaps.note(Part::Contacts, Some(first), error),
    }
    let questions = others.iter().cloned().map(|id| {
        let connection = connection.clone();
        async move {
            let found = all_contacts(&connection, &id).await;
            (id, found)
        }
    });
    for (id, contacts) in fan_out(questions.collect()).await {
        let contacts = gaps.read(Part::Contacts, Some(&id), contacts);
        found.extend(contacts.map(|contacts| (id, contacts)));
    }
    found
}

async fn all_contacts(connection: &Connection, id: &str) -> Result<BTreeMap<String, Value>, CallError> {
    let mut found = BTreeMap::new();
    for kind in CONTACTS {
        found.extend(contacts::get(connection, id, kind).await?.map(|contact| (kind.to_owned(), contact)));
    }
    Ok(found)
}
