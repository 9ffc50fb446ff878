//! Reasons that AWS gives for refusing something about an account, and what the operator can do then.
//!
//! In: an operation with AWS's code and words. Out: the row of the reason. Absent: whether a call is sent
//! again, which `operations` says.

use std::sync::LazyLock;

use serde::Deserialize;

/// One reason.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// AWS's word: the code of the failure, or a word of AWS's message.
    pub code: String,
    /// `service:Operation` of those that give it.
    pub operations: Vec<String>,
    /// What it means, in a sentence.
    pub title: String,
    /// More of it, where there is more to say.
    #[serde(default)]
    pub means: String,
    /// What the operator can do.
    pub advice: String,
    /// Where AWS says so.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "read")]
    _read: String,
    reason: Vec<Row>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| super::parse("reasons.toml", include_str!("reasons.toml")));

/// Every row, in the order of the file.
#[must_use]
pub fn all() -> &'static [Row] {
    &TABLE.reason
}

/// The reason for which an operation was refused.
#[must_use]
pub fn of(operation: &str, code: &str, message: &str) -> Option<&'static Row> {
    let given = |row: &&Row| code == row.code || names(message, &row.code);
    all().iter().filter(|row| row.operations.iter().any(|one| one == operation)).find(given)
}

/// Whether a text has a reason as a word of its own.
fn names(text: &str, reason: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|word| word == reason)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::operations;

    #[test]
    fn every_reason_stands_once_and_is_given_by_operations_that_are_known() {
        let codes: BTreeSet<&str> = all().iter().map(|row| row.code.as_str()).collect();
        assert_eq!(codes.len(), all().len());
        for row in all() {
            assert!(row.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{}", row.code);
            assert!(
                !row.title.is_empty() && !row.advice.is_empty() && !row.source.is_empty(),
                "{}",
                row.code
            );
            let known = row.operations.iter().any(|one| operations::table().get(one).is_some());
            assert!(known, "{}", row.code);
        }
    }

    #[test]
    fn every_reason_for_which_aws_ends_the_creation_of_an_account_has_a_row() {
        let shapes: serde_json::Value =
            serde_json::from_str(include_str!("../sim/shapes/organizations.json")).unwrap();
        let reasons = shapes["shapes"]["CreateAccountFailureReason"]["enum"].as_array().unwrap();
        assert!(reasons.len() >= 15);
        for reason in reasons.iter().filter_map(|reason| reason.as_str()) {
            assert!(of("organizations:CreateAccount", reason, "").is_some(), "{reason} has no row");
        }
    }

    #[test]
    fn a_reason_is_found_by_its_code_or_as_a_word_of_the_message_and_for_its_operation_only() {
        let of = |operation, code, message| of(operation, code, message).map(|row| row.code.as_str());
        let create = "organizations:CreateAccount";
        assert_eq!(of(create, "EMAIL_ALREADY_EXISTS", ""), Some("EMAIL_ALREADY_EXISTS"));
        let told = "ACCOUNT_NUMBER_LIMIT_EXCEEDED: You attempted to exceed the limit";
        assert_eq!(of(create, "ConstraintViolationException", told), Some("ACCOUNT_NUMBER_LIMIT_EXCEEDED"));
        assert_eq!(of(create, "X", "an ACCOUNT_NUMBER_LIMIT_EXCEEDED_TWICE"), None);
        assert_eq!(of("organizations:MoveAccount", "EMAIL_ALREADY_EXISTS", ""), None);
    }
}
