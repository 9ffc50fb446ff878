//! `stack_sets`, each with its template beside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::draft::Draft;
use super::yaml::{Map, Node};
use crate::model::{Address, Kind};
use crate::observe::census::stack_sets::StackSet;
use crate::spec::stack_sets::{MOST, capability_word};

/// The service, as the organization trusts it.
const PRINCIPAL: &str = "member.org.stacksets.cloudformation.amazonaws.com";
/// How the names of Control Tower's own begin.
const OF_CONTROL_TOWER: &str = "AWSControlTower";

pub(super) fn write(draft: &mut Draft<'_>) {
    let census = draft.census;
    let mut section = Map::default();
    for (region, sets) in &census.stack_sets {
        for (name, live) in sets {
            let said = if *region == census.home_region {
                entry(draft, name, live)
            } else {
                Err(format!("it stands in {region}, which is not the home Region"))
            };
            match said {
                Ok(entry) => section.put(name, entry),
                Err(why) => draft.remark(format!("the stack set {name}: {why}")),
            }
        }
    }
    if !section.is_empty() {
        draft.leave_trust(PRINCIPAL, "stack sets are there without it");
        draft.root.put("stack_sets", section);
    }
}

fn entry(draft: &mut Draft<'_>, name: &str, live: &StackSet) -> Result<Map, String> {
    if name.starts_with(OF_CONTROL_TOWER) {
        return Err("its name is for Control Tower's own".to_owned());
    }
    let template = live.template.as_ref().ok_or("AWS does not give its template")?;
    if template.len() > MOST {
        return Err(format!("its template has more than {MOST} bytes"));
    }
    // The document has one list of Regions for all targets; where a target has more they stay.
    let mut each = live.targets.values();
    let first = each.next().cloned().unwrap_or_default();
    let regions: BTreeSet<String> = each.fold(first, |all, some| &all & some);
    if regions.is_empty() && !live.targets.is_empty() {
        return Err("its targets have no Region in common".to_owned());
    }
    beside(draft, name, live, &regions);
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
    } else if live.parameters.values().any(|value| is_hidden(value)) {
        "AWS does not tell the value of one of its parameters"
    } else {
        return Ok(entry);
    };
    draft.leave(&Address::new(Kind::StackSet, name), why);
    Ok(entry)
}

/// What the entry does not say, which an update leaves as it is.
fn beside(draft: &mut Draft<'_>, name: &str, live: &StackSet, regions: &BTreeSet<String>) {
    let more = live.targets.iter().filter(|(_, some)| *some != regions);
    let more: Vec<String> = more.map(|(id, _)| draft.names.target(id)).collect();
    if !more.is_empty() {
        draft.remark(format!("the stack set {name}: more Regions of {}", more.join(", ")));
    }
    for words in &live.beside {
        draft.remark(format!("the stack set {name}: it has {words}"));
    }
}

/// AWS masks the value of a parameter with `NoEcho` (CloudFormation User Guide, parameters).
fn is_hidden(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte == b'*')
}

fn pairs(all: &BTreeMap<String, String>) -> Map {
    let mut map = Map::default();
    all.iter().for_each(|(key, value)| map.put(key, value));
    map
}
