//! The ways into a member account, tried in turn.
//!
//! In: an account, the roles to try, the policy that holds a session to the work at hand. Out:
//! credentials with the [`Way`] that led to them, or [`NoWayIn`]: everything that was tried.
//! Sessions of roles are short, carry that policy, and say which run and who they are for; a role
//! whose trust policy does not take the latter is entered without. Credentials from Identity
//! Center take neither policy nor mark: they are as wide as the permission set. Absent: how long a
//! session is kept (`session`).

use std::sync::PoisonError;

use aws_credential_types::Credentials;
use aws_sdk_sts::types::Tag;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::connection::Connection;
use super::failure::{CallError, code};
use super::narrowing::{Mark, RUN_TAG, source_identity};
use super::session::LIFETIME;
use super::sign_in::{self, SignIn};
use crate::catalog::identity_center;
use crate::catalog::operations::Verdict;

const ASSUME: &str = "sts:AssumeRole";
const PORTAL: &str = "sso:GetRoleCredentials";

/// How an account is entered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It is the caller's own.
    Own,
    /// A role of this name, assumed by the caller.
    Role(String),
    /// A permission set of this name, held by the person who signed in.
    PermissionSet(String),
}

/// One way that did not lead in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The role's name, or what was asked of Identity Center.
    pub way: String,
    /// What AWS said.
    pub error: CallError,
}

/// No way leads into an account.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{}", in_words(.0))]
pub struct NoWayIn(pub Vec<Tried>);

fn in_words(tried: &[Tried]) -> String {
    let words: Vec<String> =
        tried.iter().map(|tried| format!("{}: {}", tried.way, tried.error.message)).collect();
    words.join("; ")
}

impl NoWayIn {
    /// Not even the caller is known.
    pub(super) fn unknown_caller(error: CallError) -> Self {
        Self(vec![Tried { way: "the caller".to_owned(), error }])
    }

    /// The same as the failure of a call. It may still become possible where STS says so of a
    /// role, since an account that was made a moment ago has its role a little later.
    pub(super) fn into_call(self, account: &str) -> CallError {
        let message = format!("no role of account {account} could be assumed: {self}");
        let later = |tried: &&Tried| tried.error.verdict == Verdict::NotReady;
        let telling = self.0.iter().rfind(later).or(self.0.last());
        match telling.map(|tried| tried.error.clone()) {
            Some(error) => CallError { message, ..error },
            None => CallError::ours(ASSUME, code::NO_CREDENTIALS, "no role to try", Verdict::Denied),
        }
    }
}

impl Connection {
    /// Tries each role in turn, then what the person holds.
    pub(super) async fn enter(&self, account: &str, policy: &str) -> Result<(Credentials, Way), NoWayIn> {
        let mut tried = Vec::new();
        for role in &self.sessions().roles {
            match self.assume(account, role, policy).await {
                Ok(credentials) => return Ok((credentials, Way::Role(role.clone()))),
                Err(error) => tried.push(Tried { way: role.clone(), error }),
            }
        }
        if let Some(sign_in) = &self.sessions().sign_in {
            match self.by_permission_set(sign_in, account).await {
                Ok((credentials, set)) => return Ok((credentials, Way::PermissionSet(set))),
                Err(mut refused) => tried.append(&mut refused),
            }
        }
        Err(NoWayIn(tried))
    }

    /// The widest permission set that the person holds in the account, as far as names tell.
    async fn by_permission_set(
        &self,
        sign_in: &SignIn,
        account: &str,
    ) -> Result<(Credentials, String), Vec<Tried>> {
        let portal = |error| vec![Tried { way: "Identity Center".to_owned(), error }];
        let mut held = Box::pin(sign_in::roles(self, sign_in, account)).await.map_err(portal)?;
        let asked = self.sessions().roles.first();
        held.sort_by_key(|set| (asked != Some(set), identity_center::entry_rank(set), set.clone()));
        let mut tried = Vec::new();
        for set in held {
            match Box::pin(sign_in::credentials(self, sign_in, account, &set)).await {
                Ok(credentials) => return Ok((credentials, set)),
                Err(error) => tried.push(Tried { way: format!("permission set {set}"), error }),
            }
        }
        if tried.is_empty() {
            let words = "whoever signed in holds no permission set there";
            tried = portal(CallError::ours(PORTAL, code::NO_CREDENTIALS, words, Verdict::Denied));
        }
        Err(tried)
    }

    /// Enters by one role, with every mark that its trust policy takes.
    async fn assume(&self, account: &str, role: &str, policy: &str) -> Result<Credentials, CallError> {
        loop {
            let marks = self.marks(role);
            let error = match self.assume_once(account, role, policy, &marks).await {
                Ok(credentials) => return Ok(credentials),
                Err(error) => error,
            };
            // STS names the action that the trust policy does not allow.
            let Some(mark) = marks.iter().find(|mark| error.message.contains(mark.action())) else {
                return Err(error);
            };
            let mut refused = self.sessions().refused.lock().unwrap_or_else(PoisonError::into_inner);
            if refused.insert((role.to_owned(), *mark)) {
                tracing::warn!(
                    role,
                    action = mark.action(),
                    "the role's trust policy does not allow it; entering without"
                );
            }
        }
    }

    /// The marks that no role of this name has refused yet.
    fn marks(&self, role: &str) -> Vec<Mark> {
        let refused = self.sessions().refused.lock().unwrap_or_else(PoisonError::into_inner);
        Mark::ALL.into_iter().filter(|mark| !refused.contains(&(role.to_owned(), *mark))).collect()
    }

    async fn assume_once(
        &self,
        account: &str,
        role: &str,
        policy: &str,
        marks: &[Mark],
    ) -> Result<Credentials, CallError> {
        let source = source_identity(&self.caller().await?.arn).filter(|_| marks.contains(&Mark::Source));
        let site = self.home();
        let sts = site.clients.sts();
        let arn = format!("arn:{}:iam::{account}:role/{role}", self.partition().name);
        let seconds = i32::try_from(LIFETIME.as_secs()).unwrap_or(i32::MAX);
        let tag = Tag::builder().key(RUN_TAG).value(&self.sessions().run).build();
        let tag = tag.map_err(|_| CallError::unreadable("sts:AssumeRole", "tag"))?;
        let tags = marks.contains(&Mark::Tags).then(|| vec![tag]);
        let answer = site
            .call("sts:AssumeRole", || {
                sts.assume_role()
                    .role_arn(&arn)
                    .role_session_name(&self.sessions().name)
                    .duration_seconds(seconds)
                    .policy(policy)
                    .set_tags(tags.clone())
                    .set_source_identity(source.clone())
                    .set_external_id(self.sessions().external_id.clone())
                    .send()
            })
            .await?;
        let given =
            answer.credentials().ok_or_else(|| CallError::unreadable("sts:AssumeRole", "Credentials"))?;
        // No expiry is passed on: sessions are renewed by age, measured on the
        // monotonic clock, so a wrong system clock cannot spoil them.
        let keys = (given.access_key_id(), given.secret_access_key(), given.session_token());
        Ok(Credentials::new(keys.0, keys.1, Some(keys.2.to_owned()), None, "lzctl-member"))
    }
}
