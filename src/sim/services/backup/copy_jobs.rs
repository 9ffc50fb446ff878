//! Copy jobs: what a copy into another vault asks for, and what requests see of it.
//!
//! In: a recovery point and a vault, of the same account and Region or of others. Out: a copy after a while, or AWS's words
//! why not. Sources: <https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html> (one
//! organization; its management account has switched cross-account backup on; the vault's policy admits the copy; not the
//! key that AWS manages), <https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html> (a copy
//! keeps the creation date of its source; it is encrypted with the key of its vault),
//! <https://repost.aws/knowledge-center/backup-troubleshoot-cross-account-copy>. Words:
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-dashboards.html>. How long it takes is UNSOURCED.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::sim::services::iam::evaluate::Verdict;
use crate::sim::world::World;

use super::global_settings::CROSS_ACCOUNT;
use super::records::{CopyJob, Ending, Event, Job, Spot};
use super::roles::Acting;
use super::state::{Lifecycle, Point, Vault, VaultKind};
use super::{keys, points, resource_types, roles};

/// How long a copy usually takes.
pub(super) const USUAL: Duration = Duration::from_secs(30 * 60);
const DENIED: &str = "Access Denied trying to call AWS Backup service";
const INTO: &str = "CopyIntoBackupVault";

/// What shall be copied.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Name of the vault it is in.
    pub(super) vault: String,
    /// ARN of the recovery point.
    pub(super) source: String,
    /// ARN of the vault to copy into.
    pub(super) destination: String,
    /// ARN of the role.
    pub(super) role: String,
    pub(super) lifecycle: Lifecycle,
    pub(super) by: Option<Value>,
    pub(super) token: Option<String>,
}

/// The account and Region of a vault by its ARN, and its name.
pub(super) fn place_of(arn: &str) -> Option<(Spot, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "backup", region, account, rest] = parts.as_slice() else { return None };
    let name = rest.strip_prefix("backup-vault:")?;
    Some((Spot { region: (*region).to_owned(), account: (*account).to_owned() }, name))
}

/// Begins a job and says its id. What cannot work ends at once.
pub(super) fn begin(world: &mut World, spot: &Spot, wanted: Wanted, now: Timestamp) -> String {
    let (id, point_id) = (world.ids.uuid().to_uppercase(), world.ids.uuid());
    let source = point(world, spot, &wanted.vault, &wanted.source).cloned();
    let target = place_of(&wanted.destination);
    let own = destination(world, &wanted.destination).is_some_and(|vault| vault.kind == VaultKind::AirGapped);
    let kind = source.as_ref().and_then(|source| resource_types::named(&source.kind));
    let copy = match (kind, &target) {
        (Some(kind), Some((target, _))) => kind.point(own, &target.region, &target.account, &point_id),
        _ => String::new(),
    };
    let mut copy_job = CopyJob {
        job: Job {
            resource: source.as_ref().map(|source| source.resource.clone()).unwrap_or_default(),
            kind: source.as_ref().map(|source| source.kind.clone()).unwrap_or_default(),
            role: wanted.role,
            created: now,
            ends: now,
            bytes: source.map(|source| source.bytes).unwrap_or_default(),
            ending: None,
            token: wanted.token,
            by: wanted.by,
        },
        vault: wanted.vault,
        source: wanted.source,
        destination: wanted.destination,
        lifecycle: wanted.lifecycle,
        point: copy,
    };
    let trouble = possible(world, spot, &copy_job, now);
    if trouble.is_ok() {
        copy_job.job.ends = world.end_of(now, USUAL);
        let event = Event::Copy { spot: spot.clone(), job: id.clone() };
        world.backup.agenda.note(copy_job.job.ends, event);
    } else {
        copy_job.job.ending = Some(Ending::of(&trouble));
    }
    world.backup.place_mut(&spot.account, &spot.region).copies.insert(id.clone(), copy_job);
    id
}

fn point<'w>(world: &'w World, spot: &Spot, vault: &str, arn: &str) -> Option<&'w Point> {
    world.backup.vault(&spot.account, &spot.region, vault)?.points.get(arn)
}

fn destination<'w>(world: &'w World, arn: &str) -> Option<&'w Vault> {
    let (spot, name) = place_of(arn)?;
    world.backup.vault(&spot.account, &spot.region, name)
}

/// Whether everything that a copy asks for is so, in the order in which AWS is likely to find out.
fn possible(world: &World, spot: &Spot, job: &CopyJob, now: Timestamp) -> Result<(), String> {
    roles::unusable(world, &spot.account, &job.job.role)?;
    let missing = || format!("Cannot find recovery point {}", job.source);
    let source = point(world, spot, &job.vault, &job.source).ok_or_else(missing)?;
    let Some((target, _)) = place_of(&job.destination) else {
        return Err(format!("The destination vault {} is invalid.", job.destination));
    };
    let across = target.account != spot.account;
    if across {
        of_one_organization(world, &spot.account, &target.account)?;
    }
    let vault = destination(world, &job.destination).ok_or(DENIED)?;
    if vault.ready > now {
        return Err(format!("Backup vault {} is not in available state.", job.destination));
    }
    admitted(world, spot, job, vault, across, now)?;
    if vault.lock.as_ref().is_some_and(|lock| !lock.takes(job.lifecycle)) {
        let words = "The retention specified in the job is not within the range specified for the target Backup Vault.";
        return Err(format!("Copy job failed. {words}"));
    }
    if across && vault.key.is_none() && vault.kind == VaultKind::Standard {
        return Err("Copy job failed because the destination Backup vault is encrypted with the default Backup \
                    service managed key. The contents of this vault cannot be copied. Only the contents of a Backup \
                    vault encrypted by an AWS KMS key may be copied."
            .to_owned());
    }
    keys::works(world, source.key.as_deref())?;
    keys::works(world, vault.key.as_deref())?;
    keys::reaches(world, source.key.as_deref(), &target.account)?;
    keys::reaches(world, vault.key.as_deref(), &target.account)
}

fn of_one_organization(world: &World, from: &str, to: &str) -> Result<(), String> {
    let organization = world.organizations.of(from).filter(|organization| organization.account(to).is_some());
    let Some(organization) = organization else {
        return Err(
            "Copy job failed. Both source and destination account must be a member of the same organization."
                .to_owned(),
        );
    };
    if !world.backup.switched_on(&organization.id, CROSS_ACCOUNT) {
        return Err(
            "Copy job failed. Cross-account copy feature is not enabled for the current organization."
                .to_owned(),
        );
    }
    Ok(())
}

/// The role's policies let it copy, and so does the vault's; across accounts the vault's has to say so.
fn admitted(
    world: &World,
    spot: &Spot,
    job: &CopyJob,
    vault: &Vault,
    across: bool,
    now: Timestamp,
) -> Result<(), String> {
    let acting = Acting::with(world, spot, &job.job.role, INTO, now).ok_or(DENIED)?;
    let said = vault.policy.as_ref().map(|policy| acting.told(world, &vault.arn, policy));
    let open = match said {
        Some(Verdict::Denied) => false,
        Some(Verdict::Allowed) => true,
        Some(Verdict::Silent) | None => !across,
    };
    if open && acting.may(world, &vault.arn) { Ok(()) } else { Err(DENIED.to_owned()) }
}

/// The end of a job: the copy is there.
pub(super) fn end(world: &mut World, spot: &Spot, id: &str, now: Timestamp) {
    let place = world.backup.place(&spot.account, &spot.region);
    let Some(job) = place.and_then(|place| place.copies.get(id)).filter(|job| job.job.ending.is_none())
    else {
        return;
    };
    let job = job.clone();
    let result = possible(world, spot, &job, now);
    let ending = Ending::of(&result);
    let source = point(world, spot, &job.vault, &job.source).cloned();
    if let Some(kept) = world.backup.place_mut(&spot.account, &spot.region).copies.get_mut(id) {
        kept.job.ends = now;
        kept.job.ending = Some(ending);
    }
    let (Ok(()), Some(source), Some((target, name))) = (result, source, place_of(&job.destination)) else {
        return;
    };
    let key = destination(world, &job.destination).and_then(|vault| vault.key.clone());
    let from = world.backup.vault(&spot.account, &spot.region, &job.vault).map(|vault| vault.arn.clone());
    let copy = Point {
        completed: now,
        lifecycle: job.lifecycle,
        key,
        source: from,
        restored: None,
        by: job.job.by.clone(),
        ..source
    };
    points::put(world, &target, name, &job.point, copy);
}
