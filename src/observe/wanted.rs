//! The desired resources by kind, and which questions they raise.

use serde_json::Value;

use crate::model::resource::Presence;
use crate::model::{Kind, Resource, kinds};

/// The desired resources by kind.
#[derive(Debug)]
pub(super) struct Wanted<'r>(&'r [Resource]);

impl<'r> Wanted<'r> {
    /// An index over resources.
    pub(super) fn of(resources: &'r [Resource]) -> Self {
        Self(resources)
    }

    /// Those of one kind.
    pub(super) fn kind(&self, kind: Kind) -> Vec<&'r Resource> {
        self.0.iter().filter(|resource| resource.address.kind == kind).collect()
    }

    /// Whether any is of one of these kinds.
    pub(super) fn any(&self, kinds: &[Kind]) -> bool {
        self.0.iter().any(|resource| kinds.contains(&resource.address.kind))
    }

    /// Whether any lives in an account that the document names.
    pub(super) fn live_in_accounts(&self) -> bool {
        let there = |resource: &&Resource| resource.keys.contains_key("account");
        self.0.iter().filter(there).any(|resource| kinds::lives_in_an_account(resource.address.kind))
    }

    /// Whether any of them concerns every account, named or not.
    pub(super) fn reach_everybody(&self) -> bool {
        self.0.iter().any(|resource| resource.everybody().next().is_some())
    }

    /// Units and baselines that are to go.
    pub(super) fn leaving(&self) -> Vec<&'r Resource> {
        let kinds = [Kind::OrganizationalUnit, Kind::Baseline];
        let going = |resource: &&Resource| resource.presence == Presence::Remove;
        self.0.iter().filter(going).filter(|resource| kinds.contains(&resource.address.kind)).collect()
    }

    /// Whether any of a kind is to go.
    pub(super) fn removes(&self, kind: Kind) -> bool {
        let going = |resource: &Resource| resource.presence == Presence::Remove;
        self.0.iter().any(|resource| resource.address.kind == kind && going(resource))
    }
}

/// A natural key that is a text.
pub(super) fn key<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    resource.keys.get(name).and_then(Value::as_str)
}

/// The leaves of a group that a resource asks about.
pub(super) fn leaves(resource: &Resource, group: &str) -> Vec<String> {
    let names = resource.fields.keys();
    names.filter_map(|name| name.strip_prefix(group)?.strip_prefix('.').map(str::to_owned)).collect()
}
