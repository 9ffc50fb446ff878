//! PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy, DeleteBackupVaultAccessPolicy.
//!
//! Source: <https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html>. A policy replaces
//! the former one as a whole. What it does to requests is the matter of `gate`, what to copies that of the copy jobs.
//! UNSOURCED: the words of the refusals, and how long a policy may be.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::document::{Document, Kind};
use crate::sim::services::iam::principals;
use crate::sim::world::World;

use super::gate;
use super::refusal::{invalid_value, missing, not_found};

pub(super) fn put(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::vault(world, request)?;
    let text = request.text("Policy").ok_or_else(|| missing("Policy must be specified."))?;
    let document = Document::parse(text, Kind::Resource)
        .map_err(|why| invalid_value(format!("The policy is not valid: {why}")))?;
    if let Some((_, name)) = principals::unknown(world, &document) {
        return Err(invalid_value(format!("Invalid principal in policy: {name}")));
    }
    let foreign = |action: &String| action != "*" && !action.to_ascii_lowercase().starts_with("backup:");
    let mut actions = document.statements.iter().flat_map(|statement| &statement.actions.patterns);
    if let Some(action) = actions.find(|action| foreign(action)) {
        return Err(invalid_value(format!("Invalid action in policy: {action}")));
    }
    gate::vault_mut(world, request)?.policy = Some(text.to_owned());
    Ok(json!({}))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let vault = gate::vault(world, request)?;
    let Some(policy) = &vault.policy else {
        return Err(not_found("The backup vault has no access policy."));
    };
    Ok(json!({
        "BackupVaultName": request.required("BackupVaultName"),
        "BackupVaultArn": vault.arn,
        "Policy": policy,
    }))
}

/// Whether there is one or not, there is none afterwards: the model declares the operation idempotent.
pub(super) fn delete(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    gate::vault_mut(world, request)?.policy = None;
    Ok(json!({}))
}
