//! Puts a landing zone into a world as if it had been there before: for rehearsals that begin from a live organization.
//!
//! In: what is governed, as read from AWS; the organization, its units and accounts are in the world already. Out: the
//! same state and effects that the operations would have left, without operations to list. Absent: checks of what AWS
//! accepted at that time; an old version or a drifted unit is taken as it is.

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::world::World;

use super::state::{
    EnabledBaseline, EnabledControl, Enablement, LandingZone, Operation, OperationKind, OperationStatus,
    Wanted, ZoneStatus,
};
use super::{control_effects, estate, registration, zone_effects};

/// A landing zone that exists.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its ARN; a new one if it does not matter.
    pub arn: Option<String>,
    /// Home Region.
    pub home: String,
    /// Version, e.g. `3.3`.
    pub version: String,
    /// Manifest, as GetLandingZone gave it.
    pub manifest: Value,
    /// Whether auto-enrolment is on.
    pub auto_enroll: bool,
    /// Baselines on units, parents before children.
    pub baselines: Vec<SeededBaseline>,
    /// Controls on units.
    pub controls: Vec<SeededControl>,
}

/// A baseline on a unit; the accounts in the unit have it too.
#[derive(Debug, Clone)]
pub struct SeededBaseline {
    /// ARN of the enabled baseline; a new one if it does not matter.
    pub arn: Option<String>,
    /// Name, e.g. `AWSControlTowerBaseline`.
    pub baseline: String,
    /// Version, e.g. `5.0`.
    pub version: String,
    /// Id of the unit.
    pub unit: String,
    /// Parameters, as GetEnabledBaseline gave them.
    pub parameters: Vec<Value>,
}

/// A control on a unit.
#[derive(Debug, Clone)]
pub struct SeededControl {
    /// ARN of the enabled control; a new one if it does not matter.
    pub arn: Option<String>,
    /// ARN of the control.
    pub control: String,
    /// Id of the unit.
    pub unit: String,
    /// Parameters, as GetEnabledControl gave them.
    pub parameters: Vec<Value>,
}

/// Puts the landing zone into the world.
///
/// # Errors
/// In words: there is no organization, the manifest does not fit its version, an integration account or a unit is
/// missing.
pub fn seed(world: &mut World, seed: &Seed) -> Result<(), String> {
    let organization = estate::organization(world).ok_or("There is no organization to govern.")?;
    let management = organization.management;
    let arn = match &seed.arn {
        Some(arn) => arn.clone(),
        None => {
            format!("arn:aws:controltower:{}:{management}:landingzone/{}", seed.home, world.ids.upper(16))
        }
    };
    world.control_tower.zone = Some(LandingZone {
        arn: arn.clone(),
        account: management.clone(),
        home: seed.home.clone(),
        version: seed.version.clone(),
        manifest: seed.manifest.clone(),
        auto_enroll: seed.auto_enroll,
        status: ZoneStatus::Active,
        established: false,
        revision: 0,
        security_unit: None,
        foundational_units: Vec::new(),
        trusted_access_lost: false,
    });
    let now = world.time;
    let result = zone_effects::apply(world, &done(OperationKind::Create, &arn, now), now);
    if let Err(words) = result {
        world.control_tower.zone = None;
        return Err(words);
    }
    for baseline in &seed.baselines {
        put_baseline(world, seed, &management, baseline, now)?;
    }
    for control in &seed.controls {
        put_control(world, seed, &management, control, now)?;
    }
    Ok(())
}

fn put_baseline(
    world: &mut World,
    seed: &Seed,
    management: &str,
    wanted: &SeededBaseline,
    now: Timestamp,
) -> Result<(), String> {
    let unit = estate::unit(world, &wanted.unit).ok_or_else(|| missing(&wanted.unit))?;
    let arn = match &wanted.arn {
        Some(arn) => arn.clone(),
        None => registration::new_arn(world, &seed.home, management),
    };
    let enabled = EnabledBaseline {
        arn: arn.clone(),
        baseline: wanted.baseline.clone(),
        version: wanted.version.clone(),
        target: unit.arn,
        target_id: unit.id,
        parent: None,
        status: Enablement::Succeeded,
        last_operation: None,
        parameters: wanted.parameters.clone(),
        revision: 0,
    };
    world.control_tower.enabled_baselines.insert(arn.clone(), enabled);
    registration::apply(world, &done(OperationKind::EnableBaseline, &arn, now), now)
}

fn put_control(
    world: &mut World,
    seed: &Seed,
    management: &str,
    wanted: &SeededControl,
    now: Timestamp,
) -> Result<(), String> {
    let unit = estate::unit(world, &wanted.unit).ok_or_else(|| missing(&wanted.unit))?;
    let arn = match &wanted.arn {
        Some(arn) => arn.clone(),
        None => control_effects::new_arn(world, &seed.home, management),
    };
    let enabled = EnabledControl {
        arn: arn.clone(),
        control: wanted.control.clone(),
        target: unit.arn,
        target_id: unit.id,
        parent: None,
        status: Enablement::Succeeded,
        last_operation: None,
        parameters: wanted.parameters.clone(),
        deployed: true,
        ineffective: false,
    };
    world.control_tower.enabled_controls.insert(arn.clone(), enabled);
    control_effects::apply(world, &done(OperationKind::EnableControl, &arn, now), now)
}

fn missing(unit: &str) -> String {
    format!("There is no organizational unit {unit}.")
}

/// An operation that only carries its subject; it is not kept.
fn done(kind: OperationKind, subject: &str, now: Timestamp) -> Operation {
    Operation {
        id: String::new(),
        serial: 0,
        kind,
        status: OperationStatus::InProgress,
        started: now,
        due: None,
        ended: None,
        message: None,
        doomed: None,
        subject: subject.to_owned(),
        wanted: Wanted::default(),
    }
}
