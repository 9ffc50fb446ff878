//! Keys that were made for an alias of the document and are not the one that has it.
//!
//! In: a connection, the accounts, the desired resources. Out: surplus keys with how to
//! be rid of them. A key comes to be surplus when a call to create it arrives after
//! another run has made one: KMS takes no client token, so nothing can refuse that call
//! (KMS API Reference, CreateKey). Absent: keys of other people, which nothing tells apart.

use std::collections::BTreeMap;

use super::leftovers::Leftover;
use super::wanted::key;
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::keys::{self, Key};
use crate::cloud::{CallError, Connection};
use crate::model::reference::references;
use crate::model::region::Region;
use crate::model::{Address, Kind, Resource};

/// A desired key and where it lives; no account is the caller's own.
struct Wanted {
    address: Address,
    alias: String,
    account: Option<String>,
    region: Region,
}

/// Looks for keys that were made for the aliases of the document and are not needed.
pub(super) async fn look(
    connection: &Connection,
    accounts: &[Account],
    wanted: &[Resource],
) -> Result<Vec<Leftover>, CallError> {
    let of_keys = wanted.iter().filter(|resource| resource.address.kind == Kind::Key);
    let placed = of_keys.filter_map(|resource| placed(connection, resource, accounts, wanted));
    let questions = placed.map(|wanted| {
        let connection = connection.clone();
        async move { surplus(&connection, &wanted).await }
    });
    let mut found = Vec::new();
    for answer in fan_out(questions.collect()).await {
        found.extend(answer?);
    }
    Ok(found)
}

/// Where a desired key lives; none while its account does not exist.
fn placed(
    connection: &Connection,
    resource: &Resource,
    accounts: &[Account],
    wanted: &[Resource],
) -> Option<Wanted> {
    let account = match resource.keys.get("account") {
        None => None,
        Some(value) => Some(account_id(value, accounts, wanted)?),
    };
    let region = key(resource, "region").and_then(|region| region.parse().ok());
    Some(Wanted {
        address: resource.address.clone(),
        alias: key(resource, "alias").unwrap_or(&resource.address.name).to_owned(),
        account,
        region: region.unwrap_or_else(|| connection.home_region().clone()),
    })
}

/// The id of the account that a value names or refers to.
fn account_id(value: &serde_json::Value, accounts: &[Account], wanted: &[Resource]) -> Option<String> {
    if let Some(id) = value.as_str() {
        return Some(id.to_owned());
    }
    let reference = references(value).into_iter().next()?;
    let resource = wanted.iter().find(|resource| resource.address == reference.address)?;
    let fits = |account: &&Account| match key(resource, "id") {
        Some(id) => id == account.id,
        None => key(resource, "email").is_some_and(|mail| mail.eq_ignore_ascii_case(&account.email)),
    };
    accounts.iter().find(fits).map(|account| account.id.clone())
}

async fn surplus(connection: &Connection, wanted: &Wanted) -> Result<Vec<Leftover>, CallError> {
    let (account, region) = (wanted.account.as_deref(), &wanted.region);
    let aliases = keys::aliases(connection, account, region).await?;
    let made = keys::made_for(connection, account, region, &wanted.alias, &aliases).await?;
    let told = |key: &Key| leftover(wanted, key);
    Ok(made.iter().skip(usize::from(!has_alias(&aliases, &wanted.alias))).map(told).collect())
}

/// Without the alias the first key that was made for it is the one that the next run takes.
fn has_alias(aliases: &BTreeMap<String, String>, alias: &str) -> bool {
    aliases.contains_key(alias) || aliases.contains_key(&format!("alias/{alias}"))
}

fn leftover(wanted: &Wanted, key: &Key) -> Leftover {
    let name = &wanted.address.name;
    Leftover {
        kind: Kind::Key,
        name: name.clone(),
        place: key.arn.clone(),
        adopt: format!("not needed: it was made for the key {name}, which is another one by now"),
        remove: "schedule its deletion in KMS, by hand: nothing was ever encrypted with it by lzctl"
            .to_owned(),
    }
}
