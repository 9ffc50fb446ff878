//! Who we are, and how we enter member accounts.
//!
//! In: an account id. Out: the caller's identity, or credentials of a role in a
//! member account, kept and renewed before they expire. Three roles are tried:
//! the document's, the one Control Tower makes in accounts it enrols
//! (`AWSControlTowerExecution`), and the one Organizations makes in accounts it
//! creates (`OrganizationAccountAccessRole`); then the roles that a person holds
//! through Identity Center, where somebody has signed in. Absent: the trying itself,
//! see `entry`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, OnceCell};
use tokio::time::Instant;

use super::connection::Connection;
use super::entry::{NoWayIn, Way};
use super::failure::CallError;
pub use super::narrowing::Narrowing;
pub(crate) use super::narrowing::{LIMIT, READING};
use super::narrowing::{Mark, tag_value};
use super::sign_in::SignIn;
use crate::model::arn::Arn;
use crate::model::ids::AccountId;
use crate::model::partition::Partition;

/// The roles that AWS itself makes for entering an account.
const AWS_ROLES: [&str; 2] = ["AWSControlTowerExecution", "OrganizationAccountAccessRole"];
/// The shortest session that STS gives (API Reference, AssumeRole). What is done in
/// a member takes seconds, so a longer one would only be a longer risk.
pub(super) const LIFETIME: Duration = Duration::from_secs(900);
/// A session this near its end is renewed.
const MARGIN: Duration = Duration::from_secs(300);

/// Whose credentials we use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The account.
    pub account: AccountId,
    /// The ARN of the user or of the assumed role.
    pub arn: String,
    /// The partition, from the ARN.
    pub partition: Partition,
}

/// One role session in a member account.
#[derive(Debug, Clone)]
struct Session {
    credentials: Credentials,
    way: Way,
    since: Instant,
    /// The session policy it was opened with.
    policy: String,
}

/// Where an account's session is kept.
type Slot = Arc<Mutex<Option<Session>>>;

/// The sessions of one connection. Each account has its own lock, so that two
/// steps in one account ask once and two accounts do not wait for each other.
#[derive(Debug)]
pub(crate) struct Sessions {
    pub(super) roles: Vec<String>,
    pub(super) name: String,
    pub(super) run: String,
    pub(super) external_id: Option<String>,
    pub(super) sign_in: Option<SignIn>,
    caller: OnceCell<Caller>,
    held: Mutex<HashMap<String, Slot>>,
    narrowing: Lock<Narrowing>,
    /// Marks that the trust policy of a role of this name has refused.
    pub(super) refused: Lock<BTreeSet<(String, Mark)>>,
}

impl Sessions {
    /// No session yet; `access_role` is tried first, and `sign_in` last.
    pub(crate) fn new(
        access_role: Option<String>,
        external_id: Option<String>,
        sign_in: Option<SignIn>,
        run: &str,
    ) -> Self {
        let mut roles: Vec<String> = access_role.into_iter().collect();
        for role in AWS_ROLES {
            if !roles.iter().any(|known| known == role) {
                roles.push(role.to_owned());
            }
        }
        Self {
            roles,
            name: session_name(run),
            run: tag_value(run),
            external_id,
            sign_in,
            caller: OnceCell::new(),
            held: Mutex::default(),
            narrowing: Lock::default(),
            refused: Lock::default(),
        }
    }
}

/// A role session name: letters, digits and `=,.@-` (STS API reference), at most 64.
fn session_name(run: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || "=,.@-_".contains(*c);
    format!("lzctl-{run}").chars().filter(fits).take(64).collect()
}

impl Connection {
    /// Holds member sessions to these policies from now on. Sessions that were
    /// opened with others are not used any more.
    pub fn narrow(&self, narrowing: Narrowing) {
        *self.sessions().narrowing.lock().unwrap_or_else(PoisonError::into_inner) = narrowing;
    }

    /// Whose credentials these are; asked once.
    ///
    /// # Errors
    /// What STS said, or why it could not be asked.
    pub async fn caller(&self) -> Result<&Caller, CallError> {
        self.sessions().caller.get_or_try_init(|| self.ask_caller()).await
    }

    async fn ask_caller(&self) -> Result<Caller, CallError> {
        let site = self.home();
        let sts = site.clients.sts();
        let answer = site.call("sts:GetCallerIdentity", || sts.get_caller_identity().send()).await?;
        let unreadable = |what| CallError::unreadable("sts:GetCallerIdentity", what);
        let arn = answer.arn().ok_or_else(|| unreadable("Arn"))?;
        let account = answer.account().and_then(|id| id.parse().ok()).ok_or_else(|| unreadable("Account"))?;
        let parsed: Arn = arn.parse().map_err(|_| unreadable("usable Arn"))?;
        Ok(Caller { account, arn: arn.to_owned(), partition: Partition::named(&parsed.partition) })
    }

    /// The way into an account, taken: a session is open afterwards.
    ///
    /// # Errors
    /// Every way that was tried, with what AWS said.
    pub async fn way_in(&self, account: &str) -> Result<Way, NoWayIn> {
        let caller = self.caller().await.map_err(NoWayIn::unknown_caller)?;
        if caller.account.as_str() == account {
            return Ok(Way::Own);
        }
        self.member_session(account).await.map(|session| session.way)
    }

    /// Credentials in a member account.
    pub(crate) async fn member_credentials(&self, account: &str) -> Result<Credentials, CallError> {
        let session = self.member_session(account).await;
        session.map(|session| session.credentials).map_err(|none| none.into_call(account))
    }

    async fn member_session(&self, account: &str) -> Result<Session, NoWayIn> {
        let entry = {
            let mut held = self.sessions().held.lock().await;
            Arc::clone(held.entry(account.to_owned()).or_default())
        };
        let policy = self.sessions().narrowing.lock().unwrap_or_else(PoisonError::into_inner).policy(account);
        let mut session = entry.lock().await;
        let fresh = |s: &&Session| s.since.elapsed() + MARGIN < LIFETIME && s.policy == policy;
        if let Some(live) = session.as_ref().filter(fresh) {
            return Ok(live.clone());
        }
        let since = Instant::now();
        let (credentials, way) = self.enter(account, &policy).await?;
        self.forget(account);
        let fresh = Session { credentials, way, since, policy };
        *session = Some(fresh.clone());
        Ok(fresh)
    }

    /// Drops a session, so that the next call in the account opens a new one.
    pub(crate) async fn end_session(&self, account: &str) {
        let slot = self.sessions().held.lock().await.get(account).map(Arc::clone);
        if let Some(slot) = slot {
            *slot.lock().await = None;
        }
        self.forget(account);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::operations::Verdict;
    use crate::cloud::doubles::{Double, ok, xml, xml_error};
    use crate::cloud::inventory::keys;
    use crate::cloud::narrowing::RUN_TAG;

    const ASSUMED: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIATEST</AccessKeyId>\
        <SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>token</SessionToken>\
        <Expiration>2026-11-23T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

    fn aliases() -> crate::cloud::doubles::Answer {
        ok(json!({ "Aliases": [] }))
    }

    #[test]
    fn the_documents_role_is_tried_before_those_that_aws_makes() {
        let sessions = Sessions::new(Some("Mine".into()), None, None, "r");
        assert_eq!(sessions.roles, ["Mine", "AWSControlTowerExecution", "OrganizationAccountAccessRole"]);
        let known = Sessions::new(Some("OrganizationAccountAccessRole".into()), None, None, "r");
        assert_eq!(known.roles, ["OrganizationAccountAccessRole", "AWSControlTowerExecution"]);
    }

    #[test]
    fn a_session_name_holds_only_what_sts_takes() {
        assert_eq!(session_name("2026-11-23 12:00/é"), "lzctl-2026-11-231200");
        assert_eq!(session_name(&"x".repeat(100)).len(), 64);
    }

    #[tokio::test(start_paused = true)]
    async fn the_caller_is_asked_for_once_and_its_own_account_is_not_entered() {
        let double = Double::new().on("ListAliases", aliases());
        let connection = double.connection().await;
        let region = connection.home_region().clone();
        keys::aliases(&connection, Some("111111111111"), &region).await.unwrap();
        keys::aliases(&connection, Some("111111111111"), &region).await.unwrap();
        assert_eq!(double.called(), ["ListAliases", "ListAliases"]);
        assert_eq!(double.bodies("GetCallerIdentity").len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_is_entered_by_the_first_role_that_lets_us_in_until_the_session_is_old() {
        let double = Double::new()
            .on("AssumeRole", xml_error(403, "AccessDenied", "no such role"))
            .on("AssumeRole", xml(ASSUMED))
            .on("ListAliases", aliases());
        let connection = double.connection().await;
        let region = connection.home_region().clone();
        let ask = || keys::aliases(&connection, Some("222222222222"), &region);
        ask().await.unwrap();
        ask().await.unwrap();
        let sent = double.bodies("AssumeRole");
        let roles: Vec<&str> = sent.iter().map(|body| body["RoleArn"].as_str().unwrap()).collect();
        let expected = ["AWSControlTowerExecution", "OrganizationAccountAccessRole"]
            .map(|role| format!("arn:aws:iam::222222222222:role/{role}"));
        assert_eq!(roles, expected);
        assert_eq!(sent[0]["RoleSessionName"], "lzctl-test");
        tokio::time::advance(Duration::from_secs(3001)).await;
        ask().await.unwrap();
        assert_eq!(double.bodies("AssumeRole").len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_short_and_says_what_for_and_is_entered_without_what_a_trust_policy_refuses() {
        let refuses = |action: &str| {
            xml_error(403, "AccessDenied", &format!("User: u is not authorized to perform: {action} on r"))
        };
        let double = Double::new()
            .on("AssumeRole", refuses("sts:TagSession"))
            .on("AssumeRole", xml(ASSUMED))
            .on("ListAliases", aliases());
        let connection = double.connection().await;
        let region = connection.home_region().clone();
        let ask = |account| keys::aliases(&connection, Some(account), &region);
        ask("222222222222").await.unwrap();
        ask("333333333333").await.unwrap();
        let sent = double.bodies("AssumeRole");
        assert_eq!(sent.len(), 3, "what one role of a name refuses is not asked of the next: {sent:?}");
        assert_eq!(sent[0]["DurationSeconds"], "900");
        assert_eq!(sent[0]["Tags.member.1.Key"], RUN_TAG);
        assert!(sent[0]["Policy"].as_str().unwrap().contains("kms:List"));
        assert!(sent.iter().skip(1).all(|body| body.get("Tags.member.1.Key").is_none()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_narrower_policy_opens_a_session_of_its_own() {
        let double = Double::new().on("AssumeRole", xml(ASSUMED)).on("ListAliases", aliases());
        let connection = double.connection().await;
        let region = connection.home_region().clone();
        let ask = || keys::aliases(&connection, Some("222222222222"), &region);
        ask().await.unwrap();
        let policies = [("222222222222".to_owned(), "{}".to_owned())];
        connection.narrow(Narrowing { by_account: policies.into(), otherwise: None });
        ask().await.unwrap();
        ask().await.unwrap();
        let sent = double.bodies("AssumeRole");
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[1]["Policy"], "{}");
    }

    #[tokio::test(start_paused = true)]
    async fn when_no_role_lets_us_in_the_error_says_which_were_tried_and_why() {
        let double = Double::new().on("AssumeRole", xml_error(403, "AccessDenied", "not for you"));
        let connection = double.connection().await;
        let region = connection.home_region().clone();
        let error = keys::aliases(&connection, Some("222222222222"), &region).await.unwrap_err();
        assert_eq!(error.verdict, Verdict::NotReady);
        assert!(error.message.contains("AWSControlTowerExecution: not for you"), "{error}");
        assert!(error.message.contains("OrganizationAccountAccessRole: not for you"), "{error}");
    }
}
