//! The rules that say what must happen before what, each with AWS's reason.
//!
//! The graph floor draws its edges by these ids and the plan shows the reason, so
//! an operator can read why a step waits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// One ordering rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Why the one waits for the other, as a sentence fragment after "because".
    pub reason: String,
    /// Where AWS says so.
    pub source: String,
}

static TABLE: LazyLock<BTreeMap<String, Rule>> =
    LazyLock::new(|| super::parse("ordering.toml", include_str!("ordering.toml")));

/// The rule of that id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    TABLE.get(id)
}

/// Every rule with its id, in order.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Rule)> {
    TABLE.iter().map(|(id, rule)| (id.as_str(), rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_reason_and_a_source() {
        assert!(all().count() > 5);
        assert!(all().all(|(_, rule)| !rule.reason.is_empty() && !rule.source.is_empty()));
    }
}
