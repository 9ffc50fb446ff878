//! Frameworks by the Control Catalog's own mappings: how many of the controls that serve each
//! are enabled.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::estate::Estate;
use crate::model::Kind;

/// One framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameworkCoverage {
    /// Its name in the Control Catalog, e.g. `NIST-CSF-v1.1`.
    pub name: String,
    /// How many controls the catalogue maps to it.
    pub controls: usize,
    /// How many of these are enabled on some unit now.
    pub now: usize,
    /// And after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<usize>,
}

/// Counts enabled controls by framework. `mappings` are pairs of a control's ARN and a
/// framework's name.
#[must_use]
pub fn frameworks(
    mappings: &[(String, String)],
    now: &Estate,
    after: Option<&Estate>,
) -> Vec<FrameworkCoverage> {
    let mut serving: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (arn, framework) in mappings {
        serving.entry(framework).or_default().insert(arn);
    }
    let enabled_now = enabled(now);
    let enabled_after = after.map(enabled);
    let one = |(name, arns): (&str, BTreeSet<&str>)| FrameworkCoverage {
        name: name.to_owned(),
        controls: arns.len(),
        now: arns.intersection(&enabled_now).count(),
        after: enabled_after.as_ref().map(|enabled| arns.intersection(enabled).count()),
    };
    serving.into_iter().map(one).collect()
}

/// The ARNs of controls that are enabled on some unit.
fn enabled(estate: &Estate) -> BTreeSet<&str> {
    let controls = estate.things.iter().filter(|(address, _)| address.kind == Kind::Control);
    controls.filter_map(|(_, thing)| thing.keys.get("identifier").and_then(Value::as_str)).collect()
}
