//! The S3 buckets that other services deliver into, as far as they ask: is it there, may the service write.
//!
//! In: buckets that services make for themselves, and those a world is given. Out: yes or no. Names are unique over all
//! accounts, as at AWS. Absent: S3 itself, objects, and policies in full: a bucket knows which services its policy admits,
//! and for whose accounts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::sim::world::World;

/// Every bucket.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// By name.
    pub buckets: BTreeMap<String, Bucket>,
}

/// A bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bucket {
    /// The account that has it.
    pub owner: String,
    /// Its Region.
    pub region: String,
    /// Service principals that its policy lets write for the owner's own account.
    pub writers: BTreeSet<String>,
    /// Whether the same services may write for every account of the owner's organization.
    pub organization: bool,
}

/// Whether there is a bucket of this name.
#[must_use]
pub fn exists(world: &World, name: &str) -> bool {
    world.s3.buckets.contains_key(name)
}

/// Whether a service may write into a bucket for an account.
#[must_use]
pub fn admits(world: &World, name: &str, service: &str, account: &str) -> bool {
    let Some(bucket) = world.s3.buckets.get(name) else { return false };
    let ours = bucket.owner == account
        || (bucket.organization
            && world
                .organizations
                .of(&bucket.owner)
                .is_some_and(|organization| organization.account(account).is_some()));
    ours && bucket.writers.contains(service)
}

/// Makes a bucket unless there is one of its name.
pub fn ensure(world: &mut World, name: &str, bucket: Bucket) {
    world.s3.buckets.entry(name.to_owned()).or_insert(bucket);
}
