//! Accounts that are suspended, closed or not yet active.
//!
//! They cannot be moved into governance, and a unit that holds one cannot be
//! registered (Control Tower User Guide, common causes of failed enrolment).

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::plan::Step;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let facts = &situation.snapshot.facts;
    for (address, state) in &facts.inactive_accounts {
        let touched = situation.steps.iter().any(|step| step.address == *address);
        notes.push(note(
            if touched { Level::Blocker } else { Level::Warning },
            "inactive-account",
            Some(address),
            format!("{address} is {state}"),
            "take it out of the document, or have AWS reopen it",
        ));
    }
    // A closed account in a unit fails the controls that work in accounts, too (User
    // Guide, delete-account); disabling is not held up.
    let in_accounts = |step: &&Step| {
        step.lane == "control"
            && !["disable", "delete"].contains(&step.verb.as_str())
            && step
                .keys
                .get("name")
                .and_then(|name| facts.controls.known.get(name.as_str()?))
                .is_some_and(|control| control.works_in_accounts())
    };
    let reaching = situation.steps.iter().filter(|step| step.lane == "control-tower" || in_accounts(step));
    for step in reaching {
        let Some((path, _)) = step.address.name.rsplit_once(':') else {
            continue;
        };
        let unit = crate::model::Address::new(crate::model::Kind::OrganizationalUnit, path);
        if let Some(ids) = facts.units_with_inactive_accounts.get(&unit) {
            let refusal = match step.lane.as_str() {
                "control" => "a control that works in accounts fails there",
                _ => "Control Tower refuses to register it",
            };
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            notes.push(note(
                Level::Blocker,
                "inactive-account-in-unit",
                Some(&step.address),
                format!("{unit} holds {}, not active: {refusal}", ids.join(", ")),
                "move them to an unregistered unit first, by custom one called Suspended",
            ));
        }
    }
    for remark in &facts.remarks {
        notes.push(note(Level::Info, "remark", None, remark.clone(), ""));
    }
}
