//! `security.security_hub`, where it is configured centrally.

use std::collections::BTreeSet;

use super::automation_rules;
use crate::catalog::{partitions, security_standards};
use crate::export::draft::Draft;
use crate::export::yaml::{Map, Node};
use crate::model::{Address, Kind};
use crate::observe::census::security::{HubPolicy, SecurityHub};

/// What AWS has in place of a policy's id for targets that configure themselves.
const SELF_MANAGED: &str = "SELF_MANAGED_SECURITY_HUB";
/// AWS's word for an aggregator that lists its Regions.
const LISTED: &str = "SPECIFIED_REGIONS";

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let section = central(draft);
    if section.is_none() {
        automation_rules::left_out(draft, &BTreeSet::new());
    }
    section
}

fn central(draft: &mut Draft<'_>) -> Option<Map> {
    let live = draft.census.security.security_hub.as_ref()?;
    let home = draft.census.home_region.to_string();
    let linked = live.aggregator.as_ref().filter(|one| live.is_central && one.home == home);
    let administrator = draft.names.holder(&live.administrator).map(str::to_owned);
    let (Some(linked), Some(administrator)) = (linked, administrator) else {
        draft.remark(
            "security.security_hub: the organization is not configured centrally from the home Region",
        );
        return None;
    };
    let governed: BTreeSet<String> =
        draft.regions.iter().map(ToString::to_string).filter(|one| *one != home).collect();
    let excluded: Vec<String> =
        governed.iter().filter(|one| !linked.regions.contains(*one)).cloned().collect();
    if linked.mode != LISTED || !linked.regions.is_subset(&governed) {
        draft.leave(&Address::only(Kind::FindingAggregator), "it links other Regions than the governed ones");
    }
    let mut section = Map::default();
    section.put("administrator", administrator);
    let mut policies = Map::default();
    for one in &live.policies {
        let entry = policy(draft, live, one, &home);
        policies.put(&one.name, entry);
    }
    section.put_filled("policies", policies);
    section.put_filled("automation_rules", automation_rules::rules(draft, &excluded));
    section.put_filled("self_managed", following(draft, live, SELF_MANAGED));
    section.put_filled("exclude_regions", excluded.clone());
    draft.excluded.insert("security_hub".to_owned(), excluded.clone());
    for (target, why) in &live.troubles {
        let target = draft.names.target(target);
        draft.remark(format!("security.security_hub: a policy has not reached all of {target}: {why}"));
    }
    hubs_of_management(draft, live, &excluded);
    Some(section)
}

/// Everything that follows a policy by a word of its own.
fn following(draft: &Draft<'_>, live: &SecurityHub, policy: &str) -> Vec<String> {
    let targets = live.associations.iter().filter(|(_, followed)| *followed == policy);
    let mut words: Vec<String> = targets.map(|(id, _)| draft.names.target(id)).collect();
    words.sort();
    words
}

fn policy(draft: &mut Draft<'_>, live: &SecurityHub, one: &HubPolicy, home: &str) -> Map {
    let mut entry = Map::default();
    let address = Address::new(Kind::SecurityHubPolicy, &one.name);
    entry.put_some("description", one.description.as_ref().filter(|text| !text.is_empty()));
    if one.enabled {
        let partition = partitions::of_region(&draft.census.home_region).name.as_str();
        let listed = one.standards.iter().flatten();
        let words: Vec<Option<String>> =
            listed.map(|arn| security_standards::word_of(arn, partition, home)).collect();
        if words.iter().any(Option::is_none) || one.standards.is_none() {
            draft.leave(&address, "the document has no word for one of its standards");
        }
        entry.put("standards", words.into_iter().flatten().collect::<Vec<_>>());
        match (&one.enabled_controls, &one.disabled_controls) {
            (Some(on), _) => entry.put("enabled_controls", on.iter().collect::<Vec<_>>()),
            (None, Some(off)) => entry.put("disabled_controls", off.iter().collect::<Vec<_>>()),
            (None, None) => draft.leave(&address, "it says neither which controls are on nor which are off"),
        }
    } else {
        entry.put("enabled", false);
    }
    let targets: Vec<Node> = following(draft, live, &one.id).into_iter().map(Node::from).collect();
    entry.put("targets", targets);
    entry
}

/// Hubs that a plan would switch on in the management account.
fn hubs_of_management(draft: &mut Draft<'_>, live: &SecurityHub, excluded: &[String]) {
    if draft.census.is_management(&live.administrator) {
        return;
    }
    for region in draft.regions.clone() {
        if !excluded.contains(&region.to_string()) && !live.management.contains(&region) {
            let address = Address::new(Kind::SecurityHub, format!("{region}/management"));
            draft.leave(&address, "it is not on in the management account");
        }
    }
}
