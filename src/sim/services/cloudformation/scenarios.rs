//! Service-managed stack sets as their callers meet them, told as stories. Inputs are form fields: it is a query service.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{account, ask, ask_as, done, organization, quiet};

const SERVICE: &str = "cloudformation";
const TEMPLATE: &str = "Resources:\n  Hook:\n    Type: AWS::CloudFormation::GuardHook\n";

async fn asked(sim: &Simulator, operation: &str, input: Value) -> String {
    let answer = ask(sim, SERVICE, operation, input).await;
    answer.code().unwrap_or(answer.text)
}

fn creation(name: &str) -> Value {
    json!({
        "StackSetName": name,
        "TemplateBody": TEMPLATE,
        "PermissionModel": "SERVICE_MANAGED",
        "AutoDeployment.Enabled": "true",
        "AutoDeployment.RetainStacksOnAccountRemoval": "false",
    })
}

fn deployment(name: &str, unit: &str) -> Value {
    json!({
        "StackSetName": name,
        "DeploymentTargets.OrganizationalUnitIds.member.1": unit,
        "Regions.member.1": "us-east-1",
        "Regions.member.2": "eu-west-1",
    })
}

fn named(name: &str) -> Value {
    json!({ "StackSetName": name })
}

/// A simulator with the stack set `hooks`, and the unit `Workloads` with an account in it.
async fn stage() -> (Simulator, String, String, String) {
    let (sim, root) = organization(quiet()).await;
    let unit = done(
        &sim,
        "organizations",
        "CreateOrganizationalUnit",
        json!({ "ParentId": root, "Name": "Workloads" }),
    )
    .await;
    let unit = unit["OrganizationalUnit"]["Id"].as_str().expect("a unit").to_owned();
    let app = account(&sim, "app").await;
    moved(&sim, &app, &root, &unit).await;
    assert!(asked(&sim, "CreateStackSet", creation("hooks")).await.contains("ValidationError"));
    asked(&sim, "ActivateOrganizationsAccess", json!({})).await;
    assert!(asked(&sim, "CreateStackSet", creation("hooks")).await.contains("<StackSetId>hooks:"));
    (sim, root, unit, app)
}

async fn moved(sim: &Simulator, account: &str, from: &str, to: &str) {
    let input = json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
    done(sim, "organizations", "MoveAccount", input).await;
}

fn operation(answer: &str) -> String {
    let id = answer.split_once("<OperationId>").and_then(|(_, rest)| rest.split_once("</OperationId>"));
    id.unwrap_or_else(|| panic!("no operation in {answer}")).0.to_owned()
}

async fn standing(sim: &Simulator, id: &str) -> String {
    let input = json!({ "StackSetName": "hooks", "OperationId": id });
    let told = asked(sim, "DescribeStackSetOperation", input).await;
    told.split_once("<Status>")
        .and_then(|(_, rest)| rest.split_once("</Status>"))
        .expect("a status")
        .0
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn stacks_reach_the_accounts_of_a_unit_one_operation_at_a_time() {
    let (sim, _, unit, app) = stage().await;
    assert_eq!(asked(&sim, "CreateStackSet", creation("hooks")).await, "NameAlreadyExistsException");
    let begun = operation(&asked(&sim, "CreateStackInstances", deployment("hooks", &unit)).await);
    let busy = asked(&sim, "CreateStackInstances", deployment("hooks", &unit)).await;
    assert_eq!(busy, "OperationInProgressException");
    assert_eq!(standing(&sim, &begun).await, "RUNNING");
    sim.advance(Duration::from_secs(300));
    assert_eq!(standing(&sim, &begun).await, "SUCCEEDED");
    let listed = asked(&sim, "ListStackInstances", named("hooks")).await;
    assert_eq!(listed.matches(&format!("<Account>{app}</Account>")).count(), 2, "{listed}");
    assert_eq!(asked(&sim, "DeleteStackSet", named("hooks")).await, "StackSetNotEmptyException");
    let mut withdrawal = deployment("hooks", &unit);
    withdrawal["RetainStacks"] = json!("false");
    operation(&asked(&sim, "DeleteStackInstances", withdrawal).await);
    sim.advance(Duration::from_secs(300));
    assert!(!asked(&sim, "DeleteStackSet", named("hooks")).await.contains("Exception"));
    assert_eq!(asked(&sim, "DescribeStackSet", named("hooks")).await, "StackSetNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_comes_later_gets_its_stacks_by_itself_and_one_that_leaves_loses_them() {
    let (sim, root, unit, app) = stage().await;
    asked(&sim, "CreateStackInstances", deployment("hooks", &unit)).await;
    sim.advance(Duration::from_secs(300));
    let late = account(&sim, "late").await;
    moved(&sim, &late, &root, &unit).await;
    moved(&sim, &app, &unit, &root).await;
    sim.advance(Duration::from_secs(600));
    let listed = asked(&sim, "ListStackInstances", named("hooks")).await;
    assert_eq!(listed.matches(&format!("<Account>{late}</Account>")).count(), 2, "{listed}");
    assert!(!listed.contains(&app), "{listed}");
    let targets = asked(&sim, "ListStackSetAutoDeploymentTargets", named("hooks")).await;
    assert!(targets.contains(&unit), "{targets}");
}

#[tokio::test(start_paused = true)]
async fn too_many_failures_in_a_region_end_the_operation_and_each_account_says_why() {
    let (sim, _, unit, app) = stage().await;
    sim.change(|world| world.cloudformation.failing.insert(app.clone()));
    let begun = operation(&asked(&sim, "CreateStackInstances", deployment("hooks", &unit)).await);
    sim.advance(Duration::from_secs(300));
    assert_eq!(standing(&sim, &begun).await, "FAILED");
    let input = json!({ "StackSetName": "hooks", "OperationId": begun });
    let results = asked(&sim, "ListStackSetOperationResults", input).await;
    assert!(results.contains("FAILED") && results.contains("CANCELLED"), "{results}");
    let mut tolerant = deployment("hooks", &unit);
    tolerant["OperationPreferences.FailureToleranceCount"] = json!("1");
    let begun = operation(&asked(&sim, "CreateStackInstances", tolerant).await);
    sim.advance(Duration::from_secs(300));
    assert_eq!(standing(&sim, &begun).await, "SUCCEEDED");
    let listed = asked(&sim, "ListStackInstances", named("hooks")).await;
    assert!(listed.contains("<Status>OUTDATED</Status>"), "{listed}");
}

#[tokio::test(start_paused = true)]
async fn only_the_management_account_and_its_delegates_work_with_stack_sets_of_the_organization() {
    let (sim, _, unit, app) = stage().await;
    let by = async |input: Value| ask_as(&sim, &app, None, SERVICE, "DescribeStackSet", input).await.code();
    assert_eq!(by(named("hooks")).await.as_deref(), Some("ValidationError"));
    let office = json!({
        "AccountId": app,
        "ServicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com",
    });
    done(&sim, "organizations", "RegisterDelegatedAdministrator", office).await;
    let delegated = json!({ "StackSetName": "hooks", "CallAs": "DELEGATED_ADMIN" });
    assert_eq!(by(delegated).await, None);
    assert_eq!(by(named("hooks")).await.as_deref(), Some("ValidationError"));
    let accounts = json!({
        "StackSetName": "hooks",
        "Accounts.member.1": app,
        "Regions.member.1": "us-east-1",
    });
    assert!(asked(&sim, "CreateStackInstances", accounts).await.contains("ValidationError"));
    let mut unknown = deployment("hooks", "ou-none-00000000");
    unknown["Regions.member.1"] = json!("us-east-1");
    assert!(asked(&sim, "CreateStackInstances", unknown).await.contains("ValidationError"), "{unit}");
}
