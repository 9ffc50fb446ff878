//! Which baseline may go on which unit, in which version, with which parameters.
//!
//! In: the world, a row of the table, a unit. Out: nothing, or the refusal. Absent: what happens then (`registration`),
//! and what AWS finds only while it works (`prechecks`).

use serde_json::Value;

use crate::sim::error::AwsError;
use crate::sim::world::World;

use super::catalogue::Baseline;
use super::estate::{self, Unit};
use super::manifest::Settings;
use super::refusal::validation;
use super::registration::{self, REGISTERING};
use super::state::{EnabledBaseline, LandingZone};

/// Parameter of AWSControlTowerBaseline that names the enabled IdentityCenterBaseline
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/walkthrough-baseline-steps.html>).
const IDENTITY_CENTER: &str = "IdentityCenterEnabledBaselineArn";

/// The landing zone has this baseline, and the integration it needs is on
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html>).
pub(super) fn available(zone: &LandingZone, baseline: &Baseline) -> Result<(), AwsError> {
    let enabled = Settings::read(&zone.version, Some(&zone.manifest))
        .is_ok_and(|settings| settings.enabled(baseline.integration));
    if baseline.version_for(&zone.version).is_none() || !enabled {
        return Err(validation(format!(
            "The baseline '{}' cannot be enabled because the {} integration of landing zone version {} is not enabled.",
            baseline.name,
            baseline.integration.key(),
            zone.version
        )));
    }
    Ok(())
}

/// A new unit takes the latest version compatible with the landing zone; older ones can only stay
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/table-of-baselines.html>).
pub(super) fn newest_version(zone: &LandingZone, baseline: &Baseline, version: &str) -> Result<(), AwsError> {
    match baseline.version_for(&zone.version) {
        Some(newest) if newest == version => Ok(()),
        newest => Err(validation(format!(
            "The version {version} of the baseline '{}' is not compatible with landing zone version {}; the compatible version is {}.",
            baseline.name,
            zone.version,
            newest.unwrap_or("none")
        ))),
    }
}

/// The parameters are exactly those the landing zone wants: the enabled IdentityCenterBaseline, if there is one.
pub(super) fn check_parameters(
    world: &World,
    baseline: &Baseline,
    parameters: &[Value],
) -> Result<(), AwsError> {
    let wanted = world
        .control_tower
        .enabled_baselines
        .values()
        .find(|enabled| enabled.baseline == "IdentityCenterBaseline")
        .map(|enabled| enabled.arn.as_str())
        .filter(|_| baseline.name == REGISTERING);
    // No parameter of another name is documented for any baseline.
    if let Some(unknown) = parameters.iter().find(|parameter| parameter["key"] != IDENTITY_CENTER) {
        return Err(validation(format!(
            "The parameter {} is not valid for the baseline '{}'.",
            unknown["key"], baseline.name
        )));
    }
    let given: Vec<&str> = parameters.iter().filter_map(|parameter| parameter["value"].as_str()).collect();
    match (wanted, given.as_slice()) {
        (None, []) if parameters.is_empty() => Ok(()),
        (Some(wanted), [given]) if wanted == *given => Ok(()),
        (Some(_), []) => Err(validation(format!(
            "The parameter {IDENTITY_CENTER} is required because the baseline 'IdentityCenterBaseline' is enabled."
        ))),
        (Some(wanted), _) => {
            Err(validation(format!("The value of the parameter {IDENTITY_CENTER} must be {wanted}.")))
        }
        (None, _) => Err(validation(format!(
            "The parameter {IDENTITY_CENTER} cannot be given for the baseline '{}' in this landing zone.",
            baseline.name
        ))),
    }
}

/// Neither registering baseline goes on the Security unit or below it; BackupBaseline may go on it
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html>,
/// <https://docs.aws.amazon.com/controltower/latest/userguide/nested-ous.html>).
pub(super) fn outside_security_unit(
    world: &World,
    zone: &LandingZone,
    baseline: &Baseline,
    unit: &Unit,
) -> Result<(), AwsError> {
    let Some(security) = &zone.security_unit else {
        return Ok(());
    };
    if unit.id == *security && baseline.name != "BackupBaseline" {
        // Words quoted in https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/512.
        return Err(validation(format!(
            "The baseline '{}' cannot be enabled on the Security OU",
            baseline.name
        )));
    }
    if estate::ancestors(world, &unit.id).contains(security) {
        return Err(validation(format!(
            "The baseline '{}' cannot be enabled on an organizational unit nested under the Security OU",
            baseline.name
        )));
    }
    Ok(())
}

/// Which baselines go together on a unit (<https://docs.aws.amazon.com/controltower/latest/userguide/types-of-baselines.html>),
/// and that every unit above was registered once (<https://docs.aws.amazon.com/controltower/latest/userguide/nested-ous.html>).
pub(super) fn compatible(
    world: &World,
    zone: &LandingZone,
    baseline: &Baseline,
    unit: &Unit,
) -> Result<(), AwsError> {
    let state = &world.control_tower;
    if baseline.name == "BackupBaseline" {
        if zone.security_unit.as_ref() == Some(&unit.id) || registration::is_registered(world, &unit.id) {
            return Ok(());
        }
        return Err(validation(format!(
            "The baseline 'BackupBaseline' cannot be enabled because the baseline '{REGISTERING}' is not enabled on {}.",
            unit.arn
        )));
    }
    let other = if baseline.name == REGISTERING { "ConfigBaseline" } else { REGISTERING };
    if state.on_unit(&unit.id, other).is_some() {
        return Err(validation(format!(
            "The baseline '{}' cannot be enabled because the baseline '{other}' is enabled on this target.",
            baseline.name
        )));
    }
    let unregistered = estate::ancestors(world, &unit.id)
        .into_iter()
        .find(|above| estate::unit(world, above).is_some() && !state.ever_registered.contains(above));
    match unregistered {
        None => Ok(()),
        Some(above) => Err(validation(format!(
            "The baseline '{}' cannot be enabled because the parent organizational unit {above} is not registered with AWS Control Tower.",
            baseline.name
        ))),
    }
}

/// "Update parent first" (<https://docs.aws.amazon.com/controltower/latest/userguide/table-of-baselines.html>).
pub(super) fn parent_is_current(
    world: &World,
    baseline: &Baseline,
    enabled: &EnabledBaseline,
    version: &str,
) -> Result<(), AwsError> {
    let behind = estate::ancestors(world, &enabled.target_id).into_iter().find(|above| {
        world
            .control_tower
            .on_unit(above, &enabled.baseline)
            .is_some_and(|parent| baseline.release_order(&parent.version) < baseline.release_order(version))
    });
    match behind {
        None => Ok(()),
        Some(above) => {
            Err(validation(format!("Update the baseline on the parent organizational unit {above} first.")))
        }
    }
}
