//! The statements of key policies that Control Tower and vaults of backups ask for.
//!
//! Sources: Control Tower User Guide, "Configure KMS keys" (logging) and "Backup
//! prerequisites" (backup); KMS Developer Guide, default key policy.

use serde_json::{Value, json};

use super::{management_id, the_organization};
use crate::model::reference::{from, join};
use crate::model::region::Region;

/// The trail that a landing zone makes.
const TRAIL: &str = "trail/aws-controltower-BaselineCloudTrail";

/// What a new key's policy starts from: its own account administers it. Without
/// it KMS would refuse the policy, because nobody could change it any more.
pub(super) fn administration(partition: &str, owner: &Value) -> Value {
    let root = join(vec![json!(format!("arn:{partition}:iam::")), owner.clone(), json!(":root")]);
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AdministrationByOwnAccount",
            "Effect": "Allow",
            "Principal": { "AWS": root },
            "Action": "kms:*",
            "Resource": "*",
        }],
    })
}

/// Config and CloudTrail of the landing zone may encrypt with the key.
pub(super) fn logging_use(partition: &str, home: &Region) -> Vec<Value> {
    let trail = |region: &str, rest: &str| {
        join(vec![
            json!(format!("arn:{partition}:cloudtrail:{region}:")),
            management_id(),
            json!(format!(":{rest}")),
        ])
    };
    vec![
        json!({
            "Sid": "UseByConfig",
            "Effect": "Allow",
            "Principal": { "Service": "config.amazonaws.com" },
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
        }),
        json!({
            "Sid": "UseByCloudTrail",
            "Effect": "Allow",
            "Principal": { "Service": "cloudtrail.amazonaws.com" },
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {
                "StringEquals": { "aws:SourceArn": trail(home.as_str(), TRAIL) },
                "StringLike": { "kms:EncryptionContext:aws:cloudtrail:arn": trail("*", "trail/*") },
            },
        }),
    ]
}

/// Every principal of the organization may back up and restore with the key.
pub(super) fn backup_use() -> Value {
    json!({
        "Sid": "UseByOrganizationForBackup",
        "Effect": "Allow",
        "Principal": { "AWS": "*" },
        "Action": [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:GetKeyPolicy",
            "kms:ListGrants",
            "kms:ReEncrypt*",
            "kms:RevokeGrant",
        ],
        "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalOrgID": from(&the_organization(), "id") } },
    })
}
