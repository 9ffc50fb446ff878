//! Creating the organization and switching all features on.

use aws_sdk_organizations::types::OrganizationFeatureSet;

use super::{after_effect, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::organization::{self, Organization};
use crate::cloud::task::{Found, Progress, Task};

const CREATE: &str = "organizations:CreateOrganization";
const ALL_FEATURES: &str = "organizations:EnableAllFeatures";
const ALL: &str = "ALL";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    match task.verb.as_str() {
        "create" => {
            let set = OrganizationFeatureSet::from(task.text("feature_set")?);
            let request = || client.create_organization().feature_set(set.clone());
            let answer = site.call(CREATE, || request().send()).await?;
            let made = answer.organization().ok_or_else(|| CallError::unreadable(CREATE, "Organization"))?;
            let made = organization::of(CREATE, made)?;
            done(connection, &made).await.map_err(|error| after_effect(CREATE, error))
        }
        "enable_all_features" => {
            let answer = site.call(ALL_FEATURES, || client.enable_all_features().send()).await?;
            let handshake = answer.handshake().and_then(|handshake| handshake.id()).unwrap_or_default();
            state(connection, handshake).await.map_err(|error| after_effect(ALL_FEATURES, error))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// Invited accounts must approve all features one by one, so the organization
/// itself is asked whether they are on.
pub(super) async fn poll(connection: &Connection, _: &Task, handshake: &str) -> Result<Progress, CallError> {
    state(connection, handshake).await
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let Some(live) = organization::describe(connection).await? else {
        return Ok(Found::Nothing);
    };
    if task.verb == "enable_all_features" && live.feature_set != ALL {
        return Ok(Found::Nothing);
    }
    done(connection, &live).await.map(Found::Effect)
}

async fn state(connection: &Connection, handshake: &str) -> Result<Progress, CallError> {
    match organization::describe(connection).await? {
        Some(live) if live.feature_set == ALL => done(connection, &live).await,
        _ => Ok(Progress::Running { operation: handshake.to_owned(), attributes: Default::default() }),
    }
}

async fn done(connection: &Connection, live: &Organization) -> Result<Progress, CallError> {
    let root = organization::root(connection).await?;
    Ok(Progress::Done(live.attributes(&root)))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::catalog::operations::Verdict;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn live(features: &str) -> Value {
        json!({ "Organization": { "Id": "o-exampleorgid", "Arn": "arn:org", "FeatureSet": features,
            "MasterAccountId": "111111111111", "MasterAccountArn": "arn:management" } })
    }

    fn roots() -> crate::cloud::doubles::Answer {
        ok(json!({ "Roots": [{ "Id": "r-root", "Arn": "arn:root" }] }))
    }

    fn create() -> Task {
        task(["organization", "create", ""], json!({ "feature_set": "ALL" }), json!({}), &[])
    }

    #[tokio::test(start_paused = true)]
    async fn a_created_organization_comes_with_its_root() {
        let double = Double::new().on("CreateOrganization", ok(live("ALL"))).on("ListRoots", roots());
        let Progress::Done(known) = double.connection().await.begin(&create()).await.unwrap() else {
            panic!("an organization is there at once");
        };
        assert_eq!((known["id"].as_str(), known["root_id"].as_str()), ("o-exampleorgid", "r-root"));
    }

    #[tokio::test(start_paused = true)]
    async fn an_organization_whose_root_cannot_be_read_yet_is_open_and_found_later() {
        let double = Double::new()
            .on("CreateOrganization", ok(live("ALL")))
            .on("ListRoots", error(400, "AccessDeniedException", "not yet"))
            .on("ListRoots", roots())
            .on("DescribeOrganization", ok(live("ALL")))
            .on("DescribeOrganization", error(400, "AWSOrganizationsNotInUseException", "none"));
        let connection = double.connection().await;
        assert_eq!(connection.begin(&create()).await.unwrap_err().verdict, Verdict::Unknown);
        let look = || async { connection.look_up(&create(), Timestamp::UNIX_EPOCH).await.unwrap() };
        assert!(matches!(look().await, Found::Effect(Progress::Done(_))));
        assert_eq!(look().await, Found::Nothing);
    }

    #[tokio::test(start_paused = true)]
    async fn all_features_run_until_the_organization_has_them() {
        let double = Double::new()
            .on("EnableAllFeatures", ok(json!({ "Handshake": { "Id": "h-1" } })))
            .on("DescribeOrganization", ok(live("CONSOLIDATED_BILLING")))
            .on("DescribeOrganization", ok(live("ALL")))
            .on("ListRoots", roots());
        let connection = double.connection().await;
        let task = task(["organization", "enable_all_features", ""], json!({}), json!({}), &[]);
        let begun = connection.begin(&task).await.unwrap();
        assert!(matches!(&begun, Progress::Running { operation, .. } if operation == "h-1"));
        assert!(matches!(connection.poll(&task, "h-1").await.unwrap(), Progress::Done(_)));
    }
}
