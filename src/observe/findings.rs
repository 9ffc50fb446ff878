//! What a survey has found so far.

use std::collections::BTreeMap;

use serde_json::Value;

use super::snapshot::Facts;
use crate::cloud::CallError;
use crate::model::reference::{is_known, resolve};
use crate::model::{Address, Live, Resource};

/// The parts of a snapshot that the observers fill. An address may be live and
/// have a gap: then its attributes are known and some of its fields are not.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) live: BTreeMap<Address, Live>,
    pub(super) gaps: BTreeMap<Address, CallError>,
    pub(super) facts: Facts,
}

impl Findings {
    /// The resource exists. Only the fields that it asks about are kept, so that
    /// a change of anything else is not taken for a change of it.
    pub(super) fn see(&mut self, resource: &Resource, mut live: Live) {
        let asked = |name: &str| {
            resource.fields.contains_key(name) || resource.lists_all_of(name) || resource.gathers(name)
        };
        live.fields.retain(|name, _| asked(name));
        self.live.insert(resource.address.clone(), live);
    }

    /// The resource, or a part of it, could not be read.
    pub(super) fn gap(&mut self, resource: &Resource, error: &CallError) {
        self.gaps.entry(resource.address.clone()).or_insert_with(|| error.clone());
    }

    /// None of these resources could be read.
    pub(super) fn gap_all(&mut self, resources: &[&Resource], error: &CallError) {
        for resource in resources {
            self.gap(resource, error);
        }
    }

    /// A value with its references replaced by what was seen; none while it
    /// refers to something that does not exist.
    pub(super) fn resolved(&self, value: &Value) -> Option<Value> {
        let done = resolve(value, &|reference| {
            self.live.get(&reference.address)?.attribute(&reference.attribute).map(str::to_owned)
        });
        is_known(&done).then_some(done)
    }
}
