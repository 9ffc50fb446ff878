//! Partitions: which Regions they hold and where global services live.
//!
//! Organizations, IAM and Account Management each answer from one Region of a
//! partition; a client that signs for another Region is refused.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::partition::Partition;
use crate::model::region::Region;

/// One partition.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The name in ARNs.
    pub name: String,
    /// What every Region code of the partition starts with, one of these.
    pub region_prefixes: Vec<String>,
    /// The Region in which Organizations and the other global services answer.
    pub global_region: Region,
    /// The domain of its endpoints.
    pub dns_suffix: String,
    /// The longest known list of its Regions; a Region beside it is a warning, not an error.
    pub regions: Vec<Region>,
    /// Where the row comes from.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    partition: Vec<Row>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::parse("partitions.toml", include_str!("partitions.toml")));

/// Every partition.
#[must_use]
pub fn all() -> &'static [Row] {
    &TABLE.partition
}

/// The partition that a Region belongs to: by its prefix, the commercial one
/// (the first row) when no other fits.
///
/// # Panics
/// Never: the table has rows, as its test shows.
#[must_use]
pub fn of_region(region: &Region) -> &'static Row {
    let rows = all();
    let fits = |row: &&Row| row.region_prefixes.iter().any(|p| region.as_str().starts_with(p.as_str()));
    rows.iter().skip(1).find(fits).unwrap_or(&rows[0])
}

/// The row of a partition by its name in ARNs.
#[must_use]
pub fn named(partition: &Partition) -> Option<&'static Row> {
    all().iter().find(|row| row.name == partition.as_str())
}

impl Row {
    /// The partition's name as a value.
    #[must_use]
    pub fn partition(&self) -> Partition {
        Partition::named(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_region_finds_its_partition() {
        let of = |code: &str| of_region(&code.parse().unwrap()).name.as_str();
        assert_eq!(of("ap-northeast-1"), "aws");
        assert_eq!(of("cn-northwest-1"), "aws-cn");
        assert_eq!(of("us-gov-east-1"), "aws-us-gov");
        assert_eq!(of("eusc-de-east-1"), "aws-eusc");
        assert_eq!(of("us-east-1"), "aws");
    }

    #[test]
    fn the_global_region_of_each_partition_is_one_of_its_own() {
        assert!(!all().is_empty());
        for row in all() {
            assert_eq!(of_region(&row.global_region).name, row.name);
            assert!(row.regions.contains(&row.global_region), "{}", row.name);
        }
    }
}
