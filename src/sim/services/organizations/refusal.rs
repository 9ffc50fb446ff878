//! AWS's refusals in its own words.
//!
//! In: a code, for some with a reason. Out: [`AwsError`]. Absent: when to refuse.
//!
//! The words are in `messages.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::sim::error::AwsError;

fn words(key: &str) -> String {
    static WORDS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let words = WORDS.get_or_init(|| toml::from_str(include_str!("messages.toml")).unwrap_or_default());
    words.get(key).cloned().unwrap_or_default()
}

/// An error that has only a message.
pub(crate) fn refuse(code: &str) -> AwsError {
    AwsError::new(code, words(code))
}

/// `ConstraintViolationException` for a reason.
pub(crate) fn constraint(reason: &str) -> AwsError {
    AwsError::new("ConstraintViolationException", words(reason)).field("Reason", reason)
}

/// `HandshakeConstraintViolationException` for a reason.
pub(super) fn handshake(reason: &str) -> AwsError {
    AwsError::new("HandshakeConstraintViolationException", words(reason)).field("Reason", reason)
}

/// `InvalidInputException` for a reason.
pub(crate) fn invalid(reason: &str) -> AwsError {
    AwsError::new("InvalidInputException", words(reason)).field("Reason", reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::shapes::table;

    #[test]
    fn every_message_belongs_to_an_error_or_a_reason_of_the_model() {
        let model = table("organizations").expect("a table");
        let reasons: Vec<&String> = [
            "ConstraintViolationExceptionReason",
            "HandshakeConstraintViolationExceptionReason",
            "InvalidInputExceptionReason",
        ]
        .iter()
        .filter_map(|name| model.shape(name)?.values.as_ref())
        .flatten()
        .collect();
        let messages: BTreeMap<String, String> =
            toml::from_str(include_str!("messages.toml")).expect("messages.toml");
        for (key, message) in &messages {
            assert!(model.errors.contains_key(key) || reasons.contains(&key), "{key}");
            assert!(!message.is_empty());
        }
    }
}
