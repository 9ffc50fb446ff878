//! The section `backup`, key by key, and the words that only it has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Located;
use super::chosen::{Pair, chosen};
use super::names::Names;
use super::read::{Read, Reader, section};
use super::words::{Days, Hours, KeyRegions};
use crate::spec::node::{Node, Value};

section! {
    /// Backups that survive the accounts they are of, and that are proven to restore.
    BackupOfOrganizationSection {
        /// The account that administers AWS Backup and its policies, by its name under `accounts`.
        administrator: Located<String>,
        /// Whether backups may be copied from one account to another.
        cross_account: Located<bool>,
        /// Whether approval teams may protect air-gapped vaults.
        multi_party_approval: Located<bool>,
        /// Types of resources to back up, as AWS spells them, such as `EBS`. Others are left alone.
        opt_in: Vec<Located<ResourceTypeWord>>,
        /// Types whose backups AWS Backup manages in full, such as `DynamoDB`.
        full_management: Vec<Located<ResourceTypeWord>>,
        /// The vault in each protected account that plans back up into.
        local_vault: Located<LocalVaultSection>,
        /// The name of the role in each protected account that plans work with.
        role: Located<String>,
        /// Vaults by name.
        vaults: BTreeMap<Located<String>, VaultSection>,
        /// Backup plans by name, written as organization policies.
        plans: BTreeMap<Located<String>, BackupPlanSection>,
        /// Restore tests by name.
        restore_testing: BTreeMap<Located<String>, RestoreTestingSection>,
        /// Reports by name.
        reports: BTreeMap<Located<String>, ReportSection>,
        /// Audit frameworks by name.
        frameworks: BTreeMap<Located<String>, FrameworkSection>,
    }
}

section! {
    /// The vault in each protected account.
    LocalVaultSection {
        /// Its name.
        name: Located<String>,
        /// The key that encrypts it, by its name under `keys` or by its ARN. With AWS's own key most
        /// copies fail.
        key: Located<String>,
    }
}

section! {
    /// One vault, in each of its Regions.
    VaultSection {
        /// The account it lives in, by its name under `accounts`.
        account: Located<String> = required,
        /// Its Regions: `governed` (unless said), or a list.
        regions: Located<KeyRegions>,
        /// `standard` (unless said) or `logically_air_gapped`.
        r#type: Located<VaultTypeWord>,
        /// The key that encrypts it, by its name under `keys` or by its ARN.
        key: Located<String>,
        /// Whose backups may be copied into it: `organization`, or paths of units.
        allow_copies_from: Names,
        /// Roles of its account that may still change its access policy, beside the access role.
        policy_administrators: Vec<Located<String>>,
        /// Its lock.
        lock: Located<LockSection>,
        /// Air-gapped only: no recovery point is kept shorter.
        min_retention_days: Located<Days>,
        /// Air-gapped only: no recovery point is kept longer.
        max_retention_days: Located<Days>,
        /// Air-gapped only: the ARN of the team that approves access to it.
        approval_team: Located<String>,
        /// Air-gapped only: `organization`, paths of units, names or ids of accounts.
        share_with: Vec<Located<String>>,
    }
}

section! {
    /// A vault's lock: nobody deletes a recovery point before its time.
    LockSection {
        /// `governance` can be taken away by whoever is allowed to; `compliance` by nobody after its grace.
        mode: Located<LockModeWord> = required,
        /// No recovery point is kept shorter.
        min_retention_days: Located<Days>,
        /// No recovery point is kept longer.
        max_retention_days: Located<Days>,
        /// Of a compliance lock: days in which it can still be changed or taken away, at least 3.
        grace_days: Located<Days>,
    }
}

section! {
    /// One backup plan.
    BackupPlanSection {
        /// Everything it is attached to: `root`, paths of units, names of accounts.
        targets: Vec<Located<String>> = required,
        /// Its Regions: `governed` (unless said), or a list.
        regions: Located<KeyRegions>,
        /// When it runs, as AWS writes schedules, such as `cron(0 17 ? * * *)`.
        schedule: Located<String> = required,
        /// The time zone of the schedule, such as `Asia/Tokyo`; UTC unless said.
        timezone: Located<String>,
        /// Hours within which a backup must have begun.
        start_window_hours: Located<Hours>,
        /// Hours within which a backup must have ended.
        completion_window_hours: Located<Hours>,
        /// Resources with one of these tags are backed up.
        select_tag: BTreeMap<Located<String>, Names> = required,
        /// Days until it is moved to cold storage.
        cold_storage_after_days: Located<Days>,
        /// Days until it is deleted.
        delete_after_days: Located<Days> = required,
        /// The copy into a vault of this document.
        copy_to: Located<CopySection>,
        /// How old the newest copy may be, ISO 8601 such as `PT36H`; from the schedule unless said.
        recovery_point_within: Located<String>,
    }
}

section! {
    /// The copy of a backup into a vault of this document, in the same Region.
    CopySection {
        /// The vault, by its name under `vaults`.
        vault: Located<String> = required,
        /// Days until it is moved to cold storage.
        cold_storage_after_days: Located<Days>,
        /// Days until it is deleted.
        delete_after_days: Located<Days> = required,
    }
}

section! {
    /// One plan of restore tests, in each of its Regions.
    RestoreTestingSection {
        /// The account it runs in, by its name under `accounts`.
        account: Located<String> = required,
        /// Its Regions: `governed` (unless said), or a list.
        regions: Located<KeyRegions>,
        /// When it runs, as AWS writes schedules.
        schedule: Located<String> = required,
        /// The time zone of the schedule; UTC unless said.
        timezone: Located<String>,
        /// Hours within which a test must have begun.
        start_window_hours: Located<Hours>,
        /// Vaults of this document whose recovery points are tested.
        vaults: Vec<Located<String>> = required,
        /// Types of resources that are restored, as AWS spells them.
        resource_types: Vec<Located<ResourceTypeWord>> = required,
        /// `latest` recovery point (unless said) or a `random` one.
        pick: Located<PickWord>,
        /// From so many days back a recovery point is picked.
        window_days: Located<Days>,
        /// Hours for which what was restored is kept, to be validated.
        validation_hours: Located<Hours>,
    }
}

section! {
    /// One report into a bucket, from the home Region.
    ReportSection {
        /// The account that makes it, by its name under `accounts`.
        administrator: Located<String> = required,
        /// As AWS spells it, such as `BACKUP_JOB_REPORT`.
        template: Located<ReportTemplateWord> = required,
        /// The bucket, which must be there already.
        bucket: Located<String> = required,
        /// The beginning of the objects' names.
        prefix: Located<String>,
        /// `CSV`, `JSON`, or both.
        formats: Vec<Located<ReportFormatWord>>,
        /// What it is for.
        description: Located<String>,
        /// Of a compliance report: names under `frameworks`.
        frameworks: Vec<Located<String>>,
    }
}

section! {
    /// One audit framework, in each of its Regions.
    FrameworkSection {
        /// The account it lives in, by its name under `accounts`.
        account: Located<String> = required,
        /// Its Regions: `governed` (unless said), or a list.
        regions: Located<KeyRegions>,
        /// What it is for.
        description: Located<String>,
        /// Controls as AWS spells them, each with its parameters.
        controls: BTreeMap<Located<String>, BTreeMap<Located<String>, Located<String>>> = required,
    }
}

const VAULT_TYPES: &[Pair] =
    &[("standard", "BACKUP_VAULT"), ("logically_air_gapped", "LOGICALLY_AIR_GAPPED_BACKUP_VAULT")];
const LOCK_MODES: &[Pair] = &[("governance", "governance"), ("compliance", "compliance")];
const PICKS: &[Pair] = &[("latest", "LATEST_WITHIN_WINDOW"), ("random", "RANDOM_WITHIN_WINDOW")];

/// AWS Backup API Reference, ReportSetting.
const TEMPLATES: &[Pair] = &[
    ("RESOURCE_COMPLIANCE_REPORT", "RESOURCE_COMPLIANCE_REPORT"),
    ("CONTROL_COMPLIANCE_REPORT", "CONTROL_COMPLIANCE_REPORT"),
    ("BACKUP_JOB_REPORT", "BACKUP_JOB_REPORT"),
    ("COPY_JOB_REPORT", "COPY_JOB_REPORT"),
    ("RESTORE_JOB_REPORT", "RESTORE_JOB_REPORT"),
    ("SCAN_JOB_REPORT", "SCAN_JOB_REPORT"),
];
const FORMATS: &[Pair] = &[("CSV", "CSV"), ("JSON", "JSON")];

chosen! {
    /// A type of vault.
    VaultTypeWord, VAULT_TYPES, "type of vault"
}

chosen! {
    /// A mode of lock.
    LockModeWord, LOCK_MODES, "mode of a lock"
}

chosen! {
    /// Which recovery point is tested.
    PickWord, PICKS, "way to pick a recovery point"
}

chosen! {
    /// A report's template.
    ReportTemplateWord, TEMPLATES, "template of a report"
}

chosen! {
    /// A report's format.
    ReportFormatWord, FORMATS, "format of a report"
}

/// A type of resources as AWS Backup spells it, such as `EBS` or `SAP HANA on Amazon EC2`. New
/// ones appear, so any that has the form of one passes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ResourceTypeWord(pub(crate) String);

impl Read for ResourceTypeWord {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Text(word) = &node.value else {
            reader.wrong(node, "a type of resources such as EBS");
            return None;
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || " -_.".contains(c);
        if word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(fits) && word.len() <= 50 {
            return Some(Self(word.clone()));
        }
        reader
            .invalid(node, &format!("`{word}` is no type of resources as AWS spells it, such as EBS or RDS"));
        None
    }
}

impl JsonSchema for ResourceTypeWord {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BackupResourceType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z][A-Za-z0-9 _.-]{0,49}$" })
    }
}
