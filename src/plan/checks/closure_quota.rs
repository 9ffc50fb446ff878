//! The accounts a plan closes must fit what AWS closes in 30 days.
//!
//! Source: Organizations API Reference, CloseAccount. AWS lists closed accounts for 90 days
//! without the day of their closure, so those of the last 30 days are at most all of them:
//! where only they make the difference the plan warns that it may not go through.

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;

/// Member accounts that AWS closes within 30 days: so many, or one in so many where that is more, and never more than
/// the last.
const CLOSURES: u64 = 250;
const CLOSURES_SHARE: u64 = 5;
const CLOSURES_MOST: u64 = 1_000;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let closing = situation.steps.iter().filter(|step| step.operation == "organizations:CloseAccount");
    let (wanted, facts) = (closing.count() as u64, &situation.snapshot.facts);
    let (members, closed) = (facts.accounts.unwrap_or_default(), facts.closed_accounts.unwrap_or_default());
    let allowed = CLOSURES.max(members / CLOSURES_SHARE).min(CLOSURES_MOST);
    if wanted == 0 || wanted + closed <= allowed {
        return;
    }
    let before = match closed {
        0 => String::new(),
        closed => {
            format!(" ({closed} are closed already; AWS does not say which of them in the last 30 days)")
        }
    };
    notes.push(note(
        Level::Warning,
        "closure-quota",
        None,
        format!(
            "{wanted} accounts shall be closed, and AWS closes {allowed} of this organization in 30 days{before}"
        ),
        "the run stops when AWS refuses the next; apply the same document again when the 30 days are over",
    ));
}
