//! Controls that accounts have kept from units in which they are not.
//!
//! A move without automatic enrolment leaves detective and proactive controls of the former unit in the account;
//! Control Tower calls it inheritance drift, and no registration takes them away (Control Tower User Guide,
//! governance-drift). In: the accounts that are wanted, what Control Tower tells. Out: their fields
//! `inherited_controls`, those that they have and those that the plan's move will leave. Absent: whether they
//! are taken away, which the document says.

use std::collections::BTreeSet;

use serde_json::json;

use super::control_tower::Tower;
use super::controls::Catalog;
use super::findings::Findings;
use super::wanted::Wanted;
use crate::cloud::Connection;
use crate::cloud::inventory::controls::{self, Inherited};
use crate::cloud::inventory::fan_out::fan_out;
use crate::model::reference::as_reference;
use crate::model::{Address, Kind, Resource};

/// The group of an account's fields.
const GROUP: &str = "inherited_controls";

/// Who speaks of controls and of accounts is told what accounts have kept, and who wants it gone.
pub(super) fn are_of_concern(wanted: &Wanted<'_>) -> bool {
    let accounts = wanted.kind(Kind::Account);
    let asked = accounts.iter().any(|account| account.whole.contains(GROUP));
    asked || (wanted.any(&[Kind::Control]) && !accounts.is_empty())
}

/// Fills them in.
pub(super) async fn observe(
    connection: &Connection,
    wanted: &[&Resource],
    tower: &Tower,
    catalog: &Catalog,
    findings: &mut Findings,
) {
    let (left, error) = match &tower.inherited {
        Ok(left) => (left.as_slice(), None),
        Err(error) => (&[][..], Some(error)),
    };
    if let Some(error) = error {
        let words =
            format!("controls that accounts have kept from former units could not be looked for: {error}");
        findings.facts.remarks.insert(words);
    }
    let inactive: BTreeSet<&Address> = findings.facts.inactive_accounts.keys().collect();
    let members = wanted.iter().copied().filter(|one| !inactive.contains(&one.address));
    let members: Vec<(&Resource, String)> =
        members.filter_map(|one| Some((one, id(one, findings)?))).collect();
    // Control Tower takes them away itself where it follows moves, in its own time.
    let moves: Vec<(&Resource, String)> = match tower.follows_moves() {
        true => Vec::new(),
        false => members.iter().filter(|(one, _)| moves(one, findings)).cloned().collect(),
    };
    let seats = tower.seats();
    for (resource, id) in &members {
        let settled =
            !tower.follows_moves() || seats.get(id).map(String::as_str) == place(resource, findings);
        let own = left.iter().filter(|one| one.account == *id && settled);
        put(resource, own, catalog, findings);
    }
    let ask = |(resource, _): &(&Resource, String)| {
        let arn =
            findings.live.get(&resource.address).and_then(|live| live.attribute("arn")).map(str::to_owned);
        let connection = connection.clone();
        async move { controls::inherited(&connection, Some(&arn.unwrap_or_default())).await }
    };
    let read = fan_out(moves.iter().map(ask).collect()).await;
    for ((resource, _), kept) in moves.iter().zip(read) {
        match kept {
            Ok(kept) => put(resource, kept.iter(), catalog, findings),
            Err(error) => findings.gap(resource, &error),
        }
    }
}

fn id(resource: &Resource, findings: &Findings) -> Option<String> {
    findings.live.get(&resource.address)?.attribute("id").map(str::to_owned)
}

/// The id of the unit in which an account is.
fn place<'f>(resource: &Resource, findings: &'f Findings) -> Option<&'f str> {
    findings.live.get(&resource.address)?.attribute("parent_id")
}

/// Whether the plan will move an account whose leftovers shall go.
fn moves(resource: &Resource, findings: &Findings) -> bool {
    let wanted = resource.fields.get("unit").and_then(as_reference);
    let wanted = wanted.and_then(|unit| findings.live.get(&unit.address)?.attribute("id"));
    resource.whole.contains(GROUP) && wanted != place(resource, findings)
}

fn put<'i>(
    resource: &Resource,
    kept: impl Iterator<Item = &'i Inherited>,
    catalog: &Catalog,
    findings: &mut Findings,
) {
    let Some(live) = findings.live.get_mut(&resource.address) else { return };
    for one in kept {
        let name = catalog.name_of(&one.control);
        let field = format!("{GROUP}.{name}");
        // Of two former units it may have the same control twice.
        let taken = live.fields.get(&field).is_some_and(|other| *other != json!(one.arn));
        let own = one.arn.rsplit('/').next().unwrap_or_default();
        let field = if taken { format!("{field}@{own}") } else { field };
        live.fields.insert(field, json!(one.arn));
    }
}
