//! One-time codes that the operator has read in somebody's mailbox.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::cloud::Connection;
use crate::cloud::codes::Codes;

/// Codes that AWS waits for.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct TellCodes {
    /// The code that AWS has sent to the new address of an account, by the account's name in the
    /// document or its id; no other is sent then
    #[arg(long = "code", value_name = "ACCOUNT=CODE", value_parser = told)]
    codes: Vec<(String, Code)>,
}

/// A code, which no log shall show.
#[derive(Clone)]
struct Code(String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

fn told(text: &str) -> Result<(String, Code), String> {
    let parts = text.rsplit_once('=').filter(|(account, code)| !account.is_empty() && !code.is_empty());
    let (account, code) = parts.ok_or_else(|| "write ACCOUNT=CODE".to_owned())?;
    Ok((account.to_owned(), Code(code.to_owned())))
}

impl TellCodes {
    /// Lets a connection know them.
    pub(super) fn tell(&self, connection: &Connection) {
        if !self.codes.is_empty() {
            connection.codes_from(Arc::new(Told(self.codes.iter().cloned().collect())));
        }
    }
}

/// The codes by account.
#[derive(Debug)]
struct Told(BTreeMap<String, Code>);

impl Codes for Told {
    fn code(&self, name: &str, id: &str) -> Option<String> {
        self.0.get(name).or_else(|| self.0.get(id)).map(|code| code.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_told_for_a_name_or_an_id_and_shown_to_nobody() {
        let codes = ["old app=123456", "222222222222=ABCDEF"].map(|text| told(text).unwrap());
        let told = Told(codes.into_iter().collect());
        assert_eq!(told.code("old app", "x").as_deref(), Some("123456"));
        assert_eq!(told.code("x", "222222222222").as_deref(), Some("ABCDEF"));
        assert_eq!(told.code("x", "y"), None);
        assert!(!format!("{told:?}").contains("123456"));
        assert!(super::told("old=").is_err() && super::told("123456").is_err());
    }
}
