//! The access policy of a vault of AWS Backup: who may copy into it, and that nobody takes anything out.
//!
//! In: a condition on who copies, and the roles that may change the policy. Out: the document.
//! Sources: Backup Developer Guide, create-a-vault-access-policy and create-cross-account-backup;
//! that copies can be held to units (`aws:PrincipalOrgPaths`) is IAM's general condition and
//! UNSOURCED for this service. Values may be references that are resolved later.

use serde_json::{Value, json};

/// The roles that AWS itself makes for entering an account.
pub const ROLES_OF_AWS: [&str; 2] = ["AWSControlTowerExecution", "OrganizationAccountAccessRole"];

/// Whoever belongs to an organization.
#[must_use]
pub fn from_organization(id: Value) -> Value {
    json!({ "StringEquals": { "aws:PrincipalOrgID": id } })
}

/// Whoever is below units, by the paths of these as IAM has them.
#[must_use]
pub fn from_units(paths: Vec<Value>) -> Value {
    json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": paths } })
}

/// The document. `roles` are the ARNs of those who may change it.
#[must_use]
pub fn document(condition: Value, roles: Vec<Value>) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        {
            "Sid": "CopiesFromTheOrganization",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
            "Condition": condition,
        },
        {
            "Sid": "NothingIsTakenOut",
            "Effect": "Deny",
            "Principal": "*",
            "Action": [
                "backup:DeleteBackupVault",
                "backup:DeleteRecoveryPoint",
                "backup:DisassociateRecoveryPoint",
                "backup:UpdateRecoveryPointLifecycle",
            ],
            "Resource": "*",
        },
        {
            "Sid": "ThisPolicyStays",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultAccessPolicy"],
            "Resource": "*",
            "Condition": { "ArnNotLike": { "aws:PrincipalArn": roles } },
        },
    ] })
}
