//! `backup` as the floors above know it: settings, vaults, plans, and the proofs of both.
//!
//! In: the section, valid by the rules. Out: plain values with their places, in AWS's words;
//! Regions are spelled out, and the local vault and the role have their names whether said or
//! not.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::document::Target;
use super::shape::Located;
use super::shape::backup::{
    BackupOfOrganizationSection, BackupPlanSection, CopySection, FrameworkSection, LockSection,
    ReportSection, ResourceTypeWord, RestoreTestingSection, VaultSection,
};
use super::shape::names::Names;
use super::shape::words::{Days, Hours, KeyRegions};
use super::source::Span;
use super::view::View;
use crate::model::Origin;
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;

/// The vault in each protected account, unless the document names another.
const LOCAL_VAULT: &str = "organization-backup";
/// The role in each protected account, unless the document names another.
const ROLE: &str = "organization-backup";
/// AWS's name of the type of policies that backup plans are written as.
pub const POLICY: &str = "BACKUP_POLICY";
/// The document's word for everybody in the organization.
pub(crate) const ORGANIZATION: &str = "organization";

/// The section `backup`.
#[derive(Debug, Clone, Serialize)]
pub struct Backup {
    /// Where it stands.
    pub origin: Origin,
    /// The account that administers AWS Backup and its policies.
    pub administrator: Option<String>,
    /// Whether copies from account to account are allowed; none when unsaid.
    pub cross_account: Option<bool>,
    /// Whether approval teams may protect vaults; none when unsaid.
    pub multi_party_approval: Option<bool>,
    /// Types of resources that are backed up.
    pub opt_in: BTreeSet<String>,
    /// Types whose backups AWS Backup manages in full.
    pub full_management: BTreeSet<String>,
    /// Regions that are opted in: the governed ones, or the home Region.
    pub regions: Vec<Region>,
    /// The name of the vault in each protected account.
    pub local_vault: String,
    /// The key of that vault; none is AWS's own.
    pub local_key: Option<String>,
    /// The name of the role in each protected account.
    pub role: String,
    /// Vaults by name.
    pub vaults: BTreeMap<String, Vault>,
    /// Backup plans by name.
    pub plans: BTreeMap<String, BackupPlan>,
    /// Restore tests by name.
    pub restore_testing: BTreeMap<String, RestoreTesting>,
    /// Reports by name.
    pub reports: BTreeMap<String, Report>,
    /// Audit frameworks by name.
    pub frameworks: BTreeMap<String, Framework>,
}

/// One vault, in each of its Regions.
#[derive(Debug, Clone, Serialize)]
pub struct Vault {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub account: String,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// The name of its key; none is AWS's own.
    pub key: Option<String>,
    /// Whose backups may be copied into it; none when the document does not speak of its access policy.
    pub copies_from: Option<Copies>,
    /// Roles of its account that may change its access policy.
    pub policy_administrators: Vec<String>,
    /// What sort of vault.
    pub sort: VaultSort,
}

/// What sort of vault.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultSort {
    /// A standard one, with its lock if it has one.
    Standard(Option<Lock>),
    /// A logically air-gapped one.
    AirGapped {
        /// No recovery point is kept shorter, in days.
        min_days: u32,
        /// No recovery point is kept longer, in days.
        max_days: u32,
        /// The ARN of the team that approves access.
        approval_team: Option<String>,
        /// With whom it is shared.
        share_with: Vec<Sharee>,
    },
}

/// Whose backups may be copied into a vault.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Copies {
    /// Everybody's in the organization.
    FromOrganization,
    /// Those of accounts below these units.
    FromUnits(Vec<UnitPath>),
}

/// With whom something is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharee {
    /// The organization.
    Organization,
    /// Accounts below a unit.
    Unit(UnitPath),
    /// An account of the document.
    Account(String),
    /// An account outside, by its id.
    Stranger(String),
}

/// A vault's lock.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Lock {
    /// The days after which nobody can take it away; none for one that can always be.
    pub grace_days: Option<u32>,
    /// No recovery point is kept shorter, in days.
    pub min_days: Option<u32>,
    /// No recovery point is kept longer, in days.
    pub max_days: Option<u32>,
}

/// One backup plan.
#[derive(Debug, Clone, Serialize)]
pub struct BackupPlan {
    /// Where it stands.
    pub origin: Origin,
    /// What it is attached to.
    pub targets: Vec<Target>,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// AWS's schedule expression.
    pub schedule: String,
    /// Its time zone; none is UTC.
    pub timezone: Option<String>,
    /// Hours within which a backup must have begun.
    pub start_window_hours: Option<u32>,
    /// Hours within which it must have ended.
    pub completion_window_hours: Option<u32>,
    /// Values by tag key: resources with one of them are backed up.
    pub tags: BTreeMap<String, Vec<String>>,
    /// How long it is kept in the account.
    pub lifecycle: Lifecycle,
    /// The name of the vault that it is copied to, and how long it is kept there.
    pub copy: Option<(String, Lifecycle)>,
    /// How old the newest copy may be, in words of ISO 8601; none follows from the schedule.
    pub within: Option<String>,
}

/// How long recovery points are kept.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Lifecycle {
    /// Days until cold storage.
    pub cold_after_days: Option<u32>,
    /// Days until deletion.
    pub delete_after_days: u32,
}

/// One plan of restore tests.
#[derive(Debug, Clone, Serialize)]
pub struct RestoreTesting {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub account: String,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// AWS's schedule expression.
    pub schedule: String,
    /// Its time zone; none is UTC.
    pub timezone: Option<String>,
    /// Hours within which a test must have begun.
    pub start_window_hours: Option<u32>,
    /// Names of vaults.
    pub vaults: Vec<String>,
    /// Types of resources that are restored.
    pub types: BTreeSet<String>,
    /// AWS's word for how a recovery point is picked.
    pub algorithm: String,
    /// From so many days back; none is AWS's 30.
    pub window_days: Option<u32>,
    /// Hours for which what was restored is kept.
    pub validation_hours: Option<u32>,
}

/// One report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub administrator: String,
    /// AWS's word for its template.
    pub template: String,
    /// The bucket that it goes into.
    pub bucket: String,
    /// The beginning of the objects' names.
    pub prefix: Option<String>,
    /// AWS's words for its formats; empty when unsaid.
    pub formats: Vec<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Names of frameworks.
    pub frameworks: Vec<String>,
}

/// One audit framework.
#[derive(Debug, Clone, Serialize)]
pub struct Framework {
    /// Where it stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub account: String,
    /// Its Regions.
    pub regions: Vec<Region>,
    /// What it is for.
    pub description: Option<String>,
    /// AWS's names of controls, each with the values of its parameters.
    pub controls: BTreeMap<String, BTreeMap<String, String>>,
}

/// What lowering looks at.
struct Lowering<'l> {
    view: &'l View<'l>,
    at: &'l dyn Fn(Span) -> Origin,
}

pub(crate) fn lower(
    view: &View<'_>,
    section: &Located<BackupOfOrganizationSection>,
    at: &dyn Fn(Span) -> Origin,
) -> Backup {
    let l = Lowering { view, at };
    let local = section.local_vault.as_ref();
    let local_name = local.and_then(|local| text(local.name.as_ref()));
    Backup {
        origin: at(section.span),
        administrator: text(section.administrator.as_ref()),
        cross_account: section.cross_account.as_ref().map(|switch| switch.value),
        multi_party_approval: section.multi_party_approval.as_ref().map(|switch| switch.value),
        opt_in: types(section.opt_in.as_deref()).collect(),
        full_management: types(section.full_management.as_deref()).collect(),
        regions: regions(view, None),
        local_vault: local_name.unwrap_or_else(|| LOCAL_VAULT.to_owned()),
        local_key: local.and_then(|local| text(local.key.as_ref())),
        role: text(section.role.as_ref()).unwrap_or_else(|| ROLE.to_owned()),
        vaults: each(section.vaults.as_ref(), |name, one| l.vault(name, one)),
        plans: each(section.plans.as_ref(), |name, one| l.plan(name, one)),
        restore_testing: each(section.restore_testing.as_ref(), |name, one| l.restore_testing(name, one)),
        reports: each(section.reports.as_ref(), |name, one| l.report(name, one)),
        frameworks: each(section.frameworks.as_ref(), |name, one| l.framework(name, one)),
    }
}

impl Lowering<'_> {
    fn vault(&self, name: &Located<String>, one: &VaultSection) -> Option<Vault> {
        Some(Vault {
            origin: (self.at)(name.span),
            account: text(one.account.as_ref())?,
            regions: regions(self.view, one.regions.as_ref()),
            key: text(one.key.as_ref()),
            copies_from: one.allow_copies_from.as_ref().map(copies),
            policy_administrators: texts(one.policy_administrators.as_deref()),
            sort: self.sort(one)?,
        })
    }

    fn sort(&self, one: &VaultSection) -> Option<VaultSort> {
        if !air_gapped(one) {
            return Some(VaultSort::Standard(one.lock.as_ref().map(|section| lock(section))));
        }
        Some(VaultSort::AirGapped {
            min_days: days(one.min_retention_days.as_ref())?,
            max_days: days(one.max_retention_days.as_ref())?,
            approval_team: text(one.approval_team.as_ref()),
            share_with: one.share_with.iter().flatten().filter_map(|word| sharee(self.view, word)).collect(),
        })
    }

    fn plan(&self, name: &Located<String>, one: &BackupPlanSection) -> Option<BackupPlan> {
        let targets = one.targets.iter().flatten().filter_map(|word| self.view.target(word).ok());
        let tags = one.select_tag.iter().flatten();
        Some(BackupPlan {
            origin: (self.at)(name.span),
            targets: targets.collect(),
            regions: regions(self.view, one.regions.as_ref()),
            schedule: text(one.schedule.as_ref())?,
            timezone: text(one.timezone.as_ref()),
            start_window_hours: hours(one.start_window_hours.as_ref()),
            completion_window_hours: hours(one.completion_window_hours.as_ref()),
            tags: tags.map(|(key, values)| (key.value.clone(), texts(Some(&values.0)))).collect(),
            lifecycle: Lifecycle {
                cold_after_days: days(one.cold_storage_after_days.as_ref()),
                delete_after_days: days(one.delete_after_days.as_ref())?,
            },
            copy: one.copy_to.as_ref().and_then(|section| copy(section)),
            within: text(one.recovery_point_within.as_ref()),
        })
    }

    fn restore_testing(&self, name: &Located<String>, one: &RestoreTestingSection) -> Option<RestoreTesting> {
        Some(RestoreTesting {
            origin: (self.at)(name.span),
            account: text(one.account.as_ref())?,
            regions: regions(self.view, one.regions.as_ref()),
            schedule: text(one.schedule.as_ref())?,
            timezone: text(one.timezone.as_ref()),
            start_window_hours: hours(one.start_window_hours.as_ref()),
            vaults: texts(one.vaults.as_deref()),
            types: types(one.resource_types.as_deref()).collect(),
            algorithm: one.pick.as_ref().map_or("LATEST_WITHIN_WINDOW", |word| word.value.0).to_owned(),
            window_days: days(one.window_days.as_ref()),
            validation_hours: hours(one.validation_hours.as_ref()),
        })
    }

    fn report(&self, name: &Located<String>, one: &ReportSection) -> Option<Report> {
        Some(Report {
            origin: (self.at)(name.span),
            administrator: text(one.administrator.as_ref())?,
            template: one.template.as_ref()?.value.0.to_owned(),
            bucket: text(one.bucket.as_ref())?,
            prefix: text(one.prefix.as_ref()),
            formats: one.formats.iter().flatten().map(|word| word.value.0.to_owned()).collect(),
            description: text(one.description.as_ref()),
            frameworks: texts(one.frameworks.as_deref()),
        })
    }

    fn framework(&self, name: &Located<String>, one: &FrameworkSection) -> Option<Framework> {
        let parameters = |all: &BTreeMap<Located<String>, Located<String>>| {
            all.iter().map(|(name, value)| (name.value.clone(), value.value.clone())).collect()
        };
        let controls = one.controls.iter().flatten();
        Some(Framework {
            origin: (self.at)(name.span),
            account: text(one.account.as_ref())?,
            regions: regions(self.view, one.regions.as_ref()),
            description: text(one.description.as_ref()),
            controls: controls.map(|(name, all)| (name.value.clone(), parameters(all))).collect(),
        })
    }
}

/// Whether a vault is said to be air-gapped.
pub(crate) fn air_gapped(one: &VaultSection) -> bool {
    one.r#type.as_ref().is_some_and(|word| word.value.0 != "BACKUP_VAULT")
}

/// The Regions of a part of the section: those said, else the governed ones, else the home Region.
pub(crate) fn regions(view: &View<'_>, said: Option<&Located<KeyRegions>>) -> Vec<Region> {
    if let Some(KeyRegions::Listed(listed)) = said.map(|regions| &regions.value) {
        return listed.iter().map(|region| region.value.clone()).collect();
    }
    let governed: Vec<Region> = view.governed().map(|region| region.value.clone()).collect();
    if governed.is_empty() {
        view.home().map(|home| home.value.clone()).into_iter().collect()
    } else {
        governed
    }
}

/// With whom a word shares.
pub(crate) fn sharee(view: &View<'_>, word: &str) -> Option<Sharee> {
    if word == ORGANIZATION {
        return Some(Sharee::Organization);
    }
    if word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Sharee::Stranger(word.to_owned()));
    }
    match view.target(word).ok()? {
        Target::Root => Some(Sharee::Organization),
        Target::Unit(path) => Some(Sharee::Unit(path)),
        Target::Account(name) => Some(Sharee::Account(name)),
        Target::Management | Target::Id(_) => None,
    }
}

fn copies(names: &Names) -> Copies {
    if names.0.iter().any(|name| name.value == ORGANIZATION) {
        return Copies::FromOrganization;
    }
    Copies::FromUnits(names.0.iter().filter_map(|name| name.value.parse().ok()).collect())
}

fn lock(section: &LockSection) -> Lock {
    let compliance = section.mode.as_ref().is_some_and(|mode| mode.value.0 == "compliance");
    Lock {
        grace_days: days(section.grace_days.as_ref()).filter(|_| compliance),
        min_days: days(section.min_retention_days.as_ref()),
        max_days: days(section.max_retention_days.as_ref()),
    }
}

fn copy(section: &CopySection) -> Option<(String, Lifecycle)> {
    let lifecycle = Lifecycle {
        cold_after_days: days(section.cold_storage_after_days.as_ref()),
        delete_after_days: days(section.delete_after_days.as_ref())?,
    };
    Some((text(section.vault.as_ref())?, lifecycle))
}

fn each<S, T>(
    section: Option<&BTreeMap<Located<String>, S>>,
    one: impl Fn(&Located<String>, &S) -> Option<T>,
) -> BTreeMap<String, T> {
    section
        .into_iter()
        .flatten()
        .filter_map(|(name, said)| Some((name.value.clone(), one(name, said)?)))
        .collect()
}

fn types(words: Option<&[Located<ResourceTypeWord>]>) -> impl Iterator<Item = String> {
    words.unwrap_or_default().iter().map(|word| word.value.0.clone())
}

fn text(value: Option<&Located<String>>) -> Option<String> {
    value.map(|value| value.value.clone())
}

fn texts(values: Option<&[Located<String>]>) -> Vec<String> {
    values.unwrap_or_default().iter().map(|value| value.value.clone()).collect()
}

fn days(value: Option<&Located<Days>>) -> Option<u32> {
    value.map(|days| days.value.0)
}

fn hours(value: Option<&Located<Hours>>) -> Option<u32> {
    value.map(|hours| hours.value.0)
}
