//! Scenarios of Macie across an organization.
//!
//! In: short calls. Out: answers from the wire. Absent: who may be the administrator (`administrator`).

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::testing::{Answer, account, ask_as, done, organization, quiet};

const MACIE: &str = "macie2";
const MANAGEMENT: &str = "111122223333";

/// An organization whose Macie `audit` administers, with a member account.
struct Stage {
    sim: Simulator,
    audit: String,
    app: String,
}

impl Stage {
    async fn new() -> Self {
        let (sim, _) = organization(quiet()).await;
        let (audit, app) = (account(&sim, "audit").await, account(&sim, "app").await);
        let trust = json!({"ServicePrincipal": "macie.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        done(&sim, MACIE, "EnableOrganizationAdminAccount", json!({"adminAccountId": audit})).await;
        Self { sim, audit, app }
    }

    async fn ask(&self, account: &str, operation: &str, input: Value) -> Answer {
        ask_as(&self.sim, account, None, MACIE, operation, input).await
    }

    async fn must(&self, operation: &str, input: Value) -> Value {
        let answer = self.ask(&self.audit, operation, input).await;
        assert!(answer.status < 300, "{operation}: {}", answer.text);
        answer.json()
    }

    async fn refused(&self, account: &str, operation: &str, input: Value) -> String {
        let answer = self.ask(account, operation, input).await;
        answer.code().unwrap_or_else(|| panic!("{operation} succeeded: {}", answer.text))
    }

    async fn take(&self, account: &str) -> Answer {
        let detail = json!({"account": {"accountId": account, "email": "a@example.com"}});
        self.ask(&self.audit, "CreateMember", detail).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_enabled_once_and_without_it_nothing_is_told() {
    let stage = Stage::new().await;
    let audit = &stage.audit;
    assert_eq!(stage.refused(audit, "GetMacieSession", json!({})).await, "AccessDeniedException");
    assert_eq!(
        stage.refused(audit, "DescribeOrganizationConfiguration", json!({})).await,
        "AccessDeniedException"
    );
    stage.must("EnableMacie", json!({"status": "ENABLED", "findingPublishingFrequency": "ONE_HOUR"})).await;
    assert_eq!(stage.refused(audit, "EnableMacie", json!({})).await, "ConflictException");
    let session = stage.must("GetMacieSession", json!({})).await;
    assert_eq!(
        (&session["status"], &session["findingPublishingFrequency"]),
        (&json!("ENABLED"), &json!("ONE_HOUR"))
    );
    stage.must("UpdateMacieSession", json!({"status": "PAUSED"})).await;
    assert_eq!(stage.must("GetMacieSession", json!({})).await["status"], "PAUSED");
    stage.must("DisableMacie", json!({})).await;
}

#[tokio::test(start_paused = true)]
async fn a_member_gets_macie_with_the_membership_and_cannot_get_out_of_it() {
    let stage = Stage::new().await;
    stage.must("EnableMacie", json!({})).await;
    assert_eq!(stage.take(&stage.app).await.status, 200);
    assert_eq!(stage.take(&stage.app).await.code().as_deref(), Some("ConflictException"));
    assert_eq!(stage.ask(&stage.app, "GetMacieSession", json!({})).await.json()["status"], "ENABLED");
    for (operation, input) in [
        ("DisableMacie", json!({})),
        ("UpdateMacieSession", json!({"status": "PAUSED"})),
        ("DisassociateFromAdministratorAccount", json!({})),
        ("UpdateOrganizationConfiguration", json!({"autoEnable": false})),
        ("UpdateAutomatedDiscoveryConfiguration", json!({"status": "DISABLED"})),
    ] {
        stage.refused(&stage.app, operation, input).await;
    }
    assert_eq!(stage.refused(&stage.audit, "DisableMacie", json!({})).await, "ConflictException");
    let told = stage.ask(&stage.app, "GetAdministratorAccount", json!({})).await.json();
    assert_eq!(told["administrator"]["accountId"], json!(stage.audit));
}

#[tokio::test(start_paused = true)]
async fn who_was_let_go_of_is_deleted_before_it_is_taken_again() {
    let stage = Stage::new().await;
    stage.must("EnableMacie", json!({})).await;
    stage.take(&stage.app).await;
    let app = json!({"id": stage.app});
    assert_eq!(stage.refused(&stage.audit, "DeleteMember", app.clone()).await, "ConflictException");
    stage.must("DisassociateMember", app.clone()).await;
    assert_eq!(stage.must("ListMembers", json!({})).await["members"], json!([]));
    let all = stage.must("ListMembers", json!({"onlyAssociated": "false"})).await;
    assert_eq!(all["members"][0]["relationshipStatus"], "Removed");
    assert_eq!(stage.take(&stage.app).await.code().as_deref(), Some("ConflictException"));
    stage.must("DeleteMember", app.clone()).await;
    assert_eq!(stage.refused(&stage.audit, "GetMember", app).await, "ResourceNotFoundException");
    assert_eq!(stage.take(&stage.app).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn the_management_account_needs_its_own_macie_and_strangers_are_refused() {
    let stage = Stage::new().await;
    stage.must("EnableMacie", json!({})).await;
    for account in [MANAGEMENT, "999900001111", &stage.audit] {
        assert_eq!(stage.take(account).await.code().as_deref(), Some("ValidationException"), "{account}");
    }
    stage.ask(MANAGEMENT, "EnableMacie", json!({})).await;
    assert_eq!(stage.take(MANAGEMENT).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_management_account_that_is_a_member_can_neither_dismiss_nor_appoint_until_it_is_let_go_of() {
    let stage = Stage::new().await;
    stage.must("EnableMacie", json!({})).await;
    stage.ask(MANAGEMENT, "EnableMacie", json!({})).await;
    assert_eq!(stage.take(MANAGEMENT).await.status, 200);
    let (holder, other) = (json!({"adminAccountId": stage.audit}), json!({"adminAccountId": stage.app}));
    for (operation, input) in
        [("DisableOrganizationAdminAccount", &holder), ("EnableOrganizationAdminAccount", &other)]
    {
        assert_eq!(stage.refused(MANAGEMENT, operation, input.clone()).await, "AccessDeniedException");
    }
    stage.must("DisassociateMember", json!({"id": MANAGEMENT})).await;
    let dismissed = stage.ask(MANAGEMENT, "DisableOrganizationAdminAccount", holder).await;
    assert_eq!(dismissed.status, 200, "{}", dismissed.text);
}

#[tokio::test(start_paused = true)]
async fn accounts_that_join_get_macie_when_the_administrator_wants_it_and_discovery_reaches_all_unless_said()
{
    let stage = Stage::new().await;
    stage.must("EnableMacie", json!({})).await;
    let before = account(&stage.sim, "before").await;
    stage.must("UpdateOrganizationConfiguration", json!({"autoEnable": true})).await;
    let after = account(&stage.sim, "after").await;
    assert_eq!(stage.refused(&before, "GetMacieSession", json!({})).await, "AccessDeniedException");
    assert_eq!(stage.ask(&after, "GetMacieSession", json!({})).await.status, 200);
    stage.must("UpdateAutomatedDiscoveryConfiguration", json!({"status": "ENABLED"})).await;
    let told = stage.must("GetAutomatedDiscoveryConfiguration", json!({})).await;
    assert_eq!((&told["status"], &told["autoEnableOrganizationMembers"]), (&json!("ENABLED"), &json!("ALL")));
    done(&stage.sim, MACIE, "DisableOrganizationAdminAccount", json!({"adminAccountId": stage.audit})).await;
    assert_eq!(
        stage.refused(&stage.audit, "DescribeOrganizationConfiguration", json!({})).await,
        "AccessDeniedException"
    );
    assert_eq!(
        stage.ask(&after, "GetMacieSession", json!({})).await.status,
        200,
        "Macie stays on in members"
    );
}
