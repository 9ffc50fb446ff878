//! Controls that are enabled, and their operations.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::document::to_json;
use super::landing_zone::Operation;
use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const ENABLED: &str = "controltower:ListEnabledControls";
const GET: &str = "controltower:GetEnabledControl";
const OPERATION: &str = "controltower:GetControlOperation";
const OPERATIONS: &str = "controltower:ListControlOperations";
/// The largest page of enabled controls.
const PAGE: i32 = 200;

/// A control that is enabled on a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enabled {
    /// Its own ARN.
    pub arn: String,
    /// The control's ARN, global or Regional, as it was enabled.
    pub control: String,
    /// The ARN of the unit.
    pub target: String,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub status: String,
    /// Whether AWS says that it drifted. What it does not or cannot check
    /// (`NOT_CHECKING`, `UNKNOWN`) counts as not drifted.
    pub drifted: bool,
    /// The last operation on it.
    pub last_operation: Option<String>,
}

/// One enabled control with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// AWS's word for its status.
    pub status: String,
    /// The last operation on it.
    pub last_operation: Option<String>,
    /// Its parameters by key, lists in them sorted.
    pub parameters: BTreeMap<String, Value>,
}

/// Controls enabled on units: on all, or on one target. Those that accounts have
/// from their unit are not told.
///
/// # Errors
/// When they cannot be read.
pub async fn enabled(connection: &Connection, target: Option<&str>) -> Result<Vec<Enabled>, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let found = pages::all(ENABLED, |token| async move {
        let request = || {
            let request = client.list_enabled_controls().set_target_identifier(target.map(str::to_owned));
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(ENABLED, || request().send()).await?;
        Ok((answer.enabled_controls().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(Enabled::of).collect())
}

impl Enabled {
    fn of(from: &aws_sdk_controltower::types::EnabledControlSummary) -> Option<Self> {
        let status = from.status_summary();
        let drift = from.drift_status_summary().and_then(|drift| drift.drift_status());
        Some(Self {
            arn: from.arn()?.to_owned(),
            control: from.control_identifier()?.to_owned(),
            target: from.target_identifier()?.to_owned(),
            status: status.and_then(|s| s.status()).map_or("", |status| status.as_str()).to_owned(),
            drifted: drift.is_some_and(|word| word.as_str() == "DRIFTED"),
            last_operation: status.and_then(|s| s.last_operation_identifier()).map(str::to_owned),
        })
    }
}

/// A control that an account has from a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// Its own ARN.
    pub arn: String,
    /// The control's ARN.
    pub control: String,
    /// The id of the account.
    pub account: String,
    /// The ARN of the enabled control of the unit.
    pub parent: String,
    /// Whether AWS says that the account is not in that unit any more.
    pub drifted: bool,
}

/// Controls that accounts have from units: all of one account, by its ARN, or of every account those that it has
/// from a unit in which it is not any more.
///
/// # Errors
/// When they cannot be read.
pub async fn inherited(connection: &Connection, account: Option<&str>) -> Result<Vec<Inherited>, CallError> {
    use aws_sdk_controltower::types::{DriftStatus, EnabledControlFilter};
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let drifted = EnabledControlFilter::builder().inheritance_drift_statuses(DriftStatus::Drifted).build();
    let filter = &account.is_none().then_some(drifted);
    let found = pages::all(ENABLED, |token| async move {
        let request = || {
            let request = client.list_enabled_controls().set_target_identifier(account.map(str::to_owned));
            let request = request.include_children(true).set_filter(filter.clone());
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(ENABLED, || request().send()).await?;
        Ok((answer.enabled_controls().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(Inherited::of).collect())
}

impl Inherited {
    fn of(from: &aws_sdk_controltower::types::EnabledControlSummary) -> Option<Self> {
        let target = from.target_identifier().filter(|target| target.contains(":account/"))?;
        let types = from.drift_status_summary().and_then(|drift| drift.types());
        let inheritance = types.and_then(|types| types.inheritance()).and_then(|drift| drift.status());
        Some(Self {
            arn: from.arn()?.to_owned(),
            control: from.control_identifier()?.to_owned(),
            account: target.rsplit('/').next()?.to_owned(),
            parent: from.parent_identifier()?.to_owned(),
            drifted: inheritance.is_some_and(|word| word.as_str() == "DRIFTED"),
        })
    }
}

/// One enabled control by ARN.
///
/// # Errors
/// When it cannot be read.
pub async fn details(connection: &Connection, arn: &str) -> Result<Details, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let request = || client.get_enabled_control().enabled_control_identifier(arn);
    let answer = site.call(GET, || request().send()).await?;
    let found = answer.enabled_control_details();
    let found = found.ok_or_else(|| CallError::unreadable(GET, "enabledControlDetails"))?;
    let status = found.status_summary();
    let parameter = |one: &aws_sdk_controltower::types::EnabledControlParameterSummary| {
        (one.key().to_owned(), sorted(to_json(one.value())))
    };
    Ok(Details {
        status: status.and_then(|s| s.status()).map_or("", |status| status.as_str()).to_owned(),
        last_operation: status.and_then(|s| s.last_operation_identifier()).map(str::to_owned),
        parameters: found.parameters().iter().map(parameter).collect(),
    })
}

/// A parameter's value with its list sorted: AWS takes lists as sets.
fn sorted(mut value: Value) -> Value {
    if let Value::Array(items) = &mut value {
        items.sort_by_key(ToString::to_string);
    }
    value
}

/// How an operation goes.
///
/// # Errors
/// When it cannot be read.
pub async fn operation(connection: &Connection, id: &str) -> Result<Operation, CallError> {
    let site = connection.home();
    let client = site.clients.controltower();
    let request = || client.get_control_operation().operation_identifier(id);
    let answer = site.call(OPERATION, || request().send()).await?;
    let found = answer.control_operation();
    let found = found.ok_or_else(|| CallError::unreadable(OPERATION, "controlOperation"))?;
    Ok(Operation {
        kind: found.operation_type().map_or("", |kind| kind.as_str()).to_owned(),
        status: found.status().map_or("", |status| status.as_str()).to_owned(),
        started: found.start_time().and_then(|time| Timestamp::from_second(time.secs()).ok()),
        message: found.status_message().map(str::to_owned),
    })
}

/// Ids of the operations that run or are queued, each with the unit's ARN.
///
/// # Errors
/// When they cannot be read.
pub async fn running(connection: &Connection) -> Result<Vec<(String, String)>, CallError> {
    use aws_sdk_controltower::types::{ControlOperationFilter, ControlOperationStatus};
    let site = connection.home();
    let client = site.clients.controltower();
    let site = &site;
    let filter = ControlOperationFilter::builder().statuses(ControlOperationStatus::InProgress).build();
    let filter = &filter;
    let found = pages::all(OPERATIONS, |token| async move {
        let request = || {
            let request = client.list_control_operations().filter(filter.clone());
            request.max_results(100).set_next_token(token.clone())
        };
        let answer = site.call(OPERATIONS, || request().send()).await?;
        Ok((answer.control_operations().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let pair = |entry: &aws_sdk_controltower::types::ControlOperationSummary| {
        let target = entry.target_identifier().unwrap_or_default().to_owned();
        Some((entry.operation_identifier()?.to_owned(), target))
    };
    Ok(found.await?.iter().filter_map(pair).collect())
}
