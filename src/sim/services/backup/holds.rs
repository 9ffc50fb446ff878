//! Legal holds: CreateLegalHold, GetLegalHold, ListLegalHolds, CancelLegalHold.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/legal-holds.html>: what a hold covers is neither deleted
//! nor expires before the hold is cancelled. A repeat with the same token answers with the same hold; without one there is
//! another. A hold takes effect at once here. Absent: pages of the recovery points that a hold covers.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::records::Spot;
use super::refusal::{invalid_state, not_found};
use super::state::{Point, Tags};
use super::{PAGING, points, tags};

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hold {
    pub(crate) arn: String,
    title: String,
    description: String,
    created: Timestamp,
    /// When and why it was cancelled.
    cancelled: Option<(Timestamp, String)>,
    /// `RecoveryPointSelection` as it was given.
    selection: Value,
    token: Option<String>,
    pub(crate) tags: Tags,
}

impl Hold {
    fn covers(&self, vault: &str, point: &Point) -> bool {
        let among = |member: &str, wanted: &str| match self.selection[member].as_array() {
            Some(items) if !items.is_empty() => items.iter().any(|item| item == wanted),
            _ => true,
        };
        let range = &self.selection["DateRange"];
        let created = epoch(point.created);
        let from = range["FromDate"].as_f64().is_none_or(|from| from <= created);
        let to = range["ToDate"].as_f64().is_none_or(|to| created <= to);
        let typed = among("ResourceIdentifiers", &point.kind);
        among("VaultNames", vault) && (typed || among("ResourceIdentifiers", &point.resource)) && from && to
    }

    fn view(&self, id: &str) -> Value {
        json!({
            "Title": self.title,
            "Status": if self.cancelled.is_some() { "CANCELED" } else { "ACTIVE" },
            "Description": self.description,
            "LegalHoldId": id,
            "LegalHoldArn": self.arn,
            "CreationDate": epoch(self.created),
            "CancellationDate": self.cancelled.as_ref().map(|(at, _)| epoch(*at)),
        })
    }
}

/// Whether a hold keeps a recovery point.
pub(super) fn keeps(world: &World, spot: &Spot, vault: &str, arn: &str) -> bool {
    let Some(place) = world.backup.place(&spot.account, &spot.region) else { return false };
    let Some(point) = place.vaults.get(vault).and_then(|vault| vault.points.get(arn)) else { return false };
    place.holds.values().any(|hold| hold.cancelled.is_none() && hold.covers(vault, point))
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (&request.caller.account, &request.region);
    let tags = tags::given(request, "Tags")?;
    let token = request.text("IdempotencyToken");
    let place = world.backup.place(account, region);
    let mut holds = place.into_iter().flat_map(|place| &place.holds);
    let known = holds.find(|(_, hold)| token.is_some() && hold.token.as_deref() == token);
    let (id, hold) = match known {
        Some((id, hold)) => (id.clone(), hold.clone()),
        None => {
            let id = world.ids.uuid();
            let hold = Hold {
                arn: format!("arn:aws:backup:{region}:{account}:legal-hold:{id}"),
                title: request.required("Title").to_owned(),
                description: request.required("Description").to_owned(),
                created: request.now,
                cancelled: None,
                selection: request.input.get("RecoveryPointSelection").cloned().unwrap_or(json!({})),
                token: token.map(str::to_owned),
                tags,
            };
            world.backup.place_mut(account, region).holds.insert(id.clone(), hold.clone());
            (id, hold)
        }
    };
    let mut view = hold.view(&id);
    view["RecoveryPointSelection"] = hold.selection;
    Ok(view)
}

fn named<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Hold, AwsError> {
    let id = request.required("LegalHoldId");
    let place = world.backup.place_mut(&request.caller.account, &request.region);
    place.holds.get_mut(id).ok_or_else(|| not_found(format!("Cannot find legal hold {id}.")))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let hold = named(world, request)?;
    let mut view = hold.view(request.required("LegalHoldId"));
    view["RecoveryPointSelection"] = hold.selection.clone();
    view["CancelDescription"] = json!(hold.cancelled.as_ref().map(|(_, why)| why));
    Ok(view)
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = world.backup.place(&request.caller.account, &request.region);
    let holds = place.into_iter().flat_map(|place| &place.holds);
    PAGING.page(request, "LegalHolds", holds.collect(), |(id, hold)| hold.view(id))
}

/// What only the hold kept goes with it.
pub(super) fn cancel(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let hold = named(world, request)?;
    if hold.cancelled.is_some() {
        return Err(invalid_state("The legal hold has been canceled already."));
    }
    hold.cancelled = Some((request.now, request.required("CancelDescription").to_owned()));
    let spot = Spot::of(request);
    let place = world.backup.place(&spot.account, &spot.region);
    let vaults = place.into_iter().flat_map(|place| &place.vaults);
    let held: BTreeSet<(String, String)> = vaults
        .flat_map(|(name, vault)| vault.points.keys().map(move |arn| (name.clone(), arn.clone())))
        .collect();
    for (vault, point) in held {
        points::expire(world, &spot, &vault, &point, request.now);
    }
    Ok(json!({}))
}
