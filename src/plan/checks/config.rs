//! From 4.0 on a landing zone collects with an aggregator of its own; a second one over the same
//! organization costs twice and tells nothing new (Control Tower User Guide, config-updates-v4).

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::Kind;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let creates =
        situation.steps.iter().filter(|s| s.address.kind == Kind::ConfigAggregator && s.verb == "create");
    for step in creates {
        if let Some(other) = situation.snapshot.facts.service_aggregators.get(&step.address) {
            notes.push(note(
                Level::Blocker,
                "second-aggregator",
                Some(&step.address),
                format!("{other} collects from the organization already"),
                "leave the aggregator out of the document: the landing zone has one of its own",
            ));
        }
    }
}
