//! Whether each promise is kept.

use jiff::Timestamp;

use super::known::Known;
use super::wanted::{Lock, Promises, Protected, Tested, Vault, place};
use super::{Judgement, OfAccount, OfTest, OfVault, Standing, Unprotected};
use crate::model::region::Region;
use crate::observe::recovery::{self, Evidence, RecoveryPoint, Restore, Seen, Source};

/// Judges every promise.
#[must_use]
pub fn judge(promises: &Promises, evidence: &Evidence, known: &Known, now: Timestamp) -> Judgement {
    let court = Court { evidence, known, now };
    let mut unprotected: Vec<Unprotected> =
        promises.protected.iter().flat_map(|promise| court.unprotected(promise)).collect();
    unprotected.sort();
    unprotected.dedup();
    Judgement {
        accounts: promises.protected.iter().map(|promise| court.account(promise)).collect(),
        vaults: promises.vaults.iter().map(|promise| court.vault(promise)).collect(),
        tests: promises.tests.iter().map(|promise| court.test(promise)).collect(),
        unprotected,
        invalid_policies: court.invalid_policies(),
    }
}

/// What everything is judged by.
struct Court<'c> {
    evidence: &'c Evidence,
    known: &'c Known,
    now: Timestamp,
}

/// Why there is nothing to judge by.
fn unread(what: &str, error: &impl std::fmt::Display) -> Standing {
    Standing::Broken(format!("{what} could not be read: {error}"))
}

impl Court<'_> {
    /// A vault as it was seen: none when its account does not exist or nobody asked.
    fn seen(&self, account: &str, region: &Region, name: &str) -> Option<&Seen<Option<recovery::Vault>>> {
        let place = place(account, region, &self.known.accounts)?;
        self.evidence.vaults.get(&(place, name.to_owned()))
    }

    /// Whole hours from a moment until now; 0 for one to come.
    fn age(&self, at: Timestamp) -> u64 {
        u64::try_from(self.now.duration_since(at).as_hours()).unwrap_or(0)
    }

    /// Copies in the promised vault that come from the promised account, newest first.
    fn copies(&self, promise: &Protected) -> Result<Vec<&RecoveryPoint>, Standing> {
        let vault = match self.seen(&promise.vault_account, &promise.region, &promise.vault) {
            None => return Err(Standing::Broken("the account of the vault does not exist".to_owned())),
            Some(Err(error)) => return Err(unread("the vault", error)),
            Some(Ok(None)) => return Err(Standing::Broken("there is no such vault".to_owned())),
            Some(Ok(Some(vault))) => vault,
        };
        let id = self.known.accounts.get(&promise.account);
        let mut copies: Vec<&RecoveryPoint> =
            vault.points.iter().filter(|copy| id.is_some() && copy.account.as_ref() == id).collect();
        copies.sort_by_key(|copy| std::cmp::Reverse(copy.at));
        Ok(copies)
    }

    fn account(&self, promise: &Protected) -> OfAccount {
        let mut told = OfAccount {
            plan: promise.plan.clone(),
            account: promise.account.clone(),
            region: promise.region.clone(),
            vault: promise.vault.clone(),
            within_hours: promise.within_hours,
            newest: None,
            age_hours: None,
            resources: 0,
            standing: Standing::Kept,
        };
        let copies = match self.copies(promise) {
            Ok(copies) => copies,
            Err(standing) => return OfAccount { standing, ..told },
        };
        let resources: std::collections::BTreeSet<&str> =
            copies.iter().map(|copy| copy.resource.as_str()).collect();
        told.resources = resources.len();
        told.newest = copies.first().map(|copy| copy.at);
        told.age_hours = told.newest.map(|at| self.age(at));
        let broken = self.what_is_wrong(promise, told.age_hours);
        told.standing = broken.map_or(Standing::Kept, Standing::Broken);
        told
    }

    /// Why copies whose newest is so many hours old are not what was promised.
    fn what_is_wrong(&self, promise: &Protected, age: Option<u64>) -> Option<String> {
        if !self.known.accounts.contains_key(&promise.account) {
            return Some("the account does not exist".to_owned());
        }
        match age {
            None => return Some("there is no recovery point".to_owned()),
            Some(age) if age >= promise.within_hours => {
                return Some(format!("the newest is {age} hours old"));
            }
            Some(_) => {}
        }
        // Only beside what is backed up it shows whether each resource has a copy.
        if let Some(Err(error)) = self.sources(promise) {
            return Some(format!("what is backed up there could not be read: {error}"));
        }
        match self.unprotected(promise).iter().filter(|one| one.why != NO_LONGER).count() {
            0 => None,
            1 => Some("1 resource has no copy as young".to_owned()),
            missing => Some(format!("{missing} resources have no copy as young")),
        }
    }

    /// What is backed up in a promised account; none when its account does not exist or nobody asked.
    fn sources(&self, promise: &Protected) -> Option<&Seen<Vec<Source>>> {
        self.evidence.sources.get(&place(&promise.account, &promise.region, &self.known.accounts)?)
    }

    /// Resources that are backed up in their account and not copied, or not backed up any more.
    fn unprotected(&self, promise: &Protected) -> Vec<Unprotected> {
        let Some(Ok(sources)) = self.sources(promise) else { return Vec::new() };
        let Ok(copies) = self.copies(promise) else { return Vec::new() };
        let young = |at: Timestamp| self.age(at) < promise.within_hours;
        let copied =
            |source: &Source| copies.iter().any(|copy| copy.resource == source.arn && young(copy.at));
        let why = |source: &Source| match source.last {
            _ if copied(source) => None,
            Some(last) if young(last) => Some(NOT_COPIED),
            _ => Some(NO_LONGER),
        };
        let told = |source: &Source| {
            Some(Unprotected {
                account: promise.account.clone(),
                region: promise.region.clone(),
                resource: source.arn.clone(),
                resource_type: source.sort.clone(),
                why: why(source)?.to_owned(),
            })
        };
        sources.iter().filter_map(told).collect()
    }

    fn vault(&self, promise: &Vault) -> OfVault {
        let told = |lock: String, copies: usize, standing: Standing| OfVault {
            vault: promise.name.clone(),
            account: promise.account.clone(),
            region: promise.region.clone(),
            lock,
            copies,
            standing,
        };
        let vault = match self.seen(&promise.account, &promise.region, &promise.name) {
            Some(Ok(Some(vault))) => vault,
            Some(Err(error)) => return told("unknown".to_owned(), 0, unread("it", error)),
            Some(Ok(None)) | None => {
                return told("none".to_owned(), 0, Standing::Broken("there is no such vault".to_owned()));
            }
        };
        let lock = self.lock_in_words(vault);
        let kept = match promise.lock {
            Lock::None => true,
            Lock::Governance => vault.locked,
            Lock::Compliance => vault.locked && vault.immutable_since.is_some(),
        };
        let broken = || {
            let words = if vault.locked { "its lock can be taken away" } else { "it is not locked" };
            Standing::Broken(words.to_owned())
        };
        let standing = if kept { of_key(vault) } else { broken() };
        told(lock, vault.points.len(), standing)
    }

    fn lock_in_words(&self, vault: &recovery::Vault) -> String {
        let kind = if vault.air_gapped { "air-gapped, " } else { "" };
        match (vault.locked, vault.immutable_since) {
            (false, _) => "open".to_owned(),
            (true, None) => "governed".to_owned(),
            (true, Some(since)) if since <= self.now => format!("{kind}immutable since {}", day(since)),
            (true, Some(since)) => format!("{kind}immutable from {} on", day(since)),
        }
    }

    fn test(&self, promise: &Tested) -> OfTest {
        let told = |last: Option<&Restore>, standing: Standing| OfTest {
            plan: promise.plan.clone(),
            region: promise.region.clone(),
            resource_type: promise.resource_type.clone(),
            ended: last.and_then(|job| job.ended),
            seconds: last.and_then(|job| u64::try_from(job.ended?.duration_since(job.begun).as_secs()).ok()),
            validation: last.and_then(|job| validation(job.validation.as_deref())).map(str::to_owned),
            standing,
        };
        let broken = |words: &str| Standing::Broken(words.to_owned());
        let place = place(&promise.account, &promise.region, &self.known.accounts);
        let arn = self.known.tests.get(&promise.address_name());
        let Some(key) = place.zip(arn.cloned()) else {
            return told(None, broken("there is no such plan of restore tests"));
        };
        let jobs = match self.evidence.tests.get(&key) {
            Some(Ok(jobs)) => jobs,
            Some(Err(error)) => return told(None, unread("the restore jobs", error)),
            None => return told(None, broken("nobody asked")),
        };
        let of_type = jobs.iter().filter(|job| job.sort == promise.resource_type);
        let last = of_type.filter(|job| job.ended.is_some()).max_by_key(|job| job.ended);
        let Some(job) = last else {
            // What has no recovery point cannot be restored, and its absence is told elsewhere.
            let standing = if self.has_points(promise) { broken("none has run yet") } else { Standing::Kept };
            return told(None, standing);
        };
        told(Some(job), self.of_job(promise, job))
    }

    fn of_job(&self, promise: &Tested, job: &Restore) -> Standing {
        let words = job.message.as_deref().map(|words| format!(": {words}")).unwrap_or_default();
        if job.status != "COMPLETED" {
            return Standing::Broken(format!("the last one is {}{words}", job.status));
        }
        if job.validation.as_deref() == Some("FAILED") {
            return Standing::Broken("what was restored was found invalid".to_owned());
        }
        let age = job.ended.map_or(0, |at| self.age(at));
        if age >= promise.within_hours {
            return Standing::Broken(format!("the last one ended {age} hours ago"));
        }
        Standing::Kept
    }

    /// Whether a tested vault has recovery points of the type.
    fn has_points(&self, promise: &Tested) -> bool {
        promise.vaults.iter().any(|name| {
            let seen = self.seen(&promise.account, &promise.region, name);
            let vault = seen.and_then(|seen| seen.as_ref().ok()).and_then(Option::as_ref);
            vault.is_some_and(|vault| vault.points.iter().any(|copy| copy.sort == promise.resource_type))
        })
    }

    fn invalid_policies(&self) -> Vec<String> {
        match &self.evidence.invalid_policies {
            None => Vec::new(),
            Some(Err(error)) => {
                vec![format!("whether the backup policies are valid could not be read: {error}")]
            }
            Some(Ok(all)) => all
                .iter()
                .map(|(id, errors)| {
                    let name = self
                        .known
                        .accounts
                        .iter()
                        .find(|(_, known)| *known == id)
                        .map_or(id, |(name, _)| name);
                    format!("the backup policies of {name} make no valid whole: {}", errors.join("; "))
                })
                .collect(),
        }
    }
}

/// A lock does not protect the key, and without it nothing in the vault can be read.
fn of_key(vault: &recovery::Vault) -> Standing {
    let useless = |words: String| Standing::Broken(format!("{words}: nothing in the vault can be restored"));
    match &vault.key {
        None => Standing::Kept,
        Some(Err(error)) => unread("its key", error),
        Some(Ok(None)) => useless("its key is gone".to_owned()),
        // A key whose primary Region is being moved works meanwhile (KMS Developer Guide, key-state).
        Some(Ok(Some(state))) if matches!(state.as_str(), "Enabled" | "Updating") => Standing::Kept,
        Some(Ok(Some(state))) => useless(format!("its key is {state}")),
    }
}

const NOT_COPIED: &str = "backed up in its account, not copied";
const NO_LONGER: &str = "not backed up any more: deleted, without its tag, or its backups fail";

/// What a validation of restored data came to. One that nobody spoke about until its window was over
/// is `TIMED_OUT` at AWS (Backup Developer Guide, restore-testing: validation is optional).
fn validation(word: Option<&str>) -> Option<&'static str> {
    match word? {
        "SUCCESSFUL" => Some("found valid"),
        "FAILED" => Some("found invalid"),
        "VALIDATING" => None,
        _ => Some("not validated"),
    }
}

/// The day of a moment, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
