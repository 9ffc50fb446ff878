//! `security.guardduty`.

use std::collections::BTreeSet;

use super::{ENABLED, holds, is_on, reaches_everybody, regional};
use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::observe::census::security::GuardDuty;
use crate::spec::security::{feature_word, reach_word};

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let by_region = &draft.census.security.guardduty;
    regional(draft, "guardduty", by_region, said)
}

fn said(draft: &Draft<'_>, live: &GuardDuty) -> Result<(String, Map), String> {
    let by_management = draft.census.is_management(&live.administrator);
    holds(is_on(live.status.as_ref()), "the administrator's own detector is not on")?;
    let own = by_management || is_on(live.management_status.as_ref());
    holds(own, "the detector of the management account is not on")?;
    let reach = live.auto_enable.as_deref().unwrap_or_default();
    let word = reach_word(reach).ok_or_else(|| format!("it reaches {reach}"))?;
    reaches_everybody(draft, &live.administrator, &live.members, "not watched")?;
    let mut section = Map::default();
    section.put("auto_enable", word);
    section.put_filled("features", features(live, reach).into_iter().collect::<Vec<_>>());
    Ok((live.administrator.clone(), section))
}

/// Features that are on in the administrator's account and reach whom the settings reach.
fn features(live: &GuardDuty, reach: &str) -> BTreeSet<&'static str> {
    let in_full = |name: &&String| {
        live.features.get(*name).is_some_and(|word| word == ENABLED)
            && live.auto_features.get(*name).is_some_and(|word| word == reach)
    };
    let names: Vec<&String> = live.features.keys().filter(in_full).collect();
    // A further switch means nothing without its feature.
    let alone = |name: &&&String| match name.split_once('/') {
        Some((feature, _)) => names.iter().any(|other| *other == feature),
        None => true,
    };
    names.iter().filter(alone).filter_map(|name| feature_word(name)).collect()
}
