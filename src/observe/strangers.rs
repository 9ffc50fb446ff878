//! Members that the document does not name, and where they stand: its policies bind them,
//! too.
//!
//! In: the tree of units and the list of accounts. Out: a fact. Absent: accounts that are
//! not active, and the management account, which no policy binds.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::Findings;
use super::people::People;
use super::units;
use super::wanted::{Wanted, key};
use crate::catalog::policy_types::{self, Grammar};
use crate::cloud::inventory::organization::Root;
use crate::cloud::inventory::units::Unit;
use crate::model::{Address, Kind, Resource};

/// Whether the document has policies that could deny something to anybody, those written in
/// statements, or plans of backups, which find in an account what the document has placed there.
pub(super) fn matter(wanted: &Wanted<'_>) -> bool {
    let row = |policy: &&Resource| key(policy, "type").and_then(policy_types::by_name);
    let plans = wanted.kind(Kind::Policy).iter().any(|policy| policy.keys.contains_key("backup_plan"));
    plans || wanted.kind(Kind::Policy).iter().filter_map(row).any(|row| row.grammar == Grammar::Iam)
}

/// Notes them.
pub(super) fn note(
    wanted: &Wanted<'_>,
    people: &People,
    root: &Root,
    management: &str,
    findings: &mut Findings,
) {
    let (Ok(tree), Ok(accounts), true) = (&people.units, &people.accounts, matter(wanted)) else { return };
    let named: BTreeSet<&str> = wanted
        .kind(Kind::Account)
        .iter()
        .filter_map(|resource| findings.live.get(&resource.address)?.attribute("id"))
        .collect();
    let paths = paths(wanted, tree, root);
    let strangers = accounts.iter().filter(|account| {
        account.state == "ACTIVE" && account.id != management && !named.contains(account.id.as_str())
    });
    let strangers = strangers.map(|account| {
        let path = account.parent.as_deref().and_then(|parent| paths.get(parent));
        (account.id.clone(), path.map(|path| Address::new(Kind::OrganizationalUnit, path.as_str())))
    });
    findings.facts.strangers = strangers.collect();
}

/// The path of each unit by its id, in the document's names where it has them. A unit whose
/// name makes no path goes by the one above it.
fn paths(wanted: &Wanted<'_>, tree: &[Unit], root: &Root) -> BTreeMap<String, String> {
    let said: BTreeMap<&str, String> = units::matched(&wanted.kind(Kind::OrganizationalUnit), tree, root)
        .iter()
        .map(|(path, unit)| (unit.id.as_str(), path.to_string()))
        .collect();
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    // Parents come before their children.
    for unit in tree {
        let above = paths.get(&unit.parent);
        let path = match (said.get(unit.id.as_str()), above) {
            (Some(path), _) => Some(path.clone()),
            (None, above) if unit.name.contains('/') => above.cloned(),
            (None, Some(above)) => Some(format!("{above}/{}", unit.name)),
            (None, None) => Some(unit.name.clone()),
        };
        paths.extend(path.map(|path| (unit.id.clone(), path)));
    }
    paths
}
