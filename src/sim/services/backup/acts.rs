//! What other services do in AWS Backup on their own behalf: make vaults, plans and reports in accounts.
//!
//! In: the world and what is wanted. Out: the change; what is there already stays as it is. Nothing here checks the rights
//! of a caller: these are the acts of AWS's services, e.g. Control Tower preparing an account.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::world::World;

use super::audit;
use super::global_settings::CROSS_ACCOUNT;
use super::plan_requests::OwnPlan;
use super::records::Spot;
use super::state::{Global, Tags, Vault, VaultKind};
use super::vaults;

/// A vault that a service wants to exist.
#[derive(Debug, Clone)]
pub(crate) struct WantedVault<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) name: &'a str,
    /// ARN of its key.
    pub(crate) key: Option<String>,
    pub(crate) policy: Option<&'a str>,
}

/// A plan with one selection that a service wants to exist.
#[derive(Debug, Clone)]
pub(crate) struct WantedPlan<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    /// `BackupPlan` of the API.
    pub(crate) document: Value,
    /// `BackupSelection` of the API.
    pub(crate) selection: Value,
    pub(crate) tags: Tags,
}

/// Lets the accounts of an organization copy to each other.
pub(crate) fn allow_copies(world: &mut World, organization: &str, now: Timestamp) {
    let fresh = Global { switches: Default::default(), updated: now };
    let global = world.backup.global.entry(organization.to_owned()).or_insert(fresh);
    if global.switches.insert(CROSS_ACCOUNT.to_owned(), true) != Some(true) {
        global.updated = now;
    }
}

/// Makes a vault unless one of the name exists.
pub(crate) fn ensure_vault(world: &mut World, wanted: &WantedVault<'_>, now: Timestamp) {
    let place = world.backup.place_mut(wanted.account, wanted.region);
    place.vaults.entry(wanted.name.to_owned()).or_insert_with(|| Vault {
        arn: vaults::arn(wanted.account, wanted.region, wanted.name),
        kind: VaultKind::Standard,
        key: wanted.key.clone(),
        created: now,
        ready: now,
        request_id: None,
        tags: Tags::new(),
        policy: wanted.policy.map(str::to_owned),
        lock: None,
        team: None,
        team_asked: None,
        notifications: None,
        points: Default::default(),
    });
}

/// Makes a plan unless one of its name exists.
pub(crate) fn ensure_plan(world: &mut World, wanted: WantedPlan<'_>, now: Timestamp) {
    let place = world.backup.place(wanted.account, wanted.region);
    let mut plans = place.into_iter().flat_map(|place| place.plans.values());
    if plans.any(|plan| plan.document["BackupPlanName"] == wanted.document["BackupPlanName"]) {
        return;
    }
    let [id, version, selected] = [world.ids.uuid(), world.ids.uuid(), world.ids.uuid()];
    let mut plan = OwnPlan::new(version, wanted.document, wanted.tags, now);
    plan.select(selected, wanted.selection, now);
    world.backup.place_mut(wanted.account, wanted.region).plans.insert(id, plan);
}

/// Takes plans from an account, in every Region.
pub(crate) fn remove_plans(world: &mut World, account: &str, names: &[&str]) {
    for accounts in world.backup.regions.values_mut() {
        if let Some(place) = accounts.get_mut(account) {
            place.plans.retain(|_, plan| !names.contains(&plan.name()));
        }
    }
}

/// Makes a report plan of every account's jobs unless one of the name exists.
pub(crate) fn ensure_report(
    world: &mut World,
    account: &str,
    region: &str,
    (name, template): (&str, &str),
    bucket: &str,
    now: Timestamp,
) {
    let spot = Spot { region: region.to_owned(), account: account.to_owned() };
    let content = json!({
        "ReportDeliveryChannel": { "S3BucketName": bucket },
        "ReportSetting": { "ReportTemplate": template, "Accounts": ["ROOT"], "Regions": ["*"] },
    });
    audit::ensure_report(world, &spot, name, content, now);
}
