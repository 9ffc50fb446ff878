//! The landing zone's version: only the latest can be created, none goes back.
//!
//! Control Tower User Guide, walkthrough for the APIs (latest version at creation)
//! and 2024 release notes (an existing one at 3.1 or later may move to any newer
//! version); traps 1, 7 and 8.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::catalog::baselines;
use crate::model::{Address, Kind};

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let address = Address::only(Kind::LandingZone);
    let Some(change) = situation.changes.get(&address) else {
        return;
    };
    let Some(difference) = change.differences.get("version") else {
        return;
    };
    let wanted = difference.to.as_str().unwrap_or_default();
    let latest = baselines::latest_landing_zone();
    match difference.from.as_ref().and_then(Value::as_str) {
        None if wanted != latest => notes.push(note(
            Level::Blocker,
            "landing-zone-version",
            Some(&address),
            format!("a new landing zone takes only the latest version, {latest}, not {wanted}"),
            "say `version: \"4.0\"` under landing_zone and describe its integrations in 4.0's terms",
        )),
        Some(live) if older(wanted, live) => notes.push(note(
            Level::Blocker,
            "landing-zone-version",
            Some(&address),
            format!("the landing zone is at {live} and cannot go back to {wanted}"),
            "say the live version, or a later one",
        )),
        _ => {}
    }
}

fn older(one: &str, than: &str) -> bool {
    let parts = |text: &str| text.split('.').map(|p| p.parse().unwrap_or(0)).collect::<Vec<u32>>();
    parts(one) < parts(than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_not_texts() {
        assert!(older("3.9", "3.10"));
        assert!(!older("4.0", "3.10"));
        assert!(!older("4.0", "4.0"));
    }
}
