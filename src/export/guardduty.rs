//! `security.guardduty`, when what is set in some Regions is what a document could say.
//!
//! Regions that are set otherwise, or in which an account is not watched, are excluded.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::yaml::{Map, Node};
use crate::model::region::Region;
use crate::observe::census::guardduty::GuardDuty;
use crate::spec::security::{feature_word, reach_word};

const ENABLED: &str = "ENABLED";
/// While policies of this type are on AWS no longer applies what the administrator sets.
const POLICY: &str = "GUARDDUTY_POLICY";

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Node> {
    let census = draft.census;
    let mut alike: BTreeMap<(&str, &str, BTreeSet<&str>), Vec<&Region>> = BTreeMap::new();
    let mut troubles: Vec<(&Region, String)> = Vec::new();
    for region in draft.regions.clone() {
        let Some((region, live)) = census.guardduty.get_key_value(&region) else { continue };
        match said(draft, live) {
            Ok(settings) => alike.entry(settings).or_default().push(region),
            Err(why) => troubles.push((region, why)),
        }
    }
    // What most Regions have; of as many the first by name.
    let most =
        alike.iter().max_by_key(|(settings, regions)| (regions.len(), std::cmp::Reverse(*settings)))?;
    let ((administrator, reach, features), included) = most;
    if census.policies.get(POLICY).is_some_and(|all| all.iter().any(|policy| policy.is_ours())) {
        draft.remark("GuardDuty: its settings are driven by policies of the type guardduty");
        return None;
    }
    let administrator = draft.names.holder(administrator)?.to_owned();
    let excluded: Vec<String> =
        draft.regions.iter().filter(|region| !included.contains(region)).map(ToString::to_string).collect();
    for (region, why) in troubles {
        draft.remark(format!("GuardDuty in {region}: {why}"));
    }
    let others = alike.iter().filter(|(_, regions)| *regions != included).flat_map(|(_, regions)| regions);
    let others: Vec<String> = others.map(ToString::to_string).collect();
    if !others.is_empty() {
        draft.remark(format!(
            "GuardDuty in {}: it is set otherwise than in the other Regions",
            others.join(", ")
        ));
    }
    let mut section = Map::default();
    section.put("administrator", administrator);
    section.put("auto_enable", *reach);
    section.put_filled("features", features.iter().copied().collect::<Vec<_>>());
    section.put_filled("exclude_regions", excluded);
    Some(Node::Map(section))
}

/// What the document would say of a Region, or why it could not: administrator, reach and
/// features in its words.
fn said<'c>(
    draft: &Draft<'_>,
    live: &'c GuardDuty,
) -> Result<(&'c str, &'static str, BTreeSet<&'static str>), String> {
    let is_on = |status: &Option<String>| status.as_deref() == Some(ENABLED);
    let by_management = draft.census.is_management(&live.administrator);
    if !is_on(&live.status) {
        return Err("the administrator's own detector is not on".to_owned());
    }
    if !by_management && !is_on(&live.management_status) {
        return Err("the detector of the management account is not on".to_owned());
    }
    let reach = live.auto_enable.as_deref().unwrap_or_default();
    let word = reach_word(reach).ok_or_else(|| format!("it reaches {reach}"))?;
    let active = draft.census.accounts.iter().filter(|account| account.is_active());
    let unwatched: Vec<&str> = active
        .map(|account| account.id.as_str())
        .filter(|id| *id != live.administrator && !live.members.contains(*id))
        .collect();
    if !unwatched.is_empty() {
        return Err(format!("not watched: {}", unwatched.join(", ")));
    }
    let in_full = |name: &&String| {
        let own = live.features.get(*name).is_some_and(|word| word == ENABLED);
        own && live.auto_features.get(*name).is_some_and(|word| word == reach)
    };
    let mut features: BTreeSet<&str> =
        live.features.keys().filter(in_full).filter_map(|name| feature_word(name)).collect();
    // A further switch of runtime monitoring means nothing without it.
    let further =
        |word: &&str| live.features.keys().any(|name| name.contains('/') && feature_word(name) == Some(word));
    if !features.contains("runtime_monitoring") {
        features.retain(|word| !further(word));
    }
    Ok((&live.administrator, word, features))
}
