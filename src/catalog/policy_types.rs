//! Types of organization policies: words, limits, and what switching one on needs.
//!
//! In: `policy_types.toml`. Out: the row of a type; none for a type that AWS has
//! added since, which the rest of the program passes through.

use std::sync::LazyLock;

use serde::Deserialize;

/// How the documents of a type are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grammar {
    /// Statements of effect, action, resource and condition.
    Iam,
    /// A tree of settings with operators that begin with `@@`.
    Tree,
}

/// One type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyType {
    /// The document's word.
    pub word: String,
    /// AWS's name.
    pub name: String,
    /// How its documents are written.
    pub grammar: Grammar,
    /// The one member at the top of a document, where AWS says which.
    pub key: Option<String>,
    /// The service that must be trusted before the type can be switched on.
    pub trusted_access: Option<String>,
    /// Characters that a document may have.
    pub size: u64,
    /// Policies of the type that fit on one target.
    pub attached: u64,
    /// Policies of the type that a target keeps.
    #[serde(default)]
    pub least: u64,
    /// Policies of the type in the organization.
    pub policies: u64,
    /// The AWS-managed policy that stands everywhere as long as nobody detaches it.
    pub everywhere: Option<String>,
    /// A part of the name of the quota on attachments.
    pub quota_attached: String,
    /// A part of the name of the quota on the size.
    pub quota_size: String,
    /// The type of control that its policies are, where they are one.
    pub control: Option<String>,
    /// What switching it on changes at once, in words.
    pub switch_over: Option<String>,
    /// Where AWS says so.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[expect(dead_code, reason = "the day on which the sources were read stands in every table")]
    read: String,
    r#type: Vec<PolicyType>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("policy_types.toml", include_str!("policy_types.toml")));

/// Every type that is known, in the order of the table.
#[must_use]
pub fn all() -> &'static [PolicyType] {
    &TABLE.r#type
}

/// The type of a word of the document.
#[must_use]
pub fn by_word(word: &str) -> Option<&'static PolicyType> {
    all().iter().find(|row| row.word == word)
}

/// The type of AWS's name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static PolicyType> {
    all().iter().find(|row| row.name == name)
}

/// The document's word for a type; AWS's own name where it has none.
#[must_use]
pub fn word_of(name: &str) -> &str {
    by_name(name).map_or(name, |row| row.word.as_str())
}

/// The prefix of the names of the policies that Control Tower keeps on its units
/// (Control Tower User Guide, drift). They are its own and never touched.
pub const OF_CONTROL_TOWER: &str = "aws-guardrails-";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn fourteen_types_have_a_row_each_and_no_word_or_name_stands_twice() {
        let words: BTreeSet<&str> = all().iter().map(|row| row.word.as_str()).collect();
        let names: BTreeSet<&str> = all().iter().map(|row| row.name.as_str()).collect();
        assert_eq!((words.len(), names.len(), all().len()), (14, 14, 14));
        for row in all() {
            assert!(
                row.least <= row.attached && row.least == u64::from(row.everywhere.is_some()),
                "{}",
                row.word
            );
            assert!(row.quota_attached.to_lowercase() == row.quota_attached && !row.source.is_empty());
        }
    }

    #[test]
    fn a_type_of_tomorrow_goes_by_its_own_name() {
        assert_eq!(word_of("TAG_POLICY"), "tag");
        assert_eq!(word_of("FUTURE_POLICY"), "FUTURE_POLICY");
    }
}
