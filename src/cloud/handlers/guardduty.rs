//! GuardDuty's detector, the settings of the organization and its members, each called as the
//! account that the resource lives in.

use aws_sdk_guardduty::types::{
    AccountDetail, AutoEnableMembers, DetectorAdditionalConfiguration, DetectorFeature,
    DetectorFeatureConfiguration, FeatureAdditionalConfiguration, FeatureStatus,
    MemberAdditionalConfiguration, MemberFeaturesConfiguration, OrgFeature,
    OrgFeatureAdditionalConfiguration, OrgFeatureStatus, OrganizationAdditionalConfiguration,
    OrganizationFeatureConfiguration, UnprocessedAccount,
};
use serde_json::Value;

use super::{effect_if, known, place, reached, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::guardduty as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "guardduty:CreateDetector";
const UPDATE: &str = "guardduty:UpdateDetector";
const CONFIGURE: &str = "guardduty:UpdateOrganizationConfiguration";
const ENROL: &str = "guardduty:CreateMembers";
const SWITCH_OFF: &str = "guardduty:UpdateMemberDetectors";

/// AWS's word for a feature that is off.
const OFF: &str = "DISABLED";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "create" => return create(&site, task).await,
        "update" => update(&site, task).await?,
        "configure" => configure(&site, task).await?,
        "enrol" => enrol(connection, &site, task).await?,
        "switch_off" => switch_off(&site, task).await?,
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    let Some(id) = inventory::detector(&site).await? else { return Ok(Found::Nothing) };
    let has = |seen: &inventory::Features, group: &str| {
        task.leaves(group).all(|(leaf, word)| seen.get(leaf).map(String::as_str) == word.as_str())
    };
    match task.verb.as_str() {
        "create" => Ok(Found::Effect(Progress::Done(known([("detector", &id)])))),
        "update" => {
            let seen = inventory::details(&site, id).await?;
            let status = seen.status.as_deref();
            let alike = task.inputs.get("status").is_none_or(|wanted| wanted.as_str() == status);
            Ok(effect_if(alike && has(&seen.features, "features")))
        }
        "configure" => {
            let (reach, features) = inventory::settings(&site, &id).await?;
            Ok(effect_if(
                reach.as_deref() == task.text("auto_enable").ok() && has(&features, "auto_features"),
            ))
        }
        "enrol" => {
            let members = inventory::members(&site, &id).await?;
            Ok(effect_if(reached::ids(task, "members", ENROL)?.iter().all(|id| members.contains(id))))
        }
        "switch_off" => {
            let members = reached::ids(task, "without", SWITCH_OFF)?.into_iter().collect();
            let seen = inventory::member_features(&site, &id, &members).await?;
            let off = |(leaf, word): (&str, &Value), features: &inventory::Features| {
                word.as_str() != Some(OFF) || features.get(leaf).is_none_or(|seen| seen == OFF)
            };
            let so = |id: &String| {
                let features = seen.get(id);
                features.is_some_and(|features| task.leaves("features").all(|leaf| off(leaf, features)))
            };
            Ok(effect_if(members.iter().all(so)))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// The detector: known, or made since by the office.
async fn detector(site: &Site, task: &Task, operation: &str) -> Result<String, CallError> {
    if let Ok(id) = task.own("detector") {
        return Ok(id.to_owned());
    }
    let found = inventory::detector(site).await?;
    let words = "the account has no detector yet";
    found.ok_or_else(|| CallError::ours(operation, code::UNSENDABLE, words, Verdict::NotReady))
}

async fn create(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let client = site.clients.guardduty();
    let request = || client.create_detector().enable(true).client_token(&task.token);
    let answer = site.call(CREATE, || request().send()).await?;
    let id = answer.detector_id().ok_or_else(|| CallError::unreadable(CREATE, "DetectorId"))?;
    Ok(Progress::Done(known([("detector", id)])))
}

async fn update(site: &Site, task: &Task) -> Result<(), CallError> {
    let id = detector(site, task, UPDATE).await?;
    let enable = task.inputs.get("status").and_then(Value::as_str).map(|status| status == "ENABLED");
    let features = grouped(task, "features").map(|(name, word, switches)| {
        let switch = |(name, word): &(&str, &str)| {
            DetectorAdditionalConfiguration::builder()
                .name(FeatureAdditionalConfiguration::from(*name))
                .status(FeatureStatus::from(*word))
                .build()
        };
        DetectorFeatureConfiguration::builder()
            .name(DetectorFeature::from(name))
            .set_status(word.map(FeatureStatus::from))
            .set_additional_configuration(some(switches.iter().map(switch).collect()))
            .build()
    });
    let features: Option<Vec<_>> = some(features.collect());
    let client = site.clients.guardduty();
    let request =
        || client.update_detector().detector_id(&id).set_enable(enable).set_features(features.clone());
    site.call(UPDATE, || request().send()).await?;
    Ok(())
}

async fn configure(site: &Site, task: &Task) -> Result<(), CallError> {
    let id = detector(site, task, CONFIGURE).await?;
    let reach = AutoEnableMembers::from(task.text("auto_enable")?);
    let features = grouped(task, "auto_features").map(|(name, word, switches)| {
        let switch = |(name, word): &(&str, &str)| {
            OrganizationAdditionalConfiguration::builder()
                .name(OrgFeatureAdditionalConfiguration::from(*name))
                .auto_enable(OrgFeatureStatus::from(*word))
                .build()
        };
        OrganizationFeatureConfiguration::builder()
            .name(OrgFeature::from(name))
            .set_auto_enable(word.map(OrgFeatureStatus::from))
            .set_additional_configuration(some(switches.iter().map(switch).collect()))
            .build()
    });
    let features: Option<Vec<_>> = some(features.collect());
    let client = site.clients.guardduty();
    let request = || {
        let request = client.update_organization_configuration().detector_id(&id);
        request.auto_enable_organization_members(reach.clone()).set_features(features.clone())
    };
    site.call(CONFIGURE, || request().send()).await?;
    Ok(())
}

async fn enrol(connection: &Connection, site: &Site, task: &Task) -> Result<(), CallError> {
    let id = detector(site, task, ENROL).await?;
    let members = reached::addressed(connection, task, "members", ENROL).await?;
    let details: Vec<AccountDetail> = members
        .into_iter()
        .map(|(account, email)| AccountDetail::builder().account_id(account).email(email).build())
        .collect();
    let client = site.clients.guardduty();
    let request = || client.create_members().detector_id(&id).set_account_details(Some(details.clone()));
    let answer = site.call(ENROL, || request().send()).await?;
    reached::all_done(ENROL, answer.unprocessed_accounts().iter().map(left_out))
}

/// Switches features off in the detectors of members.
async fn switch_off(site: &Site, task: &Task) -> Result<(), CallError> {
    let id = detector(site, task, SWITCH_OFF).await?;
    let members = reached::ids(task, "without", SWITCH_OFF)?;
    let off = grouped(task, "features").filter_map(|(name, word, switches)| {
        let switch = |(name, word): &(&str, &str)| {
            MemberAdditionalConfiguration::builder()
                .name(OrgFeatureAdditionalConfiguration::from(*name))
                .status(FeatureStatus::from(*word))
                .build()
        };
        let off: Vec<_> = switches.iter().filter(|(_, word)| *word == OFF).map(switch).collect();
        let word = word.filter(|word| *word == OFF);
        (word.is_some() || !off.is_empty()).then(|| {
            MemberFeaturesConfiguration::builder()
                .name(OrgFeature::from(name))
                .set_status(word.map(FeatureStatus::from))
                .set_additional_configuration(some(off))
                .build()
        })
    });
    let features: Vec<_> = off.collect();
    let client = site.clients.guardduty();
    let request = || {
        let request = client.update_member_detectors().detector_id(&id);
        request.set_account_ids(Some(members.clone())).set_features(Some(features.clone()))
    };
    let answer = site.call(SWITCH_OFF, || request().send()).await?;
    reached::all_done(SWITCH_OFF, answer.unprocessed_accounts().iter().map(left_out))
}

fn left_out(one: &UnprocessedAccount) -> (Option<String>, Option<String>) {
    (one.account_id().map(str::to_owned), one.result().map(str::to_owned))
}

/// A feature, AWS's word for it and those for its further switches.
type Feature<'t> = (&'t str, Option<&'t str>, Vec<(&'t str, &'t str)>);

/// The features of a group of inputs, each with its further switches.
fn grouped<'t>(task: &'t Task, group: &'static str) -> impl Iterator<Item = Feature<'t>> {
    let leaves = move || task.leaves(group).filter_map(|(leaf, word)| Some((leaf, word.as_str()?)));
    let names: std::collections::BTreeSet<&str> =
        leaves().map(|(leaf, _)| leaf.split_once('/').map_or(leaf, |(name, _)| name)).collect();
    names.into_iter().map(move |name| {
        let word = leaves().find(|(leaf, _)| *leaf == name).map(|(_, word)| word);
        let switches = leaves().filter_map(|(leaf, word)| {
            let (of, switch) = leaf.split_once('/')?;
            (of == name).then_some((switch, word))
        });
        (name, word, switches.collect())
    })
}

/// An empty list is left out of a request.
fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::operations::Verdict;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn step(verb: &str, inputs: serde_json::Value) -> Task {
        task(
            ["guardduty.us-east-1", verb, "app"],
            inputs,
            json!({ "region": "us-east-1" }),
            &[("detector", "d1")],
        )
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_aws_leaves_unprocessed_is_no_member_and_its_reason_is_told() {
        let left =
            json!({ "unprocessedAccounts": [{ "accountId": "222222222222", "result": "because so" }] });
        let double = Double::new()
            .on("/detector/d1/member", ok(left))
            .on("/detector/d1/member", ok(json!({ "unprocessedAccounts": [] })));
        let connection = double.connection().await;
        let member = json!({ "members.app": { "id": "222222222222", "email": "a@example.com" } });
        let enrol = step("enrol", member);
        let error = connection.begin(&enrol).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.verdict), ("UnprocessedAccounts", Verdict::Unseen));
        assert!(error.message.contains("222222222222: because so"), "{error}");
        assert_eq!(connection.begin(&enrol).await.unwrap(), Progress::Done(Attributes::new()));
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_shall_be_off_is_switched_off_in_members() {
        let path = "/detector/d1/member/detector/update";
        let double = Double::new().on(path, ok(json!({ "unprocessedAccounts": [] })));
        let inputs = json!({
            "features.S3_DATA_EVENTS": "ENABLED", "features.RDS_LOGIN_EVENTS": "DISABLED",
            "without.app": { "id": "222222222222" },
        });
        double.connection().await.begin(&step("switch_off", inputs)).await.unwrap();
        let sent = &double.bodies(path)[0];
        assert_eq!(sent["features"], json!([{ "name": "RDS_LOGIN_EVENTS", "status": "DISABLED" }]));
        assert_eq!(sent["accountIds"], json!(["222222222222"]));
    }
}
