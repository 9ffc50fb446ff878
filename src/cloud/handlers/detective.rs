//! The settings, sources of data and members of the organization's behaviour graph, each called as its
//! administrator.
//!
//! A member whose data Detective does not take is never taken for done: the step fails with AWS's
//! reason, and the next plan starts the member again.

use aws_sdk_detective::types::{Account, DatasourcePackage, UnprocessedAccount};
use serde_json::Value;

use super::{effect_if, place, reached, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::detective as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CONFIGURE: &str = "detective:UpdateOrganizationConfiguration";
const SOURCES: &str = "detective:UpdateDatasourcePackages";
const ENROL: &str = "detective:CreateMembers";
const START: &str = "detective:StartMonitoringMember";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let client = site.clients.detective();
    match task.verb.as_str() {
        "configure" => {
            let graph = graph(&site, task, CONFIGURE).await?;
            let auto = task.inputs.get("auto_enable").and_then(Value::as_bool).unwrap_or_default();
            let request = || client.update_organization_configuration().graph_arn(&graph).auto_enable(auto);
            site.call(CONFIGURE, || request().send()).await?;
        }
        "start_sources" => {
            let graph = graph(&site, task, SOURCES).await?;
            let sources: Vec<DatasourcePackage> =
                task.leaves("sources").map(|(name, _)| DatasourcePackage::from(name)).collect();
            let request = || {
                let request = client.update_datasource_packages().graph_arn(&graph);
                request.set_datasource_packages(Some(sources.clone()))
            };
            site.call(SOURCES, || request().send()).await?;
        }
        "enrol" => enrol(connection, &site, task).await?,
        "start" => start(&site, task).await?,
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    let Some(graph) = inventory::graph(&site).await? else { return Ok(Found::Nothing) };
    match task.verb.as_str() {
        "configure" => {
            let live = inventory::auto_enable(&site, &graph).await?;
            Ok(effect_if(task.inputs.get("auto_enable").and_then(Value::as_bool) == Some(live)))
        }
        "start_sources" => {
            let live = inventory::sources(&site, &graph).await?;
            let started = |(name, word): (&str, &Value)| live.get(name).map(String::as_str) == word.as_str();
            Ok(effect_if(task.leaves("sources").all(started)))
        }
        "enrol" => {
            let live = inventory::members(&site, &graph).await?;
            Ok(effect_if(reached::ids(task, "members", ENROL)?.iter().all(|id| live.all.contains(id))))
        }
        "start" => {
            let live = inventory::members(&site, &graph).await?;
            let started = |id: &String| live.all.contains(id) && !live.waiting.contains_key(id);
            Ok(effect_if(reached::ids(task, "waiting", START)?.iter().all(started)))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// The graph: known, or made since by the office.
async fn graph(site: &Site, task: &Task, operation: &str) -> Result<String, CallError> {
    if let Ok(graph) = task.own("graph") {
        return Ok(graph.to_owned());
    }
    let words = "the account has no behaviour graph yet";
    let found = inventory::graph(site).await?;
    found.ok_or_else(|| CallError::ours(operation, code::UNSENDABLE, words, Verdict::NotReady))
}

async fn enrol(connection: &Connection, site: &Site, task: &Task) -> Result<(), CallError> {
    let graph = graph(site, task, ENROL).await?;
    let unbuildable = |error: aws_sdk_detective::error::BuildError| {
        CallError::ours(ENROL, code::UNSENDABLE, error.to_string(), Verdict::Rejected)
    };
    let mut accounts = Vec::new();
    for (account, email) in reached::addressed(connection, task, "members", ENROL).await? {
        let one = Account::builder().account_id(account).email_address(email).build();
        accounts.push(one.map_err(unbuildable)?);
    }
    let client = site.clients.detective();
    let request = || client.create_members().graph_arn(&graph).set_accounts(Some(accounts.clone()));
    let answer = site.call(ENROL, || request().send()).await?;
    reached::all_done(ENROL, answer.unprocessed_accounts().iter().map(left_out))?;
    taken(ENROL, &inventory::of(answer.members()), Verdict::Rejected)
}

fn left_out(one: &UnprocessedAccount) -> (Option<String>, Option<String>) {
    (one.account_id().map(str::to_owned), one.reason().map(str::to_owned))
}

/// AWS says nothing when it cannot start a member, so it is looked at afterwards.
async fn start(site: &Site, task: &Task) -> Result<(), CallError> {
    let graph = graph(site, task, START).await?;
    let client = site.clients.detective();
    let ids = reached::ids(task, "waiting", START)?;
    for id in &ids {
        let request = || client.start_monitoring_member().graph_arn(&graph).account_id(id);
        site.call(START, || request().send()).await?;
    }
    let mut live = inventory::members(site, &graph).await.map_err(|e| super::after_effect(START, e))?;
    live.waiting.retain(|id, _| ids.contains(id));
    taken(START, &live, Verdict::NotReady)
}

/// Whether Detective takes the data of everybody.
fn taken(operation: &str, live: &inventory::Members, otherwise: Verdict) -> Result<(), CallError> {
    let Some(why) = live.waiting.values().next() else { return Ok(()) };
    let waiting: Vec<String> = live.waiting.iter().map(|(id, why)| format!("{id}: {why}")).collect();
    let message = format!("Detective does not take the data of members yet: {}", waiting.join("; "));
    Err(CallError::ours(operation, why, message, otherwise))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    fn member(status: &str) -> serde_json::Value {
        json!({ "AccountId": "222222222222", "Status": status, "DisabledReason": "VOLUME_UNKNOWN" })
    }

    fn step(verb: &str, group: &str) -> Task {
        let inputs = json!({ format!("{group}.app"): { "id": "222222222222", "email": "a@example.com" } });
        let keys = json!({ "region": "us-east-1" });
        task(["detective.us-east-1", verb, "app"], inputs, keys, &[("graph", "arn:g")])
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_whose_data_are_not_taken_is_a_failure_with_awss_reason() {
        let answer = |status: &str| ok(json!({ "Members": [member(status)], "UnprocessedAccounts": [] }));
        let double = Double::new()
            .on("/graph/members", answer("ACCEPTED_BUT_DISABLED"))
            .on("/graph/members", answer("ENABLED"));
        let connection = double.connection().await;
        let error = connection.begin(&step("enrol", "members")).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.verdict), ("VOLUME_UNKNOWN", Verdict::Rejected));
        connection.begin(&step("enrol", "members")).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_started_is_looked_at_since_aws_says_nothing() {
        let list = |status: &str| ok(json!({ "MemberDetails": [member(status)] }));
        let double = Double::new()
            .on("/graph/member/monitoringstate", ok(json!({})))
            .on("/graph/members/list", list("ACCEPTED_BUT_DISABLED"))
            .on("/graph/members/list", list("ENABLED"));
        let connection = double.connection().await;
        let error = connection.begin(&step("start", "waiting")).await.unwrap_err();
        assert_eq!(error.verdict, Verdict::NotReady);
        connection.begin(&step("start", "waiting")).await.unwrap();
    }
}
