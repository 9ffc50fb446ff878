//! Control Tower's part in CloudTrail: the organization's trail and where it delivers.
//!
//! In: a landing zone. Out: a trail of the management account, which `cloudtrail` keeps, while centralised logging is on. Off,
//! 3.x stops it and 4.0 takes it away
//! (<https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html>). An upgrade keeps the bucket that it
//! had (<https://docs.aws.amazon.com/controltower/latest/userguide/config-updates-v4.html>). Absent: log groups, life cycles of
//! buckets.

use jiff::Timestamp;

use crate::sim::services::cloudtrail::{self, Wanted};
use crate::sim::services::s3::{self, Bucket};
use crate::sim::world::World;

use super::manifest::{Integration, Settings};
use super::state::LandingZone;

const SECTION: &str = "centralizedLogging";

/// The bucket in the logging account. AWS ends the name in letters of its own choice from 4.0 on; those of the landing zone's
/// ARN stay the same for its life.
fn bucket(world: &World, zone: &LandingZone, settings: &Settings, account: &str) -> String {
    let old = format!("aws-controltower-logs-{account}-{}", zone.home);
    if settings.security_unit().is_some() || s3::exists(world, &old) {
        return old;
    }
    let suffix: String = zone.arn.chars().rev().take(5).collect::<String>().to_lowercase();
    format!("aws-controltower-cloudtrail-{account}-{suffix}")
}

/// What a landing-zone operation leaves behind.
pub(super) fn set_up(world: &mut World, zone: &LandingZone, settings: &Settings, now: Timestamp) {
    let account = settings.text(&format!("{SECTION}.accountId")).map(str::to_owned);
    let Some(account) = account.filter(|_| settings.enabled(Integration::CentralizedLogging)) else {
        let delete = settings.security_unit().is_none();
        cloudtrail::withdraw(world, &zone.account, delete, now);
        return;
    };
    let Some(prefix) = world.organizations.of(&zone.account).map(|known| known.id.clone()) else { return };
    let bucket = bucket(world, zone, settings, &account);
    let writers = ["config.amazonaws.com", "cloudtrail.amazonaws.com"].map(str::to_owned).into();
    let owned = Bucket { owner: account, region: zone.home.clone(), writers, organization: true };
    s3::ensure(world, &bucket, owned);
    let wanted = Wanted {
        keeper: zone.arn.clone(),
        owner: zone.account.clone(),
        home: zone.home.clone(),
        bucket,
        prefix,
        key: settings.text(&format!("{SECTION}.configurations.kmsKeyArn")).map(str::to_owned),
    };
    cloudtrail::record(world, wanted, now);
}

/// A landing zone that goes takes its trail with it, not its bucket.
pub(super) fn withdraw(world: &mut World, zone: &LandingZone) {
    let now = world.time;
    cloudtrail::withdraw(world, &zone.account, true, now);
}
