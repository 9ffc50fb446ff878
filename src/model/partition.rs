//! A partition of AWS: the second field of every ARN.
//!
//! Only the name lives here. Which Regions belong to a partition and where its
//! global services live are rows of `catalog/partitions.toml`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a partition, e.g. `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partition(String);

impl Partition {
    /// A partition by its name in ARNs.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name as it stands in ARNs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
