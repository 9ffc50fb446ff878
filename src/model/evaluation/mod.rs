//! What service control and resource control policies say of a request, when not all
//! of the request is known.
//!
//! In: policy documents as JSON and an [`Ask`]: who, what, on which resource, and what
//! is known of the condition keys. Out: [`Answer`]s with the statement behind them. A
//! part of a text that is not known is written `*`; a condition key that nobody told is
//! unknown, and what depends on it is answered with "may". Absent: identity policies,
//! permissions boundaries and session policies, which are the caller's own business.
//!
//! Source: IAM User Guide, policy evaluation logic and the reference of policy
//! elements; Organizations User Guide, how SCPs and RCPs are evaluated.

mod condition;
mod document;
mod levels;
mod pattern;
mod truth;

use std::collections::BTreeMap;

pub use document::{Document, Malformed};
pub use levels::{Cause, Level, Verdict, decide};
pub use truth::Truth;

/// Whether a request is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// For certain.
    Allowed,
    /// It depends on something that is not known.
    May,
    /// Refused for certain.
    Denied,
}

/// What is known of one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The request does not carry it.
    Absent,
    /// Its values; `*` within one stands for a part that is not known.
    Known(Vec<String>),
}

/// Condition keys in lower case. A key without an entry is not known at all: it may be
/// absent or have any value.
pub type Facts = BTreeMap<String, Fact>;

/// A request as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// E.g. `kms:CreateKey`.
    pub action: String,
    /// The ARN it is about, or `*` alone where the action takes no resource.
    pub resource: String,
    /// The ARN of the asking role or user.
    pub principal: String,
    /// What is known of the condition keys.
    pub facts: Facts,
}

impl Ask {
    /// A request of a principal of which nothing more is known than its ARN tells.
    #[must_use]
    pub fn new(principal: &str, action: &str, resource: &str) -> Self {
        let mut ask = Self {
            action: action.to_owned(),
            resource: resource.to_owned(),
            principal: principal.to_owned(),
            facts: Facts::new(),
        };
        ask.learn("aws:PrincipalArn", principal);
        if let Some(account) = account_of(principal) {
            ask.learn("aws:PrincipalAccount", account);
        }
        if let Some(owner) = account_of(resource) {
            ask.learn("aws:ResourceAccount", owner);
        }
        ask
    }

    /// Adds what is known of a key that has one value.
    pub fn learn(&mut self, key: &str, value: &str) {
        self.facts.insert(key.to_ascii_lowercase(), Fact::Known(vec![value.to_owned()]));
    }

    /// Adds that the request does not carry a key.
    pub fn lacks(&mut self, key: &str) {
        self.facts.insert(key.to_ascii_lowercase(), Fact::Absent);
    }
}

/// The account in an ARN, if there is one.
fn account_of(arn: &str) -> Option<&str> {
    let account = arn.split(':').nth(4)?;
    (!account.is_empty()).then_some(account)
}
