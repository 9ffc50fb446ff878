//! Trails as their callers meet them, told as stories.

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::services::s3::{self, Bucket};
use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

const SERVICE: &str = "cloudtrail";
const MANAGEMENT: &str = "111122223333";

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

fn trail(bucket: &str) -> Value {
    json!({
        "Name": "organization",
        "S3BucketName": bucket,
        "IsOrganizationTrail": true,
        "IsMultiRegionTrail": true,
        "EnableLogFileValidation": true,
    })
}

fn named(name: &str) -> Value {
    json!({ "Name": name })
}

#[tokio::test(start_paused = true)]
async fn an_organizations_trail_needs_trust_and_a_bucket_that_admits_it() {
    let (sim, _) = organization(quiet()).await;
    bucket(&sim, "logs", &["cloudtrail.amazonaws.com"]);
    bucket(&sim, "closed", &[]);
    let create = async |bucket: &str| refused(&sim, SERVICE, "CreateTrail", trail(bucket)).await;
    assert_eq!(create("logs").await, "CloudTrailAccessNotEnabledException");
    let trust = json!({ "ServicePrincipal": "cloudtrail.amazonaws.com" });
    done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
    assert_eq!(create("nowhere").await, "S3BucketDoesNotExistException");
    assert_eq!(create("closed").await, "InsufficientS3BucketPolicyException");
    let made = done(&sim, SERVICE, "CreateTrail", trail("logs")).await;
    assert_eq!(made["LogFileValidationEnabled"], true);
    assert_eq!(create("logs").await, "TrailAlreadyExistsException");
    let status =
        async || done(&sim, SERVICE, "GetTrailStatus", named("organization")).await["IsLogging"].clone();
    assert_eq!(status().await, false);
    done(&sim, SERVICE, "StartLogging", named("organization")).await;
    assert_eq!(status().await, true);
    let contradiction = json!({ "Name": "organization", "IncludeGlobalServiceEvents": false });
    let refusal = refused(&sim, SERVICE, "UpdateTrail", contradiction).await;
    assert_eq!(refusal, "InvalidParameterCombinationException");
    done(&sim, SERVICE, "DeleteTrail", named("organization")).await;
    assert_eq!(refused(&sim, SERVICE, "GetTrail", named("organization")).await, "TrailNotFoundException");
}

#[tokio::test(start_paused = true)]
async fn members_see_the_trail_and_cannot_stop_it() {
    let (sim, _) = organization(quiet()).await;
    bucket(&sim, "logs", &["cloudtrail.amazonaws.com"]);
    let app = account(&sim, "app").await;
    let trust = json!({ "ServicePrincipal": "cloudtrail.amazonaws.com" });
    done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
    done(&sim, SERVICE, "CreateTrail", trail("logs")).await;
    let seen = ask_as(&sim, &app, None, SERVICE, "DescribeTrails", json!({})).await.json();
    assert_eq!(seen["trailList"][0]["IsOrganizationTrail"], true);
    for operation in ["StopLogging", "DeleteTrail", "UpdateTrail"] {
        let refusal = ask_as(&sim, &app, None, SERVICE, operation, named("organization")).await.code();
        assert_eq!(refusal.as_deref(), Some("NotOrganizationMasterAccountException"), "{operation}");
    }
    let own = ask_as(&sim, &app, None, SERVICE, "CreateTrail", trail("logs")).await.code();
    assert_eq!(own.as_deref(), Some("NotOrganizationMasterAccountException"));
    done(&sim, SERVICE, "RegisterOrganizationDelegatedAdmin", json!({ "MemberAccountId": app })).await;
    let delegated = ask_as(&sim, &app, None, SERVICE, "StartLogging", named("organization")).await.code();
    assert_eq!(delegated, None);
}
