//! Aliases: names for keys, per account and Region.
//!
//! Rules: <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>,
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html>. Absent: the aliases `alias/aws/...` of keys that AWS
//! manages; no simulated service makes such a key.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::lookup::{Place, alias_arn, key, not_found, place, usable};
use super::render::page;
use super::state::Alias;

/// Aliases of one key (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>).
const PER_KEY: usize = 50;

fn name(request: &Request) -> Result<&str, AwsError> {
    let name = request.required("AliasName");
    if !name.starts_with("alias/") {
        let words = "Alias must start with the prefix \"alias/\". Please see \
                     https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
        return Err(AwsError::new("ValidationException", words));
    }
    if name.starts_with("alias/aws/") {
        return Err(AwsError::new(
            "NotAuthorizedException",
            "Aliases beginning with alias/aws/ are reserved for AWS.",
        ));
    }
    let rest = name.strip_prefix("alias/").unwrap_or_default();
    if rest.is_empty() || rest.contains(':') {
        return Err(AwsError::new(
            "InvalidAliasNameException",
            format!("{name} is not a valid alias name."),
        ));
    }
    Ok(name)
}

/// The key that `TargetKeyId` names; it must be the caller's own and not on its way out.
fn target(world: &World, request: &Request) -> Result<Place, AwsError> {
    let mut aimed = request.clone();
    aimed.input = json!({ "KeyId": request.required("TargetKeyId") });
    let place = place(world, &aimed, false, false)?;
    usable(key(world, &place)?, false)?;
    Ok(place)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = name(request)?;
    let target = target(world, request)?;
    let region = world
        .kms
        .region_mut(&request.caller.account, &request.region);
    if region.aliases.contains_key(name) {
        let arn = alias_arn(&request.caller.account, &request.region, name);
        let words = format!("An alias with the name {arn} already exists");
        return Err(AwsError::new("AlreadyExistsException", words));
    }
    if region
        .aliases
        .values()
        .filter(|alias| alias.target == target.id)
        .count()
        >= PER_KEY
    {
        return Err(AwsError::new(
            "LimitExceededException",
            format!("Aliases per key exceeds {PER_KEY}"),
        ));
    }
    let alias = Alias {
        target: target.id,
        created: request.now,
        updated: request.now,
    };
    region.aliases.insert(name.to_owned(), alias);
    Ok(json!({}))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = name(request)?;
    let target = target(world, request)?;
    let (account, region) = (request.caller.account.as_str(), request.region.as_str());
    let known = world.kms.region_mut(account, region).aliases.get(name);
    let old = known
        .map(|alias| alias.target.clone())
        .ok_or_else(|| missing(request, name))?;
    let kind = |id: &str| {
        world
            .kms
            .key(account, region, id)
            .map(|key| (key.spec == "SYMMETRIC_DEFAULT", key.usage.clone()))
    };
    if kind(&old).is_some_and(|old| Some(old) != kind(&target.id)) {
        let words = "The current and new KMS keys must have the same type and the same key usage.";
        return Err(AwsError::new("ValidationException", words));
    }
    if let Some(alias) = world.kms.region_mut(account, region).aliases.get_mut(name) {
        alias.target = target.id;
        alias.updated = request.now;
    }
    Ok(json!({}))
}

fn missing(request: &Request, name: &str) -> AwsError {
    not_found(format!(
        "Alias {} is not found.",
        alias_arn(&request.caller.account, &request.region, name)
    ))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let name = name(request)?;
    let region = world
        .kms
        .region_mut(&request.caller.account, &request.region);
    region
        .aliases
        .remove(name)
        .map(|_| json!({}))
        .ok_or_else(|| missing(request, name))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let only = match request.text("KeyId") {
        Some(_) => Some(place(world, request, false, false)?.id),
        None => None,
    };
    let (account, region) = (request.caller.account.as_str(), request.region.as_str());
    let aliases = world.kms.region_mut(account, region).aliases.iter();
    let items = aliases
        .filter(|(_, alias)| only.as_ref().is_none_or(|only| *only == alias.target))
        .map(|(name, alias)| {
            let row = json!({
                "AliasName": name,
                "AliasArn": alias_arn(account, region, name),
                "TargetKeyId": alias.target,
                "CreationDate": epoch(alias.created),
                "LastUpdatedDate": epoch(alias.updated),
            });
            (name.clone(), row)
        })
        .collect();
    page(request, "Aliases", 50, items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::alone;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn an_alias_has_a_prefix_and_is_unique_and_moves_between_keys_of_one_kind() {
        let simulator = alone();
        let mut keys = Vec::new();
        for input in [
            json!({}),
            json!({}),
            json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
        ] {
            keys.push(
                ask(&simulator, "kms", "CreateKey", input).await.json()["KeyMetadata"]["KeyId"]
                    .clone(),
            );
        }
        let aimed = |name: &str, key: usize| json!({"AliasName": name, "TargetKeyId": keys[key]});
        let bare = ask(&simulator, "kms", "CreateAlias", aimed("lz", 0)).await;
        assert_eq!(bare.code().as_deref(), Some("ValidationException"));
        assert_eq!(
            ask(&simulator, "kms", "CreateAlias", aimed("alias/lz", 0))
                .await
                .code(),
            None
        );
        let again = ask(&simulator, "kms", "CreateAlias", aimed("alias/lz", 1)).await;
        assert_eq!(again.code().as_deref(), Some("AlreadyExistsException"));
        assert_eq!(
            ask(&simulator, "kms", "UpdateAlias", aimed("alias/lz", 1))
                .await
                .code(),
            None
        );
        let other_kind = ask(&simulator, "kms", "UpdateAlias", aimed("alias/lz", 2)).await;
        assert_eq!(other_kind.code().as_deref(), Some("ValidationException"));
        let unknown = ask(&simulator, "kms", "UpdateAlias", aimed("alias/other", 1)).await;
        assert_eq!(unknown.code().as_deref(), Some("NotFoundException"));
        let listed = ask(&simulator, "kms", "ListAliases", json!({"KeyId": keys[1]}))
            .await
            .json();
        assert_eq!(
            listed["Aliases"][0]["AliasArn"],
            "arn:aws:kms:us-east-1:111122223333:alias/lz"
        );
    }
}
