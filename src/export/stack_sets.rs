//! `stack_sets`, each with its template beside.

use std::collections::BTreeSet;

use serde_json::json;

use super::draft::Draft;
use super::yaml::{Map, Node};
use crate::model::{Address, Kind};
use crate::observe::census::stack_sets::{PRINCIPAL, StackSet};
use crate::spec::stack_sets::capability_word;

pub(super) fn write(draft: &mut Draft<'_>) {
    let mut section = Map::default();
    for (name, live) in &draft.census.stack_sets {
        match entry(draft, name, live) {
            Ok(entry) => section.put(name, entry),
            Err(why) => draft.remark(format!("the stack set {name}: {why}")),
        }
    }
    if !section.is_empty() {
        draft.leave_trust(PRINCIPAL, "stack sets are there without it");
        draft.root.put("stack_sets", section);
    }
}

fn entry(draft: &mut Draft<'_>, name: &str, live: &StackSet) -> Result<Map, String> {
    let template = live.template.as_ref().ok_or("AWS does not give its template")?;
    // The document has one list of Regions for all targets; where a target has more they stay.
    let mut each = live.targets.values();
    let first = each.next().cloned().unwrap_or_default();
    let regions: BTreeSet<String> = each.fold(first, |all, some| &all & some);
    if regions.is_empty() && !live.targets.is_empty() {
        return Err("its targets have no Region in common".to_owned());
    }
    let more: Vec<&String> =
        live.targets.iter().filter(|(_, some)| **some != regions).map(|(id, _)| id).collect();
    if !more.is_empty() {
        let more: Vec<String> = more.into_iter().map(|id| draft.names.target(id)).collect();
        draft.remark(format!("the stack set {name}: more Regions of {}", more.join(", ")));
    }
    let mut entry = Map::default();
    let form = if template.trim_start().starts_with('{') { "json" } else { "yaml" };
    entry.put("template", draft.text("stacks", name, form, template));
    entry.put_some("description", live.description.as_ref());
    entry.put_filled("parameters", pairs(&live.parameters));
    let words: Vec<Option<&str>> = live.capabilities.iter().map(|word| capability_word(word)).collect();
    let sayable = words.iter().all(Option::is_some);
    entry.put_filled("capabilities", words.into_iter().flatten().collect::<Vec<_>>());
    let targets: Vec<Node> = live.targets.keys().map(|id| Node::from(draft.names.target(id))).collect();
    entry.put("targets", targets);
    let usual: BTreeSet<String> = draft.regions.iter().map(ToString::to_string).collect();
    if regions != usual && !regions.is_empty() {
        entry.put("regions", regions.into_iter().collect::<Vec<_>>());
    }
    entry.put_some("auto_deployment", (!live.auto_deployment).then_some(false));
    entry.put_some("retain", live.retain.then_some(true));
    entry.put_filled("tags", pairs(&live.tags));
    let why = if live.failed == json!("IN_PROGRESS") {
        "AWS is at work on it"
    } else if live.failed != json!([]) {
        "it failed in some accounts"
    } else if !sayable {
        "the document has no word for one of its capabilities"
    } else {
        return Ok(entry);
    };
    draft.leave(&Address::new(Kind::StackSet, name), why);
    Ok(entry)
}

fn pairs(all: &std::collections::BTreeMap<String, String>) -> Map {
    let mut map = Map::default();
    all.iter().for_each(|(key, value)| map.put(key, value));
    map
}
