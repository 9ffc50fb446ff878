//! `backup` as the floors above know it: settings, vaults, plans, and the proofs of both.
//!
//! In: the section, valid by the rules. Out: plain values with their places, in AWS's words;
//! Regions are spelled out, and the local vault and the role have their names whether said or
//! not.

mod plans;
mod proofs;
mod vaults;

pub use plans::{BackupPlan, Lifecycle};
pub use proofs::{Framework, Report, RestoreTesting};
pub use vaults::{Copies, Lock, Sharee, Vault, VaultSort};
pub(crate) use vaults::{air_gapped, sharee};

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::shape::Located;
use super::shape::backup::{BackupOfOrganizationSection, ResourceTypeWord};
use super::shape::words::{Days, Hours, KeyRegions};
use super::source::Span;
use super::view::View;
use crate::model::Origin;
use crate::model::region::Region;

/// The vault in each protected account, unless the document names another.
const LOCAL_VAULT: &str = "organization-backup";
/// The role in each protected account, unless the document names another.
pub const ROLE: &str = "organization-backup";
/// AWS's name of the type of policies that backup plans are written as.
pub const POLICY: &str = "BACKUP_POLICY";
/// The document's word for everybody in the organization.
pub const ORGANIZATION: &str = "organization";

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
