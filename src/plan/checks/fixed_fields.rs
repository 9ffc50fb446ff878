//! What cannot be changed after creation must be as the document says.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::diff::Standing;
use crate::model::kinds::Compare;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let present = situation.changes.iter().filter(|(_, change)| change.standing == Standing::Present);
    for (address, change) in present {
        let fixed = change.differences.iter().filter(|(_, d)| d.rule.compare == Compare::Fixed);
        for (field, difference) in fixed {
            let live = difference.from.as_ref().map_or_else(|| "unset".to_owned(), shown);
            notes.push(note(
                Level::Blocker,
                "fixed-field",
                Some(address),
                format!(
                    "{address}: `{field}` is {live} in AWS and cannot be changed to {}",
                    shown(&difference.to)
                ),
                "change the document, or repair or remove the live one by hand",
            ));
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"))
}
