//! `organizational_units`, with their baselines and controls.

use serde_json::Value;

use super::draft::Draft;
use super::names;
use super::tower::INHERITANCE;
use super::yaml::{Map, Node};
use crate::catalog::baselines::Baseline as Row;
use crate::model::controls::short_name;
use crate::model::{Address, Kind};
use crate::observe::census::control_tower::{Baseline, Control};
use crate::observe::census::people::Unit;

/// The parameter that ties a unit's baseline to Identity Center.
const IDENTITY_CENTER: &str = "IdentityCenterEnabledBaselineArn";

pub(super) fn write(draft: &mut Draft<'_>) {
    let mut listed: Vec<(String, &Unit)> = draft
        .census
        .units
        .iter()
        .filter_map(|unit| Some((draft.names.unit(&unit.id)?.to_owned(), unit)))
        .collect();
    listed.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut section = Map::default();
    for (path, unit) in listed {
        let mut entry = Map::default();
        entry.put_some("name", names::said(&path, &unit.name));
        entry.put_filled("baselines", baselines(draft, &path, unit));
        entry.put_filled("controls", controls(draft, &path, unit));
        entry.put_filled("tags", tags(unit.tags.as_ref()));
        section.put(path, entry);
    }
    if !section.is_empty() {
        draft.root.put("organizational_units", section);
    }
}

/// Tags that somebody set: those of AWS nobody can.
pub(super) fn tags(live: Option<&std::collections::BTreeMap<String, String>>) -> Map {
    let mut tags = Map::default();
    for (key, value) in live.into_iter().flatten().filter(|(key, _)| !key.to_lowercase().starts_with("aws:"))
    {
        tags.put(key, value);
    }
    tags
}

fn baselines(draft: &mut Draft<'_>, path: &str, unit: &Unit) -> Vec<Node> {
    let listed = draft.tower.baselines.get(unit.id.as_str()).cloned().unwrap_or_default();
    for (row, baseline) in &listed {
        if let Some(why) = trouble(draft, unit, row, baseline) {
            draft.leave(&Address::new(Kind::Baseline, format!("{path}:{}", row.word)), why);
        }
    }
    listed.iter().map(|(row, _)| Node::from(&row.word)).collect()
}

/// Why a plan would change a baseline.
fn trouble(draft: &Draft<'_>, unit: &Unit, row: &Row, baseline: &Baseline) -> Option<String> {
    let zone = draft.tower.zone?;
    if baseline.status != "SUCCEEDED" {
        return Some(format!("it is {}", baseline.status));
    }
    if baseline.drift != "IN_SYNC" {
        return Some(format!("it is {}", baseline.drift));
    }
    let latest = row.version_for(&zone.version)?;
    if baseline.version != latest {
        return Some(format!(
            "it has the version {}, and {latest} goes with the landing zone",
            baseline.version
        ));
    }
    let Some(parameters) = &baseline.parameters else {
        return Some("its parameters could not be read".to_owned());
    };
    let access = draft.tower.said("/accessManagement/enabled") == Some(&Value::Bool(true));
    if row.takes_identity_center && access {
        let tied = parameters.get(IDENTITY_CENTER).and_then(Value::as_str);
        if tied.is_none() || tied != zone.identity_center_baseline.as_deref() {
            return Some("it is not tied to Identity Center".to_owned());
        }
    }
    if draft.tower.enrols() {
        return None;
    }
    let healthy = |id: &str| {
        let stands = baseline.accounts.get(id);
        stands.is_some_and(|(status, drift)| status == "SUCCEEDED" && drift != "DRIFTED")
    };
    let members = draft.census.accounts.iter().filter(|account| {
        account.is_active()
            && account.parent.as_deref() == Some(&unit.id)
            && !draft.census.is_management(&account.id)
    });
    let missing: Vec<&str> = members.map(|one| one.id.as_str()).filter(|id| !healthy(id)).collect();
    (!missing.is_empty()).then(|| {
        format!("not enrolled: {}; without {INHERITANCE} a plan registers the unit again", missing.join(", "))
    })
}

fn controls(draft: &mut Draft<'_>, path: &str, unit: &Unit) -> Vec<Node> {
    let listed = draft.tower.controls.get(unit.id.as_str()).cloned().unwrap_or_default();
    let mut entries = Vec::new();
    for control in listed {
        let why = match control.status.as_str() {
            "SUCCEEDED" if control.drifted => Some("it is DRIFTED".to_owned()),
            "SUCCEEDED" => None,
            other => Some(format!("it is {other}")),
        };
        if let Some(why) = why {
            draft.leave(&Address::new(Kind::Control, format!("{path}:{}", short_name(&control.name))), why);
        }
        entries.push(match parameters(draft, path, control) {
            Some(parameters) => {
                let mut entry = Map::default();
                entry.put("name", &control.name);
                entry.put("parameters", parameters);
                Node::Map(entry)
            }
            None => Node::from(&control.name),
        });
    }
    entries
}

/// Parameters, when there are any and the document can say them all.
fn parameters(draft: &mut Draft<'_>, path: &str, control: &Control) -> Option<Map> {
    let live = control.parameters.as_ref().filter(|live| !live.is_empty())?;
    let sayable = |value: &Value| match value {
        Value::String(_) | Value::Bool(_) => true,
        Value::Array(items) => items.iter().all(Value::is_string),
        _ => false,
    };
    if !live.values().all(sayable) {
        draft.remark(format!(
            "the parameters of the control {} on {path}: the document has no form for them",
            control.name
        ));
        return None;
    }
    let mut parameters = Map::default();
    live.iter().for_each(|(key, value)| parameters.put(key, value));
    Some(parameters)
}
