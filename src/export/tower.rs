//! What of Control Tower a document can speak of: a landing zone of a version that it knows,
//! and what hangs on it.

use crate::catalog::baselines::{self as catalogue, Baseline as Row};
use crate::export::names::Names;
use crate::model::unit_path::UnitPath;
use crate::observe::census::Census;
use crate::observe::census::control_tower::{Baseline, Control, ControlTower};

use std::collections::{BTreeMap, BTreeSet};

/// Control Tower as far as the document goes.
#[derive(Debug, Default)]
pub(super) struct Tower<'c> {
    /// The landing zone, when its version is known.
    pub(super) zone: Option<&'c ControlTower>,
    /// The path of the Security unit.
    pub(super) security: Option<String>,
    /// Baselines that the document can list, by the unit's id, in the order of the catalogue.
    pub(super) baselines: BTreeMap<&'c str, Vec<(&'static Row, &'c Baseline)>>,
    /// Controls, by the unit's id.
    pub(super) controls: BTreeMap<&'c str, Vec<&'c Control>>,
}

impl<'c> Tower<'c> {
    pub(super) fn of(census: &'c Census, names: &Names, remarks: &mut Vec<String>) -> Self {
        let Some(live) = &census.control_tower else { return Self::default() };
        let mut controls: BTreeMap<&str, Vec<&Control>> = BTreeMap::new();
        for control in live.controls.iter().flatten() {
            controls.entry(&control.unit).or_default().push(control);
        }
        if !catalogue::known_landing_zones().contains(&live.version) {
            let known = catalogue::known_landing_zones().join(", ");
            remarks.push(format!(
                "the landing zone and its baselines: its version is {}, and a document knows {known}",
                live.version
            ));
            return Self { controls, ..Self::default() };
        }
        let security = security_unit(census, live, names);
        let baselines = expressible(live, names, security.as_deref(), remarks);
        Self { zone: Some(live), security, baselines, controls }
    }

    /// Whether a landing zone's manifest is that of 3.x.
    pub(super) fn is_classic(&self) -> bool {
        self.zone.is_some_and(|zone| zone.version.starts_with("3."))
    }

    /// Whether accounts that move into a registered unit are enrolled by themselves.
    pub(super) fn enrols(&self) -> bool {
        self.zone.is_some_and(|zone| zone.remediation_types == [INHERITANCE])
    }

    /// A text or number of the manifest, by its path.
    pub(super) fn said(&self, pointer: &str) -> Option<&'c serde_json::Value> {
        self.zone?.manifest.pointer(pointer)
    }

    /// The ids of the accounts that its integrations use.
    pub(super) fn integration_accounts(&self) -> BTreeSet<&'c str> {
        let sections = ["centralizedLogging", "config", "securityRoles"];
        let on = |section: &str| {
            self.said(&format!("/{section}/enabled")).and_then(|on| on.as_bool()) != Some(false)
        };
        let single =
            sections.into_iter().filter(|section| on(section)).map(|section| format!("/{section}/accountId"));
        let backup =
            ["backupAdmin", "centralBackup"].map(|who| format!("/backup/configurations/{who}/accountId"));
        let backup = backup.into_iter().filter(|_| on("backup"));
        single.chain(backup).filter_map(|pointer| self.said(&pointer)?.as_str()).collect()
    }
}

/// The remediation type that stands for automatic enrolment.
pub(super) const INHERITANCE: &str = "INHERITANCE_DRIFT";

/// The path of the unit that holds the integration accounts: in 3.x the manifest names it,
/// later it is where the accounts are.
fn security_unit(census: &Census, zone: &ControlTower, names: &Names) -> Option<String> {
    let named = zone.manifest.pointer("/organizationStructure/security/name").and_then(|name| name.as_str());
    if let Some(name) = named {
        return Some(name.to_owned());
    }
    let tower = Tower { zone: Some(zone), ..Tower::default() };
    let accounts = tower.integration_accounts();
    let of_accounts = census.accounts.iter().filter(|account| accounts.contains(account.id.as_str()));
    // Moved away one by one, most of them still tell it.
    let mut held: BTreeMap<&str, usize> = BTreeMap::new();
    for parent in of_accounts.filter_map(|account| account.parent.as_deref()) {
        *held.entry(parent).or_default() += 1;
    }
    let top = |id: &str| names.unit(id).filter(|path| !path.contains('/'));
    let most = held.into_iter().filter(|(id, _)| top(id).is_some()).max_by_key(|(_, count)| *count);
    most.and_then(|(id, _)| top(id)).map(str::to_owned)
}

/// The baselines that the document's rules allow to be listed; remarks on the others.
fn expressible<'c>(
    zone: &'c ControlTower,
    names: &Names,
    security: Option<&str>,
    remarks: &mut Vec<String>,
) -> BTreeMap<&'c str, Vec<(&'static Row, &'c Baseline)>> {
    let mut listed: BTreeMap<&str, Vec<(&'static Row, &Baseline)>> = BTreeMap::new();
    let mut told = |baseline: &Baseline, why: &str| {
        let unit = names.unit(&baseline.unit).unwrap_or(&baseline.unit);
        remarks.push(format!("the baseline {} on {unit}: {why}", baseline.name));
    };
    for baseline in zone.baselines.iter().flatten() {
        let row = catalogue::all().iter().find(|row| row.name == baseline.name);
        let on_security = names.unit(&baseline.unit) == security && security.is_some();
        match row {
            None => told(baseline, "the document has no word for it"),
            Some(_) if names.unit(&baseline.unit).is_none() => told(baseline, "the unit is not there"),
            Some(row) if row.version_for(&zone.version).is_none() => {
                told(baseline, "it does not go with the version of the landing zone");
            }
            Some(row) if on_security && !row.on_security_unit => {
                told(baseline, "the landing zone governs the Security unit by itself");
            }
            Some(row) => listed.entry(&baseline.unit).or_default().push((row, baseline)),
        }
    }
    for all in listed.values_mut() {
        all.sort_by_key(|(row, _)| catalogue::all().iter().position(|other| other.word == row.word));
    }
    let registered = |listed: &BTreeMap<&str, Vec<(&'static Row, &Baseline)>>| -> BTreeSet<String> {
        let registers =
            |all: &&Vec<(&'static Row, &Baseline)>| all.iter().any(|(row, _)| !row.on_security_unit);
        let on = listed.iter().filter(|(_, all)| registers(all));
        on.filter_map(|(unit, _)| names.unit(unit).map(str::to_owned)).collect()
    };
    let paths = registered(&listed);
    let stands = |unit: &str| {
        let path: Option<UnitPath> = names.unit(unit).and_then(|path| path.parse().ok());
        path.is_some_and(|path| path.ancestors().all(|above| paths.contains(above.as_str())))
    };
    for (unit, all) in &mut listed {
        let on_security = names.unit(unit) == security && security.is_some();
        let words: BTreeSet<String> = all.iter().map(|(row, _)| row.word.clone()).collect();
        all.retain(|(row, baseline)| {
            if !on_security && !stands(unit) {
                told(baseline, "a unit above it is not registered");
                return false;
            }
            let lacks = row.needs.iter().any(|needed| !words.contains(needed));
            if lacks && !(on_security && row.on_security_unit) {
                told(baseline, "the baseline that it needs is not there");
            }
            !lacks || (on_security && row.on_security_unit)
        });
    }
    listed
}
