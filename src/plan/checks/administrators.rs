//! What an operator should know of a service before an administrator of it is appointed.
//!
//! Sources: the catalogue's rows (`catalog/services.toml`), each with its own. Nothing here keeps a
//! plan from being applied.

use std::collections::BTreeSet;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::catalog::services;
use crate::model::Kind;
use crate::model::kinds::{Action, info};

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let office = info(Kind::DelegatedAdministrator);
    let appoints = |verb: &str| office.verb(verb).is_some_and(|verb| verb.action == Action::Create);
    let appointed: BTreeSet<_> = situation
        .steps
        .iter()
        .filter(|step| step.address.kind == Kind::DelegatedAdministrator && appoints(&step.verb))
        .map(|step| &step.address)
        .collect();
    for address in appointed {
        if let Some(remark) = services::by_word(&address.name).and_then(|row| row.remark.as_deref()) {
            notes.push(note(Level::Info, "administrator-remark", Some(address), remark.to_owned(), ""));
        }
    }
}
