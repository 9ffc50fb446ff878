//! Trails, stack sets, AWS Config and Firewall Manager, as whoever administers them works with them.
//!
//! In: acts. Out: requests, and a bucket, which AWS's customers have from elsewhere. Absent: what fails by
//! itself afterwards, which AWS decides.

use serde_json::{Value, json};

use super::super::acts::{Act, Deed};
use super::Stage;

const TEMPLATE: &str = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";
const PACK: &str = "Resources:\n  Versioned:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: versioned\n";

impl Stage {
    pub(super) async fn services(&self, act: &Act) -> Option<()> {
        match act.deed {
            Deed::Trail => self.trail(act).await,
            Deed::StackSet => self.stack_set(act).await?,
            Deed::Config => self.config(act).await?,
            _ => self.firewall(act).await?,
        }
        Some(())
    }

    /// A trail over the organization, into a bucket that lets it, which may be stopped.
    async fn trail(&self, act: &Act) {
        let (trust, name) = ("cloudtrail.amazonaws.com", ["everything", "old.trail", "trail_2"][act.one % 3]);
        self.ask("organizations", "EnableAWSServiceAccess", json!({ "ServicePrincipal": trust })).await;
        let bucket =
            json!({ "owner": self.simulator.world().account, "region": self.home, "writers": [trust] });
        let bucket = serde_json::from_value(bucket).expect("a bucket");
        self.simulator.change(|world| world.s3.buckets.insert("trails".to_owned(), bucket));
        let mut input = json!({ "Name": name, "S3BucketName": "trails", "IsOrganizationTrail": true,
            "IsMultiRegionTrail": !act.two.is_multiple_of(3), "EnableLogFileValidation": act.two.is_multiple_of(2) });
        if act.three.is_multiple_of(2) {
            input["S3KeyPrefix"] = json!("a/b");
        }
        self.ask("cloudtrail", "CreateTrail", input).await;
        if !act.three.is_multiple_of(3) {
            self.ask("cloudtrail", "StartLogging", json!({ "Name": name })).await;
        }
    }

    async fn stack_set(&self, act: &Act) -> Option<()> {
        self.ask("cloudformation", "ActivateOrganizationsAccess", json!({})).await;
        let name = ["hooks", "roles", "AWSControlTowerOwn"][act.one % 3];
        let automatic = if act.two.is_multiple_of(3) { "false" } else { "true" };
        let mut input = json!({ "StackSetName": name, "TemplateBody": TEMPLATE, "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment.Enabled": automatic, "Description": "What: stands" });
        if automatic == "true" {
            input["AutoDeployment.RetainStacksOnAccountRemoval"] =
                json!((act.two.is_multiple_of(2)).to_string());
        }
        self.ask("cloudformation", "CreateStackSet", input).await;
        let mut input = json!({ "StackSetName": name,
            "DeploymentTargets.OrganizationalUnitIds.member.1": Self::pick(&self.parents(), act.three)? });
        for (at, region) in self.regions(act.three).into_iter().enumerate() {
            input[format!("Regions.member.{}", at + 1)] = json!(region);
        }
        self.ask("cloudformation", "CreateStackInstances", input).await;
        Some(())
    }

    /// A rule or a pack of the management account, or of a member that is registered for it.
    async fn config(&self, act: &Act) -> Option<()> {
        let mut who = "AKIAADMINISTRATOR000".to_owned();
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
        for region in self.regions(act.two) {
            let (operation, input) = match act.three % 4 {
                0 => {
                    let source =
                        json!({ "RoleArn": "arn:aws:iam::111122223333:role/a", "AllAwsRegions": true });
                    let name = ["organization", "all"][act.two % 2];
                    let input = json!({ "ConfigurationAggregatorName": name, "OrganizationAggregationSource": source });
                    ("PutConfigurationAggregator", input)
                }
                1 => {
                    let pack = json!({ "OrganizationConformancePackName": "ransomware", "TemplateBody": PACK,
                        "ExcludedAccounts": excluded });
                    ("PutOrganizationConformancePack", pack)
                }
                2 => {
                    let guard = json!({ "PolicyRuntime": "guard-2.x.x", "PolicyText": "rule x when true { }\n",
                        "OrganizationConfigRuleTriggerTypes": ["ConfigurationItemChangeNotification"] });
                    let rule = json!({ "OrganizationConfigRuleName": "described", "ExcludedAccounts": excluded,
                        "OrganizationCustomPolicyRuleMetadata": guard });
                    ("PutOrganizationConfigRule", rule)
                }
                _ => {
                    let given = ["{\"days\":\"90\"}", "{\"days\": \"90\"}", "{\"days\":90}"][act.one % 3];
                    let managed = json!({ "RuleIdentifier": "ENCRYPTED_VOLUMES", "InputParameters": given,
                        "ResourceTypesScope": ["AWS::EC2::Volume"] });
                    let rule = json!({ "OrganizationConfigRuleName": "encrypted", "ExcludedAccounts": excluded,
                        "OrganizationManagedRuleMetadata": managed });
                    ("PutOrganizationConfigRule", rule)
                }
            };
            self.ask_as(&who, &region, "config", operation, input).await;
        }
        Some(())
    }

    /// A policy of whoever administers Firewall Manager, in some Regions.
    async fn firewall(&self, act: &Act) -> Option<()> {
        let member = Self::pick(&self.members(), act.two)?;
        self.ask_as(
            "AKIAADMINISTRATOR000",
            "us-east-1",
            "fms",
            "AssociateAdminAccount",
            json!({ "AdminAccount": member }),
        )
        .await;
        self.simulator.advance(std::time::Duration::from_secs(600));
        let answer =
            self.ask_as("AKIAADMINISTRATOR000", "us-east-1", "fms", "GetAdminAccount", json!({})).await;
        let who = answer.json()["AdminAccount"].as_str()?.to_owned();
        for region in self.regions(act.one) {
            let mut policy = json!({
                "PolicyName": (["groups", "open groups"][act.three % 2]),
                "SecurityServicePolicyData": { "Type": "SECURITY_GROUPS_CONTENT_AUDIT",
                    "ManagedServiceData": "{\"type\":\"SECURITY_GROUPS_CONTENT_AUDIT\",\"securityGroups\":[{\"id\":\"sg-1\"}]}" },
                "ResourceType": "AWS::EC2::SecurityGroup", "ExcludeResourceTags": act.three.is_multiple_of(3),
                "ResourceTags": [{ "Key": "app", "Value": "x" }], "RemediationEnabled": act.two.is_multiple_of(2),
            });
            if act.three.is_multiple_of(2) {
                policy["IncludeMap"] = json!({ "ACCOUNT": [Self::pick(&self.accounts(), act.three)?] });
            }
            self.ask_as(&who, &region, "fms", "PutPolicy", json!({ "Policy": policy })).await;
        }
        Some(())
    }
}
