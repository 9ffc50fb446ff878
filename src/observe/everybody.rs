//! Every active account, and what accounts are called among the leaves of a resource.
//!
//! In: the list of accounts. Out: a fact, for resources that reach everybody. Absent: where
//! accounts stand, see `strangers` and `identity_center`.

use std::collections::BTreeMap;

use serde_json::json;

use super::findings::Findings;
use super::wanted::Wanted;
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::organization::Organization;
use crate::model::Kind;

/// What active accounts are called among the leaves, by id. What is so in others is left
/// alone: AWS refuses changes there.
pub(super) fn names(
    wanted: &Wanted<'_>,
    organization: &Organization,
    accounts: &[Account],
    findings: &Findings,
) -> BTreeMap<String, String> {
    let active = accounts.iter().filter(|account| account.state == "ACTIVE");
    let mut names: BTreeMap<String, String> =
        active.map(|account| (account.id.clone(), account.id.clone())).collect();
    for resource in wanted.kind(Kind::Account) {
        let id = findings.live.get(&resource.address).and_then(|live| live.attribute("id"));
        if let Some(name) = id.and_then(|id| names.get_mut(id)) {
            name.clone_from(&resource.address.name);
        }
    }
    names.insert(organization.management_account.to_string(), "management".to_owned());
    names
}

/// Notes every active account, when something reaches them all.
pub(super) fn note(
    wanted: &Wanted<'_>,
    organization: &Organization,
    accounts: &[Account],
    findings: &mut Findings,
) {
    if !wanted.reach_everybody() {
        return;
    }
    let names = names(wanted, organization, accounts, findings);
    for account in accounts.iter().filter(|account| account.state == "ACTIVE") {
        if let Some(name) = names.get(&account.id) {
            let one = json!({ "id": account.id, "email": account.email });
            findings.facts.everybody.insert(name.clone(), one);
        }
    }
}
