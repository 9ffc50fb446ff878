//! What the document calls units, accounts and policies.
//!
//! In: what is live. Out: a key for each, its name in AWS wherever nothing speaks against it;
//! where the key is another, the entry says `name`. Names of AWS that are no keys: of units
//! with a slash, or `root` at the top; of accounts that share one; of policies of several types.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::ids::{AccountId, UnitId};
use crate::model::unit_path::UnitPath;
use crate::observe::census::Census;
use crate::observe::census::people::{Account, Unit};

/// The document's word for the root.
const ROOT: &str = "root";
/// The document's word for the management account.
pub(super) const MANAGEMENT: &str = "management";
/// Characters of an account's name.
const ACCOUNT: usize = 50;

/// Names by id.
#[derive(Debug)]
pub(super) struct Names {
    root: String,
    management: String,
    units: BTreeMap<String, String>,
    accounts: BTreeMap<String, String>,
}

impl Names {
    /// The names of a census; `listed` are the accounts that the document has.
    pub(super) fn of(census: &Census, listed: &[&Account]) -> Self {
        let organization = census.organization.as_ref();
        let root = organization.map(|organization| organization.root.clone()).unwrap_or_default();
        Self {
            units: units(&census.units, &root),
            accounts: accounts(listed),
            root,
            management: organization.map(|one| one.management_account.to_string()).unwrap_or_default(),
        }
    }

    /// The path of a unit.
    pub(super) fn unit(&self, id: &str) -> Option<&str> {
        self.units.get(id).map(String::as_str)
    }

    /// The key of an account under `accounts`.
    pub(super) fn account(&self, id: &str) -> Option<&str> {
        self.accounts.get(id).map(String::as_str)
    }

    /// The word for an account wherever one is named, `management` among them.
    pub(super) fn holder(&self, id: &str) -> Option<&str> {
        if id == self.management { Some(MANAGEMENT) } else { self.account(id) }
    }

    /// The word for the place of an account: `root` or a path.
    pub(super) fn place(&self, id: &str) -> Option<&str> {
        if id == self.root { Some(ROOT) } else { self.unit(id) }
    }

    /// The word for something among targets; its id where the document does not have it.
    pub(super) fn target(&self, id: &str) -> String {
        if id == self.root {
            return ROOT.to_owned();
        }
        if id == self.management {
            return MANAGEMENT.to_owned();
        }
        let taken = |word: &str, others: &BTreeMap<String, String>| {
            [ROOT, MANAGEMENT].contains(&word)
                || ["unit:", "account:"].iter().any(|mark| word.starts_with(mark))
                || others.values().any(|other| other == word)
        };
        match (self.units.get(id), self.accounts.get(id)) {
            (Some(path), _) if taken(path, &self.accounts) => format!("unit:{path}"),
            (_, Some(key)) if taken(key, &self.units) => format!("account:{key}"),
            (Some(word), _) | (_, Some(word)) => word.clone(),
            (None, None) => id.to_owned(),
        }
    }
}

/// A name that is not among those taken, made of one that would be.
fn free(wanted: String, taken: &mut BTreeSet<String>) -> String {
    let mut name = wanted.clone();
    for number in 2_usize.. {
        if taken.insert(name.to_lowercase()) {
            break;
        }
        name = format!("{wanted}-{number}");
    }
    name
}

/// The path of each unit. Parents stand before their children.
fn units(all: &[Unit], root: &str) -> BTreeMap<String, String> {
    let mut paths: BTreeMap<String, String> = BTreeMap::new();
    // Names that fit come first, so that a name which does not cannot take one.
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let fits = |unit: &Unit| {
        let reserved = unit.parent == root && unit.name == ROOT;
        !reserved && segment(&unit.name) == unit.name && !unit.name.trim().is_empty()
    };
    for unit in all.iter().filter(|unit| fits(unit)) {
        taken.entry(&unit.parent).or_default().insert(unit.name.to_lowercase());
    }
    for unit in all {
        let name = if fits(unit) {
            unit.name.clone()
        } else {
            let plain = segment(&unit.name);
            let plain = if plain.trim().is_empty() { "unit".to_owned() } else { plain };
            let wanted = if unit.parent == root && plain == ROOT { "root-unit".to_owned() } else { plain };
            free(wanted, taken.entry(&unit.parent).or_default())
        };
        let path = match paths.get(&unit.parent) {
            Some(above) => format!("{above}/{name}"),
            None => name,
        };
        paths.insert(unit.id.clone(), path);
    }
    paths
}

/// A name as one part of a path. `:arn:` and `:framework/` tell controls in addresses.
fn segment(name: &str) -> String {
    let plain = name.replace('/', "-").replace(":arn:", "-arn-");
    match plain.strip_suffix(":framework") {
        Some(stem) => format!("{stem}-framework"),
        None => plain,
    }
}

/// The key of each account: its name, with the id where others have that, too.
fn accounts(listed: &[&Account]) -> BTreeMap<String, String> {
    let mut of_name: BTreeMap<&str, usize> = BTreeMap::new();
    for account in listed {
        *of_name.entry(&account.name).or_default() += 1;
    }
    let fits = |account: &Account| {
        let name = account.name.as_str();
        // A word that looks like an id means that id where no account is called so.
        let like_an_id = name.parse::<AccountId>().is_ok() || name.parse::<UnitId>().is_ok();
        of_name.get(name) == Some(&1) && name != MANAGEMENT && !like_an_id && !name.trim().is_empty()
    };
    let mut taken: BTreeSet<String> =
        listed.iter().filter(|one| fits(one)).map(|one| one.name.to_lowercase()).collect();
    let key = |account: &Account, taken: &mut BTreeSet<String>| {
        if fits(account) {
            return account.name.clone();
        }
        let stem: String = account.name.chars().take(ACCOUNT - 1 - account.id.len()).collect();
        free(format!("{}-{}", stem.trim_end(), account.id), taken)
    };
    listed.iter().map(|account| (account.id.clone(), key(account, &mut taken))).collect()
}

/// The name that a unit's entry has to say beside its path.
pub(super) fn said<'n>(path: &str, name: &'n str) -> Option<&'n str> {
    let last = path.parse::<UnitPath>().ok().map(|path| path.name().to_owned());
    (last.as_deref() != Some(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, name: &str, parent: &str) -> Unit {
        Unit { id: id.into(), arn: String::new(), name: name.into(), parent: parent.into(), tags: None }
    }

    fn account(id: &str, name: &str) -> Account {
        Account {
            id: id.into(),
            name: name.into(),
            email: String::new(),
            state: "ACTIVE".into(),
            parent: None,
            tags: None,
            contacts: None,
        }
    }

    #[test]
    fn units_go_by_their_names_unless_these_are_no_parts_of_a_path() {
        let all = [
            unit("a", "Workloads", "r"),
            unit("b", "A/B", "r"),
            unit("c", "a-b", "r"),
            unit("d", "root", "r"),
            unit("e", "root", "a"),
            unit("f", "x:arn:y", "b"),
        ];
        let paths = units(&all, "r");
        let expected = [
            ("a", "Workloads"),
            ("b", "A-B-2"),
            ("c", "a-b"),
            ("d", "root-unit"),
            ("e", "Workloads/root"),
            ("f", "A-B-2/x-arn-y"),
        ];
        assert_eq!(paths, expected.map(|(id, path)| (id.to_owned(), path.to_owned())).into());
        assert_eq!((said("A-B-2", "A/B"), said("Workloads/root", "root")), (Some("A/B"), None));
    }

    #[test]
    fn accounts_that_share_a_name_are_told_apart_by_their_ids() {
        let all = [
            account("111111111111", "app"),
            account("222222222222", "app"),
            account("333333333333", "management"),
            account("444444444444", "444444444444"),
            account("555555555555", "App"),
        ];
        let keys = accounts(&all.iter().collect::<Vec<_>>());
        assert_eq!(
            keys.values().collect::<Vec<_>>(),
            [
                "app-111111111111",
                "app-222222222222",
                "management-333333333333",
                "444444444444-444444444444",
                "App"
            ]
        );
        let long = "x".repeat(50);
        let keys = accounts(&[&account("1", &long), &account("2", &long)]);
        assert!(keys.values().all(|key| key.len() <= 50), "{keys:?}");
    }

    #[test]
    fn targets_are_told_by_unambiguous_words() {
        let names = Names {
            root: "r".into(),
            management: "m".into(),
            units: [("u1", "Network"), ("u2", "management"), ("u3", "Only")]
                .map(|(a, b)| (a.into(), b.into()))
                .into(),
            accounts: [("a1", "Network"), ("a2", "root"), ("a3", "unit:x"), ("a4", "app")]
                .map(|(a, b)| (a.into(), b.into()))
                .into(),
        };
        let words = ["r", "m", "u1", "u2", "u3", "a1", "a2", "a3", "a4", "999"].map(|id| names.target(id));
        let expected = [
            "root",
            "management",
            "unit:Network",
            "unit:management",
            "Only",
            "account:Network",
            "account:root",
            "account:unit:x",
            "app",
            "999",
        ];
        assert_eq!(words, expected.map(str::to_owned));
    }
}
