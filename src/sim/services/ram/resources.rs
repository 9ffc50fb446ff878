//! What can be shared: the resource types, read off an ARN.
//!
//! In: `resource_types.toml`. Out: the type of an ARN. Absent: most of RAM's types; an ARN of one that is not in the table is
//! refused, and one that RAM shares belongs there.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::sim::error::AwsError;
use crate::sim::request::Request;

use super::refusal::{invalid, malformed_arn, not_permitted};

/// A type of resource that RAM shares.
#[derive(Debug, Deserialize)]
pub(super) struct Type {
    /// As listings name it.
    pub(super) name: String,
    service: String,
    /// What the last part of the ARN begins with.
    begins: String,
    /// Whether it is shared within the organization only.
    #[serde(default)]
    pub(super) within_only: bool,
}

#[derive(Debug, Deserialize)]
struct Types {
    kind: Vec<Type>,
}

/// Every type; a test proves that the file parses.
pub(super) fn types() -> &'static [Type] {
    static TYPES: OnceLock<Vec<Type>> = OnceLock::new();
    TYPES.get_or_init(|| {
        toml::from_str::<Types>(include_str!("resource_types.toml")).map(|file| file.kind).unwrap_or_default()
    })
}

/// The type that an ARN is of.
pub(super) fn of(arn: &str) -> Option<&'static Type> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, service, _, _, rest] = parts.as_slice() else { return None };
    types().iter().find(|kind| kind.service == *service && rest.starts_with(kind.begins.as_str()))
}

/// The type of a resource that the caller may share: its own, of this Region.
///
/// # Errors
/// RAM's refusal of what is no ARN, another's, of another Region, or of no type that it shares.
pub(super) fn shareable(request: &Request, arn: &str) -> Result<&'static Type, AwsError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, _, region, owner, _] = parts.as_slice() else { return Err(malformed_arn(arn)) };
    let kind =
        of(arn).ok_or_else(|| invalid(format!("Resource {arn} is of a type that cannot be shared.")))?;
    if *owner != request.caller.account {
        return Err(not_permitted(format!(
            "Resource {arn} is not owned by account {}.",
            request.caller.account
        )));
    }
    if !region.is_empty() && *region != request.region {
        return Err(invalid(format!("Resource {arn} is not in Region {}.", request.region)));
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_tells_types_apart() {
        assert!(toml::from_str::<Types>(include_str!("resource_types.toml")).is_ok());
        let vault = of("arn:aws:backup:eu-west-1:111122223333:backup-vault:airgapped");
        assert_eq!(vault.map(|kind| kind.name.as_str()), Some("backup:BackupVault"));
        assert!(of("arn:aws:s3:::bucket").is_none());
    }
}
