//! Service-managed stack sets of the organization, Region by Region. They stand in the management
//! account whoever manages them. Absent: self-managed ones, and single stacks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::cloud::call::Site;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::stack_sets as inventory;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::observe::stack_sets::{by_target, failed};

/// By the Region in which they stand, and name.
pub type StackSets = BTreeMap<Region, BTreeMap<String, StackSet>>;

/// A stack set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StackSet {
    /// The template's text.
    pub template: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// What the template takes.
    pub parameters: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// AWS's names of what the template may make.
    pub capabilities: BTreeSet<String>,
    /// Whether accounts that come into a target get it by themselves.
    pub auto_deployment: bool,
    /// Whether stacks stay in accounts that leave.
    pub retain: bool,
    /// The Regions of each target, by the id of the unit or of the root.
    pub targets: BTreeMap<String, BTreeSet<String>>,
    /// The accounts in which a stack is not as it shall be, or that AWS is at work on it.
    pub failed: Value,
    /// What else is set, in words.
    #[serde(default)]
    pub beside: BTreeSet<String>,
}

pub(super) async fn read(connection: &Connection, regions: &[Region], gaps: &Gaps) -> StackSets {
    let questions = regions.iter().cloned().map(|region| {
        let site = connection.own(&region);
        async move {
            let names = inventory::names(&site).await;
            (region, names)
        }
    });
    let mut all = Vec::new();
    for (region, names) in fan_out(questions.collect()).await {
        let names = gaps.read(Part::StackSets, Some(region.as_str()), names);
        all.extend(names.into_iter().flatten().map(|name| (region.clone(), name)));
    }
    let questions = all.into_iter().map(|(region, name)| {
        let site = connection.own(&region);
        async move {
            let seen = one(&site, &name).await;
            (region, name, seen)
        }
    });
    let mut found = StackSets::new();
    for (region, name, seen) in fan_out(questions.collect()).await {
        let of = format!("{name} in {region}");
        if let Some(seen) = gaps.read(Part::StackSets, Some(&of), seen).flatten() {
            found.entry(region).or_default().insert(name, seen);
        }
    }
    found
}

async fn one(site: &Site, name: &str) -> Result<Option<StackSet>, CallError> {
    let Some(found) = inventory::describe(site, name, false).await? else { return Ok(None) };
    let targets = if found.auto_deployment {
        inventory::auto_targets(site, name, false).await?
    } else {
        by_target(&inventory::instances(site, name, false, None).await?)
    };
    Ok(Some(StackSet {
        template: found.template,
        description: found.description,
        parameters: found.parameters,
        tags: found.tags,
        capabilities: found.capabilities,
        auto_deployment: found.auto_deployment,
        retain: found.retain,
        targets,
        failed: failed(site, name, false).await?,
        beside: found.beside,
    }))
}
