//! What Account Factory and Control Tower have of accounts that Account Factory shall enrol.
//!
//! In: the accounts, and in which unit each is governed. Out: their fields `factory_unit` and
//! `unfinished_products`. Account Factory is asked only where somebody wants something of it.

use std::collections::BTreeMap;

use serde_json::json;

use super::findings::Findings;
use crate::cloud::Connection;
use crate::cloud::inventory::account_factory;
use crate::model::Resource;

/// Fills them in. `seats` says by account in which unit it is governed, by its id.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    seats: &BTreeMap<String, String>,
    findings: &mut Findings,
) {
    let asked = wanted.iter().copied().filter(|resource| resource.fields.contains_key("factory_unit"));
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
        for product in own.filter(|product| product.is_unfinished()) {
            live.fields.insert(format!("unfinished_products.{}", product.id), json!(product.name));
        }
    }
}
