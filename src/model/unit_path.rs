//! The path of an organizational unit below the root, e.g. `Workloads/Prod`.
//!
//! Names are compared as AWS compares them within one parent. A path is never
//! empty; the root itself is not a unit and has no path.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A unit's names from the root downwards, none of them empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitPath(String);

/// Why a text is not a path of units.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidUnitPath {
    /// Nothing was written, or an empty name between two slashes.
    #[error("a unit's path is one or more names with `/` between them, none empty")]
    EmptyName,
    /// AWS allows 1 to 128 characters per name.
    #[error("the unit name `{0}` is longer than 128 characters")]
    LongName(String),
}

impl UnitPath {
    /// The path with slashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The path of the unit above; none when this one stands directly under the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// How many units lie between this one's name and the root, itself included.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.split('/').count()
    }

    /// The unit of that name below this one.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(format!("{}/{name}", self.0))
    }

    /// The path's ancestors from the nearest to the top-level unit.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), Self::parent)
    }

    /// The top-level unit that holds this one, or itself.
    #[must_use]
    pub fn top(&self) -> Self {
        Self(self.0.split('/').next().unwrap_or(&self.0).to_owned())
    }
}

impl FromStr for UnitPath {
    type Err = InvalidUnitPath;

    fn from_str(text: &str) -> Result<Self, InvalidUnitPath> {
        for name in text.split('/') {
            if name.trim().is_empty() {
                return Err(InvalidUnitPath::EmptyName);
            }
            if name.chars().count() > 128 {
                return Err(InvalidUnitPath::LongName(name.to_owned()));
            }
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for UnitPath {
    type Error = InvalidUnitPath;

    fn try_from(text: String) -> Result<Self, InvalidUnitPath> {
        text.parse()
    }
}

impl From<UnitPath> for String {
    fn from(path: UnitPath) -> String {
        path.0
    }
}

impl fmt::Display for UnitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_its_parents() {
        let path: UnitPath = "Workloads/Prod/Eu".parse().unwrap();
        let above: Vec<String> = path.ancestors().map(|p| p.to_string()).collect();
        assert_eq!(above, ["Workloads/Prod", "Workloads"]);
        assert_eq!((path.name(), path.depth(), path.top().as_str()), ("Eu", 3, "Workloads"));
    }

    #[test]
    fn an_empty_name_is_refused() {
        for text in ["", "/", "A//B", "A/", " "] {
            assert!(text.parse::<UnitPath>().is_err(), "{text:?}");
        }
    }
}
