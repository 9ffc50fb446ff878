//! A capability over accounts and Regions.
//!
//! Accounts whose Regions all look the same are one group, so that three hundred accounts
//! are told in as many rows as there are differences.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::capabilities::Degree;
use crate::model::region::Region;

/// How a capability stands in one account and Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is missing.
    Gap,
    /// It is there in part.
    Partly,
    /// It is there.
    Covered,
}

impl From<Degree> for Mark {
    fn from(degree: Degree) -> Self {
        match degree {
            Degree::Partly => Self::Partly,
            Degree::Covered => Self::Covered,
        }
    }
}

/// Accounts that look the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Their names.
    pub accounts: Vec<String>,
    /// Their marks, in the order of the Regions.
    pub marks: Vec<Mark>,
}

/// One capability over accounts and Regions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Grid {
    /// Groups, those with the worst marks first.
    pub groups: Vec<Group>,
}

/// Marks while evidence is being gathered: by account, one for each Region.
#[derive(Debug)]
pub(super) struct Canvas<'e> {
    regions: &'e [Region],
    rows: BTreeMap<String, Vec<Mark>>,
}

impl<'e> Canvas<'e> {
    /// All gaps.
    pub(super) fn blank(accounts: impl Iterator<Item = String>, regions: &'e [Region]) -> Self {
        let row = vec![Mark::Gap; regions.len()];
        Self { regions, rows: accounts.map(|account| (account, row.clone())).collect() }
    }

    /// Marks an account in a Region, if that is better than what is there.
    pub(super) fn put(&mut self, account: &str, region: &Region, mark: Mark) {
        let at = self.regions.iter().position(|known| known == region);
        if let Some(cell) = at.zip(self.rows.get_mut(account)).and_then(|(at, row)| row.get_mut(at)) {
            *cell = mark.max(*cell);
        }
    }

    /// The groups.
    pub(super) fn grid(self) -> Grid {
        let mut alike: BTreeMap<Vec<Mark>, Vec<String>> = BTreeMap::new();
        for (account, marks) in self.rows {
            alike.entry(marks).or_default().push(account);
        }
        Grid { groups: alike.into_iter().map(|(marks, accounts)| Group { accounts, marks }).collect() }
    }
}

impl Grid {
    /// How many pairs of account and Region have each mark: gaps, in part, covered.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let of = |mark: Mark| -> usize {
            let in_group =
                |group: &Group| group.marks.iter().filter(|one| **one == mark).count() * group.accounts.len();
            self.groups.iter().map(in_group).sum()
        };
        (of(Mark::Gap), of(Mark::Partly), of(Mark::Covered))
    }

    /// Accounts that are not covered everywhere.
    pub fn wanting(&self) -> impl Iterator<Item = &str> {
        let short = self.groups.iter().filter(|group| group.marks.iter().any(|mark| *mark != Mark::Covered));
        short.flat_map(|group| &group.accounts).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_that_look_the_same_are_one_group_and_the_best_mark_counts() {
        let regions: Vec<Region> = ["eu-west-1", "us-east-1"].map(|name| name.parse().unwrap()).into();
        let names = ["a", "b", "c"].map(str::to_owned);
        let mut canvas = Canvas::blank(names.into_iter(), &regions);
        for account in ["a", "b", "stranger"] {
            canvas.put(account, &regions[0], Mark::Covered);
            canvas.put(account, &regions[0], Mark::Partly);
        }
        let grid = canvas.grid();
        assert_eq!(grid.groups.len(), 2);
        assert_eq!(grid.groups[0], Group { accounts: vec!["c".to_owned()], marks: vec![Mark::Gap; 2] });
        assert_eq!(grid.groups[1].accounts, ["a", "b"]);
        assert_eq!(grid.counts(), (4, 0, 2));
        assert_eq!(grid.wanting().collect::<Vec<_>>(), ["c", "a", "b"]);
    }
}
