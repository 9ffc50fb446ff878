//! Permission sets and groups of Identity Center that a document does not speak of.
//!
//! In: a connection, the desired resources. Out: what is left over, each with the two ways
//! out. Absent: Control Tower's own sets and groups, and assignments: to list those of
//! everybody takes a call for each permission set and account, or each principal.

use std::collections::BTreeSet;

use super::leftovers::{Leftover, removal};
use crate::catalog::identity_center::of_control_tower;
use crate::cloud::inventory::permission_sets::{self, PermissionSet};
use crate::cloud::inventory::{identity_center, identity_store};
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Kind};

/// What there is; empty where there is no instance.
#[derive(Debug, Default)]
pub(super) struct Access {
    sets: Vec<PermissionSet>,
    /// Display name and id.
    groups: Vec<(String, String)>,
}

/// Lists it.
pub(super) async fn look(connection: &Connection) -> Result<Access, CallError> {
    let Some(instance) = identity_center::instance(connection).await? else {
        return Ok(Access::default());
    };
    let (sets, groups) = tokio::join!(
        permission_sets::all(connection, &instance),
        identity_store::groups(connection, &instance)
    );
    Ok(Access { sets: sets?, groups: groups? })
}

/// What nobody speaks of.
pub(super) fn unspoken(access: &Access, spoken: &BTreeSet<&Address>) -> Vec<Leftover> {
    let own = of_control_tower();
    let sets = access.sets.iter().filter(|set| !own.permission_sets.contains(&set.name));
    let sets = sets.map(|set| (Kind::PermissionSet, &set.name, &set.arn));
    let groups = access.groups.iter().filter(|(name, _)| !own.groups.contains(name));
    let groups = groups.map(|(name, id)| (Kind::Group, name, id));
    let unspoken = |kind: Kind, name: &str| !spoken.contains(&Address::new(kind, name));
    sets.chain(groups)
        .filter(|(kind, name, _)| unspoken(*kind, name))
        .map(|(kind, name, place)| leftover(kind, name, place))
        .collect()
}

fn leftover(kind: Kind, name: &str, place: &str) -> Leftover {
    let (section, class) = match kind {
        Kind::PermissionSet => ("permission_sets", "permission_set_deletion"),
        _ => ("groups", "group_deletion"),
    };
    Leftover {
        kind,
        name: name.to_owned(),
        place: place.to_owned(),
        adopt: format!("identity_center: {{ {section}: {{ {name:?}: {{}} }} }}"),
        remove: removal(&format!("{kind}.{name}"), &format!("{class}.{name}")),
    }
}
