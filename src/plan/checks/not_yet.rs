//! What nothing can be done about before something else has run for a time.
//!
//! Nothing waits for it in this plan: a later one has it.

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::diff::Standing;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    for (address, change) in situation.changes {
        if let Standing::NotYet(why) = &change.standing {
            let message = format!("nothing is done about {address} yet: {why}");
            notes.push(note(
                Level::Info,
                "deferred",
                Some(address),
                message,
                "plan again when the time has passed",
            ));
        }
    }
}
