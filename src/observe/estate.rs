//! The organization as it stands: its units with their paths, its accounts, who is where.
//!
//! In: a connection. Out: an [`Estate`], and the accounts in it that a person names by id,
//! e-mail address, name, or the unit they are below. Absent: what is switched on or attached.

use std::collections::BTreeMap;

use thiserror::Error;

use super::error::ObserveError;
use crate::cloud::Connection;
use crate::cloud::inventory::accounts::{self, Account};
use crate::cloud::inventory::organization::{self, Organization, Root};
use crate::cloud::inventory::units::{self, Unit};

/// What [`Estate::path`] calls the root.
pub const ROOT: &str = "root";

/// An organization, read from its management account.
#[derive(Debug, Clone)]
pub struct Estate {
    /// The organization itself.
    pub organization: Organization,
    /// Its root.
    pub root: Root,
    /// Its units, parents before their children.
    pub units: Vec<Unit>,
    /// Its accounts, the management account among them.
    pub accounts: Vec<Account>,
    /// Unit id to path.
    paths: BTreeMap<String, String>,
}

/// A word names no account, or more than one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChoiceError {
    /// Nothing of that name.
    #[error("the organization has no account or unit {0}")]
    Unknown(String),
    /// Several accounts of one name.
    #[error("several accounts are called {name}: {ids}")]
    Ambiguous {
        /// The name.
        name: String,
        /// Their ids.
        ids: String,
    },
}

impl Estate {
    /// Reads it; none where there is no organization.
    ///
    /// # Errors
    /// When it cannot be read in full, or the caller is not its management account.
    pub async fn read(connection: &Connection) -> Result<Option<Self>, ObserveError> {
        let caller = connection.caller().await.map_err(ObserveError::Caller)?;
        let wrong = ObserveError::Organization;
        let Some(organization) = organization::describe(connection).await.map_err(wrong)? else {
            return Ok(None);
        };
        if caller.account != organization.management_account {
            return Err(ObserveError::NotManagement {
                caller: caller.account.clone(),
                management: organization.management_account,
            });
        }
        let root = organization::root(connection).await.map_err(wrong)?;
        let (tree, all) = tokio::join!(units::tree(connection, &root.id), accounts::list(connection));
        let (units, mut accounts) = (tree.map_err(wrong)?, all.map_err(wrong)?);
        let parents = units.iter().map(|unit| unit.id.clone()).chain([root.id.clone()]).collect();
        accounts::place(connection, &mut accounts, parents).await.map_err(wrong)?;
        Ok(Some(Self::new(organization, root, units, accounts)))
    }

    /// Puts together what was read.
    #[must_use]
    pub fn new(organization: Organization, root: Root, units: Vec<Unit>, accounts: Vec<Account>) -> Self {
        let mut paths: BTreeMap<String, String> = BTreeMap::new();
        for unit in &units {
            let path = match paths.get(&unit.parent) {
                Some(above) => format!("{above}/{}", unit.name),
                None => unit.name.clone(),
            };
            paths.insert(unit.id.clone(), path);
        }
        Self { organization, root, units, accounts, paths }
    }

    /// The path of a unit, `root` for the root, the id of anything else.
    #[must_use]
    pub fn path<'a>(&'a self, id: &'a str) -> &'a str {
        if id == self.root.id { ROOT } else { self.paths.get(id).map_or(id, String::as_str) }
    }

    /// What is above an account or unit, the root first, ids.
    #[must_use]
    pub fn above(&self, parent: Option<&str>) -> Vec<&str> {
        let mut chain = Vec::new();
        let mut next = parent;
        while let Some(id) = next {
            let unit = self.units.iter().find(|unit| unit.id == id);
            chain.push(unit.map_or(self.root.id.as_str(), |unit| unit.id.as_str()));
            next = unit.map(|unit| unit.parent.as_str());
        }
        chain.reverse();
        chain
    }

    /// The id of a unit by path or id, and of the root.
    #[must_use]
    pub fn unit(&self, word: &str) -> Option<&str> {
        if word == ROOT || word == self.root.id {
            return Some(&self.root.id);
        }
        let named = |unit: &&Unit| unit.id == word || self.path(&unit.id) == word;
        self.units.iter().find(named).map(|unit| unit.id.as_str())
    }

    /// Whether an account is the management account.
    #[must_use]
    pub fn is_management(&self, account: &Account) -> bool {
        account.id == self.organization.management_account.as_str()
    }

    /// The accounts that words name, in the order of the organization; all of them without a word.
    ///
    /// # Errors
    /// When a word names nothing, or is the name of several accounts.
    pub fn choose(&self, words: &[String]) -> Result<Vec<&Account>, ChoiceError> {
        if words.is_empty() {
            return Ok(self.accounts.iter().collect());
        }
        let mut chosen: Vec<&str> = Vec::new();
        for word in words {
            chosen.extend(self.named(word)?);
        }
        Ok(self.accounts.iter().filter(|account| chosen.contains(&account.id.as_str())).collect())
    }

    /// The ids of what one word names: an account, or every account below a unit.
    fn named(&self, word: &str) -> Result<Vec<&str>, ChoiceError> {
        let own = |account: &&Account| account.id == word || account.email.eq_ignore_ascii_case(word);
        if let Some(account) = self.accounts.iter().find(own) {
            return Ok(vec![&account.id]);
        }
        let same: Vec<&str> =
            self.accounts.iter().filter(|account| account.name == word).map(|one| one.id.as_str()).collect();
        match (same.len(), self.unit(word)) {
            (1, _) => Ok(same),
            (0, Some(unit)) => {
                let below = |account: &&Account| self.above(account.parent.as_deref()).contains(&unit);
                Ok(self.accounts.iter().filter(below).map(|account| account.id.as_str()).collect())
            }
            (0, None) => Err(ChoiceError::Unknown(word.to_owned())),
            _ => Err(ChoiceError::Ambiguous { name: word.to_owned(), ids: same.join(", ") }),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn account(id: &str, name: &str, parent: &str) -> Account {
        Account {
            id: id.to_owned(),
            arn: String::new(),
            name: name.to_owned(),
            email: format!("{id}@example.com"),
            state: "ACTIVE".to_owned(),
            parent: Some(parent.to_owned()),
        }
    }

    fn unit(id: &str, name: &str, parent: &str) -> Unit {
        let (id, name, parent) = (id.to_owned(), name.to_owned(), parent.to_owned());
        Unit { id, arn: String::new(), name, parent }
    }

    /// Two units called `Prod`, one below the other's sister, and four accounts.
    pub(crate) fn estate() -> Estate {
        let organization = Organization {
            id: "o-exampleorgid".parse().unwrap(),
            arn: String::new(),
            feature_set: "ALL".to_owned(),
            management_account: "111111111111".parse().unwrap(),
            management_arn: String::new(),
        };
        let root = Root { id: "r-1".to_owned(), arn: String::new(), policy_types: [].into() };
        let units =
            vec![unit("ou-a", "Prod", "r-1"), unit("ou-b", "Old", "r-1"), unit("ou-c", "Prod", "ou-b")];
        let accounts = vec![
            account("111111111111", "management", "r-1"),
            account("222222222222", "twin", "ou-a"),
            account("333333333333", "twin", "ou-c"),
            account("444444444444", "Old", "ou-b"),
        ];
        Estate::new(organization, root, units, accounts)
    }

    fn chosen(words: &[&str]) -> Result<Vec<String>, ChoiceError> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        estate().choose(&words).map(|found| found.into_iter().map(|one| one.id[..1].to_owned()).collect())
    }

    #[test]
    fn accounts_are_chosen_by_id_address_name_and_unit() {
        assert_eq!(chosen(&[]).unwrap().len(), 4);
        assert_eq!(chosen(&["333333333333", "222222222222@EXAMPLE.com"]).unwrap(), ["2", "3"]);
        assert_eq!(chosen(&["Old"]).unwrap(), ["4"], "an account's name comes before a unit's");
        assert_eq!(chosen(&["ou-b"]).unwrap(), ["3", "4"], "a unit means everything below it");
        assert_eq!(chosen(&["Old/Prod"]).unwrap(), ["3"]);
        assert_eq!(chosen(&["root"]).unwrap().len(), 4);
    }

    #[test]
    fn a_word_that_names_nothing_or_two_accounts_is_refused() {
        assert_eq!(chosen(&["Nobody"]), Err(ChoiceError::Unknown("Nobody".to_owned())));
        let error = chosen(&["twin"]).unwrap_err();
        assert_eq!(error.to_string(), "several accounts are called twin: 222222222222, 333333333333");
    }

    #[test]
    fn what_is_above_begins_with_the_root() {
        let estate = estate();
        assert_eq!(estate.above(Some("ou-c")), ["r-1", "ou-b", "ou-c"]);
        assert_eq!((estate.path("ou-c"), estate.path("r-1")), ("Old/Prod", "root"));
    }
}
