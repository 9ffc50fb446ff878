//! Scenarios of Security Hub CSPM across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: who may be the administrator (`administrator`).

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet};

const HUB: &str = "securityhub";
const MANAGEMENT: &str = "111122223333";
const BEST_PRACTICES: &str =
    "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0";

/// An organization whose Security Hub `audit` administers, with a member account.
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
        done(&sim, HUB, "EnableOrganizationAdminAccount", json!({"AdminAccountId": audit})).await;
        let stage = Self { sim, root, audit, app };
        stage.must("EnableSecurityHub", json!({"EnableDefaultStandards": false})).await;
        stage
    }

    /// As above with central configuration.
    async fn central() -> Self {
        let stage = Self::new().await;
        let linking = json!({"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["eu-west-1"]});
        stage.must("CreateFindingAggregator", linking).await;
        stage.must("UpdateOrganizationConfiguration", central()).await;
        stage.sim.advance(Duration::from_secs(300));
        stage
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, HUB, operation, input).await
    }

    /// A call of the administrator that succeeds.
    async fn must(&self, operation: &str, input: Value) -> Value {
        let answer = self.ask(&self.audit, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    /// The code with which a call is refused.
    async fn refused(&self, account: &str, operation: &str, input: Value) -> String {
        let answer = self.ask(account, operation, input).await;
        answer.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", answer.text))
    }

    /// The ARNs of the standards that an account has enabled; `None` without a hub.
    async fn standards(&self, account: &str) -> Option<Vec<String>> {
        let answer = self.ask(account, "GetEnabledStandards", json!({})).await;
        let listed = answer.json()["StandardsSubscriptions"].as_array()?.clone();
        Some(listed.iter().map(|row| row["StandardsArn"].as_str().unwrap_or_default().to_owned()).collect())
    }

    async fn policy(&self, name: &str, on: bool) -> Value {
        let content = match on {
            true => json!({"ServiceEnabled": true, "EnabledStandardIdentifiers": [BEST_PRACTICES],
                "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []}}),
            false => json!({"ServiceEnabled": false}),
        };
        let asked = json!({"Name": name, "ConfigurationPolicy": {"SecurityHub": content}});
        self.must("CreateConfigurationPolicy", asked).await["Id"].clone()
    }
}

fn central() -> Value {
    json!({"AutoEnable": false, "AutoEnableStandards": "NONE", "OrganizationConfiguration": {"ConfigurationType": "CENTRAL"}})
}

#[tokio::test(start_paused = true)]
async fn a_hub_is_enabled_once_with_two_standards_that_take_their_time() {
    let stage = Stage::new().await;
    assert_eq!(stage.refused(&stage.app, "DescribeHub", json!({})).await, "InvalidAccessException");
    assert_eq!(stage.ask(&stage.app, "EnableSecurityHub", json!({})).await.code(), None);
    assert_eq!(stage.refused(&stage.app, "EnableSecurityHub", json!({})).await, "ResourceConflictException");
    let pending = stage.ask(&stage.app, "GetEnabledStandards", json!({})).await.json();
    assert_eq!(pending["StandardsSubscriptions"][0]["StandardsStatus"], "PENDING");
    stage.sim.advance(Duration::from_secs(180));
    let ready = stage.ask(&stage.app, "GetEnabledStandards", json!({})).await.json();
    assert_eq!(ready["StandardsSubscriptions"].as_array().map(Vec::len), Some(2));
    assert_eq!(ready["StandardsSubscriptions"][0]["StandardsStatus"], "READY");
    let gone = json!({"StandardsSubscriptionArns": [ready["StandardsSubscriptions"][0]["StandardsSubscriptionArn"]]});
    stage.ask(&stage.app, "BatchDisableStandards", gone).await;
    assert_eq!(stage.standards(&stage.app).await.map(|standards| standards.len()), Some(1));
    assert_eq!(stage.standards(&stage.audit).await, Some(Vec::new()));
    assert_eq!(stage.refused(&stage.audit, "DisableSecurityHub", json!({})).await, "InvalidAccessException");
    assert_eq!(stage.ask(&stage.app, "DisableSecurityHub", json!({})).await.code(), None);
}

#[tokio::test(start_paused = true)]
async fn members_get_their_hub_and_the_management_account_must_have_one() {
    let stage = Stage::new().await;
    let local = json!({"AutoEnable": true, "AutoEnableStandards": "DEFAULT"});
    stage.must("UpdateOrganizationConfiguration", local).await;
    let joined = account(&stage.sim, "later").await;
    assert_eq!(stage.standards(&joined).await.map(|standards| standards.len()), Some(2));
    assert_eq!(stage.standards(&stage.app).await, None);
    let asked = json!({"AccountDetails": [{"AccountId": stage.app}, {"AccountId": MANAGEMENT}]});
    let made = stage.must("CreateMembers", asked).await;
    assert_eq!(made["UnprocessedAccounts"][0]["AccountId"], MANAGEMENT);
    assert!(stage.standards(&stage.app).await.is_some());
    let members = stage.must("ListMembers", json!({})).await;
    assert_eq!(members["Members"].as_array().map(Vec::len), Some(2));
    stage.must("DisassociateMembers", json!({"AccountIds": [stage.app]})).await;
    let shown = stage.must("GetMembers", json!({"AccountIds": [stage.app]})).await;
    assert_eq!(shown["Members"][0]["MemberStatus"], "Removed");
    let foreign = json!({"AutoEnable": true});
    assert_eq!(
        stage.refused(&stage.app, "UpdateOrganizationConfiguration", foreign).await,
        "InvalidAccessException"
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_has_one_aggregator_whose_regions_fit_its_mode() {
    let stage = Stage::new().await;
    for wrong in [
        json!({"RegionLinkingMode": "SPECIFIED_REGIONS"}),
        json!({"RegionLinkingMode": "ALL_REGIONS", "Regions": ["eu-west-1"]}),
        json!({"RegionLinkingMode": "SOME"}),
    ] {
        assert_eq!(
            stage.refused(&stage.audit, "CreateFindingAggregator", wrong).await,
            "InvalidInputException"
        );
    }
    let made = stage.must("CreateFindingAggregator", json!({"RegionLinkingMode": "ALL_REGIONS"})).await;
    let second = json!({"RegionLinkingMode": "NO_REGIONS"});
    assert_eq!(
        stage.refused(&stage.audit, "CreateFindingAggregator", second).await,
        "LimitExceededException"
    );
    let listed = stage.must("ListFindingAggregators", json!({})).await;
    assert_eq!(listed["FindingAggregators"][0]["FindingAggregatorArn"], made["FindingAggregatorArn"]);
    let asked = json!({"FindingAggregatorArn": made["FindingAggregatorArn"]});
    assert_eq!(stage.must("GetFindingAggregator", asked).await["FindingAggregationRegion"], "us-east-1");
    let asked =
        json!({"FindingAggregatorArn": made["FindingAggregatorArn"], "RegionLinkingMode": "NO_REGIONS"});
    assert_eq!(stage.must("UpdateFindingAggregator", asked).await["RegionLinkingMode"], "NO_REGIONS");
}

#[tokio::test(start_paused = true)]
async fn central_configuration_needs_an_aggregator_and_is_pending_first() {
    let stage = Stage::new().await;
    let refused = stage.refused(&stage.audit, "UpdateOrganizationConfiguration", central()).await;
    assert_eq!(refused, "InvalidAccessException");
    let early = json!({"Name": "a", "ConfigurationPolicy": {"SecurityHub": {"ServiceEnabled": false}}});
    assert_eq!(
        stage.refused(&stage.audit, "CreateConfigurationPolicy", early).await,
        "InvalidAccessException"
    );
    let linked = json!({"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": ["eu-west-1"]});
    stage.must("CreateFindingAggregator", linked).await;
    let mut automatic = central();
    automatic["AutoEnable"] = json!(true);
    let refused = stage.refused(&stage.audit, "UpdateOrganizationConfiguration", automatic).await;
    assert_eq!(refused, "InvalidInputException");
    stage.must("UpdateOrganizationConfiguration", central()).await;
    let status = |stage: &Stage| {
        let (sim, audit) = (stage.sim.clone(), stage.audit.clone());
        async move {
            let shown = ask_as(&sim, &audit, None, HUB, "DescribeOrganizationConfiguration", json!({})).await;
            shown.json()["OrganizationConfiguration"]["Status"].clone()
        }
    };
    assert_eq!(status(&stage).await, "PENDING");
    stage.sim.advance(Duration::from_secs(300));
    assert_eq!(status(&stage).await, "ENABLED");
}

#[tokio::test(start_paused = true)]
async fn a_policy_reaches_the_accounts_below_and_the_nearest_one_wins() {
    let stage = Stage::central().await;
    let (on, off) = (stage.policy("on", true).await, stage.policy("off", false).await);
    let to =
        |policy: &Value, target: Value| json!({"ConfigurationPolicyIdentifier": policy, "Target": target});
    let root = json!({"RootId": stage.root});
    let begun = stage.must("StartConfigurationPolicyAssociation", to(&on, root.clone())).await;
    assert_eq!(begun["AssociationStatus"], "PENDING");
    assert_eq!(stage.standards(&stage.app).await, None);
    stage.sim.advance(Duration::from_secs(300));
    assert_eq!(stage.standards(&stage.app).await, Some(vec![BEST_PRACTICES.to_owned()]));
    assert!(stage.sim.world().security_hub.hub(&stage.app, "eu-west-1").is_some(), "a linked Region");
    let app = json!({"Target": {"AccountId": stage.app}});
    let inherited = stage.must("GetConfigurationPolicyAssociation", app.clone()).await;
    assert_eq!(
        (&inherited["AssociationType"], &inherited["AssociationStatus"]),
        (&json!("INHERITED"), &json!("SUCCESS"))
    );
    stage.must("StartConfigurationPolicyAssociation", to(&off, app["Target"].clone())).await;
    stage.sim.advance(Duration::from_secs(300));
    assert_eq!(stage.standards(&stage.app).await, None);
    let joined = account(&stage.sim, "later").await;
    assert_eq!(stage.standards(&joined).await, Some(vec![BEST_PRACTICES.to_owned()]));
    let filters = json!({"Filters": {"AssociationType": "APPLIED"}});
    let applied = stage.must("ListConfigurationPolicyAssociations", filters).await;
    assert_eq!(applied["ConfigurationPolicyAssociationSummaries"].as_array().map(Vec::len), Some(2));
    let identifier = json!({"Identifier": off});
    assert_eq!(
        stage.refused(&stage.audit, "DeleteConfigurationPolicy", identifier.clone()).await,
        "ResourceConflictException"
    );
    stage.must("StartConfigurationPolicyDisassociation", to(&off, app["Target"].clone())).await;
    assert!(stage.standards(&stage.app).await.is_some(), "the root's policy again");
    stage.must("DeleteConfigurationPolicy", identifier).await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_whole_and_its_name_is_its_own() {
    let stage = Stage::central().await;
    stage.policy("a", true).await;
    let again = json!({"Name": "a", "ConfigurationPolicy": {"SecurityHub": {"ServiceEnabled": false}}});
    assert_eq!(
        stage.refused(&stage.audit, "CreateConfigurationPolicy", again).await,
        "ResourceConflictException"
    );
    let both = json!({"EnabledSecurityControlIdentifiers": ["S3.1"], "DisabledSecurityControlIdentifiers": ["S3.2"]});
    for content in [
        json!({"ServiceEnabled": true}),
        json!({"ServiceEnabled": false, "EnabledStandardIdentifiers": [BEST_PRACTICES]}),
        json!({"ServiceEnabled": true, "EnabledStandardIdentifiers": [], "SecurityControlsConfiguration": both}),
        json!({"ServiceEnabled": true, "EnabledStandardIdentifiers": ["arn:aws:securityhub:us-east-1::standards/none/v/1"],
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []}}),
    ] {
        let asked = json!({"Name": "b", "ConfigurationPolicy": {"SecurityHub": content}});
        assert_eq!(
            stage.refused(&stage.audit, "CreateConfigurationPolicy", asked).await,
            "InvalidInputException"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_central_configuration_is_the_end_of_its_policies() {
    let stage = Stage::central().await;
    stage.policy("a", true).await;
    let dismissal = json!({"AdminAccountId": stage.audit});
    let refused =
        ask_as(&stage.sim, MANAGEMENT, None, HUB, "DisableOrganizationAdminAccount", dismissal.clone()).await;
    assert_eq!(refused.code().as_deref(), Some("InvalidInputException"), "not while it is on");
    let local = json!({"AutoEnable": false, "AutoEnableStandards": "NONE", "OrganizationConfiguration": {"ConfigurationType": "LOCAL"}});
    stage.must("UpdateOrganizationConfiguration", local).await;
    stage.must("UpdateOrganizationConfiguration", central()).await;
    stage.sim.advance(Duration::from_secs(300));
    let listed = stage.must("ListConfigurationPolicies", json!({})).await;
    assert_eq!(listed["ConfigurationPolicySummaries"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn rules_about_findings_are_the_administrators_in_each_region_and_batches_tell_what_they_left_out() {
    let stage = Stage::new().await;
    let rule = json!({
        "RuleName": "loud", "RuleOrder": 1, "Description": "what is high is critical",
        "Criteria": { "SeverityLabel": [{ "Value": "HIGH", "Comparison": "EQUALS" }] },
        "Actions": [{ "Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": { "Severity": { "Label": "CRITICAL" } } }],
    });
    stage.ask(&stage.app, "EnableSecurityHub", json!({})).await;
    assert_eq!(
        stage.refused(&stage.app, "CreateAutomationRule", rule.clone()).await,
        "InvalidAccessException"
    );
    let arn = stage.must("CreateAutomationRule", rule).await["RuleArn"].clone();
    let item = json!({ "RuleArn": arn, "RuleStatus": "DISABLED" });
    let gone = json!({ "RuleArn": "arn:aws:securityhub:us-east-1:1:automation-rule/none", "RuleOrder": 2 });
    let asked = json!({ "UpdateAutomationRulesRequestItems": [item, gone] });
    let told = stage.must("BatchUpdateAutomationRules", asked).await;
    assert_eq!(told["ProcessedAutomationRules"], json!([arn]));
    assert_eq!(told["UnprocessedAutomationRules"][0]["RuleArn"], gone["RuleArn"]);
    let listed = stage.must("ListAutomationRules", json!({})).await;
    assert_eq!(listed["AutomationRulesMetadata"][0]["RuleStatus"], "DISABLED");
    let shown = stage.must("BatchGetAutomationRules", json!({ "AutomationRulesArns": [arn] })).await;
    assert_eq!(shown["Rules"][0]["Criteria"]["SeverityLabel"][0]["Value"], "HIGH");
    let deleted = stage.must("BatchDeleteAutomationRules", json!({ "AutomationRulesArns": [arn] })).await;
    assert_eq!(deleted["ProcessedAutomationRules"], json!([arn]));
    let listed = stage.must("ListAutomationRules", json!({})).await;
    assert_eq!(listed["AutomationRulesMetadata"], json!([]));
}
