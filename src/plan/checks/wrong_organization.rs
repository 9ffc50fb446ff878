//! The document's guard: refuse to work on any other organization.

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::{Address, Kind};

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let address = Address::only(Kind::Organization);
    let resource = situation.graph.resources.get(&address);
    let guard = resource.and_then(|r| r.keys.get("management_account")).and_then(|value| value.as_str());
    let here = situation.snapshot.management_account.as_ref().unwrap_or(&situation.snapshot.account);
    if let Some(guard) = guard.filter(|guard| *guard != here.as_str()) {
        notes.push(note(
            Level::Blocker,
            "wrong-organization",
            Some(&address),
            format!("the document is for management account {guard}, these credentials belong to {here}"),
            "use the credentials of the other organization, or change organization.management_account",
        ));
    }
}
