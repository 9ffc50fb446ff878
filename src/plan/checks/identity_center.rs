//! Identity Center must be there, or about to be; users must be; and what is still
//! assigned cannot go.
//!
//! Sources: single sign-on API, CreateInstance (rejected in a management account) and
//! DeletePermissionSet (ConflictException); Control Tower User Guide, sso-guidance.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::diff::Standing;
use crate::model::resource::Presence;
use crate::model::{Address, Kind};

const KINDS: [Kind; 3] = [Kind::PermissionSet, Kind::Group, Kind::Assignment];

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    missing(situation, notes);
    for (address, user) in &situation.snapshot.facts.unknown_users {
        notes.push(note(
            Level::Blocker,
            "user-not-found",
            Some(address),
            format!("Identity Center has no user `{user}`"),
            "users are not made by lzctl: have the identity provider bring them in, or correct the name",
        ));
    }
    for resource in situation.graph.resources.values() {
        let standing = situation.changes.get(&resource.address).map(|change| &change.standing);
        let going = resource.presence == Presence::Remove && standing == Some(&Standing::Unwanted);
        let copied = situation.snapshot.facts.copied.contains(&resource.address);
        if going && copied && resource.address.kind == Kind::PermissionSet {
            still_assigned(situation, &resource.address, notes);
        }
    }
}

/// Without an instance everything would fail, unless a step of the plan sets one up.
fn missing(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let of_ours = |address: &Address| KINDS.contains(&address.kind);
    let unreadable = |address: &Address| situation.snapshot.gaps.contains_key(address);
    let Some(first) = situation.graph.resources.keys().find(|address| of_ours(address)) else {
        return;
    };
    let there = situation.snapshot.facts.identity_center == Some(true) || unreadable(first);
    let zone = Address::only(Kind::LandingZone);
    let wants = situation.graph.resources.get(&zone).and_then(|zone| zone.fields.get("manifest"));
    let wants = wants.and_then(|manifest| manifest.pointer("/accessManagement/enabled"));
    let made = wants == Some(&Value::Bool(true)) && situation.steps.iter().any(|step| step.address == zone);
    let works = situation.steps.iter().any(|step| of_ours(&step.address));
    if !there && !made && works {
        notes.push(note(
            Level::Blocker,
            "no-identity-center",
            Some(first),
            "there is no organization instance of IAM Identity Center, and nothing here sets one up".to_owned(),
            "say `identity_center: true` under `landing_zone`, or enable Identity Center in the console of the \
             management account: AWS has no call for it",
        ));
    }
}

fn still_assigned(situation: &Situation<'_>, set: &Address, notes: &mut Vec<Note>) {
    let removed = situation.graph.resources.values().any(|other| {
        let name = other.keys.get("permission_set_name").and_then(Value::as_str);
        other.presence == Presence::Remove && name == Some(set.name.as_str())
    });
    if !removed {
        notes.push(note(
            Level::Blocker,
            "permission-set-assigned",
            Some(set),
            format!("{set} is assigned in accounts and cannot be deleted"),
            "list the assignments too, as assignment.SET:GROUP under `remove`",
        ));
    }
}
