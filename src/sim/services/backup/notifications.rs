//! PutBackupVaultNotifications, GetBackupVaultNotifications, DeleteBackupVaultNotifications.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html>. They are kept and
//! shown; nothing is sent.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::gate;
use super::refusal::not_found;

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let events = request.list("BackupVaultEvents").iter().filter_map(Value::as_str).map(str::to_owned);
    let events = events.collect();
    gate::vault_mut(world, request)?.notifications =
        Some((request.required("SNSTopicArn").to_owned(), events));
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let vault = gate::vault(world, request)?;
    let Some((topic, events)) = &vault.notifications else {
        return Err(not_found("The backup vault has no notifications."));
    };
    Ok(json!({
        "BackupVaultName": request.required("BackupVaultName"),
        "BackupVaultArn": vault.arn,
        "SNSTopicArn": topic,
        "BackupVaultEvents": events,
    }))
}

pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::vault_mut(world, request)?.notifications = None;
    Ok(json!({}))
}
