//! `identity_center` as the floors above know it: permission sets, groups, assignments.
//!
//! In: the section, valid by the rules. Out: plain values with their places. What a
//! list says in full is `Some`, even when it is empty; what is unsaid is `None`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::document::Target;
use super::shape::Located;
use super::shape::identity_center::{
    AssignmentSection, BoundaryWord, GroupSection, IdentityCenterSection, InlineWord, PermissionSetSection,
    PolicyReferenceSection,
};
use super::source::Span;
use super::view::View;
use crate::model::Origin;
use crate::model::kinds::assignment::name_of;
pub use crate::model::kinds::assignment::{Subject, parse_name};

/// The section `identity_center`.
#[derive(Debug, Clone, Serialize)]
pub struct IdentityCenter {
    /// Permission sets by name.
    pub permission_sets: BTreeMap<String, PermissionSet>,
    /// Groups by display name.
    pub groups: BTreeMap<String, Group>,
    /// Who is assigned where.
    pub assignments: Vec<Assignment>,
}

/// One permission set.
#[derive(Debug, Clone, Serialize)]
pub struct PermissionSet {
    /// Where it stands.
    pub origin: Origin,
    /// What it is for.
    pub description: Option<String>,
    /// How long its sessions last, ISO 8601.
    pub session_duration: Option<String>,
    /// Where its users are sent.
    pub relay_state: Option<String>,
    /// ARNs of the AWS-managed policies, all of them.
    pub managed_policies: Option<Vec<String>>,
    /// Policies of the accounts themselves, all of them.
    pub customer_managed_policies: Option<Vec<PolicyReference>>,
    /// Its inline policy; said and `None` takes it away.
    pub inline_policy: Option<Option<Json>>,
    /// Its permissions boundary; said and `None` takes it away.
    pub permissions_boundary: Option<Option<Boundary>>,
    /// Tags to have; others are left alone.
    pub tags: BTreeMap<String, String>,
}

/// A policy that each account has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyReference {
    /// Its name.
    pub name: String,
    /// Its path, `/` unless said.
    pub path: String,
}

/// What a permissions boundary is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// An AWS-managed policy, by ARN.
    Managed(String),
    /// A policy of the account.
    Customer(PolicyReference),
}

/// One group.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// Where it stands.
    pub origin: Origin,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it comes from elsewhere and is only adopted.
    pub existing: bool,
}

/// One permission set for one group or user.
#[derive(Debug, Clone, Serialize)]
pub struct Assignment {
    /// Where it stands.
    pub origin: Origin,
    /// The name of the permission set.
    pub permission_set: String,
    /// Who.
    pub subject: Subject,
    /// Where, in full; a unit or the root means every account below, but the management account.
    pub targets: Vec<Target>,
}

impl Assignment {
    /// Its name in addresses, `SET:GROUP` or `SET:user/NAME`.
    #[must_use]
    pub fn name(&self) -> String {
        name_of(&self.permission_set, &self.subject)
    }
}

/// The section with its names and places.
pub(super) fn lower(
    view: &View<'_>,
    section: &IdentityCenterSection,
    at: &dyn Fn(Span) -> Origin,
) -> IdentityCenter {
    let sets = section.permission_sets.iter().flatten();
    let groups = section.groups.iter().flatten();
    let assignments = section.assignments.iter().flatten();
    IdentityCenter {
        permission_sets: sets
            .map(|(name, set)| (name.value.clone(), permission_set(view, set, at(name.span))))
            .collect(),
        groups: groups.map(|(name, group)| (name.value.clone(), group_of(group, at(name.span)))).collect(),
        assignments: assignments.filter_map(|one| assignment(view, one, at)).collect(),
    }
}

fn permission_set(view: &View<'_>, section: &PermissionSetSection, origin: Origin) -> PermissionSet {
    PermissionSet {
        origin,
        description: text(section.description.as_ref()),
        session_duration: text(section.session_duration.as_ref()),
        relay_state: text(section.relay_state.as_ref()),
        managed_policies: section
            .managed_policies
            .as_ref()
            .map(|all| all.iter().map(|arn| arn.value.clone()).collect()),
        customer_managed_policies: section
            .customer_managed_policies
            .as_ref()
            .map(|all| all.iter().filter_map(reference).collect()),
        inline_policy: section.inline_policy.as_ref().and_then(|word| match &word.value {
            InlineWord::Nothing => Some(None),
            InlineWord::Document(content) => view.attached.content(content).cloned().map(Some),
        }),
        permissions_boundary: section.permissions_boundary.as_ref().map(|word| match &word.value {
            BoundaryWord::Nothing => None,
            BoundaryWord::Managed(arn) => Some(Boundary::Managed(arn.clone())),
            BoundaryWord::Customer(policy) => reference(policy).map(Boundary::Customer),
        }),
        tags: section
            .tags
            .iter()
            .flatten()
            .map(|(key, value)| (key.value.clone(), value.value.clone()))
            .collect(),
    }
}

fn reference(section: &PolicyReferenceSection) -> Option<PolicyReference> {
    let path = text(section.path.as_ref()).unwrap_or_else(|| "/".to_owned());
    Some(PolicyReference { name: text(section.name.as_ref())?, path })
}

fn group_of(section: &GroupSection, origin: Origin) -> Group {
    Group {
        origin,
        description: text(section.description.as_ref()),
        existing: section.existing.as_ref().is_some_and(|existing| existing.value),
    }
}

fn assignment(
    view: &View<'_>,
    section: &AssignmentSection,
    at: &dyn Fn(Span) -> Origin,
) -> Option<Assignment> {
    let set = section.permission_set.as_ref()?;
    let group = text(section.group.as_ref()).map(Subject::Group);
    Some(Assignment {
        origin: at(set.span),
        permission_set: set.value.clone(),
        subject: group.or_else(|| text(section.user.as_ref()).map(Subject::User))?,
        targets: section.targets.iter().flatten().filter_map(|word| view.target(word).ok()).collect(),
    })
}

fn text(value: Option<&Located<String>>) -> Option<String> {
    value.map(|value| value.value.clone())
}
