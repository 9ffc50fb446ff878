//! Credentials with an end, and the questions about credentials.
//!
//! Sources: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::identity::Key;
use crate::sim::request::Request;
use crate::sim::services::account::regions;
use crate::sim::services::iam::Role;
use crate::sim::world::World;

/// What came with a session besides its credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The assumed role; `None` for a user's session token.
    pub role: Option<String>,
    /// The session policy document, which narrows the role's rights.
    pub policy: Option<String>,
    /// ARNs of managed session policies.
    pub policy_arns: Vec<String>,
    /// Session tags by key.
    pub tags: BTreeMap<String, String>,
    /// Keys of the tags that go on into the next session of a role chain.
    pub transitive: Vec<String>,
    /// Who is behind the session.
    pub source_identity: Option<String>,
}

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Issues credentials for a principal and remembers what came with them. Expired ones are forgotten a day after their
/// end: until then their use is answered as expired, afterwards as unknown.
pub(super) fn issue(
    world: &mut World,
    mut key: Key,
    session: Session,
    seconds: i64,
    now: Timestamp,
) -> Value {
    let expires = later(now, Duration::from_secs(seconds.unsigned_abs()));
    let kept = |end: Option<Timestamp>| end.is_none_or(|end| later(end, Duration::from_secs(86_400)) > now);
    world.keys.retain(|_, key| kept(key.expires));
    let (sessions, keys) = (&mut world.sts.sessions, &world.keys);
    sessions.retain(|id, _| keys.contains_key(id));
    let id = format!("ASIA{}", world.ids.upper(16));
    let (secret, token) = (world.ids.of(BASE64, 40), world.ids.of(BASE64, 348));
    key.secret.clone_from(&secret);
    key.token = Some(token.clone());
    key.expires = Some(expires);
    world.keys.insert(id.clone(), key);
    world.sts.sessions.insert(id.clone(), session);
    json!({ "AccessKeyId": id, "SecretAccessKey": secret, "SessionToken": token, "Expiration": epoch(expires) })
}

/// Credentials of a role for a person whom Identity Center has let in; none where the account has no such role.
pub(crate) fn session_of(
    world: &mut World,
    account: &str,
    role: &str,
    session_name: &str,
    seconds: i64,
    now: Timestamp,
) -> Option<Value> {
    let role = world.iam.role(account, role)?;
    let (key, arn) = (role_key(account, role, session_name), role.arn.clone());
    let session = Session { role: Some(arn), ..Session::default() };
    Some(issue(world, key, session, seconds, now))
}

/// Who a session of a role is; `issue` adds what it is entered with.
pub(super) fn role_key(account: &str, role: &Role, session_name: &str) -> Key {
    let name = &role.name;
    Key {
        secret: String::new(),
        token: None,
        account: account.to_owned(),
        arn: format!("arn:aws:sts::{account}:assumed-role/{name}/{session_name}"),
        user_id: format!("{}:{session_name}", role.id),
        expires: None,
    }
}

/// Refuses a Region the caller's account has not opted in to, or in which it has switched STS off.
pub(super) fn in_open_region(world: &World, request: &Request) -> Result<(), AwsError> {
    let account = &request.caller.account;
    let region = &request.region;
    let closed =
        regions::status(world, account, region).is_some() && !regions::is_usable(world, account, region);
    let closed = closed || world.sts.off.get(account).is_some_and(|off| off.contains(region));
    if !closed {
        return Ok(());
    }
    let words = format!(
        "STS is not activated in this region for account:{account}. Your account administrator can activate STS in this region using the IAM Console."
    );
    Err(AwsError::new("RegionDisabledException", words))
}

pub(super) fn caller_identity(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let caller = &request.caller;
    Ok(json!({ "UserId": caller.user_id, "Account": caller.account, "Arn": caller.arn }))
}

pub(super) fn session_token(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    in_open_region(world, request)?;
    let caller = &request.caller;
    let by_session = world.keys.get(&caller.access_key).is_some_and(|key| key.token.is_some());
    if by_session {
        let words = "Cannot call GetSessionToken with session credentials";
        return Err(AwsError::new("AccessDenied", words).status(403));
    }
    let key = Key {
        secret: String::new(),
        token: None,
        account: caller.account.clone(),
        arn: caller.arn.clone(),
        user_id: caller.user_id.clone(),
        expires: None,
    };
    let seconds = request.integer("DurationSeconds").unwrap_or(43_200);
    let credentials = issue(world, key, Session::default(), seconds, request.now);
    Ok(json!({ "Credentials": credentials }))
}

pub(super) fn access_key_info(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("AccessKeyId");
    // An access key this world did not issue belongs to its first account, as in every other request.
    let account = world.keys.get(id).map_or(&world.account, |key| &key.account);
    Ok(json!({ "Account": account }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::{Session, alone, element, organization, session};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_session_token_is_the_same_user_and_cannot_beget_another() {
        let simulator = alone();
        let made = ask(&simulator, "sts", "GetSessionToken", json!({"DurationSeconds": 900})).await;
        let token = Session::of(&made);
        let me = token.ask(&simulator, "sts", "GetCallerIdentity", json!({})).await;
        assert_eq!(element(&me, "Arn"), "arn:aws:iam::111122223333:user/administrator");
        let again = token.ask(&simulator, "sts", "GetSessionToken", json!({})).await;
        assert_eq!((again.status, again.code().as_deref()), (403, Some("AccessDenied")));
        simulator.advance(std::time::Duration::from_secs(901));
        let late = token.ask(&simulator, "kms", "ListKeys", json!({})).await;
        assert_eq!((late.status, late.code().as_deref()), (400, Some("ExpiredTokenException")));
    }

    #[tokio::test(start_paused = true)]
    async fn an_access_key_tells_its_account() {
        let (simulator, member) = organization().await;
        let inside = session(&simulator, &member).await;
        let answer = ask(&simulator, "sts", "GetAccessKeyInfo", json!({"AccessKeyId": inside.key})).await;
        assert_eq!(element(&answer, "Account"), member);
    }

    #[tokio::test(start_paused = true)]
    async fn expired_sessions_are_forgotten_in_the_end() {
        let (simulator, member) = organization().await;
        let first = session(&simulator, &member).await;
        simulator.advance(std::time::Duration::from_secs(2 * 86_400));
        let second = session(&simulator, &member).await;
        let world = simulator.world();
        assert!(!world.keys.contains_key(&first.key) && world.keys.contains_key(&second.key));
        assert_eq!(world.sts.sessions.len(), 1);
    }
}
