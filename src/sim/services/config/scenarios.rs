//! AWS Config as its callers meet it, told as stories.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::services::s3::{self, Bucket};
use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

const CONFIG: &str = "config";
const MANAGEMENT: &str = "111122223333";

fn recorder(name: &str) -> Value {
    json!({"ConfigurationRecorder": {"name": name, "roleARN": "arn:aws:iam::111122223333:role/config"}})
}

fn channel(name: &str, bucket: &str) -> Value {
    json!({"DeliveryChannel": {"name": name, "s3BucketName": bucket}})
}

fn named(name: &str) -> Value {
    json!({"ConfigurationRecorderName": name})
}

/// A bucket that Config may write into for the management account.
fn bucket(sim: &Simulator, name: &str, writers: &[&str]) {
    sim.change(|world| {
        let bucket = Bucket {
            owner: MANAGEMENT.to_owned(),
            region: "us-east-1".to_owned(),
            writers: writers.iter().map(|&writer| writer.to_owned()).collect(),
            organization: true,
        };
        s3::ensure(world, name, bucket);
    });
}

/// Gives an account a recorder in the Region of the tests.
async fn records(sim: &Simulator, account: &str) {
    let input = json!({"ConfigurationRecorder": {"roleARN": format!("arn:aws:iam::{account}:role/config")}});
    assert_eq!(ask_as(sim, account, None, CONFIG, "PutConfigurationRecorder", input).await.code(), None);
}

#[tokio::test(start_paused = true)]
async fn a_recorder_comes_before_its_channel_and_starts_after_it() {
    let (sim, _) = organization(quiet()).await;
    bucket(&sim, "logs", &["config.amazonaws.com"]);
    bucket(&sim, "closed", &[]);
    let put = async |operation, input| refused(&sim, CONFIG, operation, input).await;
    let early = put("PutDeliveryChannel", channel("main", "logs")).await;
    assert_eq!(early, "NoAvailableConfigurationRecorderException");
    assert_eq!(
        put("StartConfigurationRecorder", named("main")).await,
        "NoSuchConfigurationRecorderException"
    );
    done(&sim, CONFIG, "PutConfigurationRecorder", recorder("main")).await;
    done(&sim, CONFIG, "PutConfigurationRecorder", recorder("main")).await;
    let second = put("PutConfigurationRecorder", recorder("other")).await;
    assert_eq!(second, "MaxNumberOfConfigurationRecordersExceededException");
    assert_eq!(put("StartConfigurationRecorder", named("main")).await, "NoAvailableDeliveryChannelException");
    assert_eq!(put("PutDeliveryChannel", channel("main", "nowhere")).await, "NoSuchBucketException");
    let closed = put("PutDeliveryChannel", channel("main", "closed")).await;
    assert_eq!(closed, "InsufficientDeliveryPolicyException");
    done(&sim, CONFIG, "PutDeliveryChannel", channel("main", "logs")).await;
    let second = put("PutDeliveryChannel", channel("other", "logs")).await;
    assert_eq!(second, "MaxNumberOfDeliveryChannelsExceededException");
    done(&sim, CONFIG, "StartConfigurationRecorder", named("main")).await;
    let status = done(&sim, CONFIG, "DescribeConfigurationRecorderStatus", json!({})).await;
    assert_eq!(status["ConfigurationRecordersStatus"][0]["recording"], true);
    let channel = json!({"DeliveryChannelName": "main"});
    let running = put("DeleteDeliveryChannel", channel.clone()).await;
    assert_eq!(running, "LastDeliveryChannelDeleteFailedException");
    done(&sim, CONFIG, "StopConfigurationRecorder", named("main")).await;
    done(&sim, CONFIG, "DeleteDeliveryChannel", channel.clone()).await;
    done(&sim, CONFIG, "DeleteConfigurationRecorder", named("main")).await;
    assert_eq!(put("DeleteDeliveryChannel", channel).await, "NoSuchDeliveryChannelException");
    let gone = done(&sim, CONFIG, "DescribeConfigurationRecorders", json!({})).await;
    assert_eq!(gone, json!({"ConfigurationRecorders": []}));
}

#[tokio::test(start_paused = true)]
async fn recorders_are_refused_without_a_role_with_a_reserved_name_or_a_group_that_contradicts_itself() {
    let (sim, _) = organization(quiet()).await;
    let put = async |body: Value| {
        refused(&sim, CONFIG, "PutConfigurationRecorder", json!({"ConfigurationRecorder": body})).await
    };
    let role = "arn:aws:iam::111122223333:role/config";
    assert_eq!(put(json!({"name": "main"})).await, "InvalidRoleException");
    let reserved = json!({"name": "AWSConfigurationRecorderForMe", "roleARN": role});
    assert_eq!(put(reserved).await, "InvalidConfigurationRecorderNameException");
    let both = json!({"allSupported": true, "resourceTypes": ["AWS::S3::Bucket"]});
    assert_eq!(put(json!({"roleARN": role, "recordingGroup": both})).await, "InvalidRecordingGroupException");
    let linked = json!({"roleARN": role, "servicePrincipal": "securityhub.amazonaws.com"});
    assert_eq!(put(linked).await, "UnmodifiableEntityException");
}

#[tokio::test(start_paused = true)]
async fn a_service_keeps_a_recorder_beside_the_accounts_own_and_nobody_stops_it() {
    let (sim, _) = organization(quiet()).await;
    let service = json!({"ServicePrincipal": "securityhub.amazonaws.com"});
    let made = done(&sim, CONFIG, "PutServiceLinkedConfigurationRecorder", service.clone()).await;
    let again = refused(&sim, CONFIG, "PutServiceLinkedConfigurationRecorder", service.clone()).await;
    assert_eq!(again, "ConflictException");
    let name = made["Name"].as_str().expect("a name");
    for operation in
        ["StartConfigurationRecorder", "StopConfigurationRecorder", "DeleteConfigurationRecorder"]
    {
        assert_eq!(refused(&sim, CONFIG, operation, named(name)).await, "UnmodifiableEntityException");
    }
    let own = done(&sim, CONFIG, "DescribeConfigurationRecorders", json!({})).await;
    assert_eq!(own["ConfigurationRecorders"], json!([]));
    let listed = done(&sim, CONFIG, "ListConfigurationRecorders", json!({})).await;
    assert_eq!(listed["ConfigurationRecorderSummaries"][0]["recordingScope"], "INTERNAL");
    done(&sim, CONFIG, "DeleteServiceLinkedConfigurationRecorder", service).await;
}

#[tokio::test(start_paused = true)]
async fn an_aggregator_of_the_organization_is_for_its_administrators_and_tells_who_records_nothing() {
    let (sim, _) = organization(quiet()).await;
    let audit = account(&sim, "audit").await;
    let source = json!({"RoleArn": "arn:aws:iam::111122223333:role/a", "AwsRegions": ["us-east-1"]});
    let aggregator = json!({"ConfigurationAggregatorName": "all", "OrganizationAggregationSource": source});
    let by_audit = async || {
        ask_as(&sim, &audit, None, CONFIG, "PutConfigurationAggregator", aggregator.clone()).await.code()
    };
    assert_eq!(by_audit().await.as_deref(), Some("OrganizationAccessDeniedException"));
    done(&sim, CONFIG, "PutConfigurationAggregator", aggregator.clone()).await;
    let trusted = done(&sim, "organizations", "ListAWSServiceAccessForOrganization", json!({})).await;
    assert!(trusted.to_string().contains("\"config.amazonaws.com\""), "{trusted}");
    let office = json!({"AccountId": audit, "ServicePrincipal": "config.amazonaws.com"});
    done(&sim, "organizations", "RegisterDelegatedAdministrator", office).await;
    assert_eq!(by_audit().await, None);
    records(&sim, &audit).await;
    let name = json!({"ConfigurationAggregatorName": "all"});
    let told = done(&sim, CONFIG, "DescribeConfigurationAggregatorSourcesStatus", name).await;
    let of = |account: &str| {
        let rows = told["AggregatedSourceStatusList"].as_array().expect("rows");
        rows.iter().find(|row| row["SourceId"] == account).expect("a row")["LastUpdateStatus"].clone()
    };
    assert_eq!((of(&audit), of(MANAGEMENT)), (json!("SUCCEEDED"), json!("FAILED")));
    let both = json!({"RoleArn": "arn:aws:iam::111122223333:role/a", "AllAwsRegions": true, "AwsRegions": ["us-east-1"]});
    let input = json!({"ConfigurationAggregatorName": "both", "OrganizationAggregationSource": both});
    let refusal = refused(&sim, CONFIG, "PutConfigurationAggregator", input).await;
    assert_eq!(refusal, "InvalidParameterValueException");
}

const PACK: &str = "Resources:\n  Versioned:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: versioned\n";

async fn standing(sim: &Simulator) -> String {
    let told = done(sim, CONFIG, "DescribeOrganizationConformancePackStatuses", json!({})).await;
    told["OrganizationConformancePackStatuses"][0]["Status"].as_str().unwrap_or_default().to_owned()
}

async fn standing_of(sim: &Simulator, account: &str) -> Value {
    let input = json!({"OrganizationConformancePackName": "ransomware", "Filters": {"AccountId": account}});
    let told = done(sim, CONFIG, "GetOrganizationConformancePackDetailedStatus", input).await;
    told["OrganizationConformancePackDetailedStatuses"][0].clone()
}

#[tokio::test(start_paused = true)]
async fn a_pack_fails_in_each_account_without_a_recorder_and_reaches_who_joins_for_seven_hours() {
    let (sim, _) = organization(quiet()).await;
    let app = account(&sim, "app").await;
    records(&sim, &app).await;
    let pack = |excluded: &[&str]| {
        json!({
            "OrganizationConformancePackName": "ransomware",
            "TemplateBody": PACK,
            "ExcludedAccounts": excluded,
        })
    };
    done(&sim, CONFIG, "PutOrganizationConformancePack", pack(&[])).await;
    let busy = refused(&sim, CONFIG, "PutOrganizationConformancePack", pack(&[])).await;
    assert_eq!(
        (busy.as_str(), standing(&sim).await.as_str()),
        ("ResourceInUseException", "CREATE_IN_PROGRESS")
    );
    sim.advance(Duration::from_secs(300));
    assert_eq!(standing(&sim).await, "CREATE_FAILED");
    assert_eq!(standing_of(&sim, &app).await["Status"], "CREATE_SUCCESSFUL");
    let failed = standing_of(&sim, MANAGEMENT).await;
    assert_eq!(failed["ErrorCode"], "NoAvailableConfigurationRecorderException");
    done(&sim, CONFIG, "PutOrganizationConformancePack", pack(&[MANAGEMENT])).await;
    sim.advance(Duration::from_secs(300));
    assert_eq!(standing(&sim).await, "UPDATE_SUCCESSFUL");
    let (late, never) = (account(&sim, "late").await, account(&sim, "never").await);
    assert_eq!(standing_of(&sim, &late).await["Status"], "CREATE_IN_PROGRESS");
    records(&sim, &late).await;
    sim.advance(Duration::from_secs(8 * 3600));
    assert_eq!(standing_of(&sim, &late).await["Status"], "CREATE_SUCCESSFUL");
    assert_eq!(standing_of(&sim, &never).await["Status"], "CREATE_FAILED");
    let name = json!({"OrganizationConformancePackName": "ransomware"});
    done(&sim, CONFIG, "DeleteOrganizationConformancePack", name.clone()).await;
    sim.advance(Duration::from_secs(300));
    let gone = refused(&sim, CONFIG, "DeleteOrganizationConformancePack", name).await;
    assert_eq!(gone, "NoSuchOrganizationConformancePackException");
}

#[tokio::test(start_paused = true)]
async fn rules_and_packs_have_an_administrator_of_their_own_and_a_template_holds_config_only() {
    let (sim, _) = organization(quiet()).await;
    let audit = account(&sim, "audit").await;
    let rule = json!({
        "OrganizationConfigRuleName": "encrypted",
        "OrganizationManagedRuleMetadata": {"RuleIdentifier": "ENCRYPTED_VOLUMES"},
    });
    let by_audit =
        async || ask_as(&sim, &audit, None, CONFIG, "PutOrganizationConfigRule", rule.clone()).await.code();
    for (principal, refusal) in [
        ("config.amazonaws.com", Some("OrganizationAccessDeniedException")),
        ("config-multiaccountsetup.amazonaws.com", None),
    ] {
        let trust = json!({"ServicePrincipal": principal});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        let office = json!({"AccountId": audit, "ServicePrincipal": principal});
        done(&sim, "organizations", "RegisterDelegatedAdministrator", office).await;
        assert_eq!(by_audit().await.as_deref(), refusal, "{principal}");
    }
    let seen = done(&sim, CONFIG, "DescribeOrganizationConfigRules", json!({})).await;
    assert_eq!(seen["OrganizationConfigRules"], json!([]), "the management account sees its own only");
    let foreign = PACK.replace("AWS::Config::ConfigRule", "AWS::S3::Bucket");
    let pack = json!({"OrganizationConformancePackName": "other", "TemplateBody": foreign});
    let refusal = refused(&sim, CONFIG, "PutOrganizationConformancePack", pack).await;
    assert_eq!(refusal, "OrganizationConformancePackTemplateValidationException");
    let none = json!({"OrganizationConfigRuleName": "nothing"});
    let refusal = refused(&sim, CONFIG, "PutOrganizationConfigRule", none).await;
    assert_eq!(refusal, "InvalidParameterValueException");
}
