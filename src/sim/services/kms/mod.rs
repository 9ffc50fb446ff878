//! AWS KMS, per account and Region: keys, aliases, policies, rotation, multi-Region replicas.
//!
//! In: requests of its shape table; questions of other services through [`queries`]. Out: its [`State`] and [`SERVICE`].
//! Absent: cryptography, grants, custom key stores, imported key material; nothing is encrypted in a rehearsal.

mod aliases;
mod keys;
mod lookup;
mod policies;
pub mod queries;
mod render;
mod replicas;
mod rotation;
mod specs;
mod state;

use crate::sim::service::Service;

pub use state::{Deletion, Key, MultiRegion, Rotation, State};

/// The service.
pub static SERVICE: Service = Service {
    name: "kms",
    operations: &[
        ("CancelKeyDeletion", keys::cancel_deletion),
        ("CreateAlias", aliases::create),
        ("CreateKey", keys::create),
        ("DeleteAlias", aliases::delete),
        ("DescribeKey", keys::describe),
        ("DisableKey", keys::disable),
        ("DisableKeyRotation", rotation::disable),
        ("EnableKey", keys::enable),
        ("EnableKeyRotation", rotation::enable),
        ("GetKeyPolicy", policies::get),
        ("GetKeyRotationStatus", rotation::status),
        ("ListAliases", aliases::list),
        ("ListKeyPolicies", policies::list),
        ("ListKeys", keys::list),
        ("ListResourceTags", keys::list_tags),
        ("PutKeyPolicy", policies::put),
        ("ReplicateKey", replicas::replicate),
        ("ScheduleKeyDeletion", keys::schedule_deletion),
        ("TagResource", keys::tag),
        ("UntagResource", keys::untag),
        ("UpdateAlias", aliases::update),
        ("UpdateKeyDescription", keys::update_description),
        ("UpdatePrimaryRegion", replicas::update_primary),
    ],
    due: replicas::due,
    settle: replicas::settle,
};
