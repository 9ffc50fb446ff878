//! What a landing-zone operation leaves behind in the organization and its accounts.
//!
//! In: the operation, at its end. Out: units (3.x), accounts in place, service access, roles, landing-zone baselines,
//! delegated administrators; or the reason why it failed. AWS does not roll a failed update back
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html>); here what can fail is checked
//! first, so a failure leaves things as they were. Absent: resources inside accounts other than roles.

use jiff::Timestamp;

use crate::sim::world::World;

use super::catalogue::{self, Baseline, Scope};
use super::estate::{self, Organization};
use super::manifest::{Integration, Settings};
use super::prerequisites::{self, Site};
use super::state::{EnabledBaseline, Enablement, LandingZone, Operation, OperationKind};
use super::{access, acts, backups, guardrails, logging, recording, registration};

/// Trusted access a landing zone wants, always or for an integration. Control Tower's own
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-CTower.html>); Config,
/// CloudTrail and StackSets by its service role
/// (<https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSControlTowerServiceRolePolicy.html>); Identity
/// Center and Backup by the caller's rights. UNSOURCED: that this is the complete list.
const SERVICE_ACCESS: [(&str, Option<Integration>); 6] = [
    ("controltower.amazonaws.com", None),
    ("member.org.stacksets.cloudformation.amazonaws.com", None),
    ("config.amazonaws.com", Some(Integration::Config)),
    ("cloudtrail.amazonaws.com", Some(Integration::CentralizedLogging)),
    ("sso.amazonaws.com", Some(Integration::AccessManagement)),
    ("backup.amazonaws.com", Some(Integration::Backup)),
];

/// Carries a creation, update or reset out.
pub(super) fn apply(world: &mut World, operation: &Operation, now: Timestamp) -> Result<(), String> {
    let Some(before) = world.control_tower.zone.clone() else {
        return Err("The landing zone is gone.".to_owned());
    };
    let organization = estate::organization(world).ok_or("The organization is gone.")?;
    let mut zone = before.clone();
    let wanted = &operation.wanted;
    zone.version = wanted.version.clone().unwrap_or(zone.version);
    zone.manifest = wanted.manifest.clone().unwrap_or(zone.manifest);
    zone.auto_enroll = wanted.auto_enroll.unwrap_or(zone.auto_enroll);
    let settings = Settings::read(&zone.version, Some(&zone.manifest)).map_err(|fault| fault.to_string())?;
    let (home, version) = (zone.home.clone(), zone.version.clone());
    let site = Site { organization: &organization, home: &home, version: &version, settings: &settings, now };
    // The world may have changed while the operation ran.
    prerequisites::accounts(world, &site).map_err(|refusal| refusal.message)?;
    place_units(world, &organization, &settings, &mut zone, now)?;
    if zone.security_unit.is_none() || settings.security_unit().is_none() {
        zone.security_unit = prerequisites::shared_unit(world, &site).map_err(|refusal| refusal.message)?;
    }
    for (principal, integration) in SERVICE_ACCESS {
        if integration.is_none_or(|integration| settings.enabled(integration)) {
            acts::enable_service_access(world, principal, now)?;
        }
    }
    for (_, account) in settings.integration_accounts() {
        acts::ensure_execution_role(world, account, &organization.management, now);
    }
    if zone.version != before.version || zone.manifest != before.manifest {
        zone.revision += 1;
    }
    if operation.kind == OperationKind::Reset {
        zone.trusted_access_lost = false;
    }
    zone.established = true;
    let security = zone.security_unit.clone();
    world.control_tower.zone = Some(zone.clone());
    align_baselines(world, &zone, &settings);
    delegate(world, &before, &zone, &settings, now)?;
    access::set_up(world, &zone, &settings, now)?;
    recording::set_up(world, &zone, &settings, now);
    logging::set_up(world, &zone, &settings, now);
    backups::set_up(world, &zone, &settings, now);
    for unit in security.into_iter().chain(registration::registered_units(world)) {
        guardrails::refresh(world, &unit, now)?;
    }
    super::enrolment::look(world);
    Ok(())
}

/// 3.x creates the Security unit, and the sandbox if asked for, and moves the shared accounts into the first; an
/// update or a reset creates a deleted one again and moves them back. 4.0 creates nothing
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html>). UNSOURCED: whether 3.x moves
/// the backup accounts itself; it does here, because they live in the Security unit afterwards.
fn place_units(
    world: &mut World,
    organization: &Organization,
    settings: &Settings,
    zone: &mut LandingZone,
    now: Timestamp,
) -> Result<(), String> {
    let Some(security) = settings.security_unit() else {
        zone.foundational_units.clear();
        return Ok(());
    };
    let alive = |world: &World, unit: &Option<String>| {
        unit.as_ref().is_some_and(|unit| estate::unit(world, unit).is_some())
    };
    if !alive(world, &zone.security_unit) {
        zone.security_unit = Some(unit_named(world, organization, security)?);
    }
    let mut units: Vec<String> = zone.security_unit.iter().cloned().collect();
    if let Some(sandbox) = settings.sandbox_unit() {
        units.push(unit_named(world, organization, sandbox)?);
    }
    zone.foundational_units = units;
    if let Some(unit) = zone.security_unit.clone() {
        for (_, account) in settings.integration_accounts() {
            acts::move_account(world, account, &unit, now)?;
        }
    }
    Ok(())
}

fn unit_named(world: &mut World, organization: &Organization, name: &str) -> Result<String, String> {
    let existing = estate::child_units(world, &organization.root).into_iter().find(|unit| unit.name == name);
    match existing {
        Some(unit) => Ok(unit.id),
        None => acts::create_unit(world, &organization.root, name),
    }
}

/// Enables the baselines of the integrations that are on and removes those of the others.
fn align_baselines(world: &mut World, zone: &LandingZone, settings: &Settings) {
    for baseline in catalogue::baselines().iter().filter(|baseline| baseline.scope == Scope::Zone) {
        let version = baseline.version_for(&zone.version).filter(|_| settings.enabled(baseline.integration));
        let account = target_account(baseline, zone, settings);
        let existing = world
            .control_tower
            .enabled_baselines
            .values()
            .find(|enabled| enabled.baseline == baseline.name)
            .map(|enabled| (enabled.arn.clone(), enabled.target_id.clone()));
        let keep = existing
            .as_ref()
            .is_some_and(|(_, target)| version.is_some() && account.as_ref() == Some(target));
        if let Some((arn, _)) = existing.filter(|_| !keep) {
            world.control_tower.enabled_baselines.remove(&arn);
            world.control_tower.tags.remove(&arn);
        }
        if let (false, Some(version), Some(account)) = (keep, version, account)
            && let Some(target) = estate::account_arn(world, &account)
        {
            enable(world, zone, baseline, version, (account, target));
        }
    }
}

fn target_account(baseline: &Baseline, zone: &LandingZone, settings: &Settings) -> Option<String> {
    match baseline.target.as_deref() {
        Some("management") => Some(zone.account.clone()),
        Some(path) => settings.text(path).map(str::to_owned),
        None => None,
    }
}

fn enable(
    world: &mut World,
    zone: &LandingZone,
    baseline: &Baseline,
    version: &str,
    target: (String, String),
) {
    let arn = registration::new_arn(world, &zone.home, &zone.account);
    let enabled = EnabledBaseline {
        arn: arn.clone(),
        baseline: baseline.name.clone(),
        version: version.to_owned(),
        target_id: target.0,
        target: target.1,
        parent: None,
        status: Enablement::Succeeded,
        last_operation: None,
        parameters: Vec::new(),
        revision: zone.revision,
    };
    world.control_tower.enabled_baselines.insert(arn, enabled);
}

/// The accounts that administer a service for the organization: Config from 4.0 on
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/config-updates-v4.html>), Backup
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/backup-resources.html>).
fn delegations(zone: &LandingZone, settings: &Settings) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    if settings.security_unit().is_none() && settings.enabled(Integration::Config) {
        out.extend(
            settings.text("config.accountId").map(|account| ("config.amazonaws.com", account.to_owned())),
        );
    }
    if settings.enabled(Integration::Backup) {
        let admin = settings.text("backup.configurations.backupAdmin.accountId");
        out.extend(admin.map(|account| ("backup.amazonaws.com", account.to_owned())));
    }
    out.retain(|(_, account)| *account != zone.account);
    out
}

fn delegate(
    world: &mut World,
    before: &LandingZone,
    zone: &LandingZone,
    settings: &Settings,
    now: Timestamp,
) -> Result<(), String> {
    let wanted = delegations(zone, settings);
    if before.established
        && let Ok(old) = Settings::read(&before.version, Some(&before.manifest))
    {
        for (service, account) in delegations(before, &old) {
            if !wanted.contains(&(service, account.clone())) {
                acts::undelegate(world, service, &account);
            }
        }
    }
    for (service, account) in wanted {
        acts::delegate(world, service, &account, now)?;
    }
    Ok(())
}

/// Takes the landing zone away. Units, accounts, buckets, Identity Center and the trusted access of Control Tower stay
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/how-to-decommission.html>). UNSOURCED: that the trusted
/// access for AWS Config goes; a new setup demands that it is off.
pub(super) fn decommission(world: &mut World) {
    let Some(zone) = world.control_tower.zone.take() else {
        return;
    };
    if let Ok(settings) = Settings::read(&zone.version, Some(&zone.manifest)) {
        for (service, account) in delegations(&zone, &settings) {
            acts::undelegate(world, service, &account);
        }
    }
    recording::withdraw(world, &zone);
    logging::withdraw(world, &zone);
    let guarded: Vec<String> = world.control_tower.guardrails.keys().cloned().collect();
    world.control_tower.enabled_baselines.clear();
    world.control_tower.enabled_controls.clear();
    world.control_tower.tags.clear();
    world.control_tower.enrolments.clear();
    world.control_tower.ever_registered.clear();
    for unit in guarded {
        guardrails::withdraw(world, &unit);
    }
    acts::disable_service_access(world, "config.amazonaws.com");
    world.control_tower.former_home = Some(zone.home);
}
