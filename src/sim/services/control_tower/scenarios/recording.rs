//! AWS Config under Control Tower: who records, who collects, and what stands in the way.
//!
//! In: a stage. Out: what the wire shows to the accounts. Absent: AWS Config's own rules.

use serde_json::{Value, json};

use super::{MANAGEMENT, Stage};
use crate::sim::testing::ask_as;

const RECORDER: &str = "aws-controltower-BaselineConfigRecorder";

impl Stage {
    /// The name of the recorder of an account, if it records.
    async fn recorder(&self, account: &str) -> Option<String> {
        let asked =
            ask_as(&self.sim, account, None, "config", "DescribeConfigurationRecorders", json!({})).await;
        asked.json()["ConfigurationRecorders"][0]["name"].as_str().map(str::to_owned)
    }

    async fn recorder_of(&self, name: &str) -> Option<String> {
        self.recorder(&self.accounts[name]).await
    }

    /// Gives an account a recorder of its own.
    async fn records_by_itself(&self, name: &str) {
        let account = &self.accounts[name];
        let body = json!({"name": "own", "roleARN": format!("arn:aws:iam::{account}:role/config")});
        let input = json!({"ConfigurationRecorder": body});
        let asked = ask_as(&self.sim, account, None, "config", "PutConfigurationRecorder", input).await;
        assert_eq!(asked.code(), None);
    }

    async fn aggregators(&self, account: &str) -> Value {
        let asked =
            ask_as(&self.sim, account, None, "config", "DescribeConfigurationAggregators", json!({})).await;
        asked.json()["ConfigurationAggregators"].clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_landing_zone_of_4_0_records_in_its_own_accounts_and_a_baseline_in_those_of_its_unit() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    let ours = Some(RECORDER.to_owned());
    assert_eq!(stage.recorder_of("audit").await, ours);
    assert_eq!(stage.recorder_of("log").await, ours);
    assert_eq!(stage.recorder_of("app").await, None);
    stage.register("Workloads").await;
    assert_eq!(stage.recorder_of("app").await, ours);
    assert_eq!(stage.recorder(MANAGEMENT).await, None);
    let collected = stage.aggregators(&stage.accounts["audit"]).await;
    assert_eq!(collected[0]["CreatedBy"], "controltower.amazonaws.com");
    assert_eq!(stage.aggregators(MANAGEMENT).await, json!([]));
}

#[tokio::test(start_paused = true)]
async fn a_landing_zone_of_3_3_collects_in_the_management_account() {
    let stage = Stage::governed_by_3_3().await;
    let name = "aws-controltower-ConfigAggregatorForOrganizations";
    assert_eq!(stage.aggregators(MANAGEMENT).await[0]["ConfigurationAggregatorName"], name);
    assert_eq!(stage.recorder_of("audit").await.as_deref(), Some(RECORDER));
}

#[tokio::test(start_paused = true)]
async fn a_recorder_of_its_own_in_an_integration_account_keeps_the_landing_zone_from_being_set_up() {
    let stage = Stage::prepared().await;
    stage.records_by_itself("audit").await;
    let input = json!({"version": "4.0", "manifest": stage.manifest()});
    let (code, words) = stage.refused("CreateLandingZone", input).await;
    assert_eq!(code, "ValidationException");
    assert!(words.contains("recorder") && words.contains("us-east-1"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_recorder_of_its_own_fails_the_registration_until_it_is_deleted() {
    let mut stage = Stage::governed(false).await;
    stage.account("app", Some("Workloads")).await;
    stage.records_by_itself("app").await;
    let input = stage.enabling("AWSControlTowerBaseline", "5.0", "Workloads").await;
    let begun = stage.must("controltower", "EnableBaseline", input).await;
    stage.pass(3600);
    let ended = stage.baseline_operation(&begun["operationIdentifier"]).await;
    let words = ended["statusMessage"].as_str().unwrap_or_default();
    assert!(ended["status"] == "FAILED" && words.contains(&stage.accounts["app"]), "{ended}");
    let name = json!({"ConfigurationRecorderName": "own"});
    let app = &stage.accounts["app"];
    ask_as(&stage.sim, app, None, "config", "DeleteConfigurationRecorder", name).await;
    let again = json!({"enabledBaselineIdentifier": begun["arn"]});
    stage.must("controltower", "ResetEnabledBaseline", again).await;
    stage.pass(3600);
    assert_eq!(stage.recorder_of("app").await.as_deref(), Some(RECORDER));
}

#[tokio::test(start_paused = true)]
async fn auto_enrolment_gives_and_takes_recorders_and_fails_where_one_was_before() {
    let mut stage = Stage::governed(true).await;
    let workloads = stage.register("Workloads").await;
    stage.account("app", Some("Workloads")).await;
    stage.pass(600);
    assert_eq!(stage.recorder_of("app").await.as_deref(), Some(RECORDER));
    stage.move_account("app", Some("Workloads"), None).await;
    stage.pass(600);
    assert_eq!(stage.recorder_of("app").await, None);
    stage.account("old", None).await;
    stage.records_by_itself("old").await;
    stage.move_account("old", None, Some("Workloads")).await;
    stage.pass(600);
    let children = stage.children(&workloads).await;
    assert_eq!(children[0]["statusSummary"]["status"], "FAILED", "{children:?}");
    assert_eq!(stage.recorder_of("old").await.as_deref(), Some("own"));
}
