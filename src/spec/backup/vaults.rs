//! `backup.vaults`: what a vault is, who copies into it, how it is locked, with whom it is shared.

use serde::Serialize;

use super::{Lowering, ORGANIZATION, days, regions, text, texts};
use crate::model::Origin;
use crate::model::region::Region;
use crate::model::unit_path::UnitPath;
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::backup::{LockSection, VaultSection};
use crate::spec::shape::names::Names;
use crate::spec::view::View;

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

impl Lowering<'_> {
    pub(super) fn vault(&self, name: &Located<String>, one: &VaultSection) -> Option<Vault> {
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
}

/// Whether a vault is said to be air-gapped.
pub(crate) fn air_gapped(one: &VaultSection) -> bool {
    one.r#type.as_ref().is_some_and(|word| word.value.0 != "BACKUP_VAULT")
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
