//! What stands in the way of Control Tower in accounts, and above them.
//!
//! In: a stage with one thing wrong. Out: what the wire shows. Absent: AWS Config of an account's own (`recording`).

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};
use crate::sim::services::iam::queries::{self, ADMINISTRATOR_ACCESS, WantedRole};

impl Stage {
    /// Somebody has made a role in an account, which trusts another account and may do everything.
    fn has_role(&self, account: &str, name: &str, trusted: &str) {
        let account = &self.accounts[account];
        self.sim.change(|world| {
            let (trust, now) = (queries::trust_of_account(trusted), world.time);
            let managed = [ADMINISTRATOR_ACCESS];
            let wanted = WantedRole {
                path: "/",
                name,
                trust: &trust,
                description: None,
                managed: &managed,
                inline: &[],
            };
            queries::put_role(world, account, &wanted, now);
        });
    }

    /// The words with which the registration of Workloads fails.
    async fn fails_to_register(&self) -> String {
        let input = self.enabling("AWSControlTowerBaseline", "5.0", "Workloads").await;
        let begun = self.must("controltower", "EnableBaseline", input).await;
        self.pass(3600);
        let ended = self.baseline_operation(&begun["operationIdentifier"]).await;
        assert_eq!(ended["status"], "FAILED");
        ended["statusMessage"].as_str().unwrap_or_default().to_owned()
    }

    /// How the enrolment of an account has ended, by the enabled baseline of its unit.
    async fn enrolment(&self, unit: &Value, account: &str) -> Value {
        let children = self.children(unit).await;
        let own = children.iter().find(|child| {
            child["targetIdentifier"].as_str().is_some_and(|target| target.ends_with(&self.accounts[account]))
        });
        own.map_or(Value::Null, |child| child["statusSummary"]["status"].clone())
    }

    async fn registers_again(&self, unit: &Value) {
        self.must("controltower", "ResetEnabledBaseline", json!({"enabledBaselineIdentifier": unit})).await;
        self.pass(3600);
    }
}

#[tokio::test(start_paused = true)]
async fn sts_switched_off_in_a_governed_region_and_an_odd_address_fail_the_whole_unit() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let app = stage.accounts["app"].clone();
    stage.sim.change(|world| world.sts.off.insert(app.clone(), ["us-east-1".to_owned()].into()));
    let words = stage.fails_to_register().await;
    assert!(words.contains(&app) && words.contains("us-east-1"), "{words}");
    let mut stage = Stage::governed(false).await;
    stage.account("o!hara", Some("Workloads")).await;
    let words = stage.fails_to_register().await;
    assert!(words.contains("o!hara@example.com"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn sts_switched_off_in_another_region_is_in_nobodys_way() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let app = stage.accounts["app"].clone();
    stage.sim.change(|world| world.sts.off.insert(app, ["eu-west-1".to_owned()].into()));
    let unit = stage.register("Workloads").await;
    assert_eq!(stage.enrolment(&unit, "app").await, "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn what_another_landing_zone_has_left_fails_the_account_alone_until_it_is_gone() {
    let mut stage = Stage::governed(false).await;
    for name in ["clean", "residue", "foreign"] {
        stage.account(name, Some("Workloads")).await;
    }
    stage.has_role("residue", "aws-controltower-ConfigRecorderRole", MANAGEMENT);
    stage.has_role("foreign", "AWSControlTowerExecution", "999988887777");
    let unit = stage.register("Workloads").await;
    for (name, status) in [("clean", "SUCCEEDED"), ("residue", "FAILED"), ("foreign", "FAILED")] {
        assert_eq!(stage.enrolment(&unit, name).await, status, "{name}");
    }
    let residue = stage.accounts["residue"].clone();
    stage.sim.change(|world| queries::remove_role(world, &residue, "aws-controltower-ConfigRecorderRole"));
    stage.has_role("foreign", "AWSControlTowerExecution", MANAGEMENT);
    stage.registers_again(&unit).await;
    for name in ["clean", "residue", "foreign"] {
        assert_eq!(stage.enrolment(&unit, name).await, "SUCCEEDED", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_denies_control_towers_work_fails_the_accounts_below_until_its_role_is_exempt() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let deny = json!({"Effect": "Deny", "Action": "iam:CreateRole", "Resource": "*"});
    let document = |statement: &Value| json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let input = json!({"Name": "frozen", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": document(&deny)});
    let on = json!({"RootId": stage.root, "PolicyType": "SERVICE_CONTROL_POLICY"});
    stage.must("organizations", "EnablePolicyType", on).await;
    stage.pass(600);
    let made = stage.must("organizations", "CreatePolicy", input).await;
    let policy = made["Policy"]["PolicySummary"]["Id"].clone();
    let attach = json!({"PolicyId": policy, "TargetId": stage.units["Workloads"]});
    stage.must("organizations", "AttachPolicy", attach).await;
    let unit = stage.register("Workloads").await;
    assert_eq!(stage.enrolment(&unit, "app").await, "FAILED");
    let mut exempt = deny;
    let role = "arn:aws:iam::*:role/AWSControlTowerExecution";
    exempt["Condition"] = json!({"ArnNotLike": {"aws:PrincipalArn": role}});
    let input = json!({"PolicyId": policy, "Content": document(&exempt)});
    stage.must("organizations", "UpdatePolicy", input).await;
    stage.registers_again(&unit).await;
    assert_eq!(stage.enrolment(&unit, "app").await, "SUCCEEDED");
}
