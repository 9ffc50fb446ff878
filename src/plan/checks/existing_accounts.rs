//! An account that the document calls existing must be a member already, and such a group
//! must be in Identity Center.

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::diff::Standing;
use crate::model::Kind;
use crate::model::resource::Presence;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    // One that shall be closed may be gone for good.
    let wanted = situation.graph.resources.values().filter(|r| r.presence == Presence::Existing);
    let wanted = wanted.filter(|r| !r.fields.contains_key("closed"));
    for resource in wanted {
        let standing = situation.changes.get(&resource.address).map(|change| &change.standing);
        if standing == Some(&Standing::Missing) {
            if resource.address.kind == Kind::Group {
                notes.push(note(
                    Level::Blocker,
                    "group-not-found",
                    Some(&resource.address),
                    format!("Identity Center has no group of the display name `{}`", resource.address.name),
                    "have the identity provider bring it in, or leave `existing: true` out to have it created",
                ));
                continue;
            }
            notes.push(note(
                Level::Blocker,
                "account-not-found",
                Some(&resource.address),
                format!(
                    "no member of the organization has the id or the e-mail address of {}",
                    resource.address
                ),
                "check `id` and `email`; without `join` it is created, with `join: invite` it is invited",
            ));
        }
    }
}
