//! What AWS is working on for an organization, whoever asked for it.
//!
//! In: a connection and the desired resources. Out: operations that have begun
//! and not ended and that concern them. This is how a program without a journal
//! finds what a lost one has begun: the organization itself remembers (AWS
//! Organizations API, ListCreateAccountStatus; AWS Control Tower API,
//! ListLandingZoneOperations, ListControlOperations and the status of enabled
//! baselines).

use std::collections::BTreeSet;
use std::fmt;

use super::wanted::Wanted;
use crate::cloud::inventory::baselines::{self, Which};
use crate::cloud::inventory::{controls, creations, landing_zone, organization};
use crate::cloud::{CallError, Connection};
use crate::model::{Kind, Resource};

/// One operation that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnderWay {
    /// What it is about, in words.
    pub what: String,
    /// AWS's id of it.
    pub operation: String,
}

impl fmt::Display for UnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what, self.operation)
    }
}

/// Operations under way that concern the desired resources: creations of accounts
/// of their names, and whatever Control Tower works on when it is wanted.
///
/// # Errors
/// When AWS does not answer the questions.
pub async fn under_way(
    connection: &Connection,
    resources: &[Resource],
) -> Result<BTreeSet<UnderWay>, CallError> {
    let wanted = Wanted::of(resources);
    let mut found = BTreeSet::new();
    if organization::describe(connection).await?.is_none() {
        return Ok(found);
    }
    let accounts = wanted.kind(Kind::Account);
    if !accounts.is_empty() {
        let names: BTreeSet<&str> =
            accounts.iter().filter_map(|resource| resource.fields.get("name")?.as_str()).collect();
        let running = creations::list(connection).await?.into_iter();
        let running = running.filter(|c| c.state == "IN_PROGRESS" && names.contains(c.name.as_str()));
        found.extend(running.map(|creation| UnderWay {
            what: format!("the creation of account `{}`", creation.name),
            operation: creation.id,
        }));
    }
    let kinds = [Kind::LandingZone, Kind::Baseline, Kind::Control];
    if wanted.any(&kinds) && landing_zone::get(connection).await?.is_some() {
        found.extend(control_tower(connection).await?);
        if wanted.any(&[Kind::Control]) {
            let running = controls::running(connection).await?.into_iter();
            found.extend(running.map(|(operation, target)| UnderWay {
                what: format!("a change of a control on {target}"),
                operation,
            }));
        }
    }
    Ok(found)
}

async fn control_tower(connection: &Connection) -> Result<Vec<UnderWay>, CallError> {
    let (zone, enabled) =
        tokio::join!(landing_zone::operations(connection, true), baselines::enabled(connection, Which::All));
    let zone = zone?.into_iter().map(|(operation, kind)| UnderWay {
        what: format!("the {} of the landing zone", kind.to_lowercase()),
        operation,
    });
    let changing = enabled?.into_iter().filter(|enabled| enabled.status == "UNDER_CHANGE");
    let baselines = changing.map(|enabled| UnderWay {
        what: format!("a baseline on {}", enabled.target),
        operation: enabled.last_operation.unwrap_or_else(|| enabled.arn.clone()),
    });
    Ok(zone.chain(baselines).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok};
    use crate::model::Fields;

    fn resource(address: &str, name: &str) -> Resource {
        Resource {
            address: address.parse().unwrap(),
            fields: Fields::from([("name".to_owned(), json!(name))]),
            keys: Fields::new(),
            at_creation: Fields::new(),
            whole: Default::default(),
            presence: crate::model::resource::Presence::Ensure,
            origin: None,
        }
    }

    fn organization() -> serde_json::Value {
        json!({ "Organization": { "Id": "o-exampleorgid", "Arn": "arn:org", "FeatureSet": "ALL",
            "MasterAccountId": "111122223333", "MasterAccountArn": "arn:m" } })
    }

    #[tokio::test(start_paused = true)]
    async fn creations_of_our_names_and_the_work_of_control_tower_are_found() {
        let status =
            |id: &str, name: &str, state: &str| json!({ "Id": id, "AccountName": name, "State": state });
        let double = Double::new()
            .on("DescribeOrganization", ok(organization()))
            .on(
                "ListCreateAccountStatus",
                ok(json!({ "CreateAccountStatuses": [
                    status("car-1", "log", "IN_PROGRESS"),
                    status("car-2", "log", "FAILED"),
                    status("car-3", "not ours", "IN_PROGRESS"),
                ] })),
            )
            .on("/list-landingzones", ok(json!({ "landingZones": [{ "arn": "arn:zone" }] })))
            .on(
                "/get-landingzone",
                ok(json!({ "landingZone": { "arn": "arn:zone", "version": "4.0", "manifest": {} } })),
            )
            .on(
                "/list-landingzone-operations",
                ok(json!({ "landingZoneOperations": [
                    { "operationIdentifier": "op-1", "operationType": "CREATE", "status": "IN_PROGRESS" } ] })),
            )
            .on("/list-enabled-baselines", ok(json!({ "enabledBaselines": [] })));
        let wanted = [resource("account.log", "log"), resource("landing_zone", "zone")];
        let found = under_way(&double.connection().await, &wanted).await.unwrap();
        let operations: BTreeSet<&str> = found.iter().map(|one| one.operation.as_str()).collect();
        assert_eq!(operations, BTreeSet::from(["car-1", "op-1"]));
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_no_organization_nothing_can_be_under_way() {
        let double = Double::new().on(
            "DescribeOrganization",
            crate::cloud::doubles::error(400, "AWSOrganizationsNotInUseException", "none"),
        );
        let wanted = [resource("account.log", "log")];
        assert!(under_way(&double.connection().await, &wanted).await.unwrap().is_empty());
    }
}
