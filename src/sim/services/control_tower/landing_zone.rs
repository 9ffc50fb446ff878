//! CreateLandingZone, UpdateLandingZone, ResetLandingZone, DeleteLandingZone: what is checked before each begins.
//!
//! In: requests. Out: an operation id and a landing zone in `PROCESSING`. Absent: what is true when the operation ends
//! (`zone_effects`) and the readers (`zone_reads`).

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::estate::{self, Organization};
use super::manifest::{self, Integration, ManifestFault, Settings};
use super::operations::{self, Beginning};
use super::prerequisites::{self, Site};
use super::refusal::{ANOTHER_EXECUTION, conflict, validation};
use super::state::{Family, LandingZone, OperationKind, Wanted, ZoneStatus};
use super::{gate, tags, zone_keys};

/// The first version ResetLandingZone and in-place updates work on
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/lz-api-reset.html>).
const OLDEST_KEPT: &str = "3.1";

impl From<ManifestFault> for AwsError {
    fn from(fault: ManifestFault) -> Self {
        validation(fault.to_string())
    }
}

/// CreateLandingZone. A second call is a conflict, also after a failed creation: whether AWS lets it be called again
/// then is UNSOURCED, and ResetLandingZone is what its own accelerator uses.
pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = gate::governed_organization(world, request)?;
    if world.control_tower.zone.is_some() {
        let busy = world.control_tower.in_progress(Family::Zone).next().is_some();
        let existing = "A landing zone already exists in this organization.";
        return Err(conflict(if busy { ANOTHER_EXECUTION } else { existing }));
    }
    let version = request.required("version");
    latest_only(version)?;
    let settings = Settings::read(version, request.input.get("manifest"))?;
    never_another_home(world, request)?;
    prerequisites::no_trusted_access_for_config(world)?;
    let site = site(&organization, request, version, &settings);
    if settings.security_unit().is_some() {
        prerequisites::unit_names_free(world, &site)?;
    }
    prerequisites::accounts(world, &site)?;
    prerequisites::identity_center(world, &site)?;
    zone_keys::check(world, &site)?;
    prerequisites::roles(world, &site)?;
    let doomed = zone_keys::doomed(world, &site);

    let id = world.ids.upper(16);
    let arn = format!("arn:aws:controltower:{}:{}:landingzone/{id}", request.region, organization.management);
    let manifest = request.input.get("manifest").cloned().unwrap_or_else(|| json!({}));
    let auto_enroll = asks_for_auto_enrolment(request);
    world.control_tower.zone = Some(LandingZone {
        arn: arn.clone(),
        account: organization.management.clone(),
        home: request.region.clone(),
        version: version.to_owned(),
        manifest: manifest.clone(),
        auto_enroll,
        status: ZoneStatus::Processing,
        established: false,
        revision: 0,
        security_unit: None,
        foundational_units: Vec::new(),
        trusted_access_lost: false,
    });
    tags::put(world, &arn, request.input.get("tags"));
    let beginning = Beginning {
        wanted: wanted(version, manifest, auto_enroll),
        doomed,
        ..Beginning::new(OperationKind::Create, arn.as_str())
    };
    let operation = operations::begin(world, request.now, beginning);
    Ok(json!({ "arn": arn, "operationIdentifier": operation }))
}

/// UpdateLandingZone: the same version with other settings, or a newer version of choice
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/2024-all.html>, "lz-version-select").
pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = gate::governed_organization(world, request)?;
    let zone = gate::named_zone(world, request)?.clone();
    gate::zone_idle(world)?;
    let version = request.required("version");
    forwards_only(&zone.version, version)?;
    // UNSOURCED: an omitted manifest leaves the settings as they are.
    let manifest = request.input.get("manifest").cloned().unwrap_or_else(|| zone.manifest.clone());
    let settings = Settings::read(version, Some(&manifest))?;
    let before = Settings::read(&zone.version, Some(&zone.manifest)).unwrap_or_default();
    if zone.version != version {
        upgrade_keeps_config(&before, &settings)?;
    }
    switched_off_only_when_unused(world, &settings)?;
    let site = site(&organization, request, version, &settings);
    prerequisites::accounts(world, &site)?;
    prerequisites::identity_center(world, &site)?;
    zone_keys::check(world, &site)?;
    prerequisites::roles(world, &site)?;
    let doomed = zone_keys::doomed(world, &site);
    // UNSOURCED: omitting remediationTypes switches auto-enrolment off; the list cannot be empty, so nothing else can.
    let auto_enroll = asks_for_auto_enrolment(request);
    let beginning = Beginning {
        wanted: wanted(version, manifest, auto_enroll),
        doomed,
        ..Beginning::new(OperationKind::Update, zone.arn)
    };
    Ok(proceed(world, request, beginning))
}

/// ResetLandingZone: applies the stored version and manifest again.
pub(super) fn reset(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = gate::governed_organization(world, request)?;
    let zone = gate::named_zone(world, request)?.clone();
    gate::zone_idle(world)?;
    if manifest::release_order(&zone.version) < manifest::release_order(OLDEST_KEPT) {
        return Err(validation(format!(
            "ResetLandingZone requires landing zone version {OLDEST_KEPT} or later."
        )));
    }
    let settings = Settings::read(&zone.version, Some(&zone.manifest))?;
    let site = site(&organization, request, &zone.version, &settings);
    prerequisites::roles(world, &site)?;
    let doomed = prerequisites::accounts(world, &site)
        .err()
        .map(|refusal| refusal.message)
        .or_else(|| zone_keys::doomed(world, &site));
    let beginning = Beginning { doomed, ..Beginning::new(OperationKind::Reset, zone.arn) };
    Ok(proceed(world, request, beginning))
}

/// DeleteLandingZone. The model marks it idempotent: a repeat while it runs answers with the same operation.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let zone = gate::named_zone(world, request)?.clone();
    let running = world
        .control_tower
        .in_progress(Family::Zone)
        .find(|operation| operation.kind == OperationKind::Delete)
        .map(|operation| operation.id.clone());
    if let Some(id) = running {
        return Ok(json!({ "operationIdentifier": id }));
    }
    gate::zone_idle(world)?;
    // It fails, and can be tried again, while BackupBaseline is enabled on a unit
    // (https://docs.aws.amazon.com/controltower/latest/userguide/how-to-decommission.html). UNSOURCED words.
    let backed_up =
        world.control_tower.enabled_baselines.values().any(|enabled| enabled.baseline == "BackupBaseline");
    let doomed = backed_up.then(|| {
        "AWS Control Tower cannot decommission your landing zone while BackupBaseline is enabled on an organizational unit.".to_owned()
    });
    let beginning = Beginning { doomed, ..Beginning::new(OperationKind::Delete, zone.arn) };
    Ok(proceed(world, request, beginning))
}

fn proceed(world: &mut World, request: &Request, beginning: Beginning) -> Value {
    let operation = operations::begin(world, request.now, beginning);
    if let Some(zone) = &mut world.control_tower.zone {
        zone.status = ZoneStatus::Processing;
    }
    json!({ "operationIdentifier": operation })
}

fn site<'a>(
    organization: &'a Organization,
    request: &'a Request,
    version: &'a str,
    settings: &'a Settings,
) -> Site<'a> {
    Site { organization, home: &request.region, version, settings, now: request.now }
}

fn wanted(version: &str, manifest: Value, auto_enroll: bool) -> Wanted {
    Wanted {
        version: Some(version.to_owned()),
        manifest: Some(manifest),
        auto_enroll: Some(auto_enroll),
        ..Wanted::default()
    }
}

fn asks_for_auto_enrolment(request: &Request) -> bool {
    request.list("remediationTypes").iter().any(|kind| kind.as_str() == Some("INHERITANCE_DRIFT"))
}

/// <https://docs.aws.amazon.com/controltower/latest/userguide/walkthrough-api-setup.html>, step 4. UNSOURCED words.
fn latest_only(version: &str) -> Result<(), AwsError> {
    let latest = manifest::latest_version();
    if version == latest {
        return Ok(());
    }
    Err(validation(format!(
        "The landing zone version {version} is not valid. Create the landing zone with the latest version, {latest}."
    )))
}

/// No downgrade and no rollback
/// (<https://docs.aws.amazon.com/controltower/latest/APIReference/API_ResetLandingZone.html>). UNSOURCED words.
fn forwards_only(current: &str, version: &str) -> Result<(), AwsError> {
    match manifest::release_order(version) {
        None => Err(validation(format!("The landing zone version {version} is not valid."))),
        Some(place) if Some(place) < manifest::release_order(current) => Err(validation(format!(
            "The landing zone cannot be changed from version {current} to the earlier version {version}."
        ))),
        Some(_) => Ok(()),
    }
}

/// <https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html>. UNSOURCED words.
fn upgrade_keeps_config(before: &Settings, after: &Settings) -> Result<(), AwsError> {
    for integration in [Integration::Config, Integration::SecurityRoles] {
        if before.enabled(integration) && !after.enabled(integration) {
            return Err(validation(format!(
                "The {} integration cannot be disabled in the update that changes the landing zone version.",
                integration.key()
            )));
        }
    }
    Ok(())
}

/// An integration stays on while a unit has a baseline that needs it: BackupBaseline must be off everywhere before
/// `backup` (<https://docs.aws.amazon.com/controltower/latest/userguide/stop-backups.html>). The same for `config` is
/// UNSOURCED, as are the words.
fn switched_off_only_when_unused(world: &World, after: &Settings) -> Result<(), AwsError> {
    for enabled in world.control_tower.enabled_baselines.values() {
        let needed = super::catalogue::named(&enabled.baseline)
            .filter(|baseline| baseline.scope == super::catalogue::Scope::Unit)
            .map(|baseline| baseline.integration);
        if let Some(integration) = needed.filter(|integration| !after.enabled(*integration)) {
            return Err(validation(format!(
                "The {} integration cannot be disabled while {} is enabled on {}.",
                integration.key(),
                enabled.baseline,
                enabled.target
            )));
        }
    }
    Ok(())
}

/// Setting up in another Region after a decommission needs the trusted access of the first to be switched off
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/known-issues-decommissioning.html>). UNSOURCED words.
fn never_another_home(world: &World, request: &Request) -> Result<(), AwsError> {
    let moved = world.control_tower.former_home.as_ref().is_some_and(|home| *home != request.region);
    if moved && estate::has_service_access(world, "controltower.amazonaws.com") {
        return Err(validation(
            "AWS Control Tower was set up in another Region before. Disable trusted access for controltower.amazonaws.com and try again.",
        ));
    }
    Ok(())
}
