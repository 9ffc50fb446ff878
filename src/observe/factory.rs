//! What Account Factory and Control Tower have of accounts that Account Factory shall enrol, or that
//! shall be closed.
//!
//! In: the accounts, and in which unit each is governed. Out: their fields `factory_unit`,
//! `unfinished_products` and `products`. Account Factory is asked only where somebody wants something
//! of it, and where there is a landing zone.

use std::collections::BTreeMap;

use serde_json::json;

use super::findings::Findings;
use crate::cloud::Connection;
use crate::cloud::inventory::account_factory;
use crate::model::Resource;

/// Products whose account is to leave.
const LEFT: &str = "products";
/// Products that never became an account.
const UNFINISHED: &str = "unfinished_products";

/// Fills them in. `seats` says by account in which unit it is governed, by its id.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    seats: &BTreeMap<String, String>,
    findings: &mut Findings,
) {
    let tower = findings.facts.landing_zone != Some(false);
    let closes = |one: &&Resource| tower && leaves(one) && findings.live.contains_key(&one.address);
    let asked = wanted.iter().copied().filter(|one| one.fields.contains_key("factory_unit") || closes(one));
    let asked: Vec<&Resource> = asked.collect();
    if asked.is_empty() {
        return;
    }
    let products = match account_factory::products(connection).await {
        Ok(products) => products,
        Err(error) => return findings.gap_all(&asked, &error),
    };
    for resource in asked {
        let Some(live) = findings.live.get_mut(&resource.address) else { continue };
        let Some(id) = live.attribute("id").map(str::to_owned) else { continue };
        if let Some(unit) = seats.get(&id) {
            live.fields.insert("factory_unit".to_owned(), json!(unit));
        }
        let own = products.iter().filter(|product| product.account.as_ref() == Some(&id));
        for product in own {
            let group = match (leaves(resource), product.is_unfinished()) {
                (true, _) => LEFT,
                (false, true) => UNFINISHED,
                (false, false) => continue,
            };
            live.fields.insert(format!("{group}.{}", product.id), json!(product.name));
        }
    }
}

/// Whether an account shall be let go of by Account Factory.
fn leaves(resource: &Resource) -> bool {
    resource.whole.contains(LEFT)
}
