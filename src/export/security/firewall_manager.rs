//! `security.firewall_manager`: policies, each with the Regions in which it is alike.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::model::region::Region;
use crate::model::{Address, Fields, Kind};
use crate::observe::census::security::FirewallPolicy;
use crate::spec::security::firewall_word;

/// The service by the document's word for it among administrators.
const WORD: &str = "firewall-manager";
/// What the id of a root begins with.
const ROOT: &str = "r-";

/// Policies of one name that are alike, and where.
type Alike<'c> = Vec<(&'c FirewallPolicy, Vec<&'c Region>)>;

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let census = draft.census;
    let by_region = &census.security.firewall_manager;
    let administrator = &by_region.values().next()?.administrator;
    further_administrators(draft, administrator);
    let mut by_name: BTreeMap<&String, Alike<'_>> = BTreeMap::new();
    for (region, live) in by_region {
        for (name, policies) in &live.policies {
            if policies.len() > 1 {
                let more = policies.len() - 1;
                draft.remark(told(name, &format!("{more} more of this name in {region}")));
            }
            let Some(first) = policies.first() else { continue };
            let all = by_name.entry(name).or_default();
            match all.iter_mut().find(|(known, _)| *known == first) {
                Some((_, regions)) => regions.push(region),
                None => all.push((first, vec![region])),
            }
        }
    }
    let Some(holder) = draft.names.holder(administrator).map(str::to_owned) else {
        for name in by_name.keys() {
            draft.remark(told(name, "its administrator is not in the document"));
        }
        return None;
    };
    let mut policies = Map::default();
    for (name, alike) in by_name {
        let Some((policy, regions)) = usual(draft, name, alike) else { continue };
        match entry(draft, name, &policy.fields, &regions) {
            Ok(entry) => policies.put(name, entry),
            Err(why) => {
                draft.remark(told(name, why));
                continue;
            }
        }
        for words in &policy.beside {
            for region in &regions {
                let address = Address::new(Kind::FirewallPolicy, format!("{name}/{region}"));
                draft.leave(&address, format!("it has {words}, for which the document has no word"));
            }
        }
    }
    if policies.is_empty() {
        return None;
    }
    let mut section = Map::default();
    section.put("administrator", holder);
    section.put("policies", policies);
    Some(section)
}

fn told(name: &str, why: &str) -> String {
    format!("the policy {name} of Firewall Manager: {why}")
}

/// AWS lets further accounts administer a part of the organization, each with policies of its own.
fn further_administrators(draft: &mut Draft<'_>, administrator: &str) {
    let census = draft.census;
    for other in census.administrators_of(WORD).into_iter().filter(|id| *id != administrator) {
        draft.remark(format!("policies of Firewall Manager that {other} administers: they were not read"));
    }
}

/// What most Regions have; the others are told.
fn usual<'c>(
    draft: &mut Draft<'_>,
    name: &str,
    mut alike: Alike<'c>,
) -> Option<(&'c FirewallPolicy, Vec<&'c Region>)> {
    alike.sort_by_key(|(_, regions)| Reverse(regions.len()));
    let mut alike = alike.into_iter();
    let usual = alike.next();
    let others: Vec<String> = alike.flat_map(|(_, regions)| regions).map(ToString::to_string).collect();
    if !others.is_empty() {
        draft.remark(told(name, &format!("it is otherwise than elsewhere in {}", others.join(", "))));
    }
    usual
}

fn entry(
    draft: &mut Draft<'_>,
    name: &str,
    fields: &Fields,
    regions: &[&Region],
) -> Result<Map, &'static str> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let on = |field: &str| fields.get(field).and_then(Value::as_bool).unwrap_or_default();
    let list = |field: &str| -> Vec<&str> {
        let items = fields.get(field).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).collect()
    };
    let scope = |accounts: &str, units: &str| [list(accounts), list(units)].concat();
    let (included, left_out) = (scope("accounts", "units"), scope("except_accounts", "except_units"));
    if !included.is_empty() && !left_out.is_empty() {
        return Err("it says both what it is for and what it is not for");
    }
    if included.iter().chain(&left_out).any(|id| id.starts_with(ROOT)) {
        return Err("it is for the root, or for all but the root");
    }
    let word = text("type").and_then(firewall_word).ok_or("the document has no word for its type")?;
    let data = fields.get("data").ok_or("it has no settings")?;
    let resources = list("resources");
    if resources.is_empty() {
        return Err("it names no types of resources");
    }
    let named = |draft: &Draft<'_>, ids: Vec<&str>| -> Vec<String> {
        ids.into_iter().map(|id| draft.names.target(id)).collect()
    };
    let mut entry = Map::default();
    entry.put("type", word);
    entry.put_some("description", text("description"));
    entry.put("document", draft.file("firewalls", name, data));
    entry.put_filled("resources", resources);
    let mut tags = Map::default();
    for (key, value) in fields.get("tags").and_then(Value::as_object).into_iter().flatten() {
        tags.put(key, value.as_str().unwrap_or_default());
    }
    entry.put_filled("tags", tags);
    entry.put_some("except_tagged", (!on("tagged")).then_some(true));
    entry.put_filled("targets", named(draft, included));
    entry.put_filled("except", named(draft, left_out));
    entry.put_some("remediate", on("remediate").then_some(true));
    entry.put_some("clean_up", on("clean_up").then_some(true));
    entry.put("regions", regions.iter().map(|region| region.as_str()).collect::<Vec<_>>());
    Ok(entry)
}
