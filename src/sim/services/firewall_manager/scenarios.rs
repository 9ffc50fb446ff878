//! Policies of Firewall Manager as their administrator meets them, told as stories.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet};

const FMS: &str = "fms";

fn policy(name: &str) -> Value {
    json!({
        "PolicyName": name,
        "SecurityServicePolicyData": {
            "Type": "SECURITY_GROUPS_CONTENT_AUDIT",
            "ManagedServiceData": "{\"type\":\"SECURITY_GROUPS_CONTENT_AUDIT\",\"securityGroups\":[{\"id\":\"sg-1\"}]}",
        },
        "ResourceType": "AWS::EC2::SecurityGroup",
        "ExcludeResourceTags": false,
        "RemediationEnabled": true,
    })
}

async fn put(sim: &Simulator, account: &str, policy: Value) -> Answer {
    ask_as(sim, account, None, FMS, "PutPolicy", json!({ "Policy": policy })).await
}

#[tokio::test(start_paused = true)]
async fn a_policy_is_put_by_an_administrator_and_replaced_by_who_saw_its_last_version() {
    let (sim, _) = organization(quiet()).await;
    let audit = account(&sim, "audit").await;
    assert_eq!(put(&sim, &audit, policy("groups")).await.code().as_deref(), Some("AccessDeniedException"));
    done(&sim, FMS, "AssociateAdminAccount", json!({ "AdminAccount": audit })).await;
    assert_eq!(
        put(&sim, &audit, policy("groups")).await.code().as_deref(),
        Some("InvalidOperationException")
    );
    sim.advance(Duration::from_secs(300));
    let made = put(&sim, &audit, policy("groups")).await.json();
    let mut changed = made["Policy"].clone();
    changed["RemediationEnabled"] = json!(false);
    let changed_once = put(&sim, &audit, changed.clone()).await;
    assert_eq!(changed_once.code(), None, "{}", changed_once.text);
    assert_eq!(put(&sim, &audit, changed).await.code().as_deref(), Some("InvalidInputException"));
    let listed = ask_as(&sim, &audit, None, FMS, "ListPolicies", json!({})).await.json();
    assert_eq!(listed["PolicyList"][0]["SecurityServiceType"], "SECURITY_GROUPS_CONTENT_AUDIT");
    let id = json!({ "PolicyId": made["Policy"]["PolicyId"] });
    let told = ask_as(&sim, &audit, None, FMS, "ListComplianceStatus", id.clone()).await.json();
    assert!(told["PolicyComplianceStatusList"][0]["IssueInfoMap"]["AWSCONFIG"].is_string(), "{told}");
    assert_eq!(ask_as(&sim, &audit, None, FMS, "DeletePolicy", id.clone()).await.code(), None);
    let gone = ask_as(&sim, &audit, None, FMS, "GetPolicy", id).await.code();
    assert_eq!(gone.as_deref(), Some("ResourceNotFoundException"));
}

#[tokio::test(start_paused = true)]
async fn a_policy_whose_data_contradict_it_is_refused() {
    let (sim, _) = organization(quiet()).await;
    let audit = account(&sim, "audit").await;
    done(&sim, FMS, "AssociateAdminAccount", json!({ "AdminAccount": audit })).await;
    sim.advance(Duration::from_secs(300));
    let mut other = policy("groups");
    other["SecurityServicePolicyData"]["ManagedServiceData"] = json!("{\"type\":\"WAFV2\"}");
    let mut stranger = policy("groups");
    stranger["IncludeMap"] = json!({ "ACCOUNT": ["999999999999"] });
    let mut list = policy("groups");
    list["ResourceTypeList"] = json!(["AWS::EC2::Instance"]);
    for wrong in [other, stranger, list] {
        assert_eq!(put(&sim, &audit, wrong).await.code().as_deref(), Some("InvalidInputException"));
    }
}
