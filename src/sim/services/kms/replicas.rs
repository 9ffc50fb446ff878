//! Multi-Region keys: replicas and the change of the primary.
//!
//! Rules: <https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html>,
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html>.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::account::regions;
use crate::sim::world::World;

use super::lookup::{Place, key, place, usable};
use super::state::{Key, MultiRegion};
use super::tags::tags;
use super::{policies, render};

/// `Creating` and `Updating` last "a few seconds".
pub(super) const PASSING: Duration = Duration::from_secs(5);

fn unsupported(words: String) -> AwsError {
    AwsError::new("UnsupportedOperationException", words)
}

fn primary<'w>(world: &'w World, at: &Place) -> Result<(&'w Key, &'w MultiRegion), AwsError> {
    let key = key(world, at)?;
    let set = key
        .multi_region
        .as_ref()
        .ok_or_else(|| unsupported(format!("{} is not a multi-region key.", key.arn)))?;
    if !key.is_primary() {
        return Err(unsupported(format!(
            "{} is not a multi-region primary key.",
            key.arn
        )));
    }
    usable(key, true)?;
    Ok((key, set))
}

pub(super) fn replicate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let at = place(world, request, false, false)?;
    let to = request.required("ReplicaRegion");
    let (key, set) = primary(world, &at)?;
    if world.kms.key(&at.account, to, &at.id).is_some() {
        let words = format!("Replica key {} already exists in {to}.", at.id);
        return Err(AwsError::new("AlreadyExistsException", words));
    }
    // A Region the account has not opted in to cannot hold its keys; AWS's words for it are UNSOURCED.
    if !regions::is_usable(world, &at.account, to) {
        return Err(unsupported(format!(
            "The Region {to} is not enabled for this account."
        )));
    }
    let mut set = set.clone();
    set.replicas.insert(to.to_owned());
    let mut replica = Key {
        arn: format!("arn:aws:kms:{to}:{}:key/{}", at.account, at.id),
        region: to.to_owned(),
        created: request.now,
        description: request.text("Description").unwrap_or_default().to_owned(),
        // Policy, tags and description are the replica's own: none is taken over from the primary.
        policy: policies::default(&at.account),
        tags: tags(request)?,
        state: "Creating".to_owned(),
        rotation: None,
        deletion: None,
        passing: None,
        ..key.clone()
    };
    if let Some(policy) = policies::given(world, request)? {
        replica.policy = policy;
    }
    replica.passing = Some((world.end_of(request.now, PASSING), "Enabled".to_owned()));
    world
        .kms
        .region_mut(&at.account, to)
        .keys
        .insert(at.id.clone(), replica);
    tell_set(world, &at.account, &at.id, &set);
    let replica = world
        .kms
        .key(&at.account, to, &at.id)
        .ok_or_else(|| AwsError::internal("the replica is gone"))?;
    Ok(json!({
        "ReplicaKeyMetadata": render::metadata(replica),
        "ReplicaPolicy": replica.policy,
        "ReplicaTags": render::tags(&replica.tags),
    }))
}

fn tell_set(world: &mut World, account: &str, id: &str, set: &MultiRegion) {
    for member in world.kms.set_mut(account, id) {
        member.multi_region = Some(set.clone());
    }
}

pub(super) fn update_primary(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let at = place(world, request, false, false)?;
    let to = request.required("PrimaryRegion");
    let (_, set) = primary(world, &at)?;
    let mut set = set.clone();
    let next = world
        .kms
        .key(&at.account, to, &at.id)
        .filter(|_| set.replicas.contains(to));
    let next = next.ok_or_else(|| {
        AwsError::new(
            "NotFoundException",
            format!(
                "Key 'arn:aws:kms:{to}:{}:key/{}' does not exist",
                at.account, at.id
            ),
        )
    })?;
    usable(next, true)?;
    let rotation = key(world, &at)?.rotation;
    set.replicas.remove(to);
    set.replicas.insert(at.region.clone());
    to.clone_into(&mut set.primary);
    let end = world.end_of(request.now, PASSING);
    tell_set(world, &at.account, &at.id, &set);
    for member in world.kms.set_mut(&at.account, &at.id) {
        if member.region == at.region || member.region == to {
            let before = std::mem::replace(&mut member.state, "Updating".to_owned());
            member.passing = Some((end, before));
        }
        // Rotation is a property of the set, kept at its primary.
        member.rotation = rotation.filter(|_| member.region == to);
    }
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::Simulator;
    use crate::sim::services::iam::testing::{MANAGEMENT, alone};
    use crate::sim::services::kms::queries;
    use crate::sim::testing::ask;

    async fn multi_region() -> (Simulator, Value) {
        let simulator = alone();
        let key = ask(&simulator, "kms", "CreateKey", json!({"MultiRegion": true}))
            .await
            .json()["KeyMetadata"]
            .clone();
        assert!(
            key["KeyId"]
                .as_str()
                .is_some_and(|id| id.starts_with("mrk-") && id.len() == 36),
            "{key}"
        );
        (simulator, key)
    }

    fn state(simulator: &Simulator, region: &str, id: &Value) -> Option<String> {
        let id = id.as_str().unwrap_or_default();
        simulator
            .world()
            .kms
            .key(MANAGEMENT, region, id)
            .map(|key| key.state.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn a_replica_is_created_in_a_few_seconds_and_both_keys_know_the_set() {
        let (simulator, key) = multi_region().await;
        let asked = json!({"KeyId": key["KeyId"], "ReplicaRegion": "eu-west-1"});
        let made = ask(&simulator, "kms", "ReplicateKey", asked.clone())
            .await
            .json();
        assert_eq!(made["ReplicaKeyMetadata"]["KeyState"], "Creating");
        assert_eq!(
            made["ReplicaKeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"],
            "REPLICA"
        );
        let again = ask(&simulator, "kms", "ReplicateKey", asked).await;
        assert_eq!(again.code().as_deref(), Some("AlreadyExistsException"));
        simulator.advance(PASSING);
        assert_eq!(
            state(&simulator, "eu-west-1", &key["KeyId"]).as_deref(),
            Some("Enabled")
        );
        let primary = ask(
            &simulator,
            "kms",
            "DescribeKey",
            json!({"KeyId": key["KeyId"]}),
        )
        .await
        .json();
        assert_eq!(
            primary["KeyMetadata"]["MultiRegionConfiguration"]["ReplicaKeys"][0]["Region"],
            "eu-west-1"
        );
        let world = simulator.world();
        let primary = queries::key(&world, key["Arn"].as_str().expect("an ARN")).expect("the key");
        let regions: Vec<_> = queries::members(&world, primary)
            .iter()
            .map(|key| key.region.as_str())
            .collect();
        assert_eq!(regions, ["us-east-1", "eu-west-1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_multi_region_key_goes_to_a_region_the_account_can_use() {
        let (simulator, key) = multi_region().await;
        let closed = ask(
            &simulator,
            "kms",
            "ReplicateKey",
            json!({"KeyId": key["KeyId"], "ReplicaRegion": "af-south-1"}),
        )
        .await;
        assert_eq!(
            closed.code().as_deref(),
            Some("UnsupportedOperationException")
        );
        let single =
            ask(&simulator, "kms", "CreateKey", json!({})).await.json()["KeyMetadata"]["KeyId"]
                .clone();
        let refused = ask(
            &simulator,
            "kms",
            "ReplicateKey",
            json!({"KeyId": single, "ReplicaRegion": "eu-west-1"}),
        )
        .await;
        assert_eq!(
            refused.code().as_deref(),
            Some("UnsupportedOperationException")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_primary_can_move_and_takes_the_rotation_with_it() {
        let (simulator, key) = multi_region().await;
        let id = key["KeyId"].clone();
        ask(&simulator, "kms", "EnableKeyRotation", json!({"KeyId": id})).await;
        ask(
            &simulator,
            "kms",
            "ReplicateKey",
            json!({"KeyId": id, "ReplicaRegion": "eu-west-1"}),
        )
        .await;
        simulator.advance(PASSING);
        let moved = ask(
            &simulator,
            "kms",
            "UpdatePrimaryRegion",
            json!({"KeyId": id, "PrimaryRegion": "eu-west-1"}),
        )
        .await;
        assert_eq!(moved.code(), None, "{}", moved.text);
        assert_eq!(
            state(&simulator, "us-east-1", &id).as_deref(),
            Some("Updating")
        );
        simulator.advance(PASSING);
        let old = ask(&simulator, "kms", "DescribeKey", json!({"KeyId": id}))
            .await
            .json()["KeyMetadata"]
            .clone();
        assert_eq!(
            (
                &old["KeyState"],
                &old["MultiRegionConfiguration"]["PrimaryKey"]["Region"]
            ),
            (&json!("Enabled"), &json!("eu-west-1"))
        );
        assert_eq!(
            ask(
                &simulator,
                "kms",
                "GetKeyRotationStatus",
                json!({"KeyId": id})
            )
            .await
            .json()["KeyRotationEnabled"],
            true
        );
        let at_replica = ask(
            &simulator,
            "kms",
            "DisableKeyRotation",
            json!({"KeyId": id}),
        )
        .await;
        assert_eq!(
            at_replica.code().as_deref(),
            Some("UnsupportedOperationException")
        );
    }
}
