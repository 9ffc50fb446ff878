//! Scenarios of resource shares across an organization.
//!
//! In: short calls. Out: answers from the wire, in virtual time. Absent: what a consumer does with a shared resource.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet, refused};

const RAM: &str = "ram";

/// An organization with a backup account that owns a vault, and another account.
struct Stage {
    sim: Simulator,
    organization: String,
    backup: String,
    app: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, _) = organization(quiet()).await;
        let (backup, app) = (account(&sim, "backup").await, account(&sim, "app").await);
        let organization = sim.world().organizations.of(&backup).expect("an organization").arn();
        Self { sim, organization, backup, app }
    }

    fn vault(&self) -> String {
        format!("arn:aws:backup:us-east-1:{}:backup-vault:airgapped", self.backup)
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, RAM, operation, input).await
    }

    async fn must(&self, account: &str, operation: &str, input: Value) -> Value {
        let answer = self.ask(account, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    async fn shared(&self) -> String {
        done(&self.sim, RAM, "EnableSharingWithAwsOrganization", json!({})).await;
        let input = json!({"name": "vault", "resourceArns": [self.vault()], "principals": [self.organization],
            "allowExternalPrincipals": false, "clientToken": "one"});
        let share = self.must(&self.backup, "CreateResourceShare", input).await;
        share["resourceShare"]["resourceShareArn"].as_str().expect("an ARN").to_owned()
    }
}

#[tokio::test(start_paused = true)]
async fn trust_without_rams_own_call_lets_nobody_share_within_the_organization() {
    let stage = Stage::new().await;
    let trust = json!({"ServicePrincipal": "ram.amazonaws.com"});
    done(&stage.sim, "organizations", "EnableAWSServiceAccess", trust).await;
    let share = |principal: &str, external: bool| json!({"name": "s", "resourceArns": [stage.vault()], "principals": [principal], "allowExternalPrincipals": external});
    let code = async |input| stage.ask(&stage.backup, "CreateResourceShare", input).await.code();
    assert_eq!(code(share(&stage.organization, false)).await.as_deref(), Some("UnknownResourceException"));
    assert_eq!(code(share(&stage.app, false)).await.as_deref(), Some("OperationNotPermittedException"));
    let id = stage.organization.rsplit('/').next().expect("an id");
    assert_eq!(code(share(id, false)).await.as_deref(), Some("InvalidParameterException"));
    done(&stage.sim, RAM, "EnableSharingWithAwsOrganization", json!({})).await;
    assert_eq!(
        done(&stage.sim, RAM, "EnableSharingWithAwsOrganization", json!({})).await,
        json!({"returnValue": true})
    );
    assert_eq!(code(share(&stage.organization, false)).await, None);
    let by_member = stage.ask(&stage.app, "EnableSharingWithAwsOrganization", json!({})).await.code();
    assert_eq!(by_member.as_deref(), Some("OperationNotPermittedException"));
}

#[tokio::test(start_paused = true)]
async fn what_is_shared_with_the_organization_shows_in_each_account_after_a_moment() {
    let stage = Stage::new().await;
    let arn = stage.shared().await;
    let theirs = json!({"resourceOwner": "OTHER-ACCOUNTS"});
    let none = stage.must(&stage.app, "ListResources", theirs.clone()).await;
    assert_eq!(none["resources"], json!([]));
    stage.sim.advance(Duration::from_secs(10));
    let seen = stage.must(&stage.app, "ListResources", theirs.clone()).await;
    assert_eq!(seen["resources"][0]["arn"], json!(stage.vault()));
    assert_eq!(seen["resources"][0]["type"], "backup:BackupVault");
    let owner = stage.must(&stage.app, "ListPrincipals", theirs.clone()).await;
    assert_eq!(owner["principals"][0]["id"], json!(stage.backup));
    let shares = stage.must(&stage.app, "GetResourceShares", theirs).await;
    assert_eq!(shares["resourceShares"][0]["resourceShareArn"], json!(arn));
    let own = json!({"associationType": "PRINCIPAL", "resourceShareArns": [arn]});
    let listed = stage.must(&stage.backup, "GetResourceShareAssociations", own).await;
    assert_eq!(listed["resourceShareAssociations"][0]["status"], "ASSOCIATED");
}

#[tokio::test(start_paused = true)]
async fn the_same_token_makes_one_share_and_another_input_with_it_is_refused() {
    let stage = Stage::new().await;
    let arn = stage.shared().await;
    let again = json!({"name": "vault", "resourceArns": [stage.vault()], "principals": [stage.organization],
        "allowExternalPrincipals": false, "clientToken": "one"});
    let share = stage.must(&stage.backup, "CreateResourceShare", again.clone()).await;
    assert_eq!(share["resourceShare"]["resourceShareArn"], json!(arn));
    let mut other = again;
    other["name"] = json!("another");
    let code = stage.ask(&stage.backup, "CreateResourceShare", other).await.code();
    assert_eq!(code.as_deref(), Some("IdempotentParameterMismatchException"));
}

#[tokio::test(start_paused = true)]
async fn what_is_taken_out_of_a_share_is_seen_no_more_and_a_deleted_share_shows_for_two_hours() {
    let stage = Stage::new().await;
    let arn = stage.shared().await;
    stage.sim.advance(Duration::from_secs(10));
    let vault = json!({"resourceShareArn": arn, "resourceArns": [stage.vault()]});
    let taken = stage.must(&stage.backup, "DisassociateResourceShare", vault.clone()).await;
    assert_eq!(taken["resourceShareAssociations"][0]["status"], "DISASSOCIATING");
    let again = stage.ask(&stage.backup, "DisassociateResourceShare", vault.clone()).await.code();
    assert_eq!(again.as_deref(), Some("UnknownResourceException"));
    let seen = stage.must(&stage.app, "ListResources", json!({"resourceOwner": "OTHER-ACCOUNTS"})).await;
    assert_eq!(seen["resources"], json!([]));
    let back = stage.must(&stage.backup, "AssociateResourceShare", vault).await;
    assert_eq!(back["resourceShareAssociations"][0]["status"], "ASSOCIATING");
    let foreign = stage.ask(
        &stage.app,
        "DisassociateResourceShare",
        json!({"resourceShareArn": arn, "principals": ["x"]}),
    );
    assert_eq!(foreign.await.code().as_deref(), Some("OperationNotPermittedException"));
    stage.sim.advance(Duration::from_secs(10));
    let request = http::Request::delete(format!(
        "/deleteresourceshare?resourceShareArn={}",
        percent_encoding::utf8_percent_encode(&arn, percent_encoding::NON_ALPHANUMERIC)
    ))
    .header("authorization", format!("AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/ram/aws4_request, SignedHeaders=host, Signature=0", stage.backup))
    .body("".into())
    .expect("a request");
    let gone = crate::sim::testing::send(&stage.sim, request).await.expect("an answer");
    assert_eq!(gone.json()["returnValue"], true, "{}", gone.text);
    let own = json!({"resourceOwner": "SELF"});
    let listed = stage.must(&stage.backup, "GetResourceShares", own.clone()).await;
    assert_eq!(listed["resourceShares"][0]["status"], "DELETED");
    stage.sim.advance(Duration::from_hours(2));
    assert_eq!(stage.must(&stage.backup, "GetResourceShares", own).await["resourceShares"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn only_ones_own_resources_of_the_region_can_be_shared() {
    let stage = Stage::new().await;
    let share = |arn: String| json!({"name": "s", "resourceArns": [arn]});
    for (arn, code) in [
        (format!("arn:aws:backup:us-east-1:{}:backup-vault:v", stage.app), "OperationNotPermittedException"),
        (format!("arn:aws:backup:eu-west-1:{}:backup-vault:v", stage.backup), "InvalidParameterException"),
        (format!("arn:aws:sns:us-east-1:{}:topic", stage.backup), "InvalidParameterException"),
        ("vault".to_owned(), "MalformedArnException"),
    ] {
        let refusal = stage.ask(&stage.backup, "CreateResourceShare", share(arn.clone())).await.code();
        assert_eq!(refusal.as_deref(), Some(code), "{arn}");
    }
    let stale = json!({"resourceOwner": "SELF", "nextToken": "x"});
    assert_eq!(refused(&stage.sim, RAM, "GetResourceShares", stale).await, "InvalidNextTokenException");
}
