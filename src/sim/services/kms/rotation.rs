//! Automatic rotation of symmetric keys. Of a multi-Region set it is switched on its primary and holds for the whole set.
//!
//! Rules: <https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html>,
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html>.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::lookup::{key, key_mut, place, usable};
use super::state::{Key, Rotation};

fn unsupported(words: String) -> AwsError {
    AwsError::new("UnsupportedOperationException", words)
}

fn rotates(key: &Key) -> Result<(), AwsError> {
    if key.spec != "SYMMETRIC_DEFAULT" || key.origin != "AWS_KMS" {
        return Err(unsupported(format!(
            "{} does not support automatic key rotation.",
            key.arn
        )));
    }
    Ok(())
}

fn switch(world: &mut World, request: &Request, on: bool) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, true)?;
    rotates(key)?;
    if !key.is_primary() {
        let words = format!(
            "{} is a multi-Region replica key; set rotation on its primary key.",
            key.arn
        );
        return Err(unsupported(words));
    }
    let asked = request.integer("RotationPeriodInDays");
    key.rotation = match (on, key.rotation) {
        (false, _) => None,
        // Asking again without a period leaves the running rotation as it is.
        (true, Some(running)) if asked.is_none() => Some(running),
        (true, _) => Some(Rotation {
            period_days: asked.unwrap_or(365),
            since: request.now,
        }),
    };
    Ok(json!({}))
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, true)
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, false)
}

pub(super) fn status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, true)?;
    let key = key(world, &place)?;
    rotates(key)?;
    let primary = key
        .multi_region
        .as_ref()
        .map_or(place.region.as_str(), |set| set.primary.as_str());
    let leading = world
        .kms
        .key(&place.account, primary, &place.id)
        .unwrap_or(key);
    // While a key is pending deletion its rotation shows as off.
    let rotation = leading.rotation.filter(|_| key.deletion.is_none());
    let mut answer = json!({ "KeyId": key.id, "KeyRotationEnabled": rotation.is_some() });
    if let Some(rotation) = rotation {
        let period = Duration::from_secs(rotation.period_days.unsigned_abs() * 86_400);
        let passed = request.now.duration_since(rotation.since).unsigned_abs();
        let rounds = passed.as_secs() / period.as_secs().max(1) + 1;
        let next = later(
            rotation.since,
            Duration::from_secs(period.as_secs().saturating_mul(rounds)),
        );
        answer["RotationPeriodInDays"] = json!(rotation.period_days);
        answer["NextRotationDate"] = json!(epoch(next));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::alone;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn rotation_is_for_symmetric_keys_that_are_enabled() {
        let simulator = alone();
        let key =
            ask(&simulator, "kms", "CreateKey", json!({})).await.json()["KeyMetadata"]["KeyId"]
                .clone();
        let asked = json!({"KeyId": key});
        assert_eq!(
            ask(&simulator, "kms", "GetKeyRotationStatus", asked.clone())
                .await
                .json()["KeyRotationEnabled"],
            false
        );
        let half = json!({"KeyId": key, "RotationPeriodInDays": 180});
        assert_eq!(
            ask(&simulator, "kms", "EnableKeyRotation", half)
                .await
                .code(),
            None
        );
        assert_eq!(
            ask(&simulator, "kms", "EnableKeyRotation", asked.clone())
                .await
                .code(),
            None
        );
        assert_eq!(
            ask(&simulator, "kms", "GetKeyRotationStatus", asked.clone())
                .await
                .json()["RotationPeriodInDays"],
            180
        );
        ask(&simulator, "kms", "DisableKey", asked.clone()).await;
        assert_eq!(
            ask(&simulator, "kms", "DisableKeyRotation", asked.clone())
                .await
                .code()
                .as_deref(),
            Some("DisabledException")
        );
        ask(&simulator, "kms", "ScheduleKeyDeletion", asked.clone()).await;
        assert_eq!(
            ask(&simulator, "kms", "GetKeyRotationStatus", asked)
                .await
                .json()["KeyRotationEnabled"],
            false
        );
        let mac = json!({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"});
        let mac =
            ask(&simulator, "kms", "CreateKey", mac).await.json()["KeyMetadata"]["KeyId"].clone();
        let refused = ask(
            &simulator,
            "kms",
            "EnableKeyRotation",
            json!({"KeyId": mac}),
        )
        .await;
        assert_eq!(
            refused.code().as_deref(),
            Some("UnsupportedOperationException")
        );
    }
}
