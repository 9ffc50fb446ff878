//! Service-linked roles: created for a service, changed by nobody else, deleted through a task.
//!
//! In: `service_linked.toml`. Sources: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html>. Absent: a service that still
//! uses its role and so lets the deletion fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::render;
use super::roles::{named, no_role};
use super::state::{Deletion, Role};

/// How long the deletion of a service-linked role takes. AWS publishes no figure; the operation is asynchronous.
const DELETION: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
struct Table {
    role: Vec<Row>,
}

#[derive(Debug, Deserialize)]
struct Row {
    service: String,
    name: String,
    policy: String,
    #[serde(default)]
    suffix: bool,
}

fn table() -> &'static [Row] {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test proves that the file parses.
    &TABLE
        .get_or_init(|| {
            toml::from_str(include_str!("service_linked.toml"))
                .unwrap_or(Table { role: Vec::new() })
        })
        .role
}

fn row(service: &str) -> Option<&'static Row> {
    table().iter().find(|row| row.service == service)
}

fn build(
    world: &mut World,
    account: &str,
    row: &Row,
    suffix: Option<&str>,
    now: Timestamp,
) -> Role {
    let name = suffix.map_or_else(
        || row.name.clone(),
        |suffix| format!("{}_{suffix}", row.name),
    );
    let path = format!("/aws-service-role/{}/", row.service);
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": row.service }, "Action": "sts:AssumeRole" }],
    });
    Role {
        id: format!("AROA{}", world.ids.upper(17)),
        arn: format!("arn:aws:iam::{account}:role{path}{name}"),
        path,
        name,
        created: now,
        trust: trust.to_string(),
        description: None,
        max_session: 3600,
        boundary: None,
        tags: BTreeMap::new(),
        attached: BTreeSet::from([format!(
            "arn:aws:iam::aws:policy/aws-service-role/{}",
            row.policy
        )]),
        inline: BTreeMap::new(),
        last_used: None,
        linked_service: Some(row.service.clone()),
    }
}

/// The service-linked role of a service, created if it is missing. `None`: the service has none that is known.
pub(super) fn ensure(
    world: &mut World,
    account: &str,
    service: &str,
    now: Timestamp,
) -> Option<String> {
    let row = row(service)?;
    if let Some(role) = world.iam.role(account, &row.name) {
        return Some(role.arn.clone());
    }
    let role = build(world, account, row, None, now);
    let arn = role.arn.clone();
    world
        .iam
        .account_mut(account)
        .roles
        .insert(role.name.clone(), role);
    Some(arn)
}

pub(super) fn create(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let service = request.required("AWSServiceName");
    let suffix = request.text("CustomSuffix");
    let invalid = |words: String| Err(AwsError::new("InvalidInput", words));
    // AWS's sentences for these two refusals are UNSOURCED.
    let Some(row) = row(service) else {
        return invalid(format!(
            "Service {service} does not support service-linked roles."
        ));
    };
    if suffix.is_some() && !row.suffix {
        return invalid(format!("Custom suffix is not allowed for {service}"));
    }
    let account = request.caller.account.as_str();
    let mut role = build(world, account, row, suffix, request.now);
    role.description = request.text("Description").map(str::to_owned);
    if world.iam.role(account, &role.name).is_some() {
        return invalid(format!(
            "Service role name {} has been taken in this account, please try a different suffix.",
            role.name
        ));
    }
    let answer = json!({ "Role": render::role(&role) });
    world
        .iam
        .account_mut(account)
        .roles
        .insert(role.name.clone(), role);
    Ok(answer)
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let role = named(world, request)?;
    let Some(service) = role.linked_service.clone() else {
        return Err(no_role(request.required("RoleName")));
    };
    let name = role.name.clone();
    let id = world.ids.uuid();
    let ends = world.end_of(request.now, DELETION);
    let account = world.iam.account_mut(&request.caller.account);
    // A second request before the first has ended returns the first task.
    if let Some((task, _)) = account
        .deletions
        .iter()
        .find(|(_, deletion)| deletion.role == name && !deletion.done)
    {
        return Ok(json!({ "DeletionTaskId": task }));
    }
    let task = format!("task/aws-service-role/{service}/{name}/{id}");
    account.deletions.insert(
        task.clone(),
        Deletion {
            role: name,
            ends,
            done: false,
        },
    );
    Ok(json!({ "DeletionTaskId": task }))
}

pub(super) fn deletion_status(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let task = request.required("DeletionTaskId");
    let account = world.iam.account_mut(&request.caller.account);
    let deletion = account.deletions.get(task).ok_or_else(|| {
        AwsError::new(
            "NoSuchEntity",
            format!("The deletion task with id {task} cannot be found."),
        )
    })?;
    Ok(json!({ "Status": if deletion.done { "SUCCEEDED" } else { "IN_PROGRESS" } }))
}

/// When the next deletion ends.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let deletions = world
        .iam
        .accounts
        .values()
        .flat_map(|account| account.deletions.values());
    deletions
        .filter(|deletion| !deletion.done)
        .map(|deletion| deletion.ends)
        .min()
}

/// Ends every deletion that is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    for account in world.iam.accounts.values_mut() {
        for deletion in account
            .deletions
            .values_mut()
            .filter(|deletion| !deletion.done && deletion.ends <= now)
        {
            deletion.done = true;
            account.roles.remove(&deletion.role);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{alone, element};
    use super::*;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_service_linked_role_goes_through_a_task_and_belongs_to_its_service() {
        let simulator = alone();
        let create = json!({"AWSServiceName": "guardduty.amazonaws.com"});
        assert_eq!(
            ask(&simulator, "iam", "CreateServiceLinkedRole", create.clone())
                .await
                .code(),
            None
        );
        let again = ask(&simulator, "iam", "CreateServiceLinkedRole", create).await;
        assert!(element(&again, "Message").contains("has been taken in this account"));
        let role = json!({"RoleName": "AWSServiceRoleForAmazonGuardDuty"});
        let direct = ask(&simulator, "iam", "DeleteRole", role.clone()).await;
        assert_eq!(
            (direct.status, direct.code().as_deref()),
            (400, Some("UnmodifiableEntity"))
        );
        let task = ask(&simulator, "iam", "DeleteServiceLinkedRole", role.clone()).await;
        let asked = json!({"DeletionTaskId": element(&task, "DeletionTaskId")});
        let running = ask(
            &simulator,
            "iam",
            "GetServiceLinkedRoleDeletionStatus",
            asked.clone(),
        )
        .await;
        assert_eq!(element(&running, "Status"), "IN_PROGRESS");
        assert_eq!(
            ask(&simulator, "iam", "GetRole", role.clone()).await.code(),
            None
        );
        simulator.advance(DELETION);
        let over = ask(
            &simulator,
            "iam",
            "GetServiceLinkedRoleDeletionStatus",
            asked,
        )
        .await;
        assert_eq!(element(&over, "Status"), "SUCCEEDED");
        assert_eq!(
            ask(&simulator, "iam", "GetRole", role)
                .await
                .code()
                .as_deref(),
            Some("NoSuchEntity")
        );
    }

    #[test]
    fn the_table_parses_and_names_each_service_once() {
        let table: Table =
            toml::from_str(include_str!("service_linked.toml")).expect("the table parses");
        let services: BTreeSet<_> = table.role.iter().map(|row| &row.service).collect();
        assert_eq!(services.len(), table.role.len());
        assert!(
            table
                .role
                .iter()
                .all(|row| row.name.starts_with("AWSServiceRoleFor"))
        );
    }
}
