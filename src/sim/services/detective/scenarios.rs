//! Scenarios of Detective across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: who may be the administrator (`administrator`).

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet};

const DETECTIVE: &str = "detective";

/// An organization whose Detective and GuardDuty `audit` administers, with a member account.
struct Stage {
    sim: Simulator,
    audit: String,
    app: String,
    graph: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, _) = organization(quiet()).await;
        let (audit, app) = (account(&sim, "audit").await, account(&sim, "app").await);
        let trust = json!({"ServicePrincipal": "guardduty.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        done(&sim, "guardduty", "EnableOrganizationAdminAccount", json!({"adminAccountId": audit})).await;
        done(&sim, DETECTIVE, "EnableOrganizationAdminAccount", json!({"AccountId": audit})).await;
        ask_as(&sim, &app, None, "guardduty", "CreateDetector", json!({"enable": true})).await;
        let mut stage = Self { sim, audit, app, graph: String::new() };
        let graphs = stage.ask(&stage.audit, "ListGraphs", json!({})).await.json();
        graphs["GraphList"][0]["Arn"].as_str().expect("a graph").clone_into(&mut stage.graph);
        stage
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, DETECTIVE, operation, input).await
    }

    async fn must(&self, operation: &str, mut input: Value) -> Value {
        input["GraphArn"] = json!(self.graph);
        let answer = self.ask(&self.audit, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    async fn take(&self, account: &str) -> Value {
        let one = json!({"AccountId": account, "EmailAddress": "a@example.com"});
        self.must("CreateMembers", json!({"Accounts": [one]})).await
    }
}

#[tokio::test(start_paused = true)]
async fn the_office_brings_a_graph_and_its_end_deletes_it() {
    let stage = Stage::new().await;
    let again = stage.ask(&stage.audit, "CreateGraph", json!({})).await.json();
    assert_eq!(again["GraphArn"], json!(stage.graph), "an account has one");
    done(&stage.sim, DETECTIVE, "DisableOrganizationAdminAccount", json!({})).await;
    assert_eq!(stage.ask(&stage.audit, "ListGraphs", json!({})).await.json()["GraphList"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_member_is_enabled_only_after_guardduty_has_run_two_days() {
    let stage = Stage::new().await;
    let early = stage.take(&stage.app).await;
    assert_eq!(early["Members"][0]["Status"], "ACCEPTED_BUT_DISABLED");
    assert_eq!(early["Members"][0]["DisabledReason"], "VOLUME_UNKNOWN");
    let again = stage.take(&stage.app).await;
    assert_eq!(again["UnprocessedAccounts"][0]["AccountId"], json!(stage.app), "it is a member already");
    let start = json!({"AccountId": stage.app});
    stage.must("StartMonitoringMember", start.clone()).await;
    let status =
        || async { stage.must("ListMembers", json!({})).await["MemberDetails"][0]["Status"].clone() };
    assert_eq!(status().await, "ACCEPTED_BUT_DISABLED");
    stage.sim.advance(Duration::from_secs(48 * 3600));
    stage.must("StartMonitoringMember", start).await;
    assert_eq!(status().await, "ENABLED");
}

#[tokio::test(start_paused = true)]
async fn accounts_that_join_are_members_when_the_administrator_wants_it_and_cannot_leave() {
    let stage = Stage::new().await;
    stage.sim.advance(Duration::from_secs(49 * 3600));
    stage.must("UpdateOrganizationConfiguration", json!({"AutoEnable": true})).await;
    assert_eq!(stage.must("DescribeOrganizationConfiguration", json!({})).await["AutoEnable"], true);
    let late = account(&stage.sim, "late").await;
    let members = stage.must("ListMembers", json!({})).await;
    assert_eq!(members["MemberDetails"][0]["AccountId"], json!(late));
    let graph = json!({"GraphArn": stage.graph});
    let left = stage.ask(&late, "DisassociateMembership", graph.clone()).await;
    assert_eq!(left.code().as_deref(), Some("ValidationException"));
    let foreign = stage.ask(&late, "ListMembers", graph).await;
    assert_eq!(foreign.code().as_deref(), Some("ResourceNotFoundException"));
    let removed = stage.must("DeleteMembers", json!({"AccountIds": [late, "999900001111"]})).await;
    assert_eq!(removed["AccountIds"], json!([late]));
    assert_eq!(removed["UnprocessedAccounts"][0]["AccountId"], "999900001111");
}

#[tokio::test(start_paused = true)]
async fn sources_of_data_are_started_and_never_stopped() {
    let stage = Stage::new().await;
    stage.must("UpdateDatasourcePackages", json!({"DatasourcePackages": ["EKS_AUDIT"]})).await;
    let told = stage.must("ListDatasourcePackages", json!({})).await;
    for source in ["DETECTIVE_CORE", "EKS_AUDIT"] {
        assert_eq!(told["DatasourcePackages"][source]["DatasourcePackageIngestState"], "STARTED", "{source}");
    }
}
