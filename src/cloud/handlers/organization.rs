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
