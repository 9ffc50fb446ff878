//! What is known of Control Tower's controls without asking the Control Catalog.
//!
//! Guidance levels, which the catalogue's API does not tell; controls that no API
//! changes; names of frameworks for a reader's eye. Which controls there are, and
//! what each is, only the live catalogue tells.

use std::sync::LazyLock;

use serde::Deserialize;

/// A guidance level with its controls.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// The word that a document uses, e.g. `strongly_recommended`.
    pub word: String,
    /// Names of controls.
    pub controls: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    unchangeable: Vec<String>,
    hook_protection: String,
    frameworks: Vec<String>,
    guidance: Vec<Guidance>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("controls.toml", include_str!("controls.toml")));

/// The guidance levels.
#[must_use]
pub fn guidance() -> &'static [Guidance] {
    &TABLE.guidance
}

/// The controls of a guidance level.
#[must_use]
pub fn of_guidance(word: &str) -> Option<&'static [String]> {
    TABLE.guidance.iter().find(|level| level.word == word).map(|level| level.controls.as_slice())
}

/// Whether no API enables or disables the control of that name.
#[must_use]
pub fn is_unchangeable(name: &str) -> bool {
    TABLE.unchangeable.iter().any(|known| known == name)
}

/// The control that proactive ones needed before them until AWS managed its hooks
/// itself.
#[must_use]
pub fn hook_protection() -> &'static str {
    &TABLE.hook_protection
}

/// Frameworks that are documented; the catalogue may have more.
#[must_use]
pub fn frameworks() -> &'static [String] {
    &TABLE.frameworks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_has_two_levels_and_none_of_them_is_unchangeable() {
        let mut all: Vec<&String> = guidance().iter().flat_map(|level| &level.controls).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((all.len(), count), (40, 40));
        assert!(all.iter().all(|name| !is_unchangeable(name)));
        assert_eq!(TABLE.unchangeable.len(), 26);
    }
}
