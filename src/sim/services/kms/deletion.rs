//! Deleting keys after a waiting period, and everything else of KMS that happens as time passes.
//!
//! Rules: <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>,
//! <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-delete.html>.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::lookup::{key_mut, place, usable};
use super::state::{Deletion, Key};

const DAY: u64 = 86_400;

pub(super) fn schedule_deletion(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let days = request.integer("PendingWindowInDays").unwrap_or(30);
    if !(7..=30).contains(&days) {
        let words = "PendingWindowInDays must be between 7 and 30 days, inclusive.";
        return Err(AwsError::new("ValidationException", words));
    }
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    // A primary waits until its last replica is gone; its own window begins only then.
    let waits = key.is_primary()
        && key
            .multi_region
            .as_ref()
            .is_some_and(|set| !set.replicas.is_empty());
    let at = (!waits).then(|| later(request.now, Duration::from_secs(days.unsigned_abs() * DAY)));
    key.deletion = Some(Deletion {
        window_days: days,
        at,
    });
    key.state = if waits {
        "PendingReplicaDeletion"
    } else {
        "PendingDeletion"
    }
    .to_owned();
    let mut answer =
        json!({ "KeyId": key.arn, "KeyState": key.state, "PendingWindowInDays": days });
    if let Some(at) = at {
        answer["DeletionDate"] = json!(epoch(at));
    }
    Ok(answer)
}

pub(super) fn cancel_deletion(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    if key.deletion.take().is_none() {
        let words = format!("{} is not pending deletion.", key.arn);
        return Err(AwsError::new("KMSInvalidStateException", words));
    }
    "Disabled".clone_into(&mut key.state);
    Ok(json!({ "KeyId": key.arn }))
}

/// When the next passing state or waiting period ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let ends = |key: &Key| {
        let passing = key.passing.as_ref().map(|(at, _)| *at);
        let deletion = key.deletion.and_then(|deletion| deletion.at);
        passing.into_iter().chain(deletion).min()
    };
    world.kms.keys().filter_map(ends).min()
}

/// Ends passing states, deletes keys whose waiting period is over, and starts the waiting period of a primary whose last
/// replica went.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut gone = Vec::new();
    for regions in world.kms.accounts.values_mut() {
        for region in regions.values_mut() {
            for key in region.keys.values_mut() {
                if let Some((_, state)) = key.passing.take_if(|(at, _)| *at <= now) {
                    // A deletion scheduled meanwhile keeps its own state.
                    if key.deletion.is_none() {
                        key.state = state;
                    }
                }
                if key
                    .deletion
                    .and_then(|deletion| deletion.at)
                    .is_some_and(|at| at <= now)
                {
                    gone.push((key.account.clone(), key.region.clone(), key.id.clone()));
                }
            }
        }
    }
    for (account, region, id) in gone {
        let here = world.kms.region_mut(&account, &region);
        here.keys.remove(&id);
        here.aliases.retain(|_, alias| alias.target != id);
        forget_replica(world, &account, &region, &id, now);
    }
}

fn forget_replica(world: &mut World, account: &str, region: &str, id: &str, now: Timestamp) {
    for member in world.kms.set_mut(account, id) {
        let Some(set) = member.multi_region.as_mut() else {
            continue;
        };
        set.replicas.remove(region);
        let alone = set.replicas.is_empty() && set.primary == member.region;
        if let Some(deletion) = member
            .deletion
            .as_mut()
            .filter(|deletion| alone && deletion.at.is_none())
        {
            let window = Duration::from_secs(deletion.window_days.unsigned_abs() * 86_400);
            deletion.at = Some(later(now, window));
            "PendingDeletion".clone_into(&mut member.state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::replicas::PASSING;
    use super::*;
    use crate::sim::Simulator;
    use crate::sim::services::iam::testing::{MANAGEMENT, alone};
    use crate::sim::testing::ask;

    fn state(simulator: &Simulator, region: &str, id: &Value) -> Option<String> {
        let id = id.as_str().unwrap_or_default();
        simulator
            .world()
            .kms
            .key(MANAGEMENT, region, id)
            .map(|key| key.state.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn a_scheduled_deletion_can_be_cancelled_until_its_window_is_over() {
        let simulator = alone();
        let key =
            ask(&simulator, "kms", "CreateKey", json!({})).await.json()["KeyMetadata"]["KeyId"]
                .clone();
        ask(
            &simulator,
            "kms",
            "CreateAlias",
            json!({"AliasName": "alias/a", "TargetKeyId": key}),
        )
        .await;
        let short = ask(
            &simulator,
            "kms",
            "ScheduleKeyDeletion",
            json!({"KeyId": key, "PendingWindowInDays": 6}),
        )
        .await;
        assert_eq!(short.code().as_deref(), Some("ValidationException"));
        let schedule = json!({"KeyId": key, "PendingWindowInDays": 7});
        assert_eq!(
            ask(&simulator, "kms", "ScheduleKeyDeletion", schedule.clone())
                .await
                .json()["KeyState"],
            "PendingDeletion"
        );
        let enable = ask(&simulator, "kms", "EnableKey", json!({"KeyId": key})).await;
        assert_eq!(enable.code().as_deref(), Some("KMSInvalidStateException"));
        simulator.advance(Duration::from_secs(6 * 86_400));
        assert_eq!(
            ask(
                &simulator,
                "kms",
                "CancelKeyDeletion",
                json!({"KeyId": key})
            )
            .await
            .code(),
            None
        );
        let state = ask(&simulator, "kms", "DescribeKey", json!({"KeyId": key}))
            .await
            .json()["KeyMetadata"]["KeyState"]
            .clone();
        assert_eq!(state, "Disabled");
        ask(&simulator, "kms", "ScheduleKeyDeletion", schedule).await;
        simulator.advance(Duration::from_secs(7 * 86_400));
        assert_eq!(
            ask(&simulator, "kms", "DescribeKey", json!({"KeyId": key}))
                .await
                .code()
                .as_deref(),
            Some("NotFoundException")
        );
        assert_eq!(
            ask(&simulator, "kms", "ListAliases", json!({}))
                .await
                .json()["Aliases"],
            json!([])
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_primary_waits_for_its_last_replica_before_its_own_window_begins() {
        let simulator = alone();
        let key = ask(&simulator, "kms", "CreateKey", json!({"MultiRegion": true}))
            .await
            .json()["KeyMetadata"]
            .clone();
        ask(
            &simulator,
            "kms",
            "ReplicateKey",
            json!({"KeyId": key["KeyId"], "ReplicaRegion": "eu-west-1"}),
        )
        .await;
        simulator.advance(PASSING);
        let schedule = json!({"KeyId": key["KeyId"], "PendingWindowInDays": 7});
        let waiting = ask(&simulator, "kms", "ScheduleKeyDeletion", schedule)
            .await
            .json();
        assert_eq!(
            (&waiting["KeyState"], &waiting["DeletionDate"]),
            (&json!("PendingReplicaDeletion"), &Value::Null)
        );
        let at = simulator.now();
        simulator.change(|world| {
            let replica = world
                .kms
                .region_mut(MANAGEMENT, "eu-west-1")
                .keys
                .values_mut()
                .next()
                .expect("the replica");
            replica.deletion = Some(Deletion {
                window_days: 7,
                at: Some(later(at, Duration::from_secs(7 * 86_400))),
            });
            replica.state = "PendingDeletion".to_owned();
        });
        simulator.advance(Duration::from_secs(8 * 86_400));
        assert_eq!(state(&simulator, "eu-west-1", &key["KeyId"]), None);
        assert_eq!(
            state(&simulator, "us-east-1", &key["KeyId"]).as_deref(),
            Some("PendingDeletion")
        );
        simulator.advance(Duration::from_secs(7 * 86_400));
        assert_eq!(state(&simulator, "us-east-1", &key["KeyId"]), None);
    }
}
