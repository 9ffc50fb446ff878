//! How a simulated AWS is set up: who owns it, when it starts, how fast its time runs, how strict it is.
//!
//! In: plain values chosen by the caller. Out: [`Settings`], read by every other file of the simulator.
//! Absent: anything that changes while the simulator runs (that is the world).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The choices a simulator is started with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The account whose administrator every unknown access key is (12 digits): the future management account.
    pub account: String,
    /// E-mail address of that account.
    pub email: String,
    /// The Region of requests that are not signed for one.
    pub region: String,
    /// Virtual time when a new world begins.
    pub start: Timestamp,
    /// Virtual seconds that pass in one second of tokio's clock.
    pub speed: f64,
    /// Virtual round trip of one request.
    pub latency: Duration,
    /// Whether AWS's published request rates are enforced.
    pub throttles: bool,
    /// Whether SigV4 signatures are checked and unknown access keys refused.
    pub verify_signatures: bool,
    /// Access key id to secret key of the management account's administrator, under `verify_signatures`.
    pub credentials: BTreeMap<String, String>,
    /// Seed of every generated id and every varied duration.
    pub seed: u64,
    /// Share by which durations vary, 0.0 to 1.0; 0.2 means between 80 % and 120 %.
    pub jitter: f64,
    /// How long after CreateOrganization account creation answers FinalizingOrganizationException. AWS says that
    /// it may take up to an hour
    /// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html>).
    pub finalizing: Duration,
    /// The quota of accounts in the organization; AWS's default is 10
    /// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html>).
    pub account_quota: u32,
    /// Whether List operations now and then answer an empty page with a NextToken, as AWS may
    /// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListParents.html>).
    pub empty_pages: bool,
    /// The most items that a page of a listing holds, whatever the caller asks for; AWS may always give fewer than
    /// asked (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html>, MaxResults).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// How long an entity stays locked after a change, so that a second change of it within this virtual time
    /// answers ConcurrentModificationException; zero switches it off.
    pub modification_window: Duration,
    /// A policy document that the management account's callers of unknown access keys are held to; without one they
    /// may do everything. A document that IAM would refuse allows nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller_policy: Option<serde_json::Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: "111122223333".to_owned(),
            email: "management@example.com".to_owned(),
            region: "us-east-1".to_owned(),
            start: Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH),
            speed: 1.0,
            latency: Duration::from_millis(50),
            throttles: true,
            verify_signatures: false,
            credentials: BTreeMap::new(),
            seed: 0,
            jitter: 0.0,
            finalizing: Duration::ZERO,
            account_quota: 10,
            empty_pages: false,
            page_size: None,
            modification_window: Duration::ZERO,
            caller_policy: None,
        }
    }
}
