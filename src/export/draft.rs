//! A document while it is being written.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::Names;
use super::tower::Tower;
use super::yaml::Map;
use crate::model::email::Email;
use crate::model::region::Region;
use crate::model::{Address, Kind};
use crate::observe::census::Census;
use crate::observe::census::people::Account;

/// Characters of a file's name, so that every file system takes it.
const FILE: usize = 80;

/// What sections write into, and what they ask.
pub(super) struct Draft<'c> {
    pub(super) census: &'c Census,
    pub(super) names: Names,
    /// What of Control Tower the document can speak of.
    pub(super) tower: Tower<'c>,
    /// The accounts that the document lists.
    pub(super) accounts: Vec<&'c Account>,
    /// The Regions in which the document has Regional services looked at.
    pub(super) regions: Vec<Region>,
    pub(super) root: Map,
    /// Regions that the section of a service excludes, by its key under `security`.
    pub(super) excluded: BTreeMap<String, Vec<String>>,
    /// Services whose administrators the document names, by its words for them.
    pub(super) administered: BTreeSet<String>,
    /// Services whose section under `security` names a member that administers them.
    pub(super) implied: BTreeSet<String>,
    pub(super) left: BTreeMap<String, String>,
    pub(super) files: BTreeMap<String, String>,
    pub(super) remarks: Vec<String>,
    /// File names in lower case: some file systems do not tell the case.
    taken: BTreeSet<String>,
}

impl<'c> Draft<'c> {
    pub(super) fn new(census: &'c Census) -> Self {
        let mut remarks = Vec::new();
        let accounts = listed(census, &mut remarks);
        let names = Names::of(census, &accounts);
        let tower = Tower::of(census, &names, &mut remarks);
        let mut root = Map::default();
        root.put("version", 1_u64);
        Self {
            regions: regions(census, &tower),
            census,
            names,
            tower,
            accounts,
            root,
            excluded: BTreeMap::new(),
            administered: BTreeSet::new(),
            implied: BTreeSet::new(),
            left: BTreeMap::new(),
            files: BTreeMap::new(),
            remarks,
            taken: BTreeSet::new(),
        }
    }

    /// Names something that the document has and leaves as it is.
    pub(super) fn leave(&mut self, address: &Address, why: impl Into<String>) {
        self.left.entry(address.to_string()).or_insert_with(|| why.into());
    }

    /// Says what the document does not.
    pub(super) fn remark(&mut self, text: impl Into<String>) {
        self.remarks.push(text.into());
    }

    /// What could not be read is not in the document.
    pub(super) fn note_gaps(&mut self) {
        let told = self.census.gaps.iter().map(|gap| format!("could not be read: {gap}"));
        self.remarks.extend(told);
    }

    /// Names trust that the document implies, where it is not there.
    pub(super) fn leave_trust(&mut self, principal: &str, why: &str) {
        if !self.census.trusts(principal) {
            self.leave(&Address::new(Kind::TrustedAccess, principal), why);
        }
    }

    /// Puts a policy beside the document; gives its path.
    pub(super) fn file(&mut self, folder: &str, name: &str, content: &Value) -> String {
        // A value that was read from JSON has a text.
        let text = serde_json::to_string_pretty(content).unwrap_or_default();
        self.text(folder, name, "json", &(text + "\n"))
    }

    /// Puts a text beside the document; gives its path.
    pub(super) fn text(&mut self, folder: &str, name: &str, form: &str, text: &str) -> String {
        let fits = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let stem: String = name.chars().map(fits).take(FILE).collect();
        let stem = match stem.trim_matches(['-', '.']) {
            "" => "policy".to_owned(),
            stem => stem.to_owned(),
        };
        let mut path = format!("{folder}/{stem}.{form}");
        for number in 2_usize.. {
            if self.taken.insert(path.to_ascii_lowercase()) {
                break;
            }
            path = format!("{folder}/{stem}-{number}.{form}");
        }
        self.files.insert(path.clone(), text.to_owned());
        path
    }
}

/// What most have; of as many the first.
pub(super) fn most<'f, T: PartialEq>(all: impl Iterator<Item = &'f T>) -> Option<&'f T> {
    let mut counts: Vec<(&T, usize)> = Vec::new();
    for one in all {
        match counts.iter_mut().find(|(known, _)| *known == one) {
            Some((_, count)) => *count += 1,
            None => counts.push((one, 1)),
        }
    }
    let best = counts.iter().enumerate().max_by_key(|(at, (_, count))| (*count, Reverse(*at)));
    best.map(|(_, (one, _))| *one)
}

/// The accounts that a document can list: all members but closed ones, which it could
/// neither move nor tag.
fn listed<'c>(census: &'c Census, remarks: &mut Vec<String>) -> Vec<&'c Account> {
    let mut listed: Vec<&Account> = Vec::new();
    for account in census.accounts.iter().filter(|account| !census.is_management(&account.id)) {
        if account.is_closed() {
            remarks.push(format!("the account {} ({}) is closed", account.id, account.name));
        } else if let Err(why) = account.email.parse::<Email>() {
            remarks.push(format!("the account {} ({}): {why}", account.id, account.name));
        } else {
            listed.push(account);
        }
    }
    listed
}

/// The governed Regions; without a landing zone those in which a service has somebody.
fn regions(census: &Census, tower: &Tower<'_>) -> Vec<Region> {
    let governed = tower.zone.map(|zone| zone.governed()).unwrap_or_default();
    if !governed.is_empty() {
        return governed;
    }
    let services = census.administrators.services.keys();
    let used: BTreeSet<Region> = services
        .flat_map(|word| census.administrators.by_region(word))
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(region, _)| region)
        .collect();
    let deployed = census.config.values().flatten().filter(|(_, one)| !one.is_empty());
    let used: BTreeSet<Region> = used.into_iter().chain(deployed.map(|(region, _)| region.clone())).collect();
    let others = used.into_iter().filter(|region| *region != census.home_region);
    std::iter::once(census.home_region.clone()).chain(others).collect()
}
