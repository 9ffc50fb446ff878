//! Permission sets, groups and assignments of Identity Center that a document does not
//! speak of.
//!
//! In: a connection, the desired resources. Out: what is left over, each with the two ways
//! out. Absent: Control Tower's own sets and groups and what is assigned to the latter.

use std::collections::{BTreeMap, BTreeSet};

use super::leftover_users;
use super::leftovers::{Leftover, removal};
use crate::catalog::identity_center::of_control_tower;
use crate::cloud::inventory::assignments::{self, Principal};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::identity_center;
use crate::cloud::inventory::identity_store::{self, Group};
use crate::cloud::inventory::permission_sets::{self, PermissionSet};
use crate::cloud::{CallError, Connection};
use crate::model::kinds::assignment::{Subject, name_of};
use crate::model::{Address, Kind};

/// Who works where: permission set and group or user, with the ids of the accounts.
pub(super) type Held = BTreeMap<(String, Subject), BTreeSet<String>>;

/// What there is; empty where there is no instance.
#[derive(Debug, Default)]
pub(super) struct Access {
    sets: Vec<PermissionSet>,
    groups: Vec<Group>,
    assignments: Held,
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
    let (sets, groups) = (sets?, groups?);
    let own = of_control_tower();
    let others: Vec<&Group> = groups.iter().filter(|group| !own.groups.contains(&group.name)).collect();
    let questions = others.iter().map(|group| {
        let (connection, instance) = (connection.clone(), instance.clone());
        let group = Principal::Group(group.id.clone());
        async move { assignments::of(&connection, &instance, &group, None).await }
    });
    let answers = fan_out(questions.collect()).await;
    let set_names: BTreeMap<&str, &str> =
        sets.iter().map(|set| (set.arn.as_str(), set.name.as_str())).collect();
    let mut found = leftover_users::look(connection, &instance, &sets).await?;
    for (group, assigned) in others.iter().zip(answers) {
        for one in assigned? {
            if let Some(set) = set_names.get(one.permission_set.as_str()) {
                let held = ((*set).to_owned(), Subject::Group(group.name.clone()));
                found.entry(held).or_default().insert(one.account);
            }
        }
    }
    Ok(Access { assignments: found, sets, groups })
}

/// What nobody speaks of.
pub(super) fn unspoken(access: &Access, spoken: &BTreeSet<&Address>) -> Vec<Leftover> {
    let own = of_control_tower();
    let sets = access.sets.iter().filter(|set| !own.permission_sets.contains(&set.name));
    let sets = sets.map(|set| (Kind::PermissionSet, &set.name, &set.arn));
    let groups = access.groups.iter().filter(|group| !own.groups.contains(&group.name));
    let groups = groups.map(|group| (Kind::Group, &group.name, &group.id));
    let unspoken = |kind: Kind, name: &str| !spoken.contains(&Address::new(kind, name));
    sets.chain(groups)
        .filter(|(kind, name, _)| unspoken(*kind, name))
        .map(|(kind, name, place)| leftover(kind, name, place))
        .chain(access.assignments.iter().filter_map(|((set, subject), accounts)| {
            let name = name_of(set, subject);
            unspoken(Kind::Assignment, &name).then(|| assigned(name, set, subject, accounts))
        }))
        .collect()
}

fn assigned(name: String, set: &str, subject: &Subject, accounts: &BTreeSet<String>) -> Leftover {
    let (sort, who) = match subject {
        Subject::Group(who) => ("group", who),
        Subject::User(who) => ("user", who),
    };
    let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
    Leftover {
        kind: Kind::Assignment,
        place: accounts.join(", "),
        adopt: format!(
            "identity_center: {{ assignments: [{{ {sort}: {who:?}, permission_set: {set:?}, targets: [...] }}] }}, \
             with these accounts or their units as targets"
        ),
        remove: removal(&format!("assignment.{name}"), &format!("access_removal.{name}")),
        name,
    }
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
