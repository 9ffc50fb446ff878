//! Accounts that are suspended, closed or not yet active.
//!
//! They cannot be moved into governance, and a unit that holds one cannot be
//! registered (Control Tower User Guide, common causes of failed enrolment). Moving one out of such a
//! unit is the remedy.

use std::collections::BTreeSet;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::Address;
use crate::plan::Step;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let facts = &situation.snapshot.facts;
    for (address, state) in &facts.inactive_accounts {
        let touched = situation.steps.iter().any(|step| step.address == *address);
        let touched = touched && !leaves(situation, address);
        notes.push(note(
            if touched { Level::Blocker } else { Level::Warning },
            "inactive-account",
            Some(address),
            format!("{address} is {state}"),
            "take it out of the document, or have AWS reopen it",
        ));
    }
    let leaving: BTreeSet<&str> = facts
        .inactive_accounts
        .keys()
        .filter(|address| leaves(situation, address))
        .filter_map(|address| situation.snapshot.live.get(address)?.attribute("id"))
        .collect();
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
        let unit = Address::new(crate::model::Kind::OrganizationalUnit, path);
        let ids = facts.units_with_inactive_accounts.get(&unit).into_iter().flatten();
        let ids: Vec<&str> = ids.map(String::as_str).filter(|id| !leaving.contains(id)).collect();
        if !ids.is_empty() {
            let refusal = match step.lane.as_str() {
                "control" => "a control that works in accounts fails there",
                _ => "Control Tower refuses to register it",
            };
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

/// Whether the plan does nothing to an account but move it to where Control Tower does not govern it,
/// which is how a unit gets rid of it (User Guide, delete-account).
fn leaves(situation: &Situation<'_>, address: &Address) -> bool {
    let governed =
        situation.graph.resources.get(address).is_none_or(|account| account.whole.contains("recorders"));
    let mut own = situation.steps.iter().filter(|step| step.address == *address).peekable();
    !governed && own.peek().is_some() && own.all(|step| step.verb == "move")
}
