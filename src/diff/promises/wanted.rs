//! The promises that a document makes.

use std::collections::BTreeMap;

use super::known::Known;
use crate::model::region::Region;
use crate::model::schedule::longest_gap_hours;
use crate::observe::recovery::{Place, Questions};
use crate::spec::Spec;
use crate::spec::backup::{Backup, VaultSort};
use crate::spec::document::MANAGEMENT;

/// What a backup, a copy or a test may take beyond its schedule before it is late: the windows in
/// which AWS begins and ends jobs are hours, so a day is left to them.
const SLACK_HOURS: u64 = 24;
/// The gap that is taken where the schedule does not tell: a month.
const UNKNOWN_HOURS: u64 = 31 * 24;

/// Everything that is promised.
#[derive(Debug, Clone, Default)]
pub struct Promises {
    /// Copies.
    pub protected: Vec<Protected>,
    /// Locks.
    pub vaults: Vec<Vault>,
    /// Restore tests.
    pub tests: Vec<Tested>,
}

/// One account in one Region, copied by one plan.
#[derive(Debug, Clone)]
pub struct Protected {
    /// The plan.
    pub plan: String,
    /// The account's name, or `management`.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// The vault's name.
    pub vault: String,
    /// The name of the vault's account.
    pub vault_account: String,
    /// How old the newest copy may be.
    pub within_hours: u64,
}

/// One vault in one Region.
#[derive(Debug, Clone)]
pub struct Vault {
    /// Its name.
    pub name: String,
    /// The name of its account.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// What of a lock is promised.
    pub lock: Lock,
    /// Whether it has a key of the document, which must work.
    pub keyed: bool,
}

/// What of a lock is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Nothing.
    None,
    /// One that somebody may take away.
    Governance,
    /// One that nobody can, or soon cannot.
    Compliance,
}

/// Restore tests of one type of resources in one Region.
#[derive(Debug, Clone)]
pub struct Tested {
    /// The plan of tests.
    pub plan: String,
    /// The name of the account it runs in.
    pub account: String,
    /// The Region.
    pub region: Region,
    /// The type of resources.
    pub resource_type: String,
    /// Names of the vaults whose recovery points are tested.
    pub vaults: Vec<String>,
    /// How old the last test may be.
    pub within_hours: u64,
}

/// Hours of an ISO 8601 duration of weeks, days and hours, rounded up.
fn hours(text: &str) -> Option<u64> {
    let span: jiff::Span = text.parse().ok()?;
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let minutes = days * 24 * 60 + i64::from(span.get_hours()) * 60 + span.get_minutes();
    u64::try_from(minutes).ok().map(|minutes| minutes.div_ceil(60))
}

/// How old something of a schedule may be.
fn within(schedule: &str) -> u64 {
    longest_gap_hours(schedule).map_or(UNKNOWN_HOURS, u64::from) + SLACK_HOURS
}

impl Promises {
    /// The promises of a document.
    #[must_use]
    pub fn of(spec: &Spec) -> Self {
        let Some(backup) = &spec.backup else { return Self::default() };
        Self { protected: protected(spec, backup), vaults: vaults(backup), tests: tested(backup) }
    }

    /// What must be asked to judge them; what lives in an account without an id is not asked for.
    #[must_use]
    pub fn questions(&self, known: &Known) -> Questions {
        let (ids, plans) = (&known.accounts, &known.tests);
        let mut questions = Questions::default();
        for vault in &self.vaults {
            let asked = place(&vault.account, &vault.region, ids).map(|place| (place, vault.name.clone()));
            questions.keyed.extend(asked.clone().filter(|_| vault.keyed));
            questions.vaults.extend(asked);
        }
        for one in &self.protected {
            questions.sources.extend(place(&one.account, &one.region, ids));
        }
        for test in &self.tests {
            let arn = plans.get(&test.address_name()).cloned();
            questions.tests.extend(place(&test.account, &test.region, ids).zip(arn));
        }
        questions
    }
}

impl Tested {
    /// The name of its plan in addresses.
    #[must_use]
    pub fn address_name(&self) -> String {
        format!("{}/{}", self.plan, self.region)
    }
}

/// Where something lives; none while its account does not exist.
pub(super) fn place(account: &str, region: &Region, ids: &BTreeMap<String, String>) -> Option<Place> {
    if account == MANAGEMENT {
        return Some((None, region.clone()));
    }
    Some((Some(ids.get(account)?.clone()), region.clone()))
}

fn protected(spec: &Spec, backup: &Backup) -> Vec<Protected> {
    let mut found = Vec::new();
    for (name, plan) in &backup.plans {
        let Some((vault, said)) =
            plan.copy.as_ref().and_then(|(vault, _)| backup.vaults.get_key_value(vault))
        else {
            continue;
        };
        let said_within = plan.within.as_deref().and_then(hours);
        for account in spec.reached(&plan.targets) {
            found.extend(plan.regions.iter().map(|region| Protected {
                plan: name.clone(),
                account: account.to_owned(),
                region: region.clone(),
                vault: vault.clone(),
                vault_account: said.account.clone(),
                within_hours: said_within.unwrap_or_else(|| within(&plan.schedule)),
            }));
        }
    }
    found
}

fn vaults(backup: &Backup) -> Vec<Vault> {
    let mut found = Vec::new();
    for (name, vault) in &backup.vaults {
        let lock = match &vault.sort {
            VaultSort::Standard(None) => Lock::None,
            VaultSort::Standard(Some(lock)) if lock.grace_days.is_none() => Lock::Governance,
            VaultSort::Standard(Some(_)) | VaultSort::AirGapped { .. } => Lock::Compliance,
        };
        found.extend(vault.regions.iter().map(|region| Vault {
            name: name.clone(),
            account: vault.account.clone(),
            region: region.clone(),
            lock,
            keyed: vault.key.is_some(),
        }));
    }
    found
}

fn tested(backup: &Backup) -> Vec<Tested> {
    let mut found = Vec::new();
    for (name, testing) in &backup.restore_testing {
        for region in &testing.regions {
            found.extend(testing.types.iter().map(|sort| Tested {
                plan: name.clone(),
                account: testing.account.clone(),
                region: region.clone(),
                resource_type: sort.clone(),
                vaults: testing.vaults.clone(),
                within_hours: within(&testing.schedule),
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_told_in_hours() {
        assert_eq!(hours("PT36H"), Some(36));
        assert_eq!(hours("P8D"), Some(192));
        assert_eq!(hours("P1DT30M"), Some(25));
        assert_eq!(within("cron(0 1 ? * * *)"), 48);
    }
}
