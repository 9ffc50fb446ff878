//! Service-managed stack sets of the organization, which stand in the management account whoever
//! manages them. Absent: those that Control Tower makes for itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Census;
use super::gap::{Gaps, Part};
use crate::cloud::call::Site;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::stack_sets as inventory;
use crate::cloud::{CallError, Connection};
use crate::observe::stack_sets::{by_target, failed};

/// The service, as the organization trusts it: without, there are none.
pub const PRINCIPAL: &str = "member.org.stacksets.cloudformation.amazonaws.com";
/// How the names of Control Tower's own begin.
const OF_CONTROL_TOWER: &str = "AWSControlTower";

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
}

pub(super) async fn read(
    connection: &Connection,
    census: &Census,
    gaps: &Gaps,
) -> BTreeMap<String, StackSet> {
    if !census.trusts(PRINCIPAL) {
        return BTreeMap::new();
    }
    let site = connection.home();
    let listed = gaps.read(Part::StackSets, None, inventory::names(&site).await).unwrap_or_default();
    let ours = listed.into_iter().filter(|name| !name.starts_with(OF_CONTROL_TOWER));
    let questions = ours.map(|name| {
        let site = connection.home();
        async move {
            let seen = one(&site, &name).await;
            (name, seen)
        }
    });
    let mut found = BTreeMap::new();
    for (name, seen) in fan_out(questions.collect()).await {
        let seen = gaps.read(Part::StackSets, Some(&name), seen).flatten();
        found.extend(seen.map(|seen| (name, seen)));
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
    }))
}
