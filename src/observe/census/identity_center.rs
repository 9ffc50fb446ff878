//! IAM Identity Center: permission sets, groups, and who is assigned where.
//!
//! AWS lists assignments principal by principal, or by pairs of account and permission set;
//! either way single users are many questions. Users appear here only where something is
//! assigned to them. Control Tower's own sets and groups are among the rest.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::cloud::inventory::assignments::{self, Principal};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::identity_center::{self, Instance};
use crate::cloud::inventory::{identity_store, permission_sets};
use crate::cloud::{CallError, Connection};

/// What Identity Center has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityCenter {
    /// The instance's ARN.
    pub arn: String,
    /// The Region it is in.
    pub region: String,
    /// Permission sets; none when they could not be listed.
    pub permission_sets: Option<Vec<PermissionSet>>,
    /// Groups; none when they could not be listed.
    pub groups: Option<Vec<Group>>,
    /// Assignments, by permission set and principal; none when sets or principals could not be
    /// listed.
    pub assignments: Option<Vec<Assignment>>,
}

/// One permission set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermissionSet {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// How long its sessions last, ISO 8601.
    pub session_duration: Option<String>,
    /// Where its users are sent.
    pub relay_state: Option<String>,
    /// What it holds; none when that could not be read.
    pub content: Option<Content>,
}

/// What a permission set holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// ARNs of AWS-managed policies.
    pub managed_policies: BTreeSet<String>,
    /// Policies of the accounts themselves: each path and name in one text.
    pub customer_managed_policies: BTreeSet<String>,
    /// Its inline policy, if it has one.
    pub inline_policy: Option<Value>,
    /// Its permissions boundary, if it has one: `managed`, or `name` and `path`.
    pub permissions_boundary: Option<Value>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Accounts whose copy of it is not the latest.
    pub outdated: BTreeSet<String>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether an identity provider outside AWS brought it in.
    pub external: bool,
}

/// One permission set for one group or user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Assignment {
    /// The permission set's name.
    pub permission_set: String,
    /// Who.
    pub who: Who,
    /// Ids of the accounts.
    pub accounts: BTreeSet<String>,
}

/// Who works with a permission set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A group, by display name.
    Group(String),
    /// A user, by user name.
    User(String),
}

/// Reads it.
pub(super) async fn read(connection: &Connection, gaps: &Gaps) -> Option<IdentityCenter> {
    let instance = identity_center::instance(connection).await;
    let instance = gaps.read(Part::IdentityCenter, None, instance)??;
    let (sets, groups, users) = tokio::join!(
        permission_sets::all(connection, &instance),
        identity_store::groups(connection, &instance),
        identity_store::users(connection, &instance)
    );
    let sets = gaps.read(Part::PermissionSets, None, sets);
    let groups = gaps.read(Part::IdentityCenter, Some("groups"), groups);
    let users = gaps.read(Part::IdentityCenter, Some("users"), users);
    let principals = principals(groups.as_deref(), users.as_deref());
    let whole = sets.is_some() && groups.is_some();
    let (assigned, sets) = tokio::join!(
        assigned(connection, &instance, principals, sets.as_deref().unwrap_or_default(), gaps),
        contents(connection, &instance, sets.clone(), gaps)
    );
    let groups = groups.map(|groups| {
        let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
        groups.sort_by(|one, other| one.name.cmp(&other.name));
        groups
    });
    Some(IdentityCenter {
        arn: instance.arn,
        region: instance.region.to_string(),
        permission_sets: sets,
        groups,
        assignments: whole.then_some(assigned),
    })
}

fn group(group: identity_store::Group) -> Group {
    Group { id: group.id, name: group.name, description: group.description, external: group.external }
}

fn principals(
    groups: Option<&[identity_store::Group]>,
    users: Option<&[(String, String)]>,
) -> Vec<(Who, Principal)> {
    let groups = groups.into_iter().flatten();
    let groups = groups.map(|one| (Who::Group(one.name.clone()), Principal::Group(one.id.clone())));
    let users = users.into_iter().flatten();
    groups.chain(users.map(|(name, id)| (Who::User(name.clone()), Principal::User(id.clone())))).collect()
}

/// What each set holds.
async fn contents(
    connection: &Connection,
    instance: &Instance,
    sets: Option<Vec<permission_sets::PermissionSet>>,
    gaps: &Gaps,
) -> Option<Vec<PermissionSet>> {
    let sets = sets?;
    let questions = sets.iter().map(|set| {
        let (connection, instance, arn) = (connection.clone(), instance.clone(), set.arn.clone());
        async move { content(&connection, &instance, &arn).await }
    });
    let answers = fan_out(questions.collect()).await;
    let whole = |(set, answer): (permission_sets::PermissionSet, Result<Content, CallError>)| PermissionSet {
        content: gaps.read(Part::PermissionSets, Some(&set.arn), answer),
        arn: set.arn,
        name: set.name,
        description: set.description,
        session_duration: set.session_duration,
        relay_state: set.relay_state,
    };
    let mut all: Vec<PermissionSet> = sets.into_iter().zip(answers).map(whole).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Some(all)
}

async fn content(connection: &Connection, instance: &Instance, arn: &str) -> Result<Content, CallError> {
    let provisioned = permission_sets::is_provisioned(connection, instance, arn).await?;
    Ok(Content {
        managed_policies: permission_sets::managed(connection, instance, arn).await?,
        customer_managed_policies: permission_sets::customer_managed(connection, instance, arn).await?,
        inline_policy: permission_sets::inline(connection, instance, arn).await?,
        permissions_boundary: permission_sets::boundary(connection, instance, arn).await?,
        tags: permission_sets::tags(connection, instance, arn).await?,
        outdated: match provisioned {
            true => permission_sets::outdated(connection, instance, arn).await?,
            false => BTreeSet::new(),
        },
    })
}

async fn assigned(
    connection: &Connection,
    instance: &Instance,
    principals: Vec<(Who, Principal)>,
    sets: &[permission_sets::PermissionSet],
    gaps: &Gaps,
) -> Vec<Assignment> {
    let questions = principals.into_iter().map(|(who, principal)| {
        let (connection, instance) = (connection.clone(), instance.clone());
        async move {
            let held = assignments::of(&connection, &instance, &principal, None).await;
            (who, principal, held)
        }
    });
    let name_of: BTreeMap<&str, &str> =
        sets.iter().map(|set| (set.arn.as_str(), set.name.as_str())).collect();
    let mut found: BTreeMap<(String, Who), BTreeSet<String>> = BTreeMap::new();
    for (who, principal, held) in fan_out(questions.collect()).await {
        let held = gaps.read(Part::Assignments, Some(principal.id()), held).unwrap_or_default();
        for one in held {
            if let Some(set) = name_of.get(one.permission_set.as_str()) {
                found.entry(((*set).to_owned(), who.clone())).or_default().insert(one.account);
            }
        }
    }
    let assignment = |((permission_set, who), accounts)| Assignment { permission_set, who, accounts };
    found.into_iter().map(assignment).collect()
}
