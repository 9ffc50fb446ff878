//! The tables of baselines and of durations, compiled into the program.
//!
//! In: `data/baselines.toml` and `data/durations.toml`. Out: lookups. Absent: whether anything is enabled.

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

use super::manifest::Integration;

/// Where a baseline can be enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Scope {
    /// On an organizational unit, by EnableBaseline.
    Unit,
    /// On an account of the landing zone, by the manifest.
    Zone,
}

/// One baseline.
#[derive(Debug, Deserialize)]
pub(super) struct Baseline {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) scope: Scope,
    pub(super) integration: Integration,
    /// Where the manifest names the target account; `management` is the management account.
    #[serde(default)]
    pub(super) target: Option<String>,
    #[serde(default)]
    pub(super) checks_inheritance: bool,
    pub(super) description: String,
    versions: Vec<BaselineVersion>,
}

#[derive(Debug, Deserialize)]
struct BaselineVersion {
    baseline: String,
    zones: Vec<String>,
}

impl Baseline {
    /// The newest version a landing zone of `zone` version takes, or nothing if it has no such baseline.
    pub(super) fn version_for(&self, zone: &str) -> Option<&str> {
        self.versions
            .iter()
            .rev()
            .find(|row| row.zones.iter().any(|known| known == zone))
            .map(|row| row.baseline.as_str())
    }

    /// Where a version stands in the order of release.
    pub(super) fn release_order(&self, version: &str) -> Option<usize> {
        self.versions.iter().position(|row| row.baseline == version)
    }

    /// Its ARN in a Region: the ids are the same in every Region, and the account is empty.
    pub(super) fn arn(&self, region: &str) -> String {
        format!("arn:aws:controltower:{region}::baseline/{}", self.id)
    }
}

#[derive(Deserialize)]
struct Baselines {
    baseline: Vec<Baseline>,
}

#[derive(Deserialize)]
struct Durations {
    operation: Vec<DurationRow>,
}

#[derive(Deserialize)]
struct DurationRow {
    kind: String,
    seconds: u64,
    per_account: u64,
    #[cfg_attr(not(test), expect(dead_code, reason = "the source is for readers; a test demands it"))]
    source: String,
}

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static BASELINES: LazyLock<Vec<Baseline>> = LazyLock::new(|| {
    toml::from_str::<Baselines>(include_str!("data/baselines.toml"))
        .expect("data/baselines.toml is well formed")
        .baseline
});

#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
static DURATIONS: LazyLock<Vec<DurationRow>> = LazyLock::new(|| {
    toml::from_str::<Durations>(include_str!("data/durations.toml"))
        .expect("data/durations.toml is well formed")
        .operation
});

/// Every baseline, in the order ListBaselines gives them.
pub(super) fn baselines() -> &'static [Baseline] {
    &BASELINES
}

/// The baseline of a name.
pub(super) fn named(name: &str) -> Option<&'static Baseline> {
    BASELINES.iter().find(|baseline| baseline.name == name)
}

/// The baseline an ARN of `region` names.
pub(super) fn by_arn(arn: &str, region: &str) -> Option<&'static Baseline> {
    BASELINES.iter().find(|baseline| baseline.arn(region) == arn)
}

/// How long an operation takes that touches so many accounts.
pub(super) fn usual(kind: &str, accounts: usize) -> Duration {
    DURATIONS.iter().find(|row| row.kind == kind).map_or(Duration::ZERO, |row| {
        Duration::from_secs(
            row.seconds + row.per_account * u64::try_from(accounts).unwrap_or(u64::MAX / 1024),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_has_a_source_and_is_longer_than_nothing() {
        for row in DURATIONS.iter() {
            assert!(!row.source.is_empty(), "{}", row.kind);
            assert!(usual(&row.kind, 0) > Duration::ZERO, "{}", row.kind);
        }
        assert_eq!(usual("ENABLE_BASELINE", 3), Duration::from_secs(960));
    }

    #[test]
    fn the_version_table_gives_each_landing_zone_its_newest_baseline() {
        let unit = named("AWSControlTowerBaseline").expect("in the table");
        let newest: Vec<_> = ["3.1", "3.2", "3.3", "4.0"].map(|zone| unit.version_for(zone)).into();
        assert_eq!(newest, [Some("3.0"), Some("4.0"), Some("4.0"), Some("5.0")]);
        assert_eq!(named("ConfigBaseline").and_then(|baseline| baseline.version_for("3.3")), None);
    }

    #[test]
    fn every_zone_baseline_says_where_its_account_is_named() {
        for baseline in baselines() {
            assert_eq!(baseline.target.is_some(), baseline.scope == Scope::Zone, "{}", baseline.name);
            assert_eq!(
                by_arn(&baseline.arn("eu-west-1"), "eu-west-1").map(|found| &found.name),
                Some(&baseline.name)
            );
        }
    }
}
