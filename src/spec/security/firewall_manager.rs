//! `security.firewall_manager`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Context, Seat};
use crate::model::Origin;
use crate::model::region::Region;
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::chosen::word_of;
use crate::spec::shape::security::{FIREWALLS, FirewallPolicySection};

/// The document's word for AWS's type of a policy.
#[must_use]
pub fn firewall_word(of_aws: &str) -> Option<&'static str> {
    word_of(FIREWALLS, of_aws)
}

/// Firewall Manager for the organization.
#[derive(Debug, Clone, Serialize)]
pub struct FirewallManager {
    /// Who administers it, and where it is left alone.
    pub seat: Seat,
    /// Policies by name.
    pub policies: BTreeMap<String, FirewallPolicy>,
}

/// A policy.
#[derive(Debug, Clone, Serialize)]
pub struct FirewallPolicy {
    /// Where it stands.
    pub origin: Origin,
    /// AWS's type.
    pub kind: String,
    /// What it is about.
    pub description: Option<String>,
    /// The service's settings, with their type.
    pub data: Value,
    /// Types of resources.
    pub resources: BTreeSet<String>,
    /// Tags of the resources.
    pub tags: BTreeMap<String, String>,
    /// Whether those that have them are meant, not all the others.
    pub tagged: bool,
    /// Units and accounts; all when empty.
    pub targets: BTreeSet<Target>,
    /// Units and accounts that are left out.
    pub except: BTreeSet<Target>,
    /// Whether it puts right.
    pub remediate: bool,
    /// Whether what it made goes with it.
    pub clean_up: bool,
    /// Regions; the governed ones when empty.
    pub regions: BTreeSet<Region>,
    /// The type of control that it is.
    pub purpose: String,
}

pub(super) fn lower(context: &Context<'_>) -> Option<FirewallManager> {
    let section = context.section.firewall_manager.as_ref()?;
    let policies = section.policies.iter().flatten();
    let policies = policies.filter_map(|(name, said)| {
        let origin = (context.at)(name.span);
        Some((name.value.clone(), policy(context, said, origin)?))
    });
    Some(FirewallManager { seat: context.seat("firewall_manager")?, policies: policies.collect() })
}

fn policy(context: &Context<'_>, said: &FirewallPolicySection, origin: Origin) -> Option<FirewallPolicy> {
    let word = &said.r#type.as_ref()?.value;
    let mut data = match &said.document {
        Some(document) => context.view.attached.content(document)?.clone(),
        None => json!({}),
    };
    data["type"] = json!(word.0);
    let named = |words: &Option<Vec<Located<String>>>| -> BTreeSet<Target> {
        words.iter().flatten().filter_map(|word| context.view.target(word).ok()).collect()
    };
    let on = |flag: &Option<Located<bool>>| flag.as_ref().is_some_and(|on| on.value);
    let mut resources: BTreeSet<String> =
        said.resources.iter().flatten().map(|kind| kind.value.clone()).collect();
    if resources.is_empty() {
        resources.extend(word.only_resource().map(str::to_owned));
    }
    let usual = if on(&said.remediate) { "responsive" } else { "detective" };
    Some(FirewallPolicy {
        origin,
        kind: word.0.to_owned(),
        description: said.description.as_ref().map(|text| text.value.clone()),
        data,
        resources,
        tags: said
            .tags
            .iter()
            .flatten()
            .map(|(key, value)| (key.value.clone(), value.value.clone()))
            .collect(),
        tagged: !on(&said.except_tagged),
        targets: named(&said.targets),
        except: named(&said.except),
        remediate: on(&said.remediate),
        clean_up: on(&said.clean_up),
        regions: said.regions.iter().flatten().map(|region| region.value.clone()).collect(),
        purpose: said.purpose.as_ref().map_or(usual, |word| word.value.0).to_owned(),
    })
}
