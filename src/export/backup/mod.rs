//! `backup`: switches, opt-ins, vaults, and what proves that backups restore.
//!
//! A file for vaults and one for the proofs; here what they have in common: one entry speaks of an
//! account and of all its Regions that are alike, and what is otherwise elsewhere is told. Absent:
//! backup plans, which are among `policies` as AWS has them.

mod access;
mod proofs;
mod restore_tests;
mod vaults;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::yaml::Map;
use crate::model::region::Region;
use crate::model::{Address, Kind};
use crate::observe::census::backup::{OptIns, PRINCIPAL, Place, WORD};
use crate::spec::backup::ROLE;

pub(super) fn write(draft: &mut Draft<'_>) {
    let mut section = Map::default();
    switches(draft, &mut section);
    opt_ins(draft, &mut section);
    let said = vaults::write(draft);
    let tests = restore_tests::write(draft, &said);
    section.put_some("role", tests.role.filter(|role| role != ROLE));
    section.put_filled("vaults", said.section);
    section.put_filled("restore_testing", tests.section);
    let frameworks = proofs::frameworks(draft);
    section.put_filled("reports", proofs::reports(draft, &frameworks));
    section.put_filled("frameworks", frameworks.section);
    if section.is_empty() {
        return;
    }
    draft.root.put("backup", section);
    // The program keeps AWS Backup in step with whoever the document says administers it.
    let in_step = draft.census.backup.settings.as_ref().and_then(|all| all.get("delegated_administrator"));
    if draft.administered.contains(WORD) && in_step != Some(&true) {
        let why = "AWS Backup does not follow who administers it";
        draft.leave(&Address::only(Kind::BackupSettings), why);
    }
}

fn switches(draft: &Draft<'_>, section: &mut Map) {
    let trusted = draft.census.organization.as_ref().and_then(|one| one.trusted_access.as_ref());
    let is_trusted = trusted.is_some_and(|trusted| trusted.get(PRINCIPAL) == Some(&true));
    let Some(live) = draft.census.backup.settings.as_ref().filter(|_| is_trusted) else { return };
    let words = ["cross_account", "multi_party_approval"];
    let on = |word: &str| live.get(word).copied();
    // An organization that shares nothing has no need of words for it.
    if words.iter().any(|word| on(word) == Some(true)) {
        words.iter().for_each(|word| section.put_some(word, on(word)));
    }
}

/// One group of opt-ins.
type Switches = fn(&OptIns) -> &BTreeMap<String, bool>;

/// What is on in every Region: the document has one list for all of them.
fn opt_ins(draft: &mut Draft<'_>, section: &mut Map) {
    let live = &draft.census.backup.opt_ins;
    let all: Option<Vec<&OptIns>> = draft.regions.iter().map(|region| live.get(region)).collect();
    let Some(all) = all else { return };
    let lists: [(&str, Switches); 2] =
        [("opt_in", |one| &one.types), ("full_management", |one| &one.full_management)];
    for (word, of) in lists {
        let on = |one: &OptIns| -> BTreeSet<String> {
            of(one).iter().filter(|(_, on)| **on).map(|(name, _)| name.clone()).collect()
        };
        let somewhere: BTreeSet<String> = all.iter().flat_map(|one| on(one)).collect();
        let (everywhere, seldom): (Vec<String>, Vec<String>) =
            somewhere.into_iter().partition(|name| all.iter().all(|one| on(one).contains(name)));
        section.put_filled(word, everywhere);
        if !seldom.is_empty() {
            draft.remark(format!("backup.{word}: {} in some Regions only", seldom.join(", ")));
        }
    }
}

/// An entry as it is in one account and Region.
struct Said {
    /// What the document says of it, without the Regions.
    entry: Map,
    /// Why a plan would change it, if it would.
    left: Option<String>,
}

/// An entry for an account and Regions.
struct Chosen {
    account: String,
    regions: BTreeSet<Region>,
    entry: Map,
}

/// Entries by name: each for the account and the Regions in which most of them are alike. `of` gives
/// everything of a sort that a place has, and how the document says it or why it cannot.
fn alike<'c, T: 'c>(
    draft: &mut Draft<'c>,
    kind: Kind,
    word: &str,
    of: impl Fn(&'c Place) -> &'c BTreeMap<String, T>,
    say: impl Fn(&mut Draft<'c>, &str, &Region, &str, &'c T) -> Result<Said, String>,
) -> BTreeMap<String, Chosen> {
    type Alike = BTreeMap<(String, Map), BTreeMap<Region, Option<String>>>;
    let census = draft.census;
    let mut by_name: BTreeMap<&'c String, Alike> = BTreeMap::new();
    for (account, region, place) in census.backup.places() {
        for (name, one) in of(place) {
            match say(draft, account, region, name, one) {
                Ok(said) => {
                    let same = by_name.entry(name).or_default();
                    let regions = same.entry((account.to_owned(), said.entry)).or_default();
                    regions.insert(region.clone(), said.left);
                }
                Err(why) => draft.remark(format!("backup.{word}.{name} of {account} in {region}: {why}")),
            }
        }
    }
    let mut chosen = BTreeMap::new();
    for (name, same) in by_name {
        let most = same.iter().max_by_key(|(said, regions)| (regions.len(), Reverse(*said)));
        let Some(((account, entry), regions)) = most.map(|(said, regions)| (said.clone(), regions.clone()))
        else {
            continue;
        };
        let others = same.iter().filter(|((id, other), _)| (id, other) != (&account, &entry));
        for ((id, _), places) in others {
            let places: Vec<&str> = places.keys().map(Region::as_str).collect();
            draft.remark(format!(
                "backup.{word}.{name} of {id} in {}: another goes by this name",
                places.join(", ")
            ));
        }
        for (region, why) in &regions {
            if let Some(why) = why {
                draft.leave(&Address::new(kind, format!("{name}/{region}")), why);
            }
        }
        let regions = regions.into_keys().collect();
        chosen.insert(name.clone(), Chosen { account, regions, entry });
    }
    chosen
}

impl Chosen {
    /// The whole entry; Regions are said where they are not those of the document.
    fn written(&self, draft: &Draft<'_>) -> Option<Map> {
        let mut entry = Map::default();
        entry.put("account", draft.names.holder(&self.account)?);
        let usual: BTreeSet<Region> = draft.regions.iter().cloned().collect();
        if self.regions != usual {
            entry.put("regions", self.regions.iter().map(Region::as_str).collect::<Vec<_>>());
        }
        entry.extend(self.entry.clone());
        Some(entry)
    }
}

/// The document's word for the account that holds something.
fn holder(draft: &Draft<'_>, account: &str) -> Result<(), String> {
    let known = draft.names.holder(account).map(|_| ());
    known.ok_or_else(|| "its account is not in the document".to_owned())
}
