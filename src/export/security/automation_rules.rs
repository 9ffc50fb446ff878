//! `security.security_hub.automation_rules`: each as it is in most Regions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as Json, Value, json};

use crate::catalog::finding_filters;
use crate::export::draft::{Draft, most};
use crate::export::yaml::{Map, Node};
use crate::model::region::Region;
use crate::model::{Address, Fields, Kind};
use crate::spec::security::NOTED_BY;

/// How the head of the document names them.
const TOLD: &str = "security.security_hub.automation_rules";

/// The rules, in the Regions in which the document has Security Hub.
pub(super) fn rules(draft: &mut Draft<'_>, excluded: &[String]) -> Map {
    let all = &draft.census.security.automation_rules;
    let covered = draft.regions.iter().filter(|region| !excluded.contains(&region.to_string()));
    let covered: Vec<Region> = covered.cloned().collect();
    left_out(draft, &covered.iter().collect());
    let names: BTreeSet<&String> =
        covered.iter().filter_map(|region| all.get(region)).flat_map(BTreeMap::keys).collect();
    let mut section = Map::default();
    for name in names {
        let of = |region: &Region| all.get(region).and_then(|rules| rules.get(name)?.first());
        let Some(usual) = most(covered.iter().filter_map(of)) else { continue };
        for region in &covered {
            let further = all.get(region).and_then(|rules| rules.get(name)).map_or(0, Vec::len);
            if further > 1 {
                draft.remark(format!("{TOLD}.{name} in {region}: {} more of this name", further - 1));
            }
        }
        if let Err(why) = is_sayable(usual) {
            draft.remark(format!("{TOLD}.{name}: {why}"));
            continue;
        }
        section.put(name, entry(draft, name, usual));
        let whole = is_whole(usual);
        for region in &covered {
            let why = match of(region) {
                None => "it is not there",
                Some(live) if live != usual => "it is otherwise than elsewhere",
                Some(_) if !whole => "the document has no words for all of it",
                Some(_) => continue,
            };
            draft.leave(&Address::new(Kind::AutomationRule, format!("{name}/{region}")), why);
        }
    }
    section
}

/// Tells the rules of all Regions but some.
pub(super) fn left_out(draft: &mut Draft<'_>, said: &BTreeSet<&Region>) {
    let census = draft.census;
    let others = census.security.automation_rules.iter().filter(|(region, _)| !said.contains(region));
    for (region, rules) in others.filter(|(_, rules)| !rules.is_empty()) {
        let names: Vec<&str> = rules.keys().map(String::as_str).collect();
        draft.remark(format!("{TOLD} in {region}: {}", names.join(", ")));
    }
}

fn entry(draft: &mut Draft<'_>, name: &str, live: &Fields) -> Map {
    let text = |field: &str| live.get(field).and_then(Value::as_str);
    let on = |field: &str| live.get(field).and_then(Value::as_bool).unwrap_or_default();
    let mut entry = Map::default();
    entry.put_some("order", live.get("order").map(Node::from));
    entry.put_some("description", text("description").filter(|text| *text != name));
    entry.put_some("enabled", (!on("enabled")).then_some(false));
    entry.put_some("last", on("last").then_some(true));
    let criteria = live.get("criteria").filter(|criteria| **criteria != json!({}));
    entry.put_some("criteria", criteria.map(|criteria| draft.file("automation-rules", name, criteria)));
    let accounts = live.get("accounts").and_then(Value::as_array).into_iter().flatten();
    let accounts = accounts.filter_map(|id| Some(draft.names.target(id.as_str()?)));
    entry.put_filled("accounts", accounts.collect::<Vec<_>>());
    entry.put("set", change(live));
    entry
}

/// What becomes of a finding.
fn change(live: &Fields) -> Map {
    let mut set = Map::default();
    let Some(all) = live.get("set") else { return set };
    let word = |pointer: &str| all.pointer(pointer).and_then(Value::as_str).map(str::to_lowercase);
    set.put_some("severity", word("/Severity/Label"));
    set.put_some("workflow", word("/Workflow/Status"));
    set.put_some("verification", word("/VerificationState"));
    set.put_some("confidence", all.get("Confidence").map(Node::from));
    set.put_some("criticality", all.get("Criticality").map(Node::from));
    set.put_some("note", all.pointer("/Note/Text").and_then(Value::as_str));
    set.put_some("types", all.get("Types").map(Node::from));
    set.put_some("fields", all.get("UserDefinedFields").map(Node::from));
    set
}

/// Why the document could not have a rule at all.
fn is_sayable(live: &Fields) -> Result<(), String> {
    let criteria = live.get("criteria").filter(|criteria| **criteria != json!({}));
    if let Some(why) = criteria.and_then(finding_filters::trouble) {
        return Err(format!("the document has no words for its criteria: {why}"));
    }
    let about = live.get("accounts").and_then(Value::as_array).is_some_and(|ids| !ids.is_empty());
    if criteria.is_none() && !about {
        return Err("it is about every finding".to_owned());
    }
    if change(live).is_empty() {
        return Err("the document has no word for what it changes".to_owned());
    }
    Ok(())
}

/// Whether the document says all that a rule says.
fn is_whole(live: &Fields) -> bool {
    const KNOWN: [(&str, &[&str]); 8] = [
        ("Severity", &["Label"]),
        ("Workflow", &["Status"]),
        ("VerificationState", &[]),
        ("Confidence", &[]),
        ("Criticality", &[]),
        ("Note", &["Text", "UpdatedBy"]),
        ("Types", &[]),
        ("UserDefinedFields", &[]),
    ];
    let nothing = Json::new();
    let all = live.get("set").and_then(Value::as_object).unwrap_or(&nothing);
    let known = |(name, value): (&String, &Value)| {
        let row = KNOWN.iter().find(|(known, _)| known == name);
        let members = value.as_object().filter(|_| name != "UserDefinedFields");
        let whole = |members: &Json<String, Value>, row: &[&str]| {
            members.keys().all(|key| row.contains(&key.as_str()))
        };
        row.is_some_and(|(_, row)| members.is_none_or(|members| whole(members, row)))
    };
    let noted = live.get("set").and_then(|set| set.pointer("/Note/UpdatedBy")).and_then(Value::as_str);
    let lists = |field: &str, empty: Value| all.get(field) != Some(&empty);
    all.iter().all(known)
        && noted.is_none_or(|by| by == NOTED_BY)
        && lists("Types", json!([]))
        && lists("UserDefinedFields", json!({}))
        && live.contains_key("description")
}
