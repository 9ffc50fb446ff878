//! What the document has no word for is told, each thing by its name.
//!
//! In: a world in which strangers have set up services by calls of their own. Out: that each remark and each
//! reason is there, and that a plan of the document still finds nothing to do.

use serde_json::{Value, json};

use super::stage::Stage;
use super::*;

const OWN: &str = "AKIAADMINISTRATOR000";
const TEMPLATE: &str = "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n";

/// A new organization with some members, by their ids.
async fn organization(members: usize) -> (Stage, Vec<String>) {
    let stage = Stage::new().await;
    for number in 0..members {
        let input = json!({ "AccountName": format!("m{number}"), "Email": format!("m{number}@example.com") });
        stage.ask("organizations", "CreateAccount", input).await;
        stage.simulator.advance(Duration::from_secs(600));
    }
    let listed = stage.ask("organizations", "ListAccounts", json!({})).await.json();
    let name =
        |one: &Value| one["Name"].as_str().is_some_and(|name| name.starts_with('m') && name.len() == 2);
    let mut found: Vec<Value> = listed["Accounts"].as_array().expect("accounts").clone();
    found.retain(name);
    found.sort_by_key(|one| one["Name"].to_string());
    let ids = found.iter().map(|one| one["Id"].as_str().expect("an id").to_owned()).collect();
    (stage, ids)
}

async fn done(stage: &Stage, who: &str, region: &str, service: &str, operation: &str, input: Value) {
    let answer = stage.ask_as(who, region, service, operation, input).await;
    assert_eq!(answer.code(), None, "{operation}");
    stage.simulator.advance(Duration::from_secs(1200));
}

/// The round of a world, whose plan is empty.
async fn quiet_round(stage: &Stage) -> Round {
    let round = round(&stage.simulator, &stage.home.parse().expect("a Region")).await;
    assert_eq!(round.trouble(), None);
    round
}

fn remarked(round: &Round, words: &[&str]) {
    for words in words {
        let told = round.exported.remarks.iter().any(|remark| remark.starts_with(words));
        assert!(told, "{words}: {:#?}", round.exported.remarks);
        assert!(round.exported.files[DOCUMENT].contains(&format!("# - {words}")), "{words}");
    }
}

fn left(round: &Round, address: &str, why: &str) {
    let found = round.exported.left_alone.get(address);
    assert_eq!(found.map(String::as_str), Some(why), "{address}: {:#?}", round.exported.left_alone);
}

fn of<F: Future>(work: F) -> F::Output {
    virtual_runtime().expect("a runtime").block_on(work)
}

#[test]
fn trails_of_single_regions_and_what_else_a_trail_does_are_told_by_name() {
    of(async {
        let (stage, _) = organization(0).await;
        let trust = json!({ "ServicePrincipal": "cloudtrail.amazonaws.com" });
        stage.ask("organizations", "EnableAWSServiceAccess", trust).await;
        let owner = stage.simulator.world().account;
        let bucket =
            json!({ "owner": owner, "region": "us-east-1", "writers": ["cloudtrail.amazonaws.com"] });
        let bucket = serde_json::from_value(bucket).expect("a bucket");
        stage.simulator.change(|world| world.s3.buckets.insert("trails".to_owned(), bucket));
        for (region, name, everywhere) in [
            ("us-east-1", "chosen", false),
            ("eu-west-1", "elsewhere", false),
            ("eu-west-1", "chosen", true),
            ("eu-west-1", "aws-controltower-mine", true),
        ] {
            let input = json!({ "Name": name, "S3BucketName": "trails", "IsOrganizationTrail": true,
                "IsMultiRegionTrail": everywhere });
            done(&stage, OWN, region, "cloudtrail", "CreateTrail", input).await;
        }
        let some = json!([{ "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true }]);
        let arn = format!("arn:aws:cloudtrail:us-east-1:{owner}:trail/chosen");
        let input = json!({ "TrailName": arn, "EventSelectors": some });
        done(&stage, OWN, "us-east-1", "cloudtrail", "PutEventSelectors", input).await;
        let round = quiet_round(&stage).await;
        remarked(
            &round,
            &[
                "the trail chosen: it has a choice of events of its own",
                "the trail chosen of eu-west-1: another Region has a trail of this name",
                "the trail elsewhere of eu-west-1: it records a Region alone",
                "the trail aws-controltower-mine of eu-west-1: its name is for Control Tower's own",
            ],
        );
        left(&round, "trail.chosen", "it does not record");
        let trails = round.spec.security.expect("the section").trails;
        assert_eq!(trails.keys().collect::<Vec<_>>(), ["chosen"]);
    });
}

#[test]
fn stack_sets_that_stand_elsewhere_or_do_more_are_told_by_name() {
    of(async {
        let (stage, _) = organization(1).await;
        stage.ask("cloudformation", "ActivateOrganizationsAccess", json!({})).await;
        let root = stage.organization(|one| one.root.id.clone());
        for (region, name) in
            [("us-east-1", "managed"), ("eu-west-1", "hooks"), ("us-east-1", "AWSControlTowerX")]
        {
            let input = json!({ "StackSetName": name, "TemplateBody": TEMPLATE, "PermissionModel": "SERVICE_MANAGED",
                "AutoDeployment.Enabled": "true", "ManagedExecution.Active": "true",
                "Parameters.member.1.ParameterKey": "Secret", "Parameters.member.1.ParameterValue": "****" });
            done(&stage, OWN, region, "cloudformation", "CreateStackSet", input).await;
            let input = json!({ "StackSetName": name, "Regions.member.1": "us-east-1",
                "DeploymentTargets.OrganizationalUnitIds.member.1": root });
            done(&stage, OWN, region, "cloudformation", "CreateStackInstances", input).await;
        }
        let round = quiet_round(&stage).await;
        remarked(
            &round,
            &[
                "the stack set managed: it has managed execution",
                "the stack set hooks: it stands in eu-west-1, which is not the home Region",
                "the stack set AWSControlTowerX: its name is for Control Tower's own",
            ],
        );
        left(&round, "stack_set.managed", "AWS does not tell the value of one of its parameters");
        assert_eq!(round.spec.stack_sets.keys().collect::<Vec<_>>(), ["managed"]);
    });
}

#[test]
fn what_others_deploy_by_config_and_rules_of_other_kinds_are_told_by_name() {
    of(async {
        let (stage, members) = organization(1).await;
        let other = members[0].as_str();
        let principal = "config-multiaccountsetup.amazonaws.com";
        stage.ask("organizations", "EnableAWSServiceAccess", json!({ "ServicePrincipal": principal })).await;
        let office = json!({ "AccountId": other, "ServicePrincipal": principal });
        stage.ask("organizations", "RegisterDelegatedAdministrator", office).await;
        let everybody = stage.organization(|one| one.accounts.keys().cloned().collect::<Vec<_>>());
        let event = json!(["ConfigurationItemChangeNotification"]);
        let code = json!({ "LambdaFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f",
            "OrganizationConfigRuleTriggerTypes": event });
        let scoped = json!({ "RuleIdentifier": "ENCRYPTED_VOLUMES", "TagKeyScope": "owner" });
        let plain = json!({ "RuleIdentifier": "ENCRYPTED_VOLUMES" });
        for (who, name, kind, metadata) in [
            (OWN, "coded", "OrganizationCustomRuleMetadata", code),
            (OWN, "scoped", "OrganizationManagedRuleMetadata", scoped),
            (other, "theirs", "OrganizationManagedRuleMetadata", plain),
        ] {
            let rule =
                json!({ "OrganizationConfigRuleName": name, "ExcludedAccounts": everybody, kind: metadata });
            done(&stage, who, "us-east-1", "config", "PutOrganizationConfigRule", rule).await;
        }
        let pack = json!({ "OrganizationConformancePackName": "pack", "ExcludedAccounts": everybody,
            "TemplateBody": "Resources:\n  A:\n    Type: AWS::Config::ConfigRule\n",
            "DeliveryS3Bucket": "awsconfigconforms-x" });
        done(&stage, OWN, "us-east-1", "config", "PutOrganizationConformancePack", pack).await;
        let round = quiet_round(&stage).await;
        remarked(
            &round,
            &[
                "security.config.rules.coded: the document has no word for rules of its kind",
                &format!("security.config of {other} in us-east-1: theirs"),
                "security.conformance_packs.pack in us-east-1: it delivers to the bucket awsconfigconforms-x",
            ],
        );
        left(&round, "config_rule.scoped/us-east-1", "the document has no words for all of it");
        left(&round, "conformance_pack.pack/us-east-1", crate::export::config::UNTOLD);
    });
}

fn groups(name: &str, more: Value) -> Value {
    let mut policy = json!({ "PolicyName": name, "ResourceType": "AWS::EC2::SecurityGroup",
        "SecurityServicePolicyData": { "Type": "SECURITY_GROUPS_CONTENT_AUDIT",
            "ManagedServiceData": "{\"type\":\"SECURITY_GROUPS_CONTENT_AUDIT\"}" },
        "ExcludeResourceTags": false, "RemediationEnabled": false });
    let more = more.as_object().cloned().unwrap_or_default();
    policy.as_object_mut().expect("a policy").extend(more);
    json!({ "Policy": policy })
}

#[test]
fn policies_of_firewall_manager_that_cannot_be_said_are_told_by_name() {
    of(async {
        let (stage, members) = organization(2).await;
        let [first, second] = members.as_slice() else { panic!("{members:?}") };
        for (operation, who) in [("AssociateAdminAccount", first), ("PutAdminAccount", second)] {
            done(&stage, OWN, "us-east-1", "fms", operation, json!({ "AdminAccount": who })).await;
        }
        let acl = json!({ "Type": "NETWORK_ACL_COMMON" });
        for policy in [
            groups("twice", json!({})),
            groups("twice", json!({ "RemediationEnabled": true })),
            groups("sets", json!({ "ResourceSetIds": ["0123456789abcdefghijkl"] })),
            groups(
                "both",
                json!({ "IncludeMap": { "ACCOUNT": [first] }, "ExcludeMap": { "ACCOUNT": [second] } }),
            ),
            groups("acl", json!({ "SecurityServicePolicyData": acl, "ResourceType": "AWS::EC2::Subnet" })),
        ] {
            done(&stage, first, "us-east-1", "fms", "PutPolicy", policy).await;
        }
        let round = quiet_round(&stage).await;
        remarked(
            &round,
            &[
                "the policy twice of Firewall Manager: 1 more of this name in us-east-1",
                "the policy both of Firewall Manager: it says both what it is for and what it is not for",
                "the policy acl of Firewall Manager: the document has no word for its type",
                &format!("policies of Firewall Manager that {second} administers: they were not read"),
            ],
        );
        let why = "it has sets of resources, for which the document has no word";
        left(&round, "firewall_policy.sets/us-east-1", why);
        let policies = round.spec.security.expect("the section").firewall_manager.expect("it").policies;
        assert_eq!(policies.keys().collect::<Vec<_>>(), ["sets", "twice"]);
    });
}

#[test]
fn automation_rules_are_told_by_name_where_the_document_has_no_security_hub() {
    of(async {
        let (stage, members) = organization(1).await;
        let (who, hub) = (members[0].as_str(), "securityhub");
        let trust = json!({ "ServicePrincipal": "securityhub.amazonaws.com" });
        stage.ask("organizations", "EnableAWSServiceAccess", trust).await;
        let office = json!({ "AdminAccountId": who });
        done(&stage, OWN, "us-east-1", hub, "EnableOrganizationAdminAccount", office).await;
        stage.ask_as(who, "us-east-1", hub, "EnableSecurityHub", json!({})).await;
        let rule = json!({ "RuleName": "quiet", "RuleOrder": 1, "Description": "x",
            "Criteria": { "SeverityLabel": [{ "Value": "HIGH", "Comparison": "EQUALS" }] },
            "Actions": [{ "Type": "FINDING_FIELDS_UPDATE",
                "FindingFieldsUpdate": { "Workflow": { "Status": "SUPPRESSED" } } }] });
        done(&stage, who, "us-east-1", hub, "CreateAutomationRule", rule).await;
        let round = quiet_round(&stage).await;
        remarked(&round, &["security.security_hub.automation_rules in us-east-1: quiet"]);
    });
}

#[test]
fn automation_rules_beside_the_documents_own_are_said_or_told() {
    let planned = PLANNED.iter().find(|one| one.name == "detect").expect("the plan");
    of(async {
        let stage = Stage::from(&planned.world, &planned.home);
        let (hub, home) = ("securityhub", stage.home.clone());
        let answer = stage.ask_as(OWN, &home, hub, "ListOrganizationAdminAccounts", json!({})).await.json();
        let who = answer["AdminAccounts"][0]["AccountId"].as_str().expect("an administrator").to_owned();
        let high = json!({ "SeverityLabel": [{ "Value": "HIGH", "Comparison": "EQUALS" }] });
        let begins = json!({ "AwsAccountId": [{ "Value": "11", "Comparison": "PREFIX" }] });
        let quiet = json!({ "Workflow": { "Status": "SUPPRESSED" } });
        let signed = json!({ "Note": { "Text": "no", "UpdatedBy": "Ann" } });
        for (name, criteria, change) in [
            ("quiet", &high, &quiet),
            ("quiet", &begins, &quiet),
            ("begins", &begins, &quiet),
            ("signed", &high, &signed),
        ] {
            let rule = json!({ "RuleName": name, "RuleOrder": 2, "Description": "x", "Criteria": criteria,
                "Actions": [{ "Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": change }] });
            done(&stage, &who, &home, hub, "CreateAutomationRule", rule).await;
        }
        let round = quiet_round(&stage).await;
        let more = format!("security.security_hub.automation_rules.quiet in {home}: 1 more of this name");
        let begins =
            "security.security_hub.automation_rules.begins: the document has no words for its criteria";
        remarked(&round, &[more.as_str(), begins]);
        left(&round, &format!("automation_rule.signed/{home}"), "the document has no words for all of it");
        let section = round.spec.security.expect("the section").security_hub.expect("it").automation_rules;
        assert_eq!(section.keys().collect::<Vec<_>>(), ["guards-first", "quiet", "signed"]);
    });
}
