//! A census in a few lines: what was counted, and what could not be read.

use std::fmt::Write as _;

use crate::observe::census::Census;

/// The counts, then the gaps.
#[must_use]
pub fn render(census: &Census) -> String {
    let mut out = String::new();
    let Some(organization) = &census.organization else {
        return "There is no organization.\n".to_owned();
    };
    let policies = census.policies.values().map(Vec::len).sum();
    let tower = census.control_tower.as_ref();
    let centre = census.identity_center.as_ref();
    let counts = [
        (census.units.len(), "units"),
        (census.accounts.len(), "accounts"),
        (policies, "policies"),
        (tower.and_then(|tower| tower.baselines.as_ref()).map_or(0, Vec::len), "baselines"),
        (tower.and_then(|tower| tower.controls.as_ref()).map_or(0, Vec::len), "controls"),
        (census.administrators.services.len(), "delegated services"),
        (centre.and_then(|centre| centre.permission_sets.as_ref()).map_or(0, Vec::len), "permission sets"),
        (centre.and_then(|centre| centre.assignments.as_ref()).map_or(0, Vec::len), "assignments"),
    ];
    let counted: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what): (usize, &str)| format!("{count} {what}"))
        .collect();
    let zone = match tower {
        Some(tower) => format!("landing zone {}", tower.version),
        None => "no landing zone".to_owned(),
    };
    let _ = writeln!(out, "{}: {zone}, {}.", organization.id, counted.join(", "));
    for gap in &census.gaps {
        let _ = writeln!(out, "warning: could not be read: {gap}");
    }
    out
}
