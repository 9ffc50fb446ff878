//! Control Tower's part in AWS Config: which accounts record where, and what collects it.
//!
//! In: a landing zone whose Config integration is on, baselines on accounts. Out: recorders, channels and an aggregator,
//! which `config` keeps. The landing zone itself lets its integration accounts record; members record by
//! AWSControlTowerBaseline or ConfigBaseline of their unit; the management account never
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html>). From 4.0 on an aggregator of the
//! service in the Config account takes the place of the one in the management account
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/config-updates-v4.html>); its name is UNSOURCED. Absent: the
//! aggregator of single accounts that 3.x has in the audit account, and allow-lists of AWS's support.

use jiff::Timestamp;

use crate::sim::services::config::{self, Collector, Wanted};
use crate::sim::services::s3::{self, Bucket};
use crate::sim::world::World;

use super::manifest::{Integration, Settings};
use super::state::{Enablement, LandingZone};

/// The baselines that let an account record.
const RECORDING: [&str; 2] = ["AWSControlTowerBaseline", "ConfigBaseline"];

/// Whether a baseline lets accounts record.
pub(super) fn by(baseline: &str) -> bool {
    RECORDING.contains(&baseline)
}

/// The home Region and the governed Regions.
pub(super) fn regions(home: &str, settings: &Settings) -> Vec<String> {
    let mut regions = settings.governed_regions();
    regions.push(home.to_owned());
    regions.sort();
    regions.dedup();
    regions
}

/// Where an account of the landing zone delivers, and the account that has the bucket.
fn bucket(zone: &LandingZone, settings: &Settings) -> Option<(String, String)> {
    let home = &zone.home;
    if settings.security_unit().is_some() {
        let log = settings.text("centralizedLogging.accountId")?;
        return Some((format!("aws-controltower-logs-{log}-{home}"), log.to_owned()));
    }
    let account = settings.text("config.accountId")?;
    // AWS ends the name in letters of its own choice; those of the landing zone's ARN stay the same for its life.
    let suffix: String = zone.arn.chars().rev().take(5).collect::<String>().to_lowercase();
    Some((format!("aws-controltower-config-logs-{account}-{suffix}"), account.to_owned()))
}

fn wanted(world: &World, zone: &LandingZone, settings: &Settings) -> Option<Wanted> {
    let prefix = world.organizations.of(&zone.account)?.id.clone();
    let section = if settings.security_unit().is_some() { "centralizedLogging" } else { "config" };
    Some(Wanted {
        keeper: zone.arn.clone(),
        home: zone.home.clone(),
        regions: regions(&zone.home, settings),
        bucket: bucket(zone, settings)?.0,
        prefix,
        key: settings.text(&format!("{section}.configurations.kmsKeyArn")).map(str::to_owned),
    })
}

fn collector(zone: &LandingZone, settings: &Settings) -> Option<Collector> {
    if settings.security_unit().is_some() {
        let name = "aws-controltower-ConfigAggregatorForOrganizations";
        let role = format!(
            "arn:aws:iam::{}:role/service-role/AWSControlTowerConfigAggregatorRoleForOrganizations",
            zone.account
        );
        return Some(Collector { account: zone.account.clone(), name, role, linked: false });
    }
    let account = settings.text("config.accountId")?.to_owned();
    let role =
        format!("arn:aws:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig");
    Some(Collector { account, name: "aws-controltower-ConfigAggregator", role, linked: true })
}

/// What a landing-zone operation leaves behind: the bucket, the recorders of the integration accounts and the aggregator; or,
/// with the integration off, none of them but the bucket.
pub(super) fn set_up(world: &mut World, zone: &LandingZone, settings: &Settings, now: Timestamp) {
    let on = settings.enabled(Integration::Config);
    let collector = collector(zone, settings).filter(|_| on);
    config::aggregate(world, &zone.home, &zone.arn, collector.as_ref(), now);
    let accounts: Vec<String> =
        settings.integration_accounts().into_iter().map(|(_, account)| account.to_owned()).collect();
    let Some(wanted) = wanted(world, zone, settings).filter(|_| on) else {
        accounts.iter().for_each(|account| config::forget(world, account));
        return;
    };
    if let Some((name, owner)) = bucket(zone, settings) {
        let writers = ["config.amazonaws.com", "cloudtrail.amazonaws.com"].map(str::to_owned).into();
        let bucket = Bucket { owner, region: zone.home.clone(), writers, organization: true };
        s3::ensure(world, &name, bucket);
    }
    for account in accounts {
        config::record(world, &account, &wanted, now);
    }
}

/// Lets accounts record that a baseline has reached.
pub(super) fn cover(world: &mut World, accounts: &[(String, Enablement)], now: Timestamp) {
    let Some(zone) = world.control_tower.zone.clone() else { return };
    let Ok(settings) = Settings::read(&zone.version, Some(&zone.manifest)) else { return };
    let Some(wanted) = wanted(world, &zone, &settings) else { return };
    for (account, _) in accounts.iter().filter(|(_, status)| *status == Enablement::Succeeded) {
        config::record(world, account, &wanted, now);
    }
}

/// Takes the recorders from accounts that no recording baseline reaches any more; integration accounts keep theirs.
pub(super) fn release(world: &mut World, accounts: &[String]) {
    let zone = world.control_tower.zone.clone();
    let settings = zone.and_then(|zone| Settings::read(&zone.version, Some(&zone.manifest)).ok());
    let shared = |account: &&String| {
        let named = settings.as_ref().map(Settings::integration_accounts).unwrap_or_default();
        named.iter().any(|(_, id)| id == account)
    };
    for account in accounts.iter().filter(|account| !shared(account)) {
        let reached = world.control_tower.enabled_baselines.values().any(|enabled| {
            enabled.parent.is_some() && enabled.target_id == *account && by(&enabled.baseline)
        });
        if !reached {
            config::forget(world, account);
        }
    }
}

/// The first account with AWS Config of its own in a Region of the landing zone, and those Regions.
pub(super) fn in_the_way<'a>(
    world: &World,
    home: &str,
    settings: &Settings,
    accounts: impl IntoIterator<Item = &'a str>,
) -> Option<(&'a str, Vec<String>)> {
    let regions = regions(home, settings);
    let found = accounts.into_iter().map(|account| (account, config::in_the_way(world, account, &regions)));
    found.into_iter().find(|(_, regions)| !regions.is_empty())
}

/// What Control Tower says then. Its guide names the check and the remedy
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/common-eg-failures.html>); the sentence is UNSOURCED.
pub(super) fn refusal(account: &str, regions: &[String]) -> String {
    format!(
        "AWS Control Tower cannot enroll the account {account} because an AWS Config configuration recorder or delivery channel already exists in {}. Delete the recorder and the delivery channel and try again.",
        regions.join(", ")
    )
}

/// A landing zone that goes takes everything with it that it kept, but its bucket.
pub(super) fn withdraw(world: &mut World, zone: &LandingZone) {
    config::aggregate(world, &zone.home, &zone.arn, None, world.time);
    let accounts: Vec<String> = world
        .organizations
        .of(&zone.account)
        .into_iter()
        .flat_map(|organization| organization.accounts.keys().cloned())
        .collect();
    for account in accounts {
        config::forget(world, &account);
    }
}
