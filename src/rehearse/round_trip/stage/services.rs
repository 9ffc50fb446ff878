//! Trails, stack sets, AWS Config, Firewall Manager and rules of Security Hub, as whoever administers
//! them works with them.
//!
//! In: acts. Out: requests, and a bucket, which AWS's customers have from elsewhere. Absent: what fails by
//! itself afterwards, which AWS decides.

use serde_json::{Value, json};

use super::super::acts::{Act, Deed};
use super::Stage;

/// The management account's own key.
const OWN: &str = "AKIAADMINISTRATOR000";
const TEMPLATE: &str = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
const PACK: &str = "Resources:\n  Versioned:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: versioned\n";

impl Stage {
    pub(super) async fn services(&self, act: &Act) -> Option<()> {
        match act.deed {
            Deed::Trail => self.trail(act).await,
            Deed::StackSet => self.stack_set(act).await?,
            Deed::Config => self.config(act).await?,
            Deed::AutomationRule => self.automation_rule(act).await,
            _ => self.firewall(act).await?,
        }
        Some(())
    }

    /// The home Region, or one beside it.
    fn place(&self, by: usize) -> String {
        [self.home.as_str(), self.home.as_str(), "eu-west-1"][by % 3].to_owned()
    }

    /// A trail over the organization, into a bucket that lets it, which may be stopped.
    async fn trail(&self, act: &Act) {
        let (trust, name) = ("cloudtrail.amazonaws.com", ["everything", "old.trail", "trail_2"][act.one % 3]);
        self.ask("organizations", "EnableAWSServiceAccess", json!({ "ServicePrincipal": trust })).await;
        let bucket =
            json!({ "owner": self.simulator.world().account, "region": self.home, "writers": [trust] });
        let bucket = serde_json::from_value(bucket).expect("a bucket");
        self.simulator.change(|world| world.s3.buckets.insert("trails".to_owned(), bucket));
        let region = self.place(act.one / 3);
        let mut input = json!({ "Name": name, "S3BucketName": "trails", "IsOrganizationTrail": true,
            "IsMultiRegionTrail": !act.two.is_multiple_of(3), "EnableLogFileValidation": act.two.is_multiple_of(2) });
        if act.three.is_multiple_of(2) {
            input["S3KeyPrefix"] = json!("a/b");
        }
        self.ask_as(OWN, &region, "cloudtrail", "CreateTrail", input).await;
        if !act.three.is_multiple_of(3) {
            self.ask_as(OWN, &region, "cloudtrail", "StartLogging", json!({ "Name": name })).await;
        }
        if act.three.is_multiple_of(4) {
            let some = json!([{ "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true }]);
            let input = json!({ "TrailName": name, "EventSelectors": some });
            self.ask_as(OWN, &region, "cloudtrail", "PutEventSelectors", input).await;
        }
    }

    async fn stack_set(&self, act: &Act) -> Option<()> {
        self.ask("cloudformation", "ActivateOrganizationsAccess", json!({})).await;
        let (name, place) = (["hooks", "roles", "AWSControlTowerOwn"][act.one % 3], self.place(act.one / 3));
        let automatic = if act.two.is_multiple_of(3) { "false" } else { "true" };
        let mut input = json!({ "StackSetName": name, "TemplateBody": TEMPLATE, "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment.Enabled": automatic, "Description": "What: stands" });
        if automatic == "true" {
            input["AutoDeployment.RetainStacksOnAccountRemoval"] =
                json!((act.two.is_multiple_of(2)).to_string());
        }
        if act.two.is_multiple_of(4) {
            input["ManagedExecution.Active"] = json!("true");
        }
        self.ask_as(OWN, &place, "cloudformation", "CreateStackSet", input).await;
        let mut input = json!({ "StackSetName": name,
            "DeploymentTargets.OrganizationalUnitIds.member.1": Self::pick(&self.parents(), act.three)? });
        for (at, region) in self.regions(act.three).into_iter().enumerate() {
            input[format!("Regions.member.{}", at + 1)] = json!(region);
        }
        self.ask_as(OWN, &place, "cloudformation", "CreateStackInstances", input).await;
        Some(())
    }

    /// A rule, a pack or an aggregator of the management account, or of a member that is
    /// registered for it.
    async fn config(&self, act: &Act) -> Option<()> {
        let mut who = OWN.to_owned();
        if act.one.is_multiple_of(2) {
            who = Self::pick(&self.members(), act.two)?;
            let principals = ["config-multiaccountsetup.amazonaws.com", "config.amazonaws.com"];
            for principal in &principals[..=act.three % 2] {
                self.ask("organizations", "EnableAWSServiceAccess", json!({ "ServicePrincipal": principal }))
                    .await;
                let office = json!({ "AccountId": who, "ServicePrincipal": principal });
                self.ask("organizations", "RegisterDelegatedAdministrator", office).await;
            }
        }
        let excluded: Vec<Value> = match act.two % 3 {
            0 => Vec::new(),
            1 => vec![json!(self.simulator.world().account)],
            _ => self.accounts().into_iter().take(2).map(Value::from).collect(),
        };
        let (operation, input) = deployment(act, &excluded);
        for region in self.regions(act.two) {
            self.ask_as(&who, &region, "config", operation, input.clone()).await;
        }
        Some(())
    }

    /// A policy of whoever administers Firewall Manager, or a part of it, in some Regions.
    async fn firewall(&self, act: &Act) -> Option<()> {
        let member = Self::pick(&self.members(), act.two)?;
        let appointment =
            if act.three.is_multiple_of(5) { "PutAdminAccount" } else { "AssociateAdminAccount" };
        self.ask_as(OWN, "us-east-1", "fms", appointment, json!({ "AdminAccount": member })).await;
        self.simulator.advance(std::time::Duration::from_secs(600));
        let answer = self.ask_as(OWN, "us-east-1", "fms", "GetAdminAccount", json!({})).await;
        let standing = answer.json()["AdminAccount"].as_str()?.to_owned();
        let who = if act.three.is_multiple_of(5) { member } else { standing };
        for region in self.regions(act.one) {
            let mut policy = json!({
                "PolicyName": (["groups", "open groups"][act.three % 2]),
                "SecurityServicePolicyData": { "Type": "SECURITY_GROUPS_CONTENT_AUDIT",
                    "ManagedServiceData": "{\"type\":\"SECURITY_GROUPS_CONTENT_AUDIT\",\"securityGroups\":[{\"id\":\"sg-1\"}]}" },
                "ResourceType": "AWS::EC2::SecurityGroup", "ExcludeResourceTags": act.three.is_multiple_of(3),
                "ResourceTags": [{ "Key": "app", "Value": "x" }], "RemediationEnabled": act.two.is_multiple_of(2),
            });
            if act.three.is_multiple_of(2) {
                policy["IncludeMap"] = json!({ "ACCOUNT": [Self::pick(&self.accounts(), act.three)?],
                    "ORG_UNIT": [Self::pick(&self.parents(), act.two)?] });
            }
            if act.three.is_multiple_of(3) {
                policy["ExcludeMap"] = json!({ "ACCOUNT": [Self::pick(&self.accounts(), act.one)?] });
            }
            if act.two.is_multiple_of(7) {
                policy["ResourceSetIds"] = json!(["0123456789abcdefghijkl"]);
            }
            self.ask_as(&who, &region, "fms", "PutPolicy", json!({ "Policy": policy })).await;
        }
        Some(())
    }

    /// A rule of whoever administers Security Hub, in some Regions.
    async fn automation_rule(&self, act: &Act) {
        let hub = "securityhub";
        for region in self.regions(act.one) {
            let answer =
                self.ask_as(OWN, &region, hub, "ListOrganizationAdminAccounts", json!({})).await.json();
            let Some(who) = answer["AdminAccounts"][0]["AccountId"].as_str().map(str::to_owned) else {
                continue;
            };
            self.ask_as(&who, &region, hub, "EnableSecurityHub", json!({})).await;
            let change = [
                json!({ "Severity": { "Label": "LOW" }, "Note": { "Text": "seen: it", "UpdatedBy": "lzctl" } }),
                json!({ "Workflow": { "Status": "SUPPRESSED" }, "Note": { "Text": "no", "UpdatedBy": "Ann" } }),
                json!({ "RelatedFindings": [{ "ProductArn": "arn:aws:x", "Id": "1" }] }),
            ];
            let mut criteria = json!({ "SeverityLabel": [{ "Value": "HIGH", "Comparison": "EQUALS" }] });
            if act.two.is_multiple_of(2) {
                let how = ["EQUALS", "PREFIX"][act.three % 2];
                criteria["AwsAccountId"] =
                    json!([{ "Value": self.accounts()[act.two % self.accounts().len()], "Comparison": how }]);
            }
            let rule = json!({ "RuleName": (["quiet", "true"][act.one % 2]), "RuleOrder": 1 + act.three % 9,
                "Description": (["quiet", "What: for"][act.three % 2]), "IsTerminal": act.two.is_multiple_of(3),
                "Criteria": criteria,
                "Actions": [{ "Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": change[act.three % 3] }] });
            self.ask_as(&who, &region, hub, "CreateAutomationRule", rule).await;
        }
    }
}

/// Something that AWS Config deploys or collects with.
fn deployment(act: &Act, excluded: &[Value]) -> (&'static str, Value) {
    match act.three % 5 {
        0 => {
            let source = json!({ "RoleArn": "arn:aws:iam::111122223333:role/a", "AllAwsRegions": true });
            let name = ["organization", "all"][act.two % 2];
            let input =
                json!({ "ConfigurationAggregatorName": name, "OrganizationAggregationSource": source });
            ("PutConfigurationAggregator", input)
        }
        1 => {
            let mut pack = json!({ "OrganizationConformancePackName": "ransomware", "TemplateBody": PACK,
                "ExcludedAccounts": excluded });
            if act.one.is_multiple_of(3) {
                pack["DeliveryS3Bucket"] = json!("awsconfigconforms-x");
            }
            ("PutOrganizationConformancePack", pack)
        }
        2 => {
            let guard = json!({ "PolicyRuntime": "guard-2.x.x", "PolicyText": "rule x when true { }\n",
                "OrganizationConfigRuleTriggerTypes": ["ConfigurationItemChangeNotification"] });
            let rule = json!({ "OrganizationConfigRuleName": "described", "ExcludedAccounts": excluded,
                "OrganizationCustomPolicyRuleMetadata": guard });
            ("PutOrganizationConfigRule", rule)
        }
        3 => {
            let code = json!({ "LambdaFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f",
                "OrganizationConfigRuleTriggerTypes": ["ConfigurationItemChangeNotification"] });
            let rule = json!({ "OrganizationConfigRuleName": "coded", "ExcludedAccounts": excluded,
                "OrganizationCustomRuleMetadata": code });
            ("PutOrganizationConfigRule", rule)
        }
        _ => {
            let given = ["{\"days\":\"90\"}", "{\"days\": \"90\"}", "{\"days\":90}"][act.one % 3];
            let mut managed = json!({ "RuleIdentifier": "ENCRYPTED_VOLUMES", "InputParameters": given,
                "ResourceTypesScope": ["AWS::EC2::Volume"] });
            if act.two.is_multiple_of(4) {
                managed["TagKeyScope"] = json!("owner");
            }
            let rule = json!({ "OrganizationConfigRuleName": "encrypted", "ExcludedAccounts": excluded,
                "OrganizationManagedRuleMetadata": managed });
            ("PutOrganizationConfigRule", rule)
        }
    }
}
