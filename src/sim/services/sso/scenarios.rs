//! What a person sees in the portal, over the wire.
//!
//! In: short calls with a token. Out: answers, and who one is with the credentials that the portal gives.

use serde_json::{Value, json};

use crate::sim::services::sso_oidc::scenarios::Stage as SignIn;
use crate::sim::testing::{self, Answer, ask_as, ask_unsigned, done};

const ADMIN: &str = "sso-admin";

/// A person who has a permission set in one of two accounts.
struct Stage {
    signed: SignIn,
    instance: Value,
    set: Value,
    mine: String,
    other: String,
    token: Value,
}

impl Stage {
    async fn new() -> Self {
        let signed = SignIn::new().await;
        let sim = &signed.sim;
        let mine = testing::account(sim, "mine").await;
        let other = testing::account(sim, "other").await;
        let instance =
            done(sim, ADMIN, "ListInstances", json!({})).await["Instances"][0]["InstanceArn"].clone();
        let made = json!({"InstanceArn": instance, "Name": "Operators", "SessionDuration": "PT2H"});
        let set =
            done(sim, ADMIN, "CreatePermissionSet", made).await["PermissionSet"]["PermissionSetArn"].clone();
        let users = done(sim, "identitystore", "ListUsers", json!({"IdentityStoreId": signed.store})).await;
        let assignment = json!({
            "InstanceArn": instance,
            "PermissionSetArn": set,
            "TargetId": mine,
            "TargetType": "AWS_ACCOUNT",
            "PrincipalType": "USER",
            "PrincipalId": users["Users"][0]["UserId"],
        });
        done(sim, ADMIN, "CreateAccountAssignment", assignment).await;
        sim.advance(std::time::Duration::from_secs(60));
        let token = signed.signed_in().await;
        Self { signed, instance, set, mine, other, token }
    }

    async fn ask(&self, operation: &str, mut input: Value) -> Answer {
        input["accessToken"] = self.token.clone();
        ask_unsigned(&self.signed.sim, "sso", operation, input).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_sees_the_accounts_and_roles_that_are_assigned_and_no_other() {
    let stage = Stage::new().await;
    let accounts = stage.ask("ListAccounts", json!({})).await.json();
    let email = "mine@example.com";
    let expected = json!([{"accountId": stage.mine, "accountName": "mine", "emailAddress": email}]);
    assert_eq!(accounts["accountList"], expected);
    let roles = stage.ask("ListAccountRoles", json!({"accountId": stage.mine})).await.json();
    assert_eq!(roles["roleList"], json!([{"roleName": "Operators", "accountId": stage.mine}]));
    let refused = stage.ask("ListAccountRoles", json!({"accountId": stage.other})).await;
    assert_eq!((refused.status, refused.code().as_deref()), (403, Some("ForbiddenException")));
}

#[tokio::test(start_paused = true)]
async fn credentials_are_those_of_the_permission_sets_role_for_its_time() {
    let stage = Stage::new().await;
    let asked = json!({"accountId": stage.mine, "roleName": "Operators"});
    let given = stage.ask("GetRoleCredentials", asked).await.json()["roleCredentials"].clone();
    let text = |name: &str| given[name].as_str().expect("a text").to_owned();
    let (key, token) = (text("accessKeyId"), text("sessionToken"));
    let sim = &stage.signed.sim;
    let me = ask_as(sim, &key, Some(&token), "sts", "GetCallerIdentity", json!({})).await.text;
    let role = format!("arn:aws:sts::{}:assumed-role/AWSReservedSSO_Operators_", stage.mine);
    assert!(me.contains(&role) && me.contains("/alice</Arn>"), "{me}");
    let ends = sim.now().as_millisecond() + 2 * 3_600_000;
    assert_eq!(given["expiration"].as_i64(), Some(ends));
    for asked in [
        json!({"accountId": stage.mine, "roleName": "Nothing"}),
        json!({"accountId": stage.other, "roleName": "Operators"}),
    ] {
        let refused = stage.ask("GetRoleCredentials", asked).await;
        assert_eq!(refused.code().as_deref(), Some("ForbiddenException"));
        assert_eq!(refused.json()["message"], "No access");
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_member_has_what_the_group_has() {
    let stage = Stage::new().await;
    let sim = &stage.signed.sim;
    let store = &stage.signed.store;
    let made = json!({"IdentityStoreId": store, "DisplayName": "Night shift"});
    let group = done(sim, "identitystore", "CreateGroup", made).await["GroupId"].clone();
    let users = done(sim, "identitystore", "ListUsers", json!({"IdentityStoreId": store})).await;
    let member = json!({"UserId": users["Users"][0]["UserId"]});
    let joined = json!({"IdentityStoreId": store, "GroupId": group, "MemberId": member});
    done(sim, "identitystore", "CreateGroupMembership", joined).await;
    let assignment = json!({
        "InstanceArn": stage.instance,
        "PermissionSetArn": stage.set,
        "TargetId": stage.other,
        "TargetType": "AWS_ACCOUNT",
        "PrincipalType": "GROUP",
        "PrincipalId": group,
    });
    done(sim, ADMIN, "CreateAccountAssignment", assignment).await;
    sim.advance(std::time::Duration::from_secs(60));
    let first = stage.ask("ListAccounts", json!({"maxResults": 1})).await.json();
    let next = json!({"maxResults": 1, "nextToken": first["nextToken"]});
    let second = stage.ask("ListAccounts", next).await.json();
    assert_eq!(second["accountList"].as_array().map(Vec::len), Some(1), "{first} {second}");
    assert_eq!(second.get("nextToken"), None);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_good_until_its_end_or_until_its_holder_leaves() {
    let stage = Stage::new().await;
    let gone = ("UnauthorizedException".to_owned(), 401);
    let state = async || {
        let answer = stage.ask("ListAccounts", json!({})).await;
        answer.code().map(|code| (code, answer.status))
    };
    assert_eq!(state().await, None);
    assert_eq!(stage.ask("Logout", json!({})).await.code(), None);
    assert_eq!(state().await, Some(gone.clone()));
    let again = Stage { token: stage.signed.signed_in().await, ..stage };
    again.signed.sim.advance(std::time::Duration::from_secs(3600));
    let late = again.ask("ListAccounts", json!({})).await;
    assert_eq!((late.code().unwrap_or_default(), late.status), gone);
}
