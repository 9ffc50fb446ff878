//! How long each step really took at the simulated AWS.
//!
//! What a run measures itself holds its own waits: between two questions, after
//! refusals. A lower bound made of those would flatter the schedule, so the times
//! of operations are read from the world, which knows when it began and ended
//! each. A step without an operation of its own is one round trip, unless AWS
//! took it at once and the run saw no refusal.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::apply::Outcome;
use crate::apply::outcome::StepReport;
use crate::plan::StepId;
use crate::sim::World;

/// Where a saved world keeps what it worked on, by id, and what begin and end are
/// called there. A star stands for every member.
const PLACES: &[(&[&str], &str, &str)] = &[
    (&["organizations", "organizations", "*", "creations"], "requested", "ends"),
    (&["control_tower", "operations"], "started", "ended"),
];

/// The time of each step that ended.
pub(super) fn durations(outcome: &Outcome, world: &World) -> BTreeMap<StepId, Duration> {
    let known = operations(&serde_json::to_value(world).unwrap_or_default());
    let took = |report: &StepReport| {
        let seen = report.ended?.checked_sub(report.started?)?;
        let told = report.operation.as_ref().and_then(|id| known.get(id)).copied();
        Some((report.step.clone(), told.unwrap_or(seen).min(seen)))
    };
    outcome.steps.iter().filter_map(took).collect()
}

/// Every operation that has ended, by its id.
fn operations(world: &Value) -> BTreeMap<String, Duration> {
    let mut found = BTreeMap::new();
    for (path, began, ended) in PLACES {
        for holder in at(world, path) {
            for (id, operation) in holder.as_object().into_iter().flatten() {
                let moment = |member: &str| operation.get(member)?.as_str()?.parse::<Timestamp>().ok();
                let took = moment(began).zip(moment(ended)).map(|(from, to)| to.duration_since(from));
                let took = took.and_then(|took| Duration::try_from(took).ok());
                found.extend(took.map(|took| (id.clone(), took)));
            }
        }
    }
    found
}

fn at<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v Value> {
    let Some((first, rest)) = path.split_first() else {
        return vec![value];
    };
    match (*first, value.as_object()) {
        ("*", Some(members)) => members.values().flat_map(|member| at(member, rest)).collect(),
        (name, Some(members)) => members.get(name).map(|member| at(member, rest)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_of_both_services_are_found_by_their_ids() {
        let moment = |minute: u32| format!("2026-01-01T00:{minute:02}:00Z");
        let world = json!({
            "organizations": { "organizations": { "o-1": { "creations": {
                "car-1": { "requested": moment(0), "ends": moment(2) } } } } },
            "control_tower": { "operations": {
                "op-1": { "started": moment(2), "ended": moment(32) },
                "op-2": { "started": moment(40), "ended": null } } },
        });
        let found = operations(&world);
        assert_eq!(found.get("car-1"), Some(&Duration::from_secs(120)));
        assert_eq!(found.get("op-1"), Some(&Duration::from_secs(1800)));
        assert_eq!(found.len(), 2);
    }
}
