//! `security.firewall_manager`: policies, each with the Regions in which it is alike.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::model::Fields;
use crate::model::region::Region;
use crate::spec::security::firewall_word;

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let by_region = &draft.census.security.firewall_manager;
    let administrator = by_region.values().next()?.administrator.clone();
    let administrator = draft.names.holder(&administrator)?.to_owned();
    let mut by_name: BTreeMap<&String, BTreeMap<String, (&Fields, Vec<&Region>)>> = BTreeMap::new();
    for (region, live) in by_region {
        for (name, fields) in &live.policies {
            // What is alike has the same text.
            let text = serde_json::to_string(fields).unwrap_or_default();
            let alike = by_name.entry(name).or_default().entry(text).or_insert((fields, Vec::new()));
            alike.1.push(region);
        }
    }
    let mut policies = Map::default();
    for (name, alike) in by_name {
        let mut alike: Vec<(&Fields, Vec<&Region>)> = alike.into_values().collect();
        alike.sort_by_key(|(_, regions)| Reverse(regions.len()));
        let told: Vec<String> =
            alike.iter().skip(1).flat_map(|(_, regions)| regions).map(ToString::to_string).collect();
        if !told.is_empty() {
            draft.remark(format!(
                "the policy {name} of Firewall Manager in {}: it is otherwise than elsewhere",
                told.join(", ")
            ));
        }
        let Some((fields, regions)) = alike.into_iter().next() else { continue };
        match entry(draft, name, fields, &regions) {
            Some(entry) => policies.put(name, entry),
            None => draft.remark(format!(
                "the policy {name} of Firewall Manager: the document has no word for its type"
            )),
        }
    }
    if policies.is_empty() {
        return None;
    }
    let mut section = Map::default();
    section.put("administrator", administrator);
    section.put("policies", policies);
    Some(section)
}

fn entry(draft: &mut Draft<'_>, name: &str, fields: &Fields, regions: &[&Region]) -> Option<Map> {
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let on = |field: &str| fields.get(field).and_then(Value::as_bool).unwrap_or_default();
    let list = |field: &str| -> Vec<String> {
        let items = fields.get(field).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let targets = |draft: &Draft<'_>, accounts: &str, units: &str| -> Vec<String> {
        list(accounts).into_iter().chain(list(units)).map(|id| draft.names.target(&id)).collect()
    };
    let mut entry = Map::default();
    entry.put("type", firewall_word(text("type")?)?);
    entry.put_some("description", text("description"));
    entry.put("document", draft.file("firewalls", name, fields.get("data")?));
    entry.put_filled("resources", list("resources"));
    let mut tags = Map::default();
    for (key, value) in fields.get("tags").and_then(Value::as_object).into_iter().flatten() {
        tags.put(key, value.as_str().unwrap_or_default());
    }
    entry.put_filled("tags", tags);
    entry.put_some("except_tagged", (!on("tagged")).then_some(true));
    entry.put_filled("targets", targets(draft, "accounts", "units"));
    entry.put_filled("except", targets(draft, "except_accounts", "except_units"));
    entry.put_some("remediate", on("remediate").then_some(true));
    entry.put_some("clean_up", on("clean_up").then_some(true));
    entry.put("regions", regions.iter().map(|region| region.as_str()).collect::<Vec<_>>());
    Some(entry)
}
