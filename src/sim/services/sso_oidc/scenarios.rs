//! Signing a device in, over the wire.
//!
//! In: short calls without a signature. Out: answers. Absent: what a token opens (`sso`).

use std::time::Duration;

use serde_json::{Value, json};

use crate::sim::Simulator;
use crate::sim::services::sso_admin;
use crate::sim::testing::{ask_unsigned, done, organization, quiet};

use super::state::start_url;
use super::{Person, answer};

const OIDC: &str = "sso-oidc";

/// An organization with Identity Center and a person in it, at the time of signing in.
pub(crate) struct Stage {
    pub(crate) sim: Simulator,
    pub(crate) store: String,
    client: Value,
}

impl Stage {
    /// With a client that may renew its tokens.
    pub(crate) async fn new() -> Self {
        Self::with(json!(["sso:account:access"])).await
    }

    async fn with(scopes: Value) -> Self {
        let (sim, _) = organization(quiet()).await;
        sim.change(|world| {
            let now = world.time;
            sso_admin::enable(world, "111122223333", "us-east-1", now)
        });
        let listed = done(&sim, "identitystore", "ListIdentityStores", json!({})).await;
        let store = listed["IdentityStores"][0]["IdentityStoreId"].as_str().expect("a store").to_owned();
        let alice = json!({
            "IdentityStoreId": store,
            "UserName": "alice",
            "DisplayName": "alice",
            "Name": {"GivenName": "Alice", "FamilyName": "Example"},
        });
        done(&sim, "identitystore", "CreateUser", alice).await;
        let asked = json!({"clientName": "test", "clientType": "public", "scopes": scopes});
        let client = ask_unsigned(&sim, OIDC, "RegisterClient", asked).await.json();
        Self { sim, store, client }
    }

    fn input(&self, mut input: Value) -> Value {
        input["clientId"] = self.client["clientId"].clone();
        input["clientSecret"] = self.client["clientSecret"].clone();
        input
    }

    async fn start(&self) -> Value {
        let asked = self.input(json!({"startUrl": start_url(&self.store)}));
        let answer = ask_unsigned(&self.sim, OIDC, "StartDeviceAuthorization", asked).await;
        assert_eq!(answer.code(), None, "{}", answer.text);
        answer.json()
    }

    /// The answer of CreateToken, or its code and OAuth word.
    async fn token(&self, input: Value) -> Result<Value, (String, String)> {
        let answer = ask_unsigned(&self.sim, OIDC, "CreateToken", self.input(input)).await;
        match answer.code() {
            None => Ok(answer.json()),
            Some(code) => Err((code, answer.json()["error"].as_str().unwrap_or_default().to_owned())),
        }
    }

    async fn by_device(&self, device: &Value) -> Result<Value, (String, String)> {
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        self.token(json!({"grantType": grant, "deviceCode": device["deviceCode"]})).await
    }

    fn pass(&self, seconds: u64) {
        self.sim.advance(Duration::from_secs(seconds));
    }

    /// The access token of the person, signed in.
    pub(crate) async fn signed_in(&self) -> Value {
        let device = self.start().await;
        let code = device["userCode"].as_str().expect("a code").to_owned();
        assert!(self.sim.change(|world| answer(world, &code, Some("alice"))));
        self.by_device(&device).await.expect("a token")["accessToken"].clone()
    }
}

fn error(code: &str, word: &str) -> Result<Value, (String, String)> {
    Err((code.to_owned(), word.to_owned()))
}

#[tokio::test(start_paused = true)]
async fn a_device_waits_until_the_person_says_yes_and_its_code_is_good_once() {
    let stage = Stage::new().await;
    let device = stage.start().await;
    assert_eq!((&device["expiresIn"], &device["interval"]), (&json!(600), &json!(1)));
    let page = device["verificationUriComplete"].as_str().expect("a page");
    assert!(page.ends_with(&format!("#/device?user_code={}", device["userCode"].as_str().expect("a code"))));
    let pending = error("AuthorizationPendingException", "authorization_pending");
    assert_eq!(stage.by_device(&device).await, pending);
    assert_eq!(stage.by_device(&device).await, error("SlowDownException", "slow_down"));
    stage.pass(1);
    let code = device["userCode"].as_str().expect("a code").to_owned();
    assert!(!stage.sim.change(|world| answer(world, &code, Some("nobody"))));
    assert!(stage.sim.change(|world| answer(world, &code, Some("alice"))));
    let token = stage.by_device(&device).await.expect("a token");
    assert_eq!((&token["tokenType"], &token["expiresIn"]), (&json!("Bearer"), &json!(3600)));
    stage.pass(1);
    assert_eq!(stage.by_device(&device).await, error("InvalidGrantException", "invalid_grant"));
}

#[tokio::test(start_paused = true)]
async fn a_person_of_the_world_answers_by_themselves_in_their_own_time() {
    let stage = Stage::new().await;
    let person = Person { user: "alice".to_owned(), after_seconds: 30, declines: false };
    stage.sim.change(|world| world.sso_oidc.person = Some(person.clone()));
    let device = stage.start().await;
    assert_eq!(
        stage.by_device(&device).await,
        error("AuthorizationPendingException", "authorization_pending")
    );
    stage.pass(30);
    assert!(stage.by_device(&device).await.is_ok());
    stage.sim.change(|world| world.sso_oidc.person = Some(Person { declines: true, ..person }));
    let device = stage.start().await;
    stage.pass(30);
    assert_eq!(stage.by_device(&device).await, error("AccessDeniedException", "access_denied"));
}

#[tokio::test(start_paused = true)]
async fn a_code_expires_and_a_stranger_gets_nothing_for_it() {
    let stage = Stage::new().await;
    let device = stage.start().await;
    stage.pass(600);
    assert_eq!(stage.by_device(&device).await, error("ExpiredTokenException", "expired_token"));
    let asked = json!({"clientName": "other", "clientType": "public"});
    let other = ask_unsigned(&stage.sim, OIDC, "RegisterClient", asked).await.json();
    let fresh = stage.start().await;
    let theirs = Stage { sim: stage.sim.clone(), store: stage.store.clone(), client: other };
    assert_eq!(theirs.by_device(&fresh).await, error("InvalidGrantException", "invalid_grant"));
    let forged = json!({"clientId": stage.client["clientId"], "clientSecret": "x"});
    let forged = Stage { sim: stage.sim.clone(), store: stage.store.clone(), client: forged };
    assert_eq!(forged.by_device(&fresh).await, error("InvalidClientException", "invalid_client"));
}

#[tokio::test(start_paused = true)]
async fn a_session_is_renewed_until_it_ends_and_only_for_account_access() {
    let stage = Stage::new().await;
    let device = stage.start().await;
    let code = device["userCode"].as_str().expect("a code").to_owned();
    stage.sim.change(|world| answer(world, &code, Some("alice")));
    let first = stage.by_device(&device).await.expect("a token");
    stage.pass(3500);
    let renew = |token: &Value| json!({"grantType": "refresh_token", "refreshToken": token["refreshToken"]});
    let second = stage.token(renew(&first)).await.expect("a token");
    assert_eq!(stage.token(renew(&first)).await, error("InvalidGrantException", "invalid_grant"));
    stage.pass(8 * 3600);
    assert_eq!(stage.token(renew(&second)).await, error("InvalidGrantException", "invalid_grant"));
    let short = Stage::with(json!([])).await;
    let device = short.start().await;
    let code = device["userCode"].as_str().expect("a code").to_owned();
    short.sim.change(|world| answer(world, &code, Some("alice")));
    let token = short.by_device(&device).await.expect("a token");
    assert_eq!((token.get("refreshToken"), &token["expiresIn"]), (None, &json!(28_800)));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_registered_or_asked_for_is_refused() {
    let stage = Stage::new().await;
    let register = async |input: Value| {
        ask_unsigned(&stage.sim, OIDC, "RegisterClient", input).await.code().unwrap_or_default()
    };
    let secret = json!({"clientName": "x", "clientType": "confidential"});
    assert_eq!(register(secret).await, "InvalidClientMetadataException");
    let scope = json!({"clientName": "x", "clientType": "public", "scopes": ["everything"]});
    assert_eq!(register(scope).await, "InvalidScopeException");
    let grant = json!({"clientName": "x", "clientType": "public", "grantTypes": ["password"]});
    assert_eq!(register(grant).await, "UnsupportedGrantTypeException");
    let elsewhere = stage.input(json!({"startUrl": "https://d-0000000000.awsapps.com/start"}));
    let refused = ask_unsigned(&stage.sim, OIDC, "StartDeviceAuthorization", elsewhere).await;
    assert_eq!((refused.status, refused.code().as_deref()), (400, Some("InvalidRequestException")));
    assert_eq!(
        stage.token(json!({"grantType": "password"})).await,
        error("UnsupportedGrantTypeException", "unsupported_grant_type")
    );
}
