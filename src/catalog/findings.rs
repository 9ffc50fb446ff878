//! What can stand between an account and its enrolment: a code, what it means, how it is mended,
//! and which ways of enrolling it closes.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A way of enrolling an account with Control Tower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// It moves into the unit, and Control Tower enrols it by itself.
    Move,
    /// Its unit is registered again.
    Reset,
    /// Account Factory, through Service Catalog.
    Factory,
}

impl Path {
    /// Every way, the one that touches least first.
    pub const ALL: [Self; 3] = [Self::Move, Self::Reset, Self::Factory];

    /// The way in words, after "enrol by".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Move => "moving it into the unit",
            Self::Reset => "registering the unit again",
            Self::Factory => "Account Factory",
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Move => "move",
            Self::Reset => "reset",
            Self::Factory => "factory",
        })
    }
}

/// One thing that can be found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its stable code.
    pub code: String,
    /// One line.
    pub title: String,
    /// The ways of enrolling that it closes; none for what is only worth knowing.
    pub rules_out: Vec<Path>,
    /// What, and why.
    pub means: String,
    /// How it is mended; `{names}` stand for what the finding is about.
    pub repair: String,
    /// Where AWS says so.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "read")]
    _read: String,
    finding: Vec<Row>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("findings.toml", include_str!("findings.toml")));

/// Every row, in the order of the file.
#[must_use]
pub fn all() -> &'static [Row] {
    &TABLE.finding
}

/// The row of a code.
#[must_use]
pub fn get(code: &str) -> Option<&'static Row> {
    all().iter().find(|row| row.code == code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_finding_has_a_code_of_its_own_a_repair_and_a_source() {
        let codes: BTreeSet<&str> = all().iter().map(|row| row.code.as_str()).collect();
        assert_eq!(codes.len(), all().len());
        for row in all() {
            assert!(row.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", row.code);
            assert!(
                !row.repair.is_empty() && !row.source.is_empty() && !row.means.is_empty(),
                "{}",
                row.code
            );
        }
    }
}
