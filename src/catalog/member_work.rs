//! What AWS does in member accounts on behalf of a landing zone, as far as policies of
//! the organization can keep it from doing so.

use std::sync::LazyLock;

use serde::Deserialize;

/// Actions that a landing zone cannot do without.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// IAM actions.
    pub actions: Vec<String>,
    /// The template of the ARN they are about.
    pub on: String,
    /// Whether it happens in every governed Region.
    #[serde(default)]
    pub regional: bool,
    /// The place in the manifest (RFC 6901) that names the only account it happens in.
    pub only: Option<String>,
    /// Where AWS says so.
    pub source: String,
}

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberWork {
    /// The role that carries it out.
    pub role: String,
    /// The rows.
    pub work: Vec<Work>,
}

static TABLE: LazyLock<MemberWork> =
    LazyLock::new(|| super::parse("member_work.toml", include_str!("member_work.toml")));

/// What Control Tower does in member accounts, and as whom.
#[must_use]
pub fn table() -> &'static MemberWork {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_actions_in_full_with_a_source() {
        for row in &table().work {
            assert!(row.actions.iter().all(|action| action.contains(':') && !action.contains('*')));
            assert!(!row.source.is_empty() && row.on.contains("{region}") <= row.regional, "{}", row.on);
        }
    }
}
