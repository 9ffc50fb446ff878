//! Units that are registered again only because accounts join them.
//!
//! Without automatic enrolment an account comes under governance when its unit is registered
//! again, and Control Tower then works on everybody in the unit (two minutes for each, User Guide,
//! how-to-register-existing-ou). Automatic enrolment works only on those who join, one after the
//! other in each unit. Which is quicker depends on how many there are, so the least times of both
//! are compared. It stays a hint: automatic enrolment is a choice about the whole landing zone,
//! and AWS gives no bound for it but "up to several hours" (account-auto-enrollment).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::bound::lower_bound;
use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::super::step::{Step, StepId};
use super::note;
use crate::catalog::operations::table;
use crate::model::{Address, Kind};

/// What a hint must save at least to be worth reading.
const WORTH: Duration = Duration::from_secs(10 * 60);
const ROUND_TRIP: Duration = Duration::from_millis(100);
/// Why a unit is registered again, in the ordering table.
const JOINED: &str = "reregister-after-joining";
/// The lanes of automatic enrolment, one for each unit.
const ENROLMENT: &str = "enrolment";

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let again = registered_again(situation);
    if again.is_empty() {
        return;
    }
    let as_planned = least(situation.steps);
    let by_itself = least(&automatically(situation.steps, &again));
    if by_itself + WORTH > as_planned {
        return;
    }
    for (step, joining) in &again {
        let members = situation.graph.members.get(&step.address).copied().unwrap_or_default();
        let message = format!(
            "it is registered again for the sake of {}, and Control Tower works on all {members} of its \
             accounts, some {} minutes",
            if joining.len() == 1 { "one account".to_owned() } else { format!("{} accounts", joining.len()) },
            step.usual_seconds / 60
        );
        let hint = format!(
            "with `landing_zone: {{ auto_enroll: true }}` it works only on those that join, one after the \
             other: this plan could take some {} minutes instead of {}, though AWS promises no time",
            by_itself.as_secs().div_ceil(60),
            as_planned.as_secs().div_ceil(60)
        );
        notes.push(note(Level::Info, "registered-again", Some(&step.address), message, &hint));
    }
}

/// The steps that register a unit again for nothing but accounts that join it, with the moves
/// of those.
fn registered_again<'s>(situation: &Situation<'s>) -> Vec<(&'s Step, BTreeSet<&'s StepId>)> {
    let mut moves: BTreeMap<&Address, &StepId> = BTreeMap::new();
    let mut zone_changes = false;
    for step in situation.steps {
        match (step.address.kind, step.verb.as_str()) {
            (Kind::Account, "move") => drop(moves.insert(&step.address, &step.id)),
            (Kind::LandingZone, _) => zone_changes = true,
            _ => {}
        }
    }
    // A change of the landing zone has every unit registered again in any case.
    let resets = situation.steps.iter().filter(|step| {
        !zone_changes
            && step.address.kind == Kind::Baseline
            && step.verb == "reset"
            && step.changes.is_empty()
    });
    let joining = resets.map(|step| {
        let edges = situation.graph.edges_of(&step.address).filter(|edge| edge.rule == JOINED);
        (step, edges.filter_map(|edge| moves.get(&edge.provider).copied()).collect())
    });
    joining.filter(|(_, moves): &(_, BTreeSet<_>)| !moves.is_empty()).collect()
}

/// The same steps, were accounts enrolled by themselves as they move.
fn automatically(steps: &[Step], again: &[(&Step, BTreeSet<&StepId>)]) -> Vec<Step> {
    let unneeded: BTreeSet<&StepId> = again.iter().map(|(step, _)| &step.id).collect();
    let lanes: BTreeMap<&StepId, String> = again
        .iter()
        .flat_map(|(step, moves)| {
            moves.iter().map(|one| (*one, format!("{ENROLMENT}({})", step.address.name)))
        })
        .collect();
    let mut others: Vec<Step> = steps.iter().filter(|step| !unneeded.contains(&step.id)).cloned().collect();
    for step in &mut others {
        if let Some(lane) = lanes.get(&step.id) {
            step.usual_seconds = step.usual_seconds.max(table().usual_seconds_in(lane));
            step.also.push(lane.clone());
        }
    }
    others
}

fn least(steps: &[Step]) -> Duration {
    let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
    let bound = lower_bound(steps, &usual, table(), ROUND_TRIP);
    Duration::try_from_secs_f64(bound.seconds).unwrap_or_default()
}
