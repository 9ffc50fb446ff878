//! What other services ask of KMS: a key by its ARN, and whether its policy lets a service use it.
//!
//! In: the world, an ARN, a service principal. Out: the key and yes or no. Nothing here checks the rights of a caller.

use crate::sim::services::iam::evaluate::{Context, Principal, Question};
use crate::sim::world::World;

use super::lookup::policy_allows;
use super::state::Key;

/// A key by its full ARN, `None` if it does not exist. Multi-Region set, state, spec, usage and policy are its fields.
#[must_use]
pub fn key<'w>(world: &'w World, arn: &str) -> Option<&'w Key> {
    let parts: Vec<&str> = arn.split(':').collect();
    let ["arn", "aws", "kms", region, account, resource] = parts.as_slice() else {
        return None;
    };
    world.kms.key(account, region, resource.strip_prefix("key/")?)
}

/// The key in each Region of its multi-Region set, itself included: primary first, then replicas in order of Regions. A
/// single-Region key is alone.
#[must_use]
pub fn members<'w>(world: &'w World, key: &'w Key) -> Vec<&'w Key> {
    let Some(set) = &key.multi_region else {
        return vec![key];
    };
    let regions = std::iter::once(&set.primary).chain(&set.replicas);
    regions.filter_map(|region| world.kms.key(&key.account, region, &key.id)).collect()
}

/// Whether the key's policy lets an AWS service perform an action such as `kms:Decrypt`. `vouched` are the condition
/// keys the service sends with its request, e.g. `("aws:SourceArn", "arn:aws:cloudtrail:...")`; a condition on any other
/// key keeps the service out.
#[must_use]
pub fn allows_service(key: &Key, service: &str, action: &str, vouched: &[(&str, &str)]) -> bool {
    let context: Context =
        vouched.iter().map(|(name, value)| (name.to_ascii_lowercase(), Some((*value).to_owned()))).collect();
    let principal = Principal::Service(service.to_owned());
    policy_allows(key, &Question { action, principal: &principal, context: &context })
}

/// Whether the key's policy lets the identities of an account perform an action, for a service that uses the key on their
/// behalf; what it asks of their organization is answered.
#[must_use]
pub fn allows_account(world: &World, key: &Key, account: &str, action: &str) -> bool {
    let organization = world.organizations.of(account);
    let path = organization
        .and_then(|organization| organization.parent_of(account).map(|parent| organization.path(parent)));
    let context = Context::from([
        ("aws:principalaccount".to_owned(), Some(account.to_owned())),
        ("kms:calleraccount".to_owned(), Some(account.to_owned())),
        ("aws:principalorgid".to_owned(), organization.map(|organization| organization.id.clone())),
        ("aws:principalorgpaths".to_owned(), path),
        ("kms:grantisforawsresource".to_owned(), Some("true".to_owned())),
    ]);
    let arns = vec![format!("arn:aws:iam::{account}:root")];
    let principal = Principal::Identity { account: account.to_owned(), arns };
    policy_allows(key, &Question { action, principal: &principal, context: &context })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::services::iam::testing::organization;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_saved_world_keeps_everything_that_is_under_way() {
        let (simulator, _) = organization().await;
        let key =
            ask(&simulator, "kms", "CreateKey", json!({"MultiRegion": true})).await.json()["KeyMetadata"]
                .clone();
        ask(&simulator, "kms", "ReplicateKey", json!({"KeyId": key["KeyId"], "ReplicaRegion": "eu-west-1"}))
            .await;
        ask(&simulator, "account", "EnableRegion", json!({"RegionName": "af-south-1"})).await;
        ask(&simulator, "iam", "CreateServiceLinkedRole", json!({"AWSServiceName": "config.amazonaws.com"}))
            .await;
        ask(&simulator, "iam", "DeleteServiceLinkedRole", json!({"RoleName": "AWSServiceRoleForConfig"}))
            .await;
        let saved = serde_json::to_value(simulator.world()).expect("a world can be saved");
        let loaded: World = serde_json::from_value(saved.clone()).expect("a world can be loaded");
        let found = super::key(&loaded, key["Arn"].as_str().expect("an ARN")).expect("the key");
        assert_eq!(members(&loaded, found).len(), 2);
        assert_eq!(serde_json::to_value(&loaded).expect("a world can be saved"), saved);
    }

    #[test]
    fn something_that_is_no_key_arn_finds_nothing() {
        let world = World::default();
        for arn in ["", "arn:aws:kms:us-east-1:111122223333:alias/x", "arn:aws:s3:::bucket"] {
            assert!(super::key(&world, arn).is_none());
        }
    }
}
