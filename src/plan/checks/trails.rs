//! A second trail over the same organization delivers every event again, and each further copy of
//! management events is billed (CloudTrail pricing).

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::Kind;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let creates = situation.steps.iter().filter(|s| s.address.kind == Kind::Trail && s.verb == "create");
    for step in creates {
        if let Some(others) = situation.snapshot.facts.other_trails.get(&step.address) {
            notes.push(note(
                Level::Warning,
                "second-trail",
                Some(&step.address),
                format!("{} records the whole organization already", others.join(", ")),
                "each further copy of management events is billed; leave the trail out unless it delivers elsewhere",
            ));
        }
    }
}
