//! The organization's resource policy must fit, statements of others included.
//!
//! Source: Organizations API Reference, PutResourcePolicy: at most 40,000 characters.

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::{Kind, canonical};

/// Characters that it may have.
const LIMIT: usize = 40_000;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let of_ours = situation.steps.iter().filter(|step| step.address.kind == Kind::ResourcePolicy);
    for step in of_ours {
        let Some(content) = step.inputs.get("content") else { continue };
        let length = canonical::text(content).chars().count();
        if length > LIMIT {
            notes.push(note(
                Level::Blocker,
                "resource-policy-size",
                Some(&step.address),
                format!(
                    "the organization's resource policy would have {length} characters; AWS takes {LIMIT}"
                ),
                "delegate to fewer accounts, or remove statements of others that are not needed any more",
            ));
        }
    }
}
