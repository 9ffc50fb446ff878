//! Controls that an account has kept from a unit in which it is not are told, unless the plan takes them away.

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::Kind;

/// The group of an account's fields that tells them.
const GROUP: &str = "inherited_controls";

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let accounts = situation.graph.resources.values().filter(|one| one.address.kind == Kind::Account);
    for account in accounts.filter(|account| !account.whole.contains(GROUP)) {
        let Some(live) = situation.snapshot.live.get(&account.address) else { continue };
        let kept: Vec<&str> =
            live.fields.keys().filter_map(|field| field.strip_prefix(GROUP)?.strip_prefix('.')).collect();
        if !kept.is_empty() {
            notes.push(note(
                Level::Warning,
                "inherited-controls",
                Some(&account.address),
                format!("it has kept controls of a unit that it was in before: {}", kept.join(", ")),
                "say `clean_inherited_controls: true` under landing_zone to have them taken away, with a consent each",
            ));
        }
    }
}
