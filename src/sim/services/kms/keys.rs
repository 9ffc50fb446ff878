//! Keys: create, list, describe, switch on and off.
//!
//! Sources: the KMS API reference page of each operation
//! (<https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html>). Absent: custom key stores and imported
//! key material, which a landing zone does not use.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::lookup::{key, key_mut, place, usable};
use super::render::{self, page};
use super::state::{Key, MultiRegion};
use super::tags::tags;
use super::{policies, specs};

fn spec_of(request: &Request) -> Result<&str, AwsError> {
    match (
        request.text("KeySpec"),
        request.text("CustomerMasterKeySpec"),
    ) {
        (Some(_), Some(_)) => Err(AwsError::new(
            "ValidationException",
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        )),
        (Some(spec), None) | (None, Some(spec)) => Ok(spec),
        (None, None) => Ok("SYMMETRIC_DEFAULT"),
    }
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let spec = spec_of(request)?;
    let usage = specs::usage(spec, request.text("KeyUsage")).ok_or_else(|| {
        match request.text("KeyUsage") {
            Some(usage) => AwsError::new(
                "ValidationException",
                format!("KeyUsage {usage} is not compatible with KeySpec {spec}"),
            ),
            None => AwsError::new(
                "ValidationException",
                format!("You must specify a KeyUsage value for KeySpec {spec}"),
            ),
        }
    })?;
    let origin = request.text("Origin").unwrap_or("AWS_KMS");
    if !["AWS_KMS", "EXTERNAL"].contains(&origin) {
        let words = "Custom key stores are not available in this account.";
        return Err(AwsError::new("UnsupportedOperationException", words));
    }
    let tags = tags(request)?;
    let account = request.caller.account.as_str();
    let policy = policies::given(world, request)?.unwrap_or_else(|| policies::default(account));
    let multi_region = request.boolean("MultiRegion").unwrap_or(false);
    let id = if multi_region {
        format!("mrk-{}", world.ids.hex(32))
    } else {
        world.ids.uuid()
    };
    let key = Key {
        arn: format!("arn:aws:kms:{}:{account}:key/{id}", request.region),
        account: account.to_owned(),
        region: request.region.clone(),
        created: request.now,
        description: request.text("Description").unwrap_or_default().to_owned(),
        spec: spec.to_owned(),
        usage: usage.to_owned(),
        origin: origin.to_owned(),
        // A key for imported material waits for it.
        state: if origin == "EXTERNAL" {
            "PendingImport"
        } else {
            "Enabled"
        }
        .to_owned(),
        policy,
        tags,
        multi_region: multi_region.then(|| MultiRegion {
            primary: request.region.clone(),
            replicas: BTreeSet::new(),
        }),
        rotation: None,
        deletion: None,
        passing: None,
        id: id.clone(),
    };
    let answer = json!({ "KeyMetadata": render::metadata(&key) });
    world
        .kms
        .region_mut(account, &request.region)
        .keys
        .insert(id, key);
    Ok(answer)
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, true, true)?;
    Ok(json!({ "KeyMetadata": render::metadata(key(world, &place)?) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let region = world
        .kms
        .region_mut(&request.caller.account, &request.region);
    let row = |key: &Key| {
        (
            key.id.clone(),
            json!({ "KeyId": key.id, "KeyArn": key.arn }),
        )
    };
    let items = region.keys.values().map(row).collect();
    page(request, "Keys", 100, items)
}

pub(super) fn update_description(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    request
        .required("Description")
        .clone_into(&mut key.description);
    Ok(json!({}))
}

pub(super) fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, "Enabled")
}

pub(super) fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, "Disabled")
}

fn switch(world: &mut World, request: &Request, state: &str) -> Result<Value, AwsError> {
    let place = place(world, request, false, false)?;
    let key = key_mut(world, &place)?;
    usable(key, false)?;
    if key.state == "PendingImport" {
        let words = format!("{} is pending import.", key.arn);
        return Err(AwsError::new("KMSInvalidStateException", words));
    }
    state.clone_into(&mut key.state);
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::{MANAGEMENT, alone, organization, session};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_key_is_described_by_id_arn_and_alias_but_not_from_another_account() {
        let (simulator, member) = organization().await;
        let made = ask(&simulator, "kms", "CreateKey", json!({"Description": "d"}))
            .await
            .json();
        let key = made["KeyMetadata"].clone();
        let arn = format!(
            "arn:aws:kms:us-east-1:{MANAGEMENT}:key/{}",
            key["KeyId"].as_str().expect("an id")
        );
        assert_eq!(key["Arn"], json!(arn));
        assert_eq!(
            (&key["KeyState"], &key["MultiRegion"]),
            (&json!("Enabled"), &json!(false))
        );
        ask(
            &simulator,
            "kms",
            "CreateAlias",
            json!({"AliasName": "alias/lz", "TargetKeyId": key["KeyId"]}),
        )
        .await;
        for name in [&key["KeyId"], &key["Arn"], &json!("alias/lz")] {
            let described = ask(&simulator, "kms", "DescribeKey", json!({"KeyId": name}))
                .await
                .json();
            assert_eq!(described["KeyMetadata"], key);
        }
        let inside = session(&simulator, &member).await;
        let by_id = inside
            .ask(
                &simulator,
                "kms",
                "DescribeKey",
                json!({"KeyId": key["KeyId"]}),
            )
            .await;
        assert_eq!(by_id.code().as_deref(), Some("NotFoundException"));
        let by_arn = inside
            .ask(&simulator, "kms", "DescribeKey", json!({"KeyId": arn}))
            .await;
        assert_eq!(by_arn.code().as_deref(), Some("AccessDeniedException"));
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": [MANAGEMENT, member]}, "Action": "kms:*", "Resource": "*"}]});
        ask(
            &simulator,
            "kms",
            "PutKeyPolicy",
            json!({"KeyId": arn, "Policy": policy.to_string()}),
        )
        .await;
        assert_eq!(
            inside
                .ask(&simulator, "kms", "DescribeKey", json!({"KeyId": arn}))
                .await
                .code(),
            None
        );
        let change = inside
            .ask(&simulator, "kms", "DisableKey", json!({"KeyId": arn}))
            .await;
        assert_eq!(change.code().as_deref(), Some("AccessDeniedException"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_usage_must_fit_its_spec() {
        let simulator = alone();
        for (spec, usage, code) in [
            ("RSA_2048", json!("SIGN_VERIFY"), None),
            (
                "RSA_2048",
                json!("GENERATE_VERIFY_MAC"),
                Some("ValidationException"),
            ),
            (
                "SYMMETRIC_DEFAULT",
                json!("SIGN_VERIFY"),
                Some("ValidationException"),
            ),
        ] {
            let made = ask(
                &simulator,
                "kms",
                "CreateKey",
                json!({"KeySpec": spec, "KeyUsage": usage}),
            )
            .await;
            assert_eq!(made.code().as_deref(), code, "{spec} {usage}");
        }
        let none = ask(
            &simulator,
            "kms",
            "CreateKey",
            json!({"KeySpec": "HMAC_256"}),
        )
        .await;
        assert_eq!(none.code().as_deref(), Some("ValidationException"));
    }
}
