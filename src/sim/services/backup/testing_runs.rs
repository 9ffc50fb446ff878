//! What a restore testing plan does when its time has come.
//!
//! In: a plan with its selections, and the vaults of its account and Region. Out: a restore job for each resource that has
//! a recovery point within the window, of the latest one or of any. Source:
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html>. A test starts at its hour here, not
//! anywhere within the start window. Every recovery point is a snapshot.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::authorization::pattern::glob;
use crate::sim::clock::epoch;
use crate::sim::world::World;

use super::records::Spot;
use super::restore_jobs::{self, Wanted};
use super::state::Point;
use super::testing_plans::TestingPlan;
use super::testing_selections::Selection;

const DAY: f64 = 86_400.0;

/// A recovery point that can be tested.
struct Candidate {
    vault: String,
    arn: String,
    created: Timestamp,
}

pub(super) fn run(world: &mut World, spot: &Spot, name: &str, now: Timestamp) {
    let Some(plan) = world.backup.testing_plan_mut(spot, name) else { return };
    plan.run = Some(now);
    let plan = plan.clone();
    let random = plan.points["Algorithm"] == "RANDOM_WITHIN_WINDOW";
    for selection in plan.selections.values() {
        for (_, mut points) in candidates(world, spot, &plan, selection, now) {
            points.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.arn.cmp(&b.arn)));
            let share = if random { world.ids.share() } else { 0.0 };
            let Some(chosen) = pick(points, share) else { continue };
            let wanted = Wanted {
                vault: chosen.vault,
                owner: spot.account.clone(),
                point: chosen.arn,
                role: selection.role.clone(),
                metadata: overrides(&selection.overrides),
                token: None,
                test: Some((plan.arn.clone(), selection.hours)),
            };
            restore_jobs::begin(world, spot, wanted, now);
        }
    }
}

/// The one that lies at a share of the list, 0 being its beginning.
fn pick(points: Vec<Candidate>, share: f64) -> Option<Candidate> {
    #[expect(clippy::cast_precision_loss, reason = "a vault holds far fewer than 2^52 recovery points")]
    let place = (points.len() as f64 * share).floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share below one of a length is an index"
    )]
    points.into_iter().nth(place as usize)
}

fn overrides(value: &Value) -> BTreeMap<String, String> {
    let given = value.as_object().into_iter().flatten();
    given.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// The recovery points that a selection means, by resource.
fn candidates(
    world: &World,
    spot: &Spot,
    plan: &TestingPlan,
    selection: &Selection,
    now: Timestamp,
) -> BTreeMap<String, Vec<Candidate>> {
    let mut found: BTreeMap<String, Vec<Candidate>> = BTreeMap::new();
    let names = |member: &str, arn: &str| {
        let patterns = plan.points[member].as_array().into_iter().flatten().filter_map(Value::as_str);
        patterns.into_iter().any(|pattern| glob(pattern, arn))
    };
    #[expect(clippy::cast_precision_loss, reason = "a year of days at most")]
    let window = plan.points["SelectionWindowDays"].as_i64().unwrap_or_default() as f64 * DAY;
    let kinds = plan.points["RecoveryPointTypes"].as_array();
    if !kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "SNAPSHOT")) {
        return found;
    }
    let place = world.backup.place(&spot.account, &spot.region);
    for (name, vault) in place.into_iter().flat_map(|place| &place.vaults) {
        if !names("IncludeVaults", &vault.arn) || names("ExcludeVaults", &vault.arn) {
            continue;
        }
        for (arn, point) in &vault.points {
            let recent = epoch(now) - epoch(point.created) <= window;
            if recent && means(selection, point) {
                let candidate = Candidate { vault: name.clone(), arn: arn.clone(), created: point.created };
                found.entry(point.resource.clone()).or_default().push(candidate);
            }
        }
    }
    found
}

fn means(selection: &Selection, point: &Point) -> bool {
    let listed = selection.resources.iter().any(|arn| arn == "*" || *arn == point.resource);
    let every = |member: &str, equal: bool| {
        let conditions = selection.conditions[member].as_array().into_iter().flatten();
        conditions.into_iter().all(|condition| {
            let key = condition["Key"].as_str().unwrap_or_default().trim_start_matches("aws:ResourceTag/");
            let value = point.tags.get(key).map(String::as_str);
            (value == condition["Value"].as_str()) == equal
        })
    };
    point.kind == selection.kind
        && (listed || selection.resources.is_empty())
        && every("StringEquals", true)
        && every("StringNotEquals", false)
}
