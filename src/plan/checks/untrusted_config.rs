//! The first setup of a landing zone refuses an organization in which AWS Config
//! is trusted already (Control Tower User Guide, getting-started prerequisites;
//! trap 5).

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let creates = situation.steps.iter().find(|s| s.operation == "controltower:CreateLandingZone");
    let trusted = situation.snapshot.facts.trusted_services.as_ref();
    let config = trusted.is_some_and(|services| services.contains("config.amazonaws.com"));
    if let Some(step) = creates.filter(|_| config) {
        notes.push(note(
            Level::Blocker,
            "config-trusted",
            Some(&step.address),
            "trusted access for config.amazonaws.com is on, and Control Tower refuses to set up".to_owned(),
            "switch it off: aws organizations disable-aws-service-access --service-principal config.amazonaws.com",
        ));
    }
}
