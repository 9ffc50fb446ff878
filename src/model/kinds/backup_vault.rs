//! Vaults of AWS Backup: standard ones, and logically air-gapped ones.
//!
//! `backup_vault` and `air_gapped_vault` are kinds of their own, because AWS creates each by an
//! operation of its own and an air-gapped vault is locked from its creation on. Keys: `account`
//! (none for the management account), `region`, `vault` (its name in AWS), `consent_as`.
//! Attributes: `arn`.
//!
//! Fields of both: `key` (ARN of the KMS key, decided at creation), `access_policy` (the whole
//! document). Of a standard vault further its lock, in the terms of what is wanted:
//! `governance.min_days` and `governance.max_days`, or `compliance.min_days`,
//! `compliance.max_days` and `compliance.grace_days`. AWS gives the grace never back, only the
//! date on which it ends, so it is said once and never compared: a lock is not sent again,
//! because that would start the clock anew. Of an air-gapped vault `min_days`, `max_days` (for
//! ever) and `approval_team` (ARN).

use super::{Action, Compare, FieldRule, KindInfo, Verb};
use crate::model::address::Kind;

/// The class of consent for a lock that nobody can take away after its grace.
pub const LOCK_CONSENT: &str = "vault_lock";

const PUT_POLICY: Verb = Verb::plain("put_policy", "backup:PutBackupVaultAccessPolicy", Action::Change);
const LOCK: &str = "backup:PutBackupVaultLockConfiguration";

const KEY: FieldRule = FieldRule::new("key", Compare::Fixed, "create");
const ACCESS_POLICY: FieldRule = FieldRule::new("access_policy", Compare::PolicySame, "put_policy").alone();

/// The table of `backup_vault`. One operation governs and locks; only the latter is for ever.
pub const STANDARD: KindInfo = KindInfo {
    kind: Kind::BackupVault,
    verbs: &[
        Verb::plain("create", "backup:CreateBackupVault", Action::Create),
        PUT_POLICY,
        Verb {
            carries: &["governance.min_days", "governance.max_days"],
            ..Verb::plain("govern", LOCK, Action::Change)
        },
        Verb {
            carries: &["compliance.min_days", "compliance.max_days", "compliance.grace_days"],
            consent: Some(LOCK_CONSENT),
            ..Verb::plain("lock", LOCK, Action::Change)
        },
    ],
    fields: &[
        KEY,
        ACCESS_POLICY,
        FieldRule::new("governance.min_days", Compare::Exact, "govern").alone(),
        FieldRule::new("governance.max_days", Compare::Exact, "govern").alone(),
        FieldRule::new("compliance.min_days", Compare::Exact, "lock").alone(),
        FieldRule::new("compliance.max_days", Compare::Exact, "lock").alone(),
        FieldRule::new("compliance.grace_days", Compare::CreateOnly, "lock").alone(),
    ],
    attributes: &["arn"],
};

/// The table of `air_gapped_vault`.
pub const AIR_GAPPED: KindInfo = KindInfo {
    kind: Kind::AirGappedVault,
    verbs: &[
        Verb {
            consent: Some("air_gapped_vault"),
            ..Verb::plain("create", "backup:CreateLogicallyAirGappedBackupVault", Action::Create)
        },
        PUT_POLICY,
        Verb::plain("appoint_approvers", "backup:AssociateBackupVaultMpaApprovalTeam", Action::Change),
    ],
    fields: &[
        KEY,
        FieldRule::new("min_days", Compare::Fixed, "create"),
        FieldRule::new("max_days", Compare::Fixed, "create"),
        ACCESS_POLICY,
        FieldRule::new("approval_team", Compare::Exact, "appoint_approvers").alone(),
    ],
    attributes: &["arn"],
};
