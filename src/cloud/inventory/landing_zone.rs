//! The landing zone and its operations, in the home Region.

use jiff::Timestamp;
use serde_json::Value;

use super::document::to_json;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "controltower:ListLandingZones";
const GET: &str = "controltower:GetLandingZone";
const OPERATION: &str = "controltower:GetLandingZoneOperation";
const OPERATIONS: &str = "controltower:ListLandingZoneOperations";

/// The landing zone.
#[derive(Debug, Clone, PartialEq)]
pub struct LandingZone {
    /// Its ARN.
    pub arn: String,
    /// Its version.
    pub version: String,
    /// The newest version that AWS offers.
    pub latest: Option<String>,
    /// Its manifest, as AWS gives it back.
    pub manifest: Value,
    /// Remediation types, sorted.
    pub remediation_types: Vec<String>,
    /// `ACTIVE`, `PROCESSING` or `FAILED`.
    pub status: String,
    /// `IN_SYNC` or `DRIFTED`.
    pub drift: String,
}

/// The remediation type that stands for automatic enrolment.
pub const AUTOMATIC: &str = "INHERITANCE_DRIFT";

impl LandingZone {
    /// Whether accounts that move into a governed unit are enrolled by themselves.
    #[must_use]
    pub fn enrols_automatically(&self) -> bool {
        self.remediation_types.iter().any(|kind| kind == AUTOMATIC)
    }
}

/// An asynchronous operation of Control Tower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// AWS's word for what it does, e.g. `UPDATE` or `ENABLE_BASELINE`.
    pub kind: String,
    /// `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    pub status: String,
    /// When it began.
    pub started: Option<Timestamp>,
    /// What AWS says about it.
    pub message: Option<String>,
}

/// The landing zone of the organization; none when there is none.
///
/// # Errors
/// When it cannot be read.
pub async fn get(connection: &Connection) -> Result<Option<LandingZone>, CallError> {
    let Some(arn) = arn(connection).await? else {
        return Ok(None);
    };
    let site = connection.home();
    let client = site.clients.controltower();
    let arn = arn.as_str();
    let request = || client.get_landing_zone().landing_zone_identifier(arn);
    let answer = site.call(GET, || request().send()).await?;
    let zone = answer.landing_zone().ok_or_else(|| CallError::unreadable(GET, "landingZone"))?;
    let mut remediation_types: Vec<String> =
        zone.remediation_types().iter().map(|kind| kind.as_str().to_owned()).collect();
    remediation_types.sort();
    let drift = zone.drift_status().and_then(|drift| drift.status());
    Ok(Some(LandingZone {
        arn: arn.to_owned(),
        version: zone.version().to_owned(),
        latest: zone.latest_available_version().map(str::to_owned),
        manifest: to_json(zone.manifest()),
        remediation_types,
        status: zone.status().map_or("", |status| status.as_str()).to_owned(),
        // A landing zone whose drift AWS does not tell counts as in step.
        drift: drift.map_or("IN_SYNC", |status| status.as_str()).to_owned(),
    }))
}

/// Whether there is a landing zone.
///
/// # Errors
/// When it cannot be read.
pub async fn exists(connection: &Connection) -> Result<bool, CallError> {
    Ok(arn(connection).await?.is_some())
}

/// The ARN of the landing zone, of which an organization has at most one.
async fn arn(connection: &Connection) -> Result<Option<String>, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || client.list_landing_zones().set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.landing_zones().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.first().and_then(|zone| zone.arn().map(str::to_owned)))
}

/// How an operation goes.
///
/// # Errors
/// When it cannot be read.
pub async fn operation(connection: &Connection, id: &str) -> Result<Operation, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let request = || client.get_landing_zone_operation().operation_identifier(id);
    let answer = site.call(OPERATION, || request().send()).await?;
    let details = answer.operation_details();
    let details = details.ok_or_else(|| CallError::unreadable(OPERATION, "operationDetails"))?;
    Ok(Operation {
        kind: details.operation_type().map_or("", |kind| kind.as_str()).to_owned(),
        status: details.status().map_or("", |status| status.as_str()).to_owned(),
        started: details.start_time().and_then(|time| Timestamp::from_second(time.secs()).ok()),
        message: details.status_message().map(str::to_owned),
    })
}

/// Ids and kinds of the operations of the last 90 days, newest first; only those
/// in progress when `running`.
///
/// # Errors
/// When they cannot be read.
pub async fn operations(connection: &Connection, running: bool) -> Result<Vec<(String, String)>, CallError> {
    use aws_sdk_controltower::types::{LandingZoneOperationFilter, LandingZoneOperationStatus};
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let filter = running.then(|| {
        LandingZoneOperationFilter::builder().statuses(LandingZoneOperationStatus::InProgress).build()
    });
    let filter = &filter;
    let found = pages::all(OPERATIONS, |token| async move {
        let request = || {
            let request = client.list_landing_zone_operations().set_filter(filter.clone());
            request.max_results(100).set_next_token(token.clone())
        };
        let answer = site.call(OPERATIONS, || request().send()).await?;
        Ok((answer.landing_zone_operations().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let pair = |entry: &aws_sdk_controltower::types::LandingZoneOperationSummary| {
        let kind = entry.operation_type().map_or("", |kind| kind.as_str());
        Some((entry.operation_identifier()?.to_owned(), kind.to_owned()))
    };
    Ok(found.await?.iter().filter_map(pair).collect())
}
