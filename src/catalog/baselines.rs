//! Baselines and the version each landing-zone version takes.
//!
//! No Control Tower API returns baseline versions, so a program must carry the
//! table (user guide, compatibility of baselines and landing-zone versions).
//! Ids are the same in every Region seen but are still resolved by name at run
//! time; the names are the keys here.

use std::sync::LazyLock;

use serde::Deserialize;

/// One baseline that can be enabled on organizational units.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The word the document uses, e.g. `control_tower`.
    pub word: String,
    /// The name in Control Tower's list, e.g. `AWSControlTowerBaseline`.
    pub name: String,
    /// Whether the Security unit of a landing zone accepts it.
    pub on_security_unit: bool,
    /// Words of baselines that must be on the unit before.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Words of baselines that must not be on the same unit.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// Whether it takes `IdentityCenterEnabledBaselineArn` when access management is on.
    pub takes_identity_center: bool,
    /// Whether it is disabled only on a unit without accounts.
    #[serde(default)]
    pub empty_unit_to_remove: bool,
    /// Versions by landing zone.
    pub versions: Vec<Versions>,
    /// Where the row comes from.
    pub source: String,
}

/// The version for a range of landing-zone versions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// Landing-zone versions, as AWS writes them.
    pub landing_zones: Vec<String>,
    /// The latest baseline version they take.
    pub baseline: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    latest_landing_zone: String,
    known_landing_zones: Vec<String>,
    baseline: Vec<Baseline>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("baselines.toml", include_str!("baselines.toml")));

/// The baselines a unit can have.
#[must_use]
pub fn all() -> &'static [Baseline] {
    &TABLE.baseline
}

/// The baseline of that word in the document.
#[must_use]
pub fn by_word(word: &str) -> Option<&'static Baseline> {
    TABLE.baseline.iter().find(|baseline| baseline.word == word)
}

/// The baseline of a name in Control Tower's list.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Baseline> {
    TABLE.baseline.iter().find(|baseline| baseline.name == name)
}

/// The newest landing-zone version known; only it can be created.
#[must_use]
pub fn latest_landing_zone() -> &'static str {
    &TABLE.latest_landing_zone
}

/// The landing-zone versions whose manifest this program knows.
#[must_use]
pub fn known_landing_zones() -> &'static [String] {
    &TABLE.known_landing_zones
}

impl Baseline {
    /// The version to enable under a landing-zone version.
    #[must_use]
    pub fn version_for(&self, landing_zone: &str) -> Option<&str> {
        let row = self.versions.iter().find(|row| row.landing_zones.iter().any(|v| v == landing_zone))?;
        Some(&row.baseline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_table_is_the_one_aws_documents() {
        let baseline = by_word("control_tower").unwrap();
        assert_eq!(baseline.version_for("4.0"), Some("5.0"));
        assert_eq!(baseline.version_for("3.3"), Some("4.0"));
        assert_eq!(baseline.version_for("3.1"), Some("3.0"));
        assert_eq!(baseline.version_for("9.9"), None);
    }

    #[test]
    fn every_word_that_a_row_names_is_a_row() {
        for baseline in all() {
            let names = baseline.needs.iter().chain(&baseline.excludes);
            assert!(names.into_iter().all(|word| by_word(word).is_some()), "{}", baseline.word);
        }
        assert!(known_landing_zones().iter().any(|v| v == latest_landing_zone()));
    }
}
