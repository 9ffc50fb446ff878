//! `security`: services that one account sets for the whole organization.
//!
//! A file for each service says what a Region's settings are in the document's words, or why it
//! could not; here what all have in common: the section speaks of the settings that most Regions
//! have, and excludes the others, which stay as they are.

mod access_analyzer;
mod automation_rules;
mod detective;
mod firewall_manager;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::names::MANAGEMENT;
use super::yaml::Map;
use super::{config, trails};
use crate::catalog::services;
use crate::model::region::Region;
use crate::observe::census::security::ByRegion;

/// The word for what is on.
const ENABLED: &str = "ENABLED";

/// A service's section, if there is one.
type Section = fn(&mut Draft<'_>) -> Option<Map>;

/// The services by their key.
const SERVICES: &[(&str, Section)] = &[
    ("guardduty", guardduty::section),
    ("security_hub", security_hub::section),
    ("inspector", inspector::section),
    ("macie", macie::section),
    ("detective", detective::section),
    ("access_analyzer", access_analyzer::section),
    ("firewall_manager", firewall_manager::section),
    ("cloudtrail", trails::section),
];

pub(super) fn write(draft: &mut Draft<'_>) {
    let mut section = Map::default();
    for (word, of) in SERVICES {
        if is_set_by_policies(draft, word) {
            draft.remark(format!("security.{word}: policies of the organization set it"));
            if *word == "security_hub" {
                automation_rules::left_out(draft, &BTreeSet::new());
            }
        } else {
            put(draft, &mut section, word, of);
        }
    }
    let mut said = config::sections(draft);
    put(draft, &mut section, "config", |_| said.config.take());
    section.put_some("conformance_packs", said.packs);
    if !section.is_empty() {
        draft.root.put("security", section);
    }
}

/// Adds the section of a service, if there is one, and notes whether it names an administrator.
fn put(draft: &mut Draft<'_>, section: &mut Map, word: &str, of: impl FnOnce(&mut Draft<'_>) -> Option<Map>) {
    let Some(said) = of(draft) else { return };
    let member = said.text("administrator").is_some_and(|name| name != MANAGEMENT);
    let row = services::by_section(word).or_else(|| services::by_word(word));
    if let Some(row) = row.filter(|_| member) {
        draft.implied.insert(row.word.clone());
    }
    section.put(word, said);
}

/// While policies of its type are on AWS no longer applies, or overrides, what the
/// administrator of a service sets.
fn is_set_by_policies(draft: &Draft<'_>, word: &str) -> bool {
    let kind = services::by_section(word).and_then(|row| row.policy.as_deref());
    let all = kind.and_then(|kind| draft.census.policies.get(kind));
    all.is_some_and(|all| all.iter().any(|policy| policy.is_ours()))
}

/// The section of a service that is set Region by Region. `said` gives a Region's administrator
/// by id and the rest of the section, or why the document has no word for it.
fn regional<T>(
    draft: &mut Draft<'_>,
    word: &str,
    by_region: &ByRegion<T>,
    said: impl Fn(&Draft<'_>, &T) -> Result<(String, Map), String>,
) -> Option<Map> {
    let mut alike: BTreeMap<(String, Map), Vec<Region>> = BTreeMap::new();
    for region in draft.regions.clone() {
        let Some(live) = by_region.get(&region) else { continue };
        match said(draft, live) {
            Ok(settings) => alike.entry(settings).or_default().push(region),
            Err(why) => draft.remark(format!("security.{word} in {region}: {why}")),
        }
    }
    // What most Regions have; of as many the first.
    let most = alike.iter().max_by_key(|(settings, regions)| (regions.len(), Reverse(*settings)))?;
    let ((administrator, settings), included) = most;
    let administrator = draft.names.holder(administrator)?.to_owned();
    for (_, regions) in alike.iter().filter(|(_, regions)| *regions != included) {
        let regions: Vec<String> = regions.iter().map(ToString::to_string).collect();
        draft
            .remarks
            .push(format!("security.{word} in {}: it is set otherwise than elsewhere", regions.join(", ")));
    }
    let excluded: Vec<String> =
        draft.regions.iter().filter(|region| !included.contains(region)).map(ToString::to_string).collect();
    let mut section = Map::default();
    section.put("administrator", administrator);
    section.extend(settings.clone());
    section.put_filled("exclude_regions", excluded.clone());
    draft.excluded.insert(word.to_owned(), excluded);
    Some(section)
}

/// Why not every active account, beside the administrator, is among some.
fn reaches_everybody(
    draft: &Draft<'_>,
    administrator: &str,
    ids: &BTreeSet<String>,
    what: &str,
) -> Result<(), String> {
    let active =
        draft.census.accounts.iter().filter(|account| account.is_active()).map(|account| &account.id);
    let missing: Vec<&str> =
        active.filter(|id| *id != administrator && !ids.contains(*id)).map(String::as_str).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("{what}: {}", missing.join(", "))) }
}

/// A condition, with the words for when it does not hold.
fn holds(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// Whether AWS's word says that something is on.
fn is_on(word: Option<&String>) -> bool {
    word.is_some_and(|word| word == ENABLED)
}
