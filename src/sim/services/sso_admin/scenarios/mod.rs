//! Scenarios over several operations, and their stage: an organization with Identity Center, an account and a group.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: anything a scenario is about (the files below).

mod access;
mod accounts;
mod policies;
mod sets;

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{self, Answer, ask, ask_as, done, organization, quiet};

const SSO: &str = "sso-admin";
/// The management account.
pub(super) const MANAGEMENT: &str = "111122223333";

/// A simulated AWS and what was made in it.
pub(super) struct Stage {
    pub(super) sim: Simulator,
    pub(super) instance: String,
    pub(super) store: String,
    pub(super) member: String,
    pub(super) group: String,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let (sim, _) = organization(quiet()).await;
        let member = testing::account(&sim, "app").await;
        let instance = sim.change(|world| {
            let now = world.time;
            super::enable(world, MANAGEMENT, "us-east-1", now)
        });
        let listed = done(&sim, SSO, "ListInstances", json!({})).await;
        assert_eq!(listed["Instances"][0]["InstanceArn"], json!(instance));
        let store = listed["Instances"][0]["IdentityStoreId"].as_str().expect("a store").to_owned();
        let asked = json!({"IdentityStoreId": store, "DisplayName": "Developers"});
        let group = done(&sim, "identitystore", "CreateGroup", asked).await;
        let group = group["GroupId"].as_str().expect("a group").to_owned();
        Self { sim, instance, store, member, group }
    }

    fn input(&self, mut input: Value) -> Value {
        input["InstanceArn"] = json!(self.instance);
        input
    }

    /// One call of the management account that succeeds.
    pub(super) async fn must(&self, operation: &str, input: Value) -> Value {
        done(&self.sim, SSO, operation, self.input(input)).await
    }

    /// One call of the management account that is refused: its code and words.
    pub(super) async fn refused(&self, operation: &str, input: Value) -> (String, String) {
        let answer = ask(&self.sim, SSO, operation, self.input(input)).await;
        (answer.refusal(operation), answer.json()["Message"].as_str().unwrap_or_default().to_owned())
    }

    /// One call of the administrator of another account.
    pub(super) async fn ask_as(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, SSO, operation, self.input(input)).await
    }

    /// A new permission set's ARN.
    pub(super) async fn set(&self, name: &str) -> Value {
        let made = self.must("CreatePermissionSet", json!({ "Name": name })).await;
        made["PermissionSet"]["PermissionSetArn"].clone()
    }

    /// What gives the group a set in an account.
    pub(super) fn assignment(&self, set: &Value, account: &str) -> Value {
        json!({
            "PermissionSetArn": set,
            "TargetId": account,
            "TargetType": "AWS_ACCOUNT",
            "PrincipalType": "GROUP",
            "PrincipalId": self.group,
        })
    }

    /// How an assignment's creation stands.
    pub(super) async fn creation(&self, begun: &Value) -> Value {
        let id = &begun["AccountAssignmentCreationStatus"]["RequestId"];
        let asked = json!({"AccountAssignmentCreationRequestId": id});
        let status = self.must("DescribeAccountAssignmentCreationStatus", asked).await;
        status["AccountAssignmentCreationStatus"].clone()
    }

    /// Gives the group a set in an account, to the end.
    pub(super) async fn assign(&self, set: &Value, account: &str) -> Value {
        let begun = self.must("CreateAccountAssignment", self.assignment(set, account)).await;
        self.pass(60);
        self.creation(&begun).await
    }

    /// Accounts that have a set in a state.
    pub(super) async fn accounts(&self, set: &Value, state: &str) -> Value {
        let asked = json!({"PermissionSetArn": set, "ProvisioningStatus": state});
        self.must("ListAccountsForProvisionedPermissionSet", asked).await["AccountIds"].clone()
    }

    /// The names of the roles of permission sets in an account.
    pub(super) fn roles(&self, account: &str) -> Vec<String> {
        let world = self.sim.world();
        let roles = crate::sim::services::iam::queries::roles(&world, account);
        roles.filter(|role| role.name.starts_with("AWSReservedSSO_")).map(|role| role.name.clone()).collect()
    }

    /// Seconds pass.
    pub(super) fn pass(&self, seconds: u64) {
        self.sim.advance(Duration::from_secs(seconds));
    }
}

#[tokio::test(start_paused = true)]
async fn the_management_account_cannot_make_an_instance_and_a_member_makes_one_of_its_own() {
    let stage = Stage::new().await;
    let refused = ask(&stage.sim, SSO, "CreateInstance", json!({"ClientToken": "a"})).await;
    assert_eq!(refused.code().as_deref(), Some("ValidationException"));
    let own =
        ask_as(&stage.sim, &stage.member, None, SSO, "CreateInstance", json!({"ClientToken": "a"})).await;
    let listed = ask_as(&stage.sim, &stage.member, None, SSO, "ListInstances", json!({})).await.json();
    let instances = listed["Instances"].as_array().expect("a list");
    assert_eq!(instances.len(), 2, "its own and the organization's: {listed}");
    let twice =
        ask_as(&stage.sim, &stage.member, None, SSO, "CreateInstance", json!({"ClientToken": "b"})).await;
    assert_eq!(twice.code().as_deref(), Some("ConflictException"));
    let sets = json!({"InstanceArn": own.json()["InstanceArn"]});
    let none = ask_as(&stage.sim, &stage.member, None, SSO, "ListPermissionSets", sets).await;
    assert_eq!(none.code().as_deref(), Some("ValidationException"));
}

#[tokio::test(start_paused = true)]
async fn an_instance_says_where_it_is_and_whose_it_is() {
    let stage = Stage::new().await;
    let shown = stage.must("DescribeInstance", json!({})).await;
    assert_eq!(shown["OwnerAccountId"], MANAGEMENT);
    assert_eq!((&shown["Status"], &shown["PrimaryRegion"]), (&json!("ACTIVE"), &json!("us-east-1")));
    assert_eq!(shown["IdentityStoreId"], json!(stage.store));
    let stranger = stage.ask_as("999900001111", "DescribeInstance", json!({})).await;
    assert_eq!(stranger.code().as_deref(), Some("AccessDeniedException"));
}
