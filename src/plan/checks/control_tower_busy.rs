//! Nothing is started at Control Tower while somebody else's operation runs there:
//! it would be refused with a conflict (Control Tower User Guide, limits).

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let busy = &situation.snapshot.facts.control_tower_busy;
    let waits = situation.steps.iter().any(|step| step.lane == "control-tower");
    if waits && !busy.is_empty() {
        let ids: Vec<&str> = busy.iter().map(String::as_str).collect();
        notes.push(note(
            Level::Warning,
            "control-tower-busy",
            None,
            format!(
                "Control Tower works on {} at the moment; our steps there wait until it is done",
                ids.join(", ")
            ),
            "",
        ));
    }
}
