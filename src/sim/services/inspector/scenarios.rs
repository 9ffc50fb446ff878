//! Scenarios of Inspector across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: who may be the administrator (`administrator`).

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet};

const INSPECTOR: &str = "inspector2";
const MANAGEMENT: &str = "111122223333";

/// An organization whose Inspector `audit` administers, with a member account.
struct Stage {
    sim: Simulator,
    root: String,
    audit: String,
    app: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, root) = organization(quiet()).await;
        let (audit, app) = (account(&sim, "audit").await, account(&sim, "app").await);
        let trust = json!({"ServicePrincipal": "inspector2.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        let office = json!({"delegatedAdminAccountId": audit});
        done(&sim, INSPECTOR, "EnableDelegatedAdminAccount", office).await;
        Self { sim, root, audit, app }
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, INSPECTOR, operation, input).await
    }

    async fn must(&self, operation: &str, input: Value) -> Value {
        let answer = self.ask(&self.audit, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    async fn refused(&self, account: &str, operation: &str, input: Value) -> String {
        let answer = self.ask(account, operation, input).await;
        answer.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", answer.text))
    }

    /// The codes of accounts that failed.
    async fn enable(&self, accounts: &[&str], kinds: &[&str]) -> Vec<Value> {
        let answer = self.must("Enable", json!({"accountIds": accounts, "resourceTypes": kinds})).await;
        let failed = answer["failedAccounts"].as_array().cloned().unwrap_or_default();
        failed.into_iter().map(|one| one["errorCode"].clone()).collect()
    }

    async fn member(&self, account: &str) -> Value {
        let told = self.must("GetMember", json!({"accountId": account})).await;
        told["member"]["relationshipStatus"].clone()
    }
}

#[tokio::test(start_paused = true)]
async fn scans_are_enabled_in_a_while_and_what_does_not_work_for_an_account_is_told_by_a_code() {
    let stage = Stage::new().await;
    let audit = stage.audit.clone();
    let none = json!({});
    assert_eq!(
        stage.refused(&audit, "DescribeOrganizationConfiguration", none.clone()).await,
        "AccessDeniedException"
    );
    assert_eq!(stage.enable(&[], &["EC2"]).await, Vec::<Value>::new());
    assert_eq!(stage.enable(&[&audit], &["EC2"]).await, ["ENABLE_IN_PROGRESS"]);
    stage.sim.advance(Duration::from_secs(60));
    assert_eq!(stage.enable(&[&audit], &["EC2"]).await, ["ALREADY_ENABLED"]);
    assert_eq!(stage.enable(&[&audit], &["EC2", "ECR"]).await, Vec::<Value>::new());
    assert_eq!(stage.enable(&[&stage.app], &["EC2"]).await, ["ACCESS_DENIED"], "it is no member");
    let code = json!({"resourceTypes": ["LAMBDA_CODE"]});
    assert_eq!(stage.refused(&audit, "Enable", code).await, "ValidationException");
    let told = stage.must("BatchGetAccountStatus", json!({"accountIds": [audit, stage.app]})).await;
    assert_eq!(told["accounts"][0]["resourceState"]["ec2"]["status"], "ENABLED");
    assert_eq!(told["failedAccounts"][0]["errorCode"], "ACCESS_DENIED");
}

#[tokio::test(start_paused = true)]
async fn an_association_takes_a_while_and_a_member_switches_nothing_off() {
    let stage = Stage::new().await;
    stage.enable(&[], &["EC2"]).await;
    let app = json!({"accountId": stage.app});
    stage.must("AssociateMember", app.clone()).await;
    assert_eq!(stage.member(&stage.app).await, "CREATED");
    stage.sim.advance(Duration::from_secs(30));
    assert_eq!(stage.member(&stage.app).await, "ENABLED");
    assert_eq!(stage.enable(&[&stage.app], &["EC2"]).await, Vec::<Value>::new());
    let own = stage.ask(&stage.app, "Disable", json!({"resourceTypes": ["EC2"]})).await.json();
    assert_eq!(own["failedAccounts"][0]["errorCode"], "ACCESS_DENIED");
    let all = stage.must("Disable", json!({})).await;
    assert_eq!(all["failedAccounts"][0]["errorCode"], "DISASSOCIATE_ALL_MEMBERS");
    stage.must("DisassociateMember", app.clone()).await;
    assert_eq!(stage.must("ListMembers", json!({})).await["members"], json!([]));
    assert_eq!(stage.refused(&stage.audit, "DisassociateMember", app).await, "ValidationException");
    let own = stage.ask(&stage.app, "Disable", json!({})).await.json();
    assert_eq!(own["accounts"][0]["status"], "DISABLED", "it stands alone");
}

#[tokio::test(start_paused = true)]
async fn the_management_account_needs_its_own_inspector_and_strangers_are_refused() {
    let stage = Stage::new().await;
    stage.enable(&[], &["EC2"]).await;
    let management = json!({"accountId": MANAGEMENT});
    stage.must("AssociateMember", management.clone()).await;
    assert_eq!(stage.member(MANAGEMENT).await, "CANNOT_CREATE_DETECTOR_IN_ORG_MASTER");
    stage.ask(MANAGEMENT, "Enable", json!({"resourceTypes": ["EC2"]})).await;
    stage.must("AssociateMember", management).await;
    stage.sim.advance(Duration::from_secs(30));
    assert_eq!(stage.member(MANAGEMENT).await, "ENABLED");
    let stranger = json!({"accountId": "999900001111"});
    assert_eq!(stage.refused(&stage.audit, "AssociateMember", stranger).await, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn accounts_that_join_get_the_scans_of_the_organization_and_the_others_do_not() {
    let stage = Stage::new().await;
    stage.enable(&[], &["EC2"]).await;
    let auto = json!({"autoEnable": {"ec2": true, "ecr": false, "lambda": true}});
    stage.must("UpdateOrganizationConfiguration", auto).await;
    let told = stage.must("DescribeOrganizationConfiguration", json!({})).await;
    assert_eq!((&told["autoEnable"]["lambda"], &told["autoEnable"]["ecr"]), (&json!(true), &json!(false)));
    let late = account(&stage.sim, "late").await;
    let told = stage.must("BatchGetAccountStatus", json!({"accountIds": [late]})).await;
    let words =
        ["ec2", "ecr", "lambda"].map(|kind| told["accounts"][0]["resourceState"][kind]["status"].clone());
    assert_eq!(words, ["ENABLED", "DISABLED", "ENABLED"]);
    let own = json!({"autoEnable": {"ec2": false, "ecr": false}});
    assert_eq!(stage.refused(&late, "UpdateOrganizationConfiguration", own).await, "AccessDeniedException");
}

#[tokio::test(start_paused = true)]
async fn a_policy_switches_scans_and_keeps_the_administrator_from_it() {
    let stage = Stage::new().await;
    let kind = json!({"RootId": stage.root, "PolicyType": "INSPECTOR_POLICY"});
    done(&stage.sim, "organizations", "EnablePolicyType", kind).await;
    stage.sim.advance(Duration::from_secs(600));
    let content = json!({"inspector": {"enablement": {"ec2_scanning": {
        "enable_in_regions": {"@@assign": ["us-east-1"]}, "disable_in_regions": {"@@assign": ["eu-west-1"]}}}}});
    let made = json!({"Name": "scan", "Description": "", "Type": "INSPECTOR_POLICY", "Content": content.to_string()});
    let policy = done(&stage.sim, "organizations", "CreatePolicy", made).await;
    let id = policy["Policy"]["PolicySummary"]["Id"].clone();
    let attach = json!({"PolicyId": id, "TargetId": stage.root});
    done(&stage.sim, "organizations", "AttachPolicy", attach).await;
    let told = stage.must("BatchGetAccountStatus", json!({})).await;
    assert_eq!(told["accounts"][0]["resourceState"]["ec2"]["status"], "ENABLING");
    assert_eq!(stage.enable(&[], &["EC2"]).await, ["BLOCKED_BY_ORGANIZATION_POLICY"]);
    let off = stage.must("Disable", json!({"resourceTypes": ["EC2"]})).await;
    assert_eq!(off["failedAccounts"][0]["errorCode"], "BLOCKED_BY_ORGANIZATION_POLICY");
}
