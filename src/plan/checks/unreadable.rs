//! What could not be read is not planned for, and said.

use super::super::document::{Level, Note, UNREADABLE};
use super::super::planner::Situation;
use super::note;
use crate::diff::Standing;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    for (address, change) in situation.changes {
        if let Standing::Unreadable(why) = &change.standing {
            let held_up = situation.graph.edges.iter().any(|edge| {
                edge.provider == *address && situation.steps.iter().any(|step| step.address == edge.dependent)
            });
            notes.push(note(
                if held_up { Level::Blocker } else { Level::Warning },
                UNREADABLE,
                Some(address),
                format!("{address} could not be read and is left alone: {why}"),
                "give the caller permission to read it, or take it out of the document",
            ));
        }
    }
}
