//! Trails of CloudTrail over the whole organization, Control Tower's own among them.
//!
//! A trail of every Region is seen from each; one of a single Region only there. Absent: trails of
//! single accounts, and what was recorded.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::trails as inventory;
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;

/// A trail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Trail {
    /// Its name, which others may have in other Regions.
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
    /// What else is set, in words.
    #[serde(default)]
    pub beside: BTreeSet<String>,
}

pub(super) async fn read(connection: &Connection, regions: &[Region], gaps: &Gaps) -> Vec<Trail> {
    let questions = regions.iter().cloned().map(|region| {
        let site = connection.own(&region);
        async move {
            let seen = inventory::all(&site).await;
            (region, seen)
        }
    });
    let mut seen = BTreeMap::new();
    for (region, all) in fan_out(questions.collect()).await {
        let all = gaps.read(Part::Trails, Some(region.as_str()), all).into_iter().flatten();
        seen.extend(all.filter(|one| one.organization).map(|one| (one.arn.clone(), one)));
    }
    let questions = seen.into_values().map(|trail| {
        let home: Region = trail.home.parse().unwrap_or_else(|_| connection.home_region().clone());
        let site = connection.own(&home);
        async move {
            let logging = inventory::logs(&site, &trail.arn).await;
            (trail, logging)
        }
    });
    let mut found = Vec::new();
    for (trail, logging) in fan_out(questions.collect()).await {
        found.extend(one(trail, logging, gaps));
    }
    found.sort();
    found
}

fn one(trail: inventory::Trail, logging: Result<bool, CallError>, gaps: &Gaps) -> Option<Trail> {
    let text = |field: &str| trail.fields.get(field).and_then(Value::as_str).map(str::to_owned);
    let on = |field: &str| trail.fields.get(field).and_then(Value::as_bool).unwrap_or_default();
    Some(Trail {
        logging: gaps.read(Part::Trails, Some(&trail.name), logging)?,
        bucket: text("bucket").unwrap_or_default(),
        prefix: text("prefix"),
        key: text("key"),
        validation: on("validation"),
        every_region: on("every_region"),
        name: trail.name,
        home: trail.home,
        beside: trail.beside,
    })
}
