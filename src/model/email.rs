//! The root e-mail address of an account.
//!
//! Organizations accepts 6 to 64 ASCII characters with exactly one `@` and a
//! local part free of a short list of characters (API reference, `CreateAccount`).
//! Control Tower's own pre-check is narrower (user guide, common causes of failed
//! enrolment); [`Email::suits_control_tower`] answers that one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An address that Organizations accepts. Compares without regard to case, as
/// two accounts cannot share a mailbox; displays as written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Why a text is not an address that AWS takes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidEmail {
    /// Fewer than 6 or more than 64 characters.
    #[error("an e-mail address has 6 to 64 characters, this one has {0}")]
    Length(usize),
    /// Something other than 7-bit ASCII.
    #[error("an account's e-mail address is plain ASCII")]
    NotAscii,
    /// No `@`, or more than one.
    #[error("an e-mail address has exactly one @")]
    At,
    /// A character that Organizations refuses before the `@`.
    #[error("`{0}` may not stand before the @")]
    Character(char),
    /// The local part opens with a dot, or one side of the `@` is empty.
    #[error("an e-mail address needs a name before the @ (not starting with a dot) and a domain after it")]
    Shape,
}

/// What `CreateAccount` refuses in the local part.
const REFUSED_BEFORE_AT: &str = "\"'()<>[]:;,\\|%&";

impl Email {
    /// The address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses are compared.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Whether Control Tower's pre-check takes it:
    /// `[A-Z0-9a-z._%+-]+@[A-Za-z0-9.-]+[.]+[A-Za-z]+`.
    #[must_use]
    pub fn suits_control_tower(&self) -> bool {
        let Some((local, domain)) = self.0.split_once('@') else {
            return false;
        };
        let Some((host, top)) = domain.rsplit_once('.') else {
            return false;
        };
        let plain = |c: char| c.is_ascii_alphanumeric();
        !local.is_empty()
            && local.chars().all(|c| plain(c) || "._%+-".contains(c))
            && !host.is_empty()
            && host.chars().all(|c| plain(c) || ".-".contains(c))
            && !top.is_empty()
            && top.chars().all(|c| c.is_ascii_alphabetic())
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        if !text.is_ascii() {
            return Err(InvalidEmail::NotAscii);
        }
        if !(6..=64).contains(&text.len()) {
            return Err(InvalidEmail::Length(text.len()));
        }
        if text.matches('@').count() != 1 {
            return Err(InvalidEmail::At);
        }
        let (local, domain) = text.split_once('@').ok_or(InvalidEmail::At)?;
        if local.is_empty() || local.starts_with('.') || domain.is_empty() {
            return Err(InvalidEmail::Shape);
        }
        let refused = |c: char| c.is_whitespace() || c.is_control() || REFUSED_BEFORE_AT.contains(c);
        match local.chars().find(|c| refused(*c)) {
            Some(c) => Err(InvalidEmail::Character(c)),
            None => Ok(Self(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_tell_two_addresses_apart() {
        let one: Email = "AWS+log@Example.com".parse().unwrap();
        let two: Email = "aws+LOG@example.COM".parse().unwrap();
        assert_eq!(one, two);
    }

    #[test]
    fn what_organizations_refuses_is_refused() {
        assert_eq!("a@b.c".parse::<Email>(), Err(InvalidEmail::Length(5)));
        assert_eq!("nobody.example.com".parse::<Email>(), Err(InvalidEmail::At));
        assert_eq!("a&b@example.com".parse::<Email>(), Err(InvalidEmail::Character('&')));
        assert_eq!(".ab@example.com".parse::<Email>(), Err(InvalidEmail::Shape));
        assert_eq!("ä@example.com".parse::<Email>(), Err(InvalidEmail::NotAscii));
    }

    #[test]
    fn control_tower_is_narrower_than_organizations() {
        let odd: Email = "a!b@example.com".parse().unwrap();
        assert!(!odd.suits_control_tower());
        let plain: Email = "aws+log@example.com".parse().unwrap();
        assert!(plain.suits_control_tower());
    }
}
