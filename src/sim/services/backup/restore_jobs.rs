//! Restore jobs: how one begins, how it ends, and what becomes of the data of a restore test.
//!
//! In: a recovery point. Out: a restored resource after a while, or AWS's words why not. Sources:
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html>,
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html> (the data of a test is deleted when it was
//! validated, or when its window is over; nobody's word by then is TIMED_OUT). A recovery point whose key is gone cannot be
//! restored, whatever lock keeps it. How long a restore takes is UNSOURCED.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::later;
use crate::sim::world::World;

use super::records::{Ending, Event, Job, RestoreJob, Spot};
use super::state::Point;
use super::{keys, resource_types, roles};

/// How long a restore usually takes.
pub(super) const USUAL: Duration = Duration::from_secs(25 * 60);

/// What shall be restored.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Name of the vault.
    pub(super) vault: String,
    /// The account that it belongs to.
    pub(super) owner: String,
    /// ARN of the recovery point.
    pub(super) point: String,
    /// ARN of the role.
    pub(super) role: String,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) token: Option<String>,
    /// Of a restore test: its plan's ARN, and how long the data stays, in hours.
    pub(super) test: Option<(String, i64)>,
}

fn point<'w>(world: &'w World, region: &str, owner: &str, vault: &str, arn: &str) -> Option<&'w Point> {
    world.backup.vault(owner, region, vault)?.points.get(arn)
}

fn possible(world: &World, spot: &Spot, job: &RestoreJob) -> Result<(), String> {
    roles::unusable(world, &spot.account, &job.job.role)?;
    let missing = || format!("Cannot find recovery point {}", job.point);
    let point = point(world, &spot.region, &job.owner, &job.vault, &job.point).ok_or_else(missing)?;
    keys::works(world, point.key.as_deref())
}

/// Begins a job and says its id. What cannot work ends at once.
pub(super) fn begin(world: &mut World, spot: &Spot, wanted: Wanted, now: Timestamp) -> String {
    let id = world.ids.uuid().to_uppercase();
    let source = point(world, &spot.region, &wanted.owner, &wanted.vault, &wanted.point).cloned();
    let by: Option<Value> = wanted.test.as_ref().map(|(plan, _)| json!({ "RestoreTestingPlanArn": plan }));
    let mut job = RestoreJob {
        job: Job {
            resource: source.as_ref().map(|source| source.resource.clone()).unwrap_or_default(),
            kind: source.as_ref().map(|source| source.kind.clone()).unwrap_or_default(),
            role: wanted.role,
            created: now,
            ends: now,
            bytes: source.as_ref().map(|source| source.bytes).unwrap_or_default(),
            ending: None,
            token: wanted.token,
            by,
        },
        vault: wanted.vault,
        owner: wanted.owner,
        point: wanted.point,
        point_created: source.map_or(now, |source| source.created),
        metadata: wanted.metadata,
        made: None,
        test: wanted.test,
        validation: None,
        deleted: false,
    };
    let trouble = possible(world, spot, &job);
    if trouble.is_ok() {
        job.job.ends = world.end_of(now, USUAL);
        let event = Event::Restore { spot: spot.clone(), job: id.clone() };
        world.backup.agenda.note(job.job.ends, event);
    } else {
        job.job.ending = Some(Ending::of(&trouble));
    }
    world.backup.place_mut(&spot.account, &spot.region).restores.insert(id.clone(), job);
    id
}

/// The end of a job, or of the window in which the data of a test can be validated.
pub(super) fn end(world: &mut World, spot: &Spot, id: &str, now: Timestamp) {
    let place = world.backup.place(&spot.account, &spot.region);
    let Some(job) = place.and_then(|place| place.restores.get(id)).cloned() else { return };
    if job.job.ending.is_some() {
        let kept = world.backup.place_mut(&spot.account, &spot.region).restores.get_mut(id);
        if let Some(kept) = kept.filter(|kept| kept.test.is_some()) {
            conclude(kept);
        }
        return;
    }
    let result = possible(world, spot, &job);
    let suffix = world.ids.hex(17);
    let made = made(spot, &job, &suffix);
    let stays = job.test.as_ref().map(|(_, hours)| later(now, hours_long(*hours)));
    let Some(kept) = world.backup.place_mut(&spot.account, &spot.region).restores.get_mut(id) else { return };
    kept.job.ends = now;
    kept.job.ending = Some(Ending::of(&result));
    if result.is_err() {
        return;
    }
    kept.made = Some(made);
    if let Some(until) = stays {
        kept.validation = Some(("VALIDATING".to_owned(), None));
        let event = Event::Restore { spot: spot.clone(), job: id.to_owned() };
        world.backup.agenda.note(until, event);
    }
    let vault = world.backup.vault_mut(&job.owner, &spot.region, &job.vault);
    if let Some(point) = vault.and_then(|vault| vault.points.get_mut(&job.point)) {
        point.restored = Some(now);
    }
}

fn hours_long(hours: i64) -> Duration {
    Duration::from_secs(hours.unsigned_abs() * 3600)
}

/// The data of a test goes; a validation that nobody spoke about has timed out.
pub(super) fn conclude(job: &mut RestoreJob) {
    if job.validation.as_ref().is_none_or(|(status, _)| status == "VALIDATING") {
        job.validation = Some(("TIMED_OUT".to_owned(), None));
    }
    job.deleted = true;
}

/// The ARN of what a job restored: like that of its source, in the account that restores, with a name of its own. What
/// a restore test makes is told by its name, as far as it has one
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html>).
fn made(spot: &Spot, job: &RestoreJob, suffix: &str) -> String {
    let parts: Vec<&str> = job.job.resource.splitn(6, ':').collect();
    let ["arn", partition, service, region, account, rest] = parts.as_slice() else { return String::new() };
    let here = |part: &str, place: &str| if part.is_empty() { String::new() } else { place.to_owned() };
    let kind =
        rest.split_inclusive(['/', ':']).next().filter(|kind| kind.ends_with(['/', ':'])).unwrap_or("");
    let (region, account) = (here(region, &spot.region), here(account, &spot.account));
    let begins = if job.test.is_some() { "awsbackup-restore-test-" } else { "restored-" };
    let name = match resource_types::named(&job.job.kind) {
        Some(kind) => kind.restored(&job.metadata, begins, suffix),
        None => format!("{begins}{suffix}"),
    };
    format!("arn:{partition}:{service}:{region}:{account}:{kind}{name}")
}
