//! Scenarios of GuardDuty across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: who may be the administrator (`administrator`).

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet, refused};

const GUARDDUTY: &str = "guardduty";
const MANAGEMENT: &str = "111122223333";

/// An organization whose GuardDuty `audit` administers, with a member account.
struct Stage {
    sim: Simulator,
    root: String,
    audit: String,
    app: String,
    /// The administrator's detector.
    detector: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, root) = organization(quiet()).await;
        let (audit, app) = (account(&sim, "audit").await, account(&sim, "app").await);
        let trust = json!({"ServicePrincipal": "guardduty.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        done(&sim, GUARDDUTY, "EnableOrganizationAdminAccount", json!({"adminAccountId": audit})).await;
        let mut stage = Self { sim, root, audit, app, detector: String::new() };
        stage.detector = stage.detector_of(&stage.audit.clone()).await.expect("the administrator's detector");
        stage
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, GUARDDUTY, operation, input).await
    }

    /// A call of the administrator about its detector that succeeds.
    async fn must(&self, operation: &str, mut input: Value) -> Value {
        input["DetectorId"] = json!(self.detector);
        let answer = self.ask(&self.audit, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    /// The words with which a call is refused.
    async fn refused(&self, account: &str, operation: &str, input: Value) -> String {
        let answer = self.ask(account, operation, input).await;
        assert_eq!(answer.code().as_deref(), Some("BadRequestException"), "{operation}: {}", answer.text);
        let told = answer.json()["message"].as_str().map(str::to_owned);
        told.unwrap_or_else(|| panic!("{}", answer.text))
    }

    async fn detector_of(&self, account: &str) -> Option<String> {
        let listed = self.ask(account, "ListDetectors", json!({})).await.json();
        listed["detectorIds"][0].as_str().map(str::to_owned)
    }

    /// Whether a member's feature is on, as the administrator sees it.
    async fn has(&self, account: &str, feature: &str) -> bool {
        let seen = self.must("GetMemberDetectors", json!({"accountIds": [account]})).await;
        let features = seen["members"][0]["features"].as_array().cloned().unwrap_or_default();
        features.iter().any(|row| row["name"] == feature && row["status"] == "ENABLED")
    }

    async fn enrol(&self, account: &str) -> Value {
        let details = json!([{"accountId": account, "email": "any@example.com"}]);
        self.must("CreateMembers", json!({"accountDetails": details})).await["unprocessedAccounts"].clone()
    }

    async fn members(&self) -> Vec<Value> {
        self.must("ListMembers", json!({})).await["members"].as_array().cloned().unwrap_or_default()
    }

    async fn set(&self, settings: Value) {
        self.must("UpdateOrganizationConfiguration", settings).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_has_one_detector_with_every_plan_but_runtime_monitoring() {
    let stage = Stage::new().await;
    let made =
        stage.ask(MANAGEMENT, "CreateDetector", json!({"enable": true, "clientToken": "a"})).await.json();
    let asked = json!({"DetectorId": made["detectorId"]});
    let shown = stage.ask(MANAGEMENT, "GetDetector", asked.clone()).await.json();
    let on = |name: &str| {
        let features = shown["features"].as_array().expect("features");
        features.iter().any(|row| row["name"] == name && row["status"] == "ENABLED")
    };
    assert!(on("S3_DATA_EVENTS") && on("LAMBDA_NETWORK_LOGS") && on("FLOW_LOGS"), "{shown}");
    assert!(!on("RUNTIME_MONITORING") && !on("EKS_RUNTIME_MONITORING"), "{shown}");
    assert_eq!(shown["dataSources"]["s3Logs"]["status"], "ENABLED");
    let twice = stage.refused(MANAGEMENT, "CreateDetector", json!({"enable": true})).await;
    assert_eq!(twice, "The request is rejected because a detector already exists for the current account.");
    let foreign = stage.refused(&stage.app, "GetDetector", asked).await;
    assert!(foreign.contains("not owned by the current account"), "{foreign}");
}

#[tokio::test(start_paused = true)]
async fn both_kinds_of_runtime_monitoring_are_refused() {
    let stage = Stage::new().await;
    let both = |switch: &str, on: &str| json!([{"name": "RUNTIME_MONITORING", switch: on}, {"name": "EKS_RUNTIME_MONITORING", switch: on}]);
    let update = json!({"DetectorId": stage.detector, "features": both("status", "ENABLED")});
    stage.refused(&stage.audit, "UpdateDetector", update).await;
    let settings = json!({"DetectorId": stage.detector, "autoEnableOrganizationMembers": "NEW", "features": both("autoEnable", "NEW")});
    stage.refused(&stage.audit, "UpdateOrganizationConfiguration", settings).await;
}

#[tokio::test(start_paused = true)]
async fn members_are_made_with_what_the_organization_gives_and_each_failure_is_told_apart() {
    let stage = Stage::new().await;
    let neither = json!({"DetectorId": stage.detector});
    stage.refused(&stage.audit, "UpdateOrganizationConfiguration", neither).await;
    let features = json!([{"name": "S3_DATA_EVENTS", "autoEnable": "ALL"}, {"name": "RUNTIME_MONITORING", "autoEnable": "NEW",
        "additionalConfiguration": [{"name": "EC2_AGENT_MANAGEMENT", "autoEnable": "NEW"}]}]);
    stage.set(json!({"autoEnableOrganizationMembers": "NEW", "features": features})).await;
    let shown = stage.must("DescribeOrganizationConfiguration", json!({})).await;
    assert_eq!(
        (&shown["autoEnableOrganizationMembers"], &shown["autoEnable"]),
        (&json!("NEW"), &json!(true))
    );
    assert_eq!(shown["features"][0], json!({"name": "S3_DATA_EVENTS", "autoEnable": "ALL"}));
    assert!(stage.members().await.is_empty());
    assert_eq!(stage.enrol(&stage.app).await, json!([]));
    let members = stage.members().await;
    assert_eq!(members[0]["relationshipStatus"], "Enabled");
    assert_eq!(members[0]["detectorId"].as_str(), stage.detector_of(&stage.app).await.as_deref());
    assert!(
        stage.has(&stage.app, "S3_DATA_EVENTS").await && stage.has(&stage.app, "RUNTIME_MONITORING").await
    );
    assert!(!stage.has(&stage.app, "RDS_LOGIN_EVENTS").await);
    for (wrong, why) in
        [("999900001111", "not a member"), (&*stage.audit, "itself"), (MANAGEMENT, "not enabled")]
    {
        let unprocessed = stage.enrol(wrong).await;
        assert_eq!(unprocessed[0]["accountId"], wrong);
        assert!(unprocessed[0]["result"].as_str().is_some_and(|words| words.contains(why)), "{unprocessed}");
    }
    stage.ask(MANAGEMENT, "CreateDetector", json!({"enable": true})).await;
    assert_eq!(stage.enrol(MANAGEMENT).await, json!([]));
}

#[tokio::test(start_paused = true)]
async fn an_account_that_joins_is_enrolled_and_all_reaches_the_others_in_a_day() {
    let stage = Stage::new().await;
    account(&stage.sim, "before").await;
    assert!(stage.members().await.is_empty());
    stage.set(json!({"autoEnableOrganizationMembers": "NEW"})).await;
    let joined = account(&stage.sim, "after").await;
    let members = stage.members().await;
    assert_eq!(members.len(), 1);
    assert_eq!(members[0]["accountId"], json!(joined));
    stage.set(json!({"autoEnableOrganizationMembers": "ALL"})).await;
    assert_eq!(stage.members().await.len(), 1);
    stage.sim.advance(Duration::from_secs(24 * 3600));
    assert_eq!(
        stage.members().await.len(),
        3,
        "all but the administrator and the management account, which has no detector"
    );
}

#[tokio::test(start_paused = true)]
async fn a_member_neither_leaves_nor_deletes_nor_changes_its_detector() {
    let stage = Stage::new().await;
    stage.enrol(&stage.app).await;
    let own = json!({"DetectorId": stage.detector_of(&stage.app).await});
    stage.refused(&stage.app, "DisassociateFromAdministratorAccount", own.clone()).await;
    stage.refused(&stage.app, "DeleteDetector", own.clone()).await;
    let mut off = own.clone();
    off["features"] = json!([{"name": "S3_DATA_EVENTS", "status": "ENABLED"}]);
    stage.refused(&stage.app, "UpdateDetector", off).await;
    let told = stage.ask(&stage.app, "GetAdministratorAccount", own.clone()).await.json();
    assert_eq!(told["administrator"]["accountId"], json!(stage.audit));
    let words = stage.refused(&stage.audit, "DeleteDetector", json!({"DetectorId": stage.detector})).await;
    let expected = "The request is rejected because the current account cannot delete detector while it has invited or associated members.";
    assert_eq!(words, expected);
    let asked = json!({"accountIds": [stage.app]});
    let early = stage.must("DeleteMembers", asked.clone()).await;
    assert_eq!(early["unprocessedAccounts"][0]["accountId"], json!(stage.app), "it is still associated");
    assert_eq!(stage.must("DisassociateMembers", asked.clone()).await["unprocessedAccounts"], json!([]));
    assert_eq!(stage.must("DeleteMembers", asked.clone()).await["unprocessedAccounts"], json!([]));
    assert_eq!(stage.ask(&stage.app, "DeleteDetector", own).await.code(), None);
    assert_eq!(
        stage.must("GetMembers", asked).await["unprocessedAccounts"][0]["accountId"],
        json!(stage.app)
    );
}

#[tokio::test(start_paused = true)]
async fn with_all_no_member_is_let_go_of_and_otherwise_monitoring_stops_and_starts() {
    let stage = Stage::new().await;
    stage.enrol(&stage.app).await;
    let asked = json!({"accountIds": [stage.app]});
    stage.must("StopMonitoringMembers", asked.clone()).await;
    assert_eq!(stage.members().await[0]["relationshipStatus"], "Disabled");
    let own = json!({"DetectorId": stage.detector_of(&stage.app).await});
    assert_eq!(stage.ask(&stage.app, "GetDetector", own).await.json()["status"], "DISABLED");
    stage.must("StartMonitoringMembers", asked.clone()).await;
    assert_eq!(stage.members().await[0]["relationshipStatus"], "Enabled");
    stage.set(json!({"autoEnableOrganizationMembers": "ALL"})).await;
    for operation in ["StopMonitoringMembers", "DisassociateMembers", "DeleteMembers"] {
        let input = json!({"DetectorId": stage.detector, "accountIds": [stage.app]});
        stage.refused(&stage.audit, operation, input).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_administrator_lets_its_members_go_before_it_is_dismissed_and_their_detectors_stay() {
    let stage = Stage::new().await;
    stage.enrol(&stage.app).await;
    let audit = json!({"adminAccountId": stage.audit});
    assert_eq!(
        refused(&stage.sim, GUARDDUTY, "DisableOrganizationAdminAccount", audit.clone()).await,
        "BadRequestException"
    );
    stage.must("DisassociateMembers", json!({"accountIds": [stage.app]})).await;
    stage.must("DeleteMembers", json!({"accountIds": [stage.app]})).await;
    done(&stage.sim, GUARDDUTY, "DisableOrganizationAdminAccount", audit).await;
    assert!(stage.members().await.is_empty());
    let own = json!({"DetectorId": stage.detector_of(&stage.app).await.expect("a detector")});
    assert_eq!(stage.ask(&stage.app, "DeleteDetector", own).await.code(), None);
    let settings = json!({"DetectorId": stage.detector});
    stage.refused(&stage.audit, "DescribeOrganizationConfiguration", settings).await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_takes_the_place_of_the_settings_and_keeps_what_it_names() {
    let stage = Stage::new().await;
    stage.enrol(&stage.app).await;
    stage.set(json!({"autoEnableOrganizationMembers": "NEW"})).await;
    let kind = json!({"RootId": stage.root, "PolicyType": "GUARDDUTY_POLICY"});
    done(&stage.sim, "organizations", "EnablePolicyType", kind).await;
    stage.sim.advance(Duration::from_secs(600));
    let joined = account(&stage.sim, "after").await;
    assert_eq!(stage.members().await.len(), 1, "the settings no longer apply");
    assert_eq!(stage.detector_of(&joined).await, None);
    let enabled = json!({"status": {"@@assign": "enabled"}});
    let content = json!({"guardduty": {"enablement": {"default": {
        "foundational": enabled, "s3_data_events": enabled, "rds_login_events": enabled}}}});
    let policy = json!({"Name": "detect", "Description": "", "Type": "GUARDDUTY_POLICY", "Content": content.to_string()});
    let policy = done(&stage.sim, "organizations", "CreatePolicy", policy).await;
    let attach = json!({"PolicyId": policy["Policy"]["PolicySummary"]["Id"], "TargetId": stage.root});
    done(&stage.sim, "organizations", "AttachPolicy", attach).await;
    assert!(stage.detector_of(&joined).await.is_some());
    assert!(stage.has(&stage.app, "RDS_LOGIN_EVENTS").await);
    let seen = stage.must("GetMemberDetectors", json!({"accountIds": [stage.app]})).await;
    assert_eq!(seen["members"][0]["features"][0]["managedBy"], "GUARDDUTY_POLICY");
    let switch = |feature: &str| json!({"DetectorId": stage.detector, "accountIds": [stage.app], "features": [{"name": feature, "status": "DISABLED"}]});
    let words = stage.refused(&stage.audit, "UpdateMemberDetectors", switch("S3_DATA_EVENTS")).await;
    assert!(words.contains("S3_DATA_EVENTS is managed by an organization policy"), "{words}");
    let free = stage.ask(&stage.audit, "UpdateMemberDetectors", switch("EKS_AUDIT_LOGS")).await;
    assert_eq!(free.code(), None, "what the policy does not name stays the administrator's");
}
