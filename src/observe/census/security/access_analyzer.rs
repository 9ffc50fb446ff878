//! IAM Access Analyzer: analyzers whose zone of trust is the organization.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::analyzers;

/// AWS's types of analyzers of an organization.
const TYPES: [&str; 2] = ["ORGANIZATION", "ORGANIZATION_UNUSED_ACCESS"];

/// Access Analyzer in one Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnalyzer {
    /// The account that administers it.
    pub administrator: String,
    /// Its analyzers of the organization that work.
    pub analyzers: Vec<Analyzer>,
}

/// An analyzer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Analyzer {
    /// AWS's word for its type.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Of one of unused access: the days after which access counts as unused.
    pub unused_after_days: Option<i32>,
}

pub(super) async fn read(desk: Desk) -> Result<AccessAnalyzer, CallError> {
    let mut found = Vec::new();
    for kind in TYPES {
        let all = analyzers::of_type(&desk.site, kind).await?.into_iter().filter(|one| one.works);
        found.extend(all.map(|one| Analyzer {
            kind: one.kind,
            name: one.name,
            unused_after_days: one.unused_after_days,
        }));
    }
    found.sort();
    Ok(AccessAnalyzer { administrator: desk.administrator, analyzers: found })
}
