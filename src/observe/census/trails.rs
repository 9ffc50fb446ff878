//! Trails of CloudTrail over the whole organization, but for Control Tower's own.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::cloud::inventory::trails;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;

/// How the names of Control Tower's own begin.
const OF_CONTROL_TOWER: &str = "aws-controltower";

/// A trail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trail {
    /// Its name.
    pub name: String,
    /// The Region in which it is changed.
    pub home: String,
    /// The bucket that it delivers to.
    pub bucket: String,
    /// The first folder in the bucket.
    pub prefix: Option<String>,
    /// The ARN of the key that encrypts what is delivered.
    pub key: Option<String>,
    /// Whether it delivers digests.
    pub validation: bool,
    /// Whether it records every Region.
    pub every_region: bool,
    /// Whether it records.
    pub logging: bool,
}

/// What is seen from the home Region.
pub(super) async fn read(connection: &Connection, gaps: &Gaps) -> Vec<Trail> {
    gaps.read(Part::Trails, None, all(connection).await).unwrap_or_default()
}

async fn all(connection: &Connection) -> Result<Vec<Trail>, CallError> {
    let home = connection.home_region().clone();
    let seen = trails::all(&connection.home()).await?;
    let mut found = Vec::new();
    for trail in seen.into_iter().filter(|one| one.organization && !one.name.starts_with(OF_CONTROL_TOWER)) {
        let region: Region = trail.home.parse().unwrap_or_else(|_| home.clone());
        let logging = trails::logs(&connection.own(&region), &trail.arn).await?;
        let text = |field: &str| trail.fields.get(field).and_then(Value::as_str).map(str::to_owned);
        let on = |field: &str| trail.fields.get(field).and_then(Value::as_bool).unwrap_or_default();
        found.push(Trail {
            bucket: text("bucket").unwrap_or_default(),
            prefix: text("prefix"),
            key: text("key"),
            validation: on("validation"),
            every_region: on("every_region"),
            logging,
            name: trail.name,
            home: trail.home,
        });
    }
    found.sort();
    Ok(found)
}
