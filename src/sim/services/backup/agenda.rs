//! What happens in AWS Backup as time passes.
//!
//! In: the time. Out: jobs that begin and end, recovery points that expire. Each full hour the schedules of the hour are
//! looked up and noted, for the accounts that have data and for the restore testing plans; in a world with neither nothing
//! ever happens. A schedule that changes within its hour is met as it was when the hour began; a plan that is gone by then
//! does nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::sim::clock::later;
use crate::sim::world::World;

use super::backup_jobs::{self, Wanted};
use super::records::{Event, Spot};
use super::resource_types::Type;
use super::{copy_jobs, plans, points, restore_jobs, testing_runs, watch};

const HOUR: i64 = 3_600;

/// When the next thing happens.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    world.backup.agenda.next().into_iter().chain(next_hour(world)).min()
}

/// The next full hour that is still to be looked at.
fn next_hour(world: &World) -> Option<Timestamp> {
    let state = &world.backup;
    if state.data.is_empty() && state.testing.is_empty() {
        return None;
    }
    let begun = i64::from(world.time.subsec_nanosecond() > 0);
    let hours = (world.time.as_second() + begun + HOUR - 1).div_euclid(HOUR);
    let hour = Timestamp::from_second(hours * HOUR).ok()?;
    Some(state.looked.map_or(hour, |looked| hour.max(later(looked, Duration::from_hours(1)))))
}

/// Lets everything happen that is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    while let Some(hour) = next_hour(world).filter(|hour| *hour <= now) {
        look(world, hour);
        world.backup.looked = Some(hour);
    }
    while let Some(event) = world.backup.agenda.take(now) {
        match event {
            Event::Rule { spot, plan, rule } => run_rule(world, &spot, &plan, &rule, now),
            Event::Test { spot, plan } => testing_runs::run(world, &spot, &plan, now),
            Event::Backup { spot, job } => backup_jobs::end(world, &spot, &job, now),
            Event::Copy { spot, job } => copy_jobs::end(world, &spot, &job, now),
            Event::Restore { spot, job } => restore_jobs::end(world, &spot, &job, now),
            Event::Expiry { spot, vault, point } => points::expire(world, &spot, &vault, &point, now),
        }
    }
}

/// Everything by Region and account, with where it is.
fn spots<T>(of: &BTreeMap<String, BTreeMap<String, T>>) -> impl Iterator<Item = (Spot, &T)> {
    of.iter().flat_map(|(region, accounts)| {
        let spot = |account: &String| Spot { region: region.clone(), account: account.clone() };
        accounts.iter().map(move |(account, held)| (spot(account), held))
    })
}

/// Notes what fires within the hour, and once a day forgets jobs that nobody sees any more.
fn look(world: &mut World, hour: Timestamp) {
    let mut noted = Vec::new();
    for (spot, _) in spots(&world.backup.data) {
        for plan in plans::of(world, &spot) {
            for rule in &plan.rules {
                let fires = rule.schedule().map(|schedule| schedule.within_hour(hour));
                let event =
                    Event::Rule { spot: spot.clone(), plan: plan.id.clone(), rule: rule.name.clone() };
                noted.extend(fires.into_iter().flatten().map(|at| (at, event.clone())));
            }
        }
    }
    for (spot, plans) in spots(&world.backup.testing) {
        for (name, plan) in plans {
            let fires = plan.schedule().map(|schedule| schedule.within_hour(hour));
            let event = Event::Test { spot: spot.clone(), plan: name.clone() };
            noted.extend(fires.into_iter().flatten().map(|at| (at, event.clone())));
        }
    }
    for (at, event) in noted {
        world.backup.agenda.note(at, event);
    }
    if hour.as_second().rem_euclid(24 * HOUR) == 0 {
        for place in world.backup.regions.values_mut().flat_map(BTreeMap::values_mut) {
            place.backups.retain(|_, job| watch::shows(&job.job, hour));
            place.copies.retain(|_, job| watch::shows(&job.job, hour));
            place.restores.retain(|_, job| watch::shows(&job.job, hour));
        }
    }
}

/// A rule fires: a job for each resource that a selection of its plan means.
fn run_rule(world: &mut World, spot: &Spot, plan: &str, rule: &str, now: Timestamp) {
    let Some(plan) = plans::of(world, spot).into_iter().find(|known| known.id == plan) else { return };
    let Some(rule) = plan.rules.iter().find(|known| known.name == rule) else { return };
    // Of a policy's plan the management account says which types are switched on
    // (https://docs.aws.amazon.com/aws-backup/latest/devguide/manage-cross-account.html).
    let management = world.organizations.of(&spot.account).map(|organization| &organization.management);
    let decides = management.filter(|_| plan.by_policy).unwrap_or(&spot.account);
    let settings = world.backup.place(decides, &spot.region);
    let on = |kind: &Type| settings.map_or(kind.opt_in, |place| place.backs_up(kind));
    let mut wanted = Vec::new();
    for (arn, data) in world.backup.data_of(&spot.account, &spot.region) {
        let Some(kind) = data.kind(arn) else { continue };
        let chosen = plan
            .selections
            .iter()
            .find(|selection| selection.means(arn, data).is_some_and(|named| named || on(kind)));
        if let Some(selection) = chosen {
            wanted.push(Wanted {
                resource: arn.clone(),
                vault: rule.vault.clone(),
                role: selection.role.clone(),
                lifecycle: rule.lifecycle,
                copies: rule.copies.clone(),
                tags: rule.tags.clone(),
                by: Some(plan.creator(spot, rule)),
                token: None,
            });
        }
    }
    plans::ran(world, spot, &plan.id, now);
    for one in wanted {
        backup_jobs::begin(world, spot, one, now);
    }
}
