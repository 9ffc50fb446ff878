//! Identifiers that AWS gives, checked when they are made.
//!
//! In: text. Out: a value that keeps AWS's form, or [`InvalidId`] with what was
//! expected. Patterns are those of the Organizations API reference.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A text that is not the identifier it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not {expected}")]
pub struct InvalidId {
    /// The text as given.
    pub text: String,
    /// What AWS's pattern asks for, in words.
    pub expected: &'static str,
}

/// Declares one identifier: a checked string with its pattern in words.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as AWS writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { text: text.to_owned(), expected: $expected })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// An account: twelve digits, leading zeros kept.
    AccountId,
    "an account id of exactly twelve digits",
    |t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit())
);
identifier!(
    /// An organization: `o-` and 10 to 32 lower-case letters or digits.
    OrganizationId,
    "an organization id such as o-exampleorgid",
    |t| t.strip_prefix("o-").is_some_and(|rest| (10..=32).contains(&rest.len()) && lower_alnum(rest))
);
identifier!(
    /// The root of an organization: `r-` and 4 to 32 lower-case letters or digits.
    RootId,
    "a root id such as r-abcd",
    |t| t.strip_prefix("r-").is_some_and(|rest| (4..=32).contains(&rest.len()) && lower_alnum(rest))
);
identifier!(
    /// An organizational unit: `ou-`, the root's suffix, `-`, 8 to 32 more.
    UnitId,
    "an organizational unit id such as ou-abcd-11112222",
    |t| t.strip_prefix("ou-").and_then(|rest| rest.split_once('-')).is_some_and(|(root, unit)| {
        (4..=32).contains(&root.len())
            && (8..=32).contains(&unit.len())
            && lower_alnum(root)
            && lower_alnum(unit)
    })
);

fn lower_alnum(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_keeps_its_leading_zeros() {
        let id: AccountId = "000123456789".parse().unwrap();
        assert_eq!(id.to_string(), "000123456789");
    }

    #[test]
    fn eleven_digits_are_not_an_account() {
        assert!("12345678901".parse::<AccountId>().is_err());
        assert!("12345678901a".parse::<AccountId>().is_err());
    }

    #[test]
    fn units_and_roots_are_told_apart() {
        assert!("ou-abcd-11112222".parse::<UnitId>().is_ok());
        assert!("r-abcd".parse::<UnitId>().is_err());
        assert!("r-abcd".parse::<RootId>().is_ok());
    }
}
