//! Baselines that AWS offers and those that are enabled.

use std::collections::BTreeMap;

use aws_sdk_controltower::types::EnabledBaselineFilter;
use jiff::Timestamp;
use serde_json::Value;

use super::document::to_json;
use super::landing_zone::Operation;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "controltower:ListBaselines";
const ENABLED: &str = "controltower:ListEnabledBaselines";
const GET: &str = "controltower:GetEnabledBaseline";
const OPERATION: &str = "controltower:GetBaselineOperation";
/// The baseline that stands for access management (Control Tower User Guide,
/// types of baselines).
pub const IDENTITY_CENTER: &str = "IdentityCenterBaseline";
/// The largest page of both lists.
const PAGE: i32 = 100;

/// A baseline that is enabled on a unit, an account or the landing zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enabled {
    /// Its own ARN.
    pub arn: String,
    /// The baseline's ARN.
    pub baseline: String,
    /// The baseline's version.
    pub version: String,
    /// The ARN of what it is enabled on.
    pub target: String,
    /// For an account: the enabled baseline of its unit.
    pub parent: Option<String>,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub status: String,
    /// `IN_SYNC` or `DRIFTED`. What AWS does not check for drift counts as in step.
    pub drift: String,
    /// The last operation on it.
    pub last_operation: Option<String>,
}

/// One enabled baseline with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// AWS's word for its status.
    pub status: String,
    /// The last operation on it.
    pub last_operation: Option<String>,
    /// Its parameters by key.
    pub parameters: BTreeMap<String, Value>,
}

/// The ARN of each baseline, by name. Their ids are the same everywhere, but AWS
/// only promises the names. AWS is asked once for each connection.
///
/// # Errors
/// When they cannot be read; the next who asks tries again.
pub async fn offered(connection: &Connection) -> Result<BTreeMap<String, String>, CallError> {
    connection.baselines().get_or_try_init(|| list(connection)).await.cloned()
}

async fn list(connection: &Connection) -> Result<BTreeMap<String, String>, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || client.list_baselines().max_results(PAGE).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.baselines().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(|b| (b.name().to_owned(), b.arn().to_owned())).collect())
}

/// Which enabled baselines to list.
#[derive(Debug, Clone)]
pub enum Which<'a> {
    /// All of them, those of accounts too.
    All,
    /// Those on one target.
    On(&'a str),
    /// The children of one enabled baseline.
    Below(&'a str),
}

/// Enabled baselines.
///
/// # Errors
/// When they cannot be read.
pub async fn enabled(connection: &Connection, which: Which<'_>) -> Result<Vec<Enabled>, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let filter = match which {
        Which::All => None,
        Which::On(target) => Some(EnabledBaselineFilter::builder().target_identifiers(target).build()),
        Which::Below(parent) => Some(EnabledBaselineFilter::builder().parent_identifiers(parent).build()),
    };
    let (filter, children) = (&filter, !matches!(which, Which::On(_)));
    let found = pages::all(ENABLED, |token| async move {
        let request = || {
            let request = client.list_enabled_baselines().set_filter(filter.clone());
            request.include_children(children).max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(ENABLED, || request().send()).await?;
        Ok((answer.enabled_baselines().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().map(Enabled::of).collect())
}

impl Enabled {
    fn of(from: &aws_sdk_controltower::types::EnabledBaselineSummary) -> Self {
        let status = from.status_summary();
        let drift = from
            .drift_status_summary()
            .and_then(|drift| drift.types())
            .and_then(|types| types.inheritance())
            .and_then(|inheritance| inheritance.status());
        Self {
            arn: from.arn().to_owned(),
            baseline: from.baseline_identifier().to_owned(),
            version: from.baseline_version().unwrap_or_default().to_owned(),
            target: from.target_identifier().to_owned(),
            parent: from.parent_identifier().map(str::to_owned),
            status: status.and_then(|s| s.status()).map_or("", |status| status.as_str()).to_owned(),
            drift: drift.map_or("IN_SYNC", |status| status.as_str()).to_owned(),
            last_operation: status.and_then(|s| s.last_operation_identifier()).map(str::to_owned),
        }
    }
}

/// One enabled baseline by ARN.
///
/// # Errors
/// When it cannot be read.
pub async fn details(connection: &Connection, arn: &str) -> Result<Details, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let request = || client.get_enabled_baseline().enabled_baseline_identifier(arn);
    let answer = site.call(GET, || request().send()).await?;
    let found = answer.enabled_baseline_details();
    let found = found.ok_or_else(|| CallError::unreadable(GET, "enabledBaselineDetails"))?;
    let status = found.status_summary();
    Ok(Details {
        status: status.and_then(|s| s.status()).map_or("", |status| status.as_str()).to_owned(),
        last_operation: status.and_then(|s| s.last_operation_identifier()).map(str::to_owned),
        parameters: found.parameters().iter().map(|p| (p.key().to_owned(), to_json(p.value()))).collect(),
    })
}

/// How an operation goes.
///
/// # Errors
/// When it cannot be read.
pub async fn operation(connection: &Connection, id: &str) -> Result<Operation, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let request = || client.get_baseline_operation().operation_identifier(id);
    let answer = site.call(OPERATION, || request().send()).await?;
    let found = answer.baseline_operation();
    let found = found.ok_or_else(|| CallError::unreadable(OPERATION, "baselineOperation"))?;
    Ok(Operation {
        kind: found.operation_type().map_or("", |kind| kind.as_str()).to_owned(),
        status: found.status().map_or("", |status| status.as_str()).to_owned(),
        started: found.start_time().and_then(|time| Timestamp::from_second(time.secs()).ok()),
        message: found.status_message().map(str::to_owned),
    })
}
