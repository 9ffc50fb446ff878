//! The keys that recovery points are encrypted with.
//!
//! In: the world and a key's ARN. Out: whether the key still works, and for whom. Sources:
//! <https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html> (a fully managed type is encrypted with the key
//! of the vault, another with that of the resource; a copy with the key of the vault it is copied into);
//! the words as <https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-dashboards.html> lists them. Keys that AWS
//! manages or owns always work.

use crate::sim::services::kms::queries;
use crate::sim::world::World;

/// A key that was chosen works: nobody disabled it, nobody deletes it.
pub(super) fn works(world: &World, key: Option<&str>) -> Result<(), String> {
    let Some(arn) = key else { return Ok(()) };
    match queries::key(world, arn) {
        Some(key) if key.is_enabled() => Ok(()),
        _ => Err("KMS key is either disabled or pending deletion or access to KMS key is denied".to_owned()),
    }
}

/// Another account may use a key: its policy says so.
pub(super) fn reaches(world: &World, key: Option<&str>, account: &str) -> Result<(), String> {
    let Some(arn) = key else { return Ok(()) };
    let key = queries::key(world, arn);
    let open = key.is_some_and(|key| {
        key.account == account
            || ["kms:DescribeKey", "kms:Decrypt", "kms:CreateGrant"]
                .iter()
                .all(|action| queries::allows_account(world, key, account, action))
    });
    if open { Ok(()) } else { Err("Given key ID is not accessible".to_owned()) }
}
