//! Backup jobs: how one begins, how it ends, and what requests see of it.
//!
//! In: what a rule or a request wants backed up. Out: a recovery point after a while, or AWS's words why not; then the
//! copies that the rule asks for. Sources: <https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup.html>,
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html> (a job whose retention is outside the vault's
//! fails); words: <https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-dashboards.html>, which lists those on
//! retention for copies only. How long a job takes is UNSOURCED. Absent: start and completion windows.

use std::time::Duration;

use jiff::Timestamp;

use crate::sim::world::World;

use super::records::{BackupJob, CopyAction, Ending, Event, Job, Spot};
use super::state::{Lifecycle, Point, Tags, Vault, VaultKind};
use super::{copy_jobs, keys, points, roles};

/// How long a backup usually takes.
pub(super) const USUAL: Duration = Duration::from_secs(20 * 60);

/// What shall be backed up.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// ARN of the resource.
    pub(super) resource: String,
    /// Name of the vault.
    pub(super) vault: String,
    /// ARN of the role.
    pub(super) role: String,
    pub(super) lifecycle: Lifecycle,
    pub(super) copies: Vec<CopyAction>,
    pub(super) tags: Tags,
    pub(super) by: Option<serde_json::Value>,
    pub(super) token: Option<String>,
}

/// Begins a job and says its id. What cannot work ends at once.
pub(super) fn begin(world: &mut World, spot: &Spot, wanted: Wanted, now: Timestamp) -> String {
    let id = world.ids.uuid().to_uppercase();
    let data = world.backup.data_at(&spot.account, &spot.region, &wanted.resource);
    let kind = data.and_then(|data| data.kind(&wanted.resource));
    let own = vault(world, spot, &wanted.vault).is_some_and(|vault| vault.kind == VaultKind::AirGapped);
    let point_id = world.ids.uuid();
    let point = kind.map(|kind| kind.point(own, &spot.region, &spot.account, &point_id)).unwrap_or_default();
    let trouble = roles::unusable(world, &spot.account, &wanted.role)
        .and_then(|()| not_running(world, spot, &wanted.resource))
        .and_then(|()| possible(world, spot, &wanted.vault, &wanted.resource, wanted.lifecycle));
    let data = world.backup.data_at(&spot.account, &spot.region, &wanted.resource);
    let bytes = data.map(|data| data.bytes).unwrap_or_default();
    let ends = if trouble.is_ok() { world.end_of(now, USUAL) } else { now };
    let job = BackupJob {
        job: Job {
            resource: wanted.resource,
            kind: kind.map(|kind| kind.name.clone()).unwrap_or_default(),
            role: wanted.role,
            created: now,
            ends,
            bytes,
            ending: trouble.is_err().then(|| Ending::of(&trouble)),
            token: wanted.token,
            by: wanted.by,
        },
        vault: wanted.vault,
        lifecycle: wanted.lifecycle,
        point,
        tags: wanted.tags,
        copies: wanted.copies,
    };
    world.backup.place_mut(&spot.account, &spot.region).backups.insert(id.clone(), job);
    if trouble.is_ok() {
        world.backup.agenda.note(ends, Event::Backup { spot: spot.clone(), job: id.clone() });
    }
    id
}

fn vault<'w>(world: &'w World, spot: &Spot, name: &str) -> Option<&'w Vault> {
    world.backup.vault(&spot.account, &spot.region, name)
}

fn not_running(world: &World, spot: &Spot, resource: &str) -> Result<(), String> {
    let place = world.backup.place(&spot.account, &spot.region);
    let mut jobs = place.into_iter().flat_map(|place| place.backups.values());
    if jobs.any(|job| job.job.ending.is_none() && job.job.resource == resource) {
        return Err("Backup job failed because there was a running job for the same resource.".to_owned());
    }
    Ok(())
}

/// Whether resource, vault and keys are there and fit.
fn possible(
    world: &World,
    spot: &Spot,
    name: &str,
    resource: &str,
    lifecycle: Lifecycle,
) -> Result<(), String> {
    let data = world.backup.data_at(&spot.account, &spot.region, resource);
    let found = data.and_then(|data| Some((data, data.kind(resource)?)));
    let (data, kind) = found.ok_or_else(|| format!("The resource {resource} does not exist."))?;
    let vault = vault(world, spot, name).ok_or_else(|| format!("Backup vault {name} does not exist."))?;
    if vault.lock.as_ref().is_some_and(|lock| !lock.takes(lifecycle)) {
        let words = "The retention specified in the job is not within the range specified for the target Backup Vault.";
        return Err(format!("Backup job failed. {words}"));
    }
    let key = if kind.is_full() { vault.key.as_deref() } else { data.key.as_deref() };
    keys::works(world, key)?;
    keys::reaches(world, key, &spot.account)
}

/// The end of a job that was not aborted: the recovery point is there, and its copies begin.
pub(super) fn end(world: &mut World, spot: &Spot, id: &str, now: Timestamp) {
    let place = world.backup.place(&spot.account, &spot.region);
    let Some(job) = place.and_then(|place| place.backups.get(id)).filter(|job| job.job.ending.is_none())
    else {
        return;
    };
    let job = job.clone();
    let result = possible(world, spot, &job.vault, &job.job.resource, job.lifecycle);
    let ending = Ending::of(&result);
    if let Some(kept) = world.backup.place_mut(&spot.account, &spot.region).backups.get_mut(id) {
        kept.job.ends = now;
        kept.job.ending = Some(ending);
    }
    if result.is_err() {
        return;
    }
    let data =
        world.backup.data_at(&spot.account, &spot.region, &job.job.resource).cloned().unwrap_or_default();
    let full = data.kind(&job.job.resource).is_some_and(super::resource_types::Type::is_full);
    let vault_key = vault(world, spot, &job.vault).and_then(|vault| vault.key.clone());
    let mut tags = data.tags;
    tags.extend(job.tags);
    let point = Point {
        resource: job.job.resource.clone(),
        kind: job.job.kind.clone(),
        role: job.job.role.clone(),
        created: job.job.created,
        completed: now,
        bytes: job.job.bytes,
        lifecycle: job.lifecycle,
        key: if full { vault_key } else { data.key },
        source: None,
        restored: None,
        by: job.job.by.clone(),
        tags,
    };
    points::put(world, spot, &job.vault, &job.point, point);
    for copy in job.copies {
        let wanted = copy_jobs::Wanted {
            vault: job.vault.clone(),
            source: job.point.clone(),
            destination: copy.destination,
            role: job.job.role.clone(),
            lifecycle: copy.lifecycle,
            by: job.job.by.clone(),
            token: None,
        };
        copy_jobs::begin(world, spot, wanted, now);
    }
}
