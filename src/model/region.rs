//! A Region by its code, such as `ap-northeast-1`.
//!
//! In: text. Out: a value with the general form of a Region code. Which Regions
//! exist, and in which partition, is a fact and stands in the catalogue.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::InvalidId;

/// A Region code of AWS's general form: lower-case words and a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// The code as AWS writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut parts: Vec<&str> = text.split('-').collect();
        let number = parts.pop().unwrap_or_default();
        let words = parts.len() >= 2
            && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase()));
        if words && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId { text: text.to_owned(), expected: "a Region code such as us-east-1" })
        }
    }
}

impl TryFrom<String> for Region {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_codes_of_every_partition_are_accepted() {
        for code in ["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-7"] {
            assert!(code.parse::<Region>().is_ok(), "{code}");
        }
        for text in ["us-east", "us_east_1", "US-EAST-1", "east-1", "us-east-1a"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
