//! Inspector's scans, the settings of the organization and its members, each called as the account
//! that the resource lives in.
//!
//! Scans and associations take AWS a while, which is waited for. What fails for single accounts is
//! told by codes, whose meaning is in the operation's row.

use std::collections::BTreeMap;

use aws_sdk_inspector2::types::{AutoEnable, FailedAccount, RelationshipStatus, ResourceScanType};

use super::{effect_if, place, reached, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::inspector as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const ENABLE: &str = "inspector2:Enable";
const CONFIGURE: &str = "inspector2:UpdateOrganizationConfiguration";
const ASSOCIATE: &str = "inspector2:AssociateMember";

/// What the asynchronous operations go by; AWS gives them no id.
const ENABLING: &str = "enabling";
const ASSOCIATING: &str = "associating";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "activate" => enable(&site, &[], &on(task, "own")).await,
        "configure" => configure(&site, task).await,
        "enrol" => associate(&site, task).await,
        "scan" => enable(&site, &reached::ids(task, "scanned", ENABLE)?, &on(task, "auto_enable")).await,
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let done = match task.verb.as_str() {
        "activate" => ready(&site, &[], &on(task, "own")).await?,
        "scan" => ready(&site, &reached::ids(task, "scanned", ENABLE)?, &on(task, "auto_enable")).await?,
        "enrol" => associated(&site, task).await?,
        _ => true,
    };
    Ok(if done { Progress::Done(Attributes::new()) } else { running(id) })
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "activate" => begun(&site, &[], &on(task, "own")).await,
        "configure" => {
            let live = inventory::settings(&site).await?;
            let alike = task.leaves("auto_enable").all(|(name, on)| live.get(name).copied() == on.as_bool());
            Ok(effect_if(alike))
        }
        "enrol" => joining(&site, &reached::ids(task, "members", ASSOCIATE)?).await,
        "scan" => {
            let ids = reached::ids(task, "scanned", ENABLE)?;
            begun(&site, &ids, &on(task, "auto_enable")).await
        }
        _ => Err(unknown_verb(task)),
    }
}

fn running(id: &str) -> Progress {
    Progress::Running { operation: id.to_owned(), attributes: Attributes::new() }
}

/// The scans of a group of inputs that shall be on.
fn on<'t>(task: &'t Task, group: &'static str) -> Vec<&'t str> {
    task.leaves(group).filter(|(_, on)| on.as_bool() == Some(true)).map(|(name, _)| name).collect()
}

/// Switches scans on in accounts; in the site's own when none is named.
async fn enable(site: &Site, accounts: &[String], scans: &[&str]) -> Result<Progress, CallError> {
    let client = site.clients.inspector2();
    let kinds: Vec<ResourceScanType> = scans.iter().map(|name| ResourceScanType::from(*name)).collect();
    let accounts = (!accounts.is_empty()).then(|| accounts.to_vec());
    let request =
        || client.enable().set_resource_types(Some(kinds.clone())).set_account_ids(accounts.clone());
    let answer = site.call(ENABLE, || request().send()).await?;
    reached::all_done_by_codes(ENABLE, answer.failed_accounts().iter().map(failed))?;
    Ok(running(ENABLING))
}

fn failed(one: &FailedAccount) -> (&str, &str, &str) {
    (one.account_id(), one.error_code().as_str(), one.error_message())
}

/// Whether scans are on in accounts; in the site's own when none is named.
async fn ready(site: &Site, accounts: &[String], scans: &[&str]) -> Result<bool, CallError> {
    let found = inventory::scans(site, accounts).await?;
    let all = found.len() == accounts.len().max(1);
    Ok(all && found.values().all(|live| scans.iter().all(|name| inventory::is_ready(live, name))))
}

/// What a call for scans has come to whose answer is lost: scans that are still being switched on
/// are waited for, not asked for again.
async fn begun(site: &Site, accounts: &[String], scans: &[&str]) -> Result<Found, CallError> {
    let found = inventory::scans(site, accounts).await?;
    let all = |held: fn(&inventory::Scans, &str) -> bool| {
        found.len() == accounts.len().max(1)
            && found.values().all(|live| scans.iter().all(|name| held(live, name)))
    };
    Ok(match all(inventory::is_on) {
        false => Found::Nothing,
        true if all(inventory::is_ready) => effect_if(true),
        true => Found::Effect(running(ENABLING)),
    })
}

/// The call replaces every switch, so what the document does not say is said as it is.
async fn configure(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let mut switches: BTreeMap<&str, bool> = inventory::settings(site).await?;
    switches.extend(task.leaves("auto_enable").filter_map(|(name, on)| Some((name, on.as_bool()?))));
    let is = |name: &str| switches.get(name).copied().unwrap_or_default();
    let auto = AutoEnable::builder()
        .ec2(is("EC2"))
        .ecr(is("ECR"))
        .lambda(is("LAMBDA"))
        .lambda_code(is("LAMBDA_CODE"))
        .code_repository(is("CODE_REPOSITORY"))
        .build()
        .map_err(|error| {
            CallError::ours(CONFIGURE, code::UNSENDABLE, error.to_string(), Verdict::Rejected)
        })?;
    let client = site.clients.inspector2();
    let request = || client.update_organization_configuration().auto_enable(auto.clone());
    site.call(CONFIGURE, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn associate(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let client = site.clients.inspector2();
    for id in reached::ids(task, "members", ASSOCIATE)? {
        site.call(ASSOCIATE, || client.associate_member().account_id(&id).send()).await?;
    }
    Ok(running(ASSOCIATING))
}

/// What a call for members has come to whose answer is lost: an association that is on its way is
/// waited for, since nothing can be asked for a member before.
async fn joining(site: &Site, accounts: &[String]) -> Result<Found, CallError> {
    let mut on_the_way = false;
    for id in accounts {
        match inventory::standing(site, id).await? {
            Some(RelationshipStatus::Enabled) => {}
            Some(RelationshipStatus::Created) => on_the_way = true,
            _ => return Ok(Found::Nothing),
        }
    }
    Ok(if on_the_way { Found::Effect(running(ASSOCIATING)) } else { effect_if(true) })
}

/// Whether the account of the step is a member; an error when AWS says that it will not be.
async fn associated(site: &Site, task: &Task) -> Result<bool, CallError> {
    for id in reached::ids(task, "members", ASSOCIATE)? {
        match inventory::standing(site, &id).await? {
            Some(RelationshipStatus::Enabled) => {}
            None | Some(RelationshipStatus::Created | RelationshipStatus::Invited) => return Ok(false),
            Some(other) => {
                let message = format!("AWS says of {id}: {}", other.as_str());
                return Err(CallError::operation_failed(ASSOCIATE, message));
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn failed(code: &str) -> serde_json::Value {
        let one = json!({ "accountId": "222222222222", "errorCode": code, "errorMessage": "so" });
        json!({ "accounts": [], "failedAccounts": [one] })
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_that_failed_is_never_taken_for_scanned_and_one_that_is_scanned_already_is_no_failure()
    {
        let double = Double::new()
            .on("/enable", ok(failed("BLOCKED_BY_ORGANIZATION_POLICY")))
            .on("/enable", ok(failed("SUSPEND_IN_PROGRESS")))
            .on("/enable", ok(failed("ALREADY_ENABLED")));
        let connection = double.connection().await;
        let inputs = json!({ "scanned.app": { "id": "222222222222" }, "auto_enable.EC2": true, "auto_enable.ECR": false });
        let scan =
            task(["inspector.us-east-1", "scan", "app"], inputs, json!({ "region": "us-east-1" }), &[]);
        let blocked = connection.begin(&scan).await.unwrap_err();
        assert_eq!(
            (blocked.code.as_str(), blocked.verdict),
            ("BLOCKED_BY_ORGANIZATION_POLICY", Verdict::Denied)
        );
        assert_eq!(connection.begin(&scan).await.unwrap_err().verdict, Verdict::Conflict);
        assert_eq!(connection.begin(&scan).await.unwrap(), running(ENABLING));
        assert_eq!(double.bodies("/enable")[0]["resourceTypes"], json!(["EC2"]));
    }

    #[tokio::test(start_paused = true)]
    async fn switches_that_the_document_does_not_say_are_sent_as_they_are() {
        let live = json!({ "autoEnable": { "ec2": false, "ecr": true, "lambda": true } });
        let double = Double::new()
            .on("/organizationconfiguration/describe", ok(live.clone()))
            .on("/organizationconfiguration/update", ok(live));
        let inputs = json!({ "auto_enable.EC2": true, "auto_enable.LAMBDA": false });
        let keys = json!({ "region": "us-east-1" });
        let configure = task(["inspector.us-east-1", "configure", ""], inputs, keys, &[]);
        double.connection().await.begin(&configure).await.unwrap();
        let sent = &double.bodies("/organizationconfiguration/update")[0]["autoEnable"];
        assert_eq!(
            (&sent["ec2"], &sent["ecr"], &sent["lambda"]),
            (&json!(true), &json!(true), &json!(false))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_association_that_aws_gives_up_is_a_failure_in_its_word() {
        let member =
            |word: &str| ok(json!({ "member": { "accountId": "222222222222", "relationshipStatus": word } }));
        let double = Double::new()
            .on("/members/get", member("CREATED"))
            .on("/members/get", member("ENABLED"))
            .on("/members/get", member("CANNOT_CREATE_DETECTOR_IN_ORG_MASTER"));
        let connection = double.connection().await;
        let inputs = json!({ "members.app": { "id": "222222222222" } });
        let enrol =
            task(["inspector.us-east-1", "enrol", "app"], inputs, json!({ "region": "us-east-1" }), &[]);
        assert_eq!(connection.poll(&enrol, ASSOCIATING).await.unwrap(), running(ASSOCIATING));
        assert_eq!(connection.poll(&enrol, ASSOCIATING).await.unwrap(), Progress::Done(Attributes::new()));
        let error = connection.poll(&enrol, ASSOCIATING).await.unwrap_err();
        assert!(error.message.contains("CANNOT_CREATE_DETECTOR_IN_ORG_MASTER"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_lost_answer_has_begun_is_waited_for_and_not_asked_for_again() {
        let scan =
            |status: &str| json!({ "status": status, "errorCode": "ALREADY_ENABLED", "errorMessage": "-" });
        let status = |ec2: &str| {
            let scans = json!({ "ec2": scan(ec2), "ecr": scan("ENABLED") });
            let one = json!({ "accountId": "222222222222", "state": scan(ec2), "resourceState": scans });
            ok(json!({ "accounts": [one], "failedAccounts": [] }))
        };
        let member =
            |word: &str| ok(json!({ "member": { "accountId": "222222222222", "relationshipStatus": word } }));
        let double = Double::new()
            .on("/status/batch/get", status("DISABLED"))
            .on("/status/batch/get", status("ENABLING"))
            .on("/status/batch/get", status("ENABLED"))
            .on("/members/get", member("CREATED"))
            .on("/members/get", member("ENABLED"))
            .on("/members/get", member("REMOVED"));
        let connection = double.connection().await;
        let inputs = json!({
            "scanned.app": { "id": "222222222222" },
            "members.app": { "id": "222222222222" },
            "auto_enable.EC2": true,
            "auto_enable.ECR": true,
        });
        let step = |verb| {
            let keys = json!({ "region": "us-east-1" });
            task(["inspector.us-east-1", verb, "app"], inputs.clone(), keys, &[])
        };
        let done = || Found::Effect(Progress::Done(Attributes::new()));
        let since = Timestamp::UNIX_EPOCH;
        for expected in [Found::Nothing, Found::Effect(running(ENABLING)), done()] {
            assert_eq!(connection.look_up(&step("scan"), since).await.unwrap(), expected);
        }
        for expected in [Found::Effect(running(ASSOCIATING)), done(), Found::Nothing] {
            assert_eq!(connection.look_up(&step("enrol"), since).await.unwrap(), expected);
        }
    }
}
