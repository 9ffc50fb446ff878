//! Which single users work with which permission sets.
//!
//! In: a connection and the permission sets there are. Out: each user's assignments. Absent: what
//! users have through groups. AWS tells assignments user by user, or for each pair of an account and
//! a permission set: a directory may hold thousands of users and few pairs, or the other way round,
//! so what takes fewer calls is asked.

use std::collections::{BTreeMap, BTreeSet};

use super::leftover_access::Held;
use crate::cloud::inventory::assignments::{self, Assigned, Principal};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::identity_center::Instance;
use crate::cloud::inventory::identity_store;
use crate::cloud::inventory::permission_sets::{self, PermissionSet};
use crate::cloud::{CallError, Connection};
use crate::model::kinds::assignment::Subject;

/// Lists them.
pub(super) async fn look(
    connection: &Connection,
    instance: &Instance,
    sets: &[PermissionSet],
) -> Result<Held, CallError> {
    let (users, pairs) =
        tokio::join!(identity_store::users(connection, instance), pairs(connection, instance, sets));
    let (users, pairs) = (users?, pairs?);
    let held = if users.len() <= pairs.len() {
        by_user(connection, instance, &users).await?
    } else {
        by_pair(connection, instance, pairs).await?
    };
    let user_names: BTreeMap<&str, &String> = users.iter().map(|(name, id)| (id.as_str(), name)).collect();
    let set_names: BTreeMap<&str, &String> = sets.iter().map(|set| (set.arn.as_str(), &set.name)).collect();
    let mut found = Held::new();
    for (id, one) in held {
        // A user who was deleted meanwhile keeps assignments for a while, and has no name.
        let user = user_names.get(id.as_str()).copied().unwrap_or(&id);
        if let Some(set) = set_names.get(one.permission_set.as_str()) {
            let held = ((*set).clone(), Subject::User(user.clone()));
            found.entry(held).or_default().insert(one.account);
        }
    }
    Ok(found)
}

/// Where each set is assigned to anybody.
async fn pairs(
    connection: &Connection,
    instance: &Instance,
    sets: &[PermissionSet],
) -> Result<Vec<Assigned>, CallError> {
    let questions = sets.iter().map(|set| {
        let (connection, instance, arn) = (connection.clone(), instance.clone(), set.arn.clone());
        async move { permission_sets::provisioned(&connection, &instance, &arn).await }
    });
    let mut found = Vec::new();
    for (set, accounts) in sets.iter().zip(fan_out(questions.collect()).await) {
        let accounts: BTreeSet<String> = accounts?;
        let pair = |account| Assigned { account, permission_set: set.arn.clone() };
        found.extend(accounts.into_iter().map(pair));
    }
    Ok(found)
}

async fn by_user(
    connection: &Connection,
    instance: &Instance,
    users: &[(String, String)],
) -> Result<Vec<(String, Assigned)>, CallError> {
    let questions = users.iter().map(|(_, id)| {
        let (connection, instance, user) =
            (connection.clone(), instance.clone(), Principal::User(id.clone()));
        async move { assignments::of(&connection, &instance, &user, None).await }
    });
    let mut found = Vec::new();
    for ((_, id), assigned) in users.iter().zip(fan_out(questions.collect()).await) {
        found.extend(assigned?.into_iter().map(|one| (id.clone(), one)));
    }
    Ok(found)
}

async fn by_pair(
    connection: &Connection,
    instance: &Instance,
    pairs: Vec<Assigned>,
) -> Result<Vec<(String, Assigned)>, CallError> {
    let questions = pairs.iter().cloned().map(|pair| {
        let (connection, instance) = (connection.clone(), instance.clone());
        async move { assignments::at(&connection, &instance, &pair).await }
    });
    let mut found = Vec::new();
    for (pair, principals) in pairs.iter().zip(fan_out(questions.collect()).await) {
        let users = principals?.into_iter().filter_map(|principal| match principal {
            Principal::User(id) => Some((id, pair.clone())),
            Principal::Group(_) => None,
        });
        found.extend(users);
    }
    Ok(found)
}
