//! AWS KMS, per account and Region: keys, aliases, policies, rotation, multi-Region replicas.
//!
//! In: requests of its shape table; questions of other services through [`queries`]. Out: its [`State`] and [`SERVICE`].
//! Absent: cryptography, grants, custom key stores, imported key material; nothing is encrypted in a rehearsal.

mod aliases;
mod deletion;
mod keys;
mod lookup;
mod policies;
pub mod queries;
mod render;
mod replicas;
mod rotation;
mod specs;
mod state;
mod tags;

use crate::sim::service::Service;

pub use state::{Deletion, Key, MultiRegion, Rotation, State};

/// The service.
pub static SERVICE: Service = Service {
    name: "kms",
    operations: &[
        ("CancelKeyDeletion", deletion::cancel_deletion),
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
        ("ListResourceTags", tags::list_tags),
        ("PutKeyPolicy", policies::put),
        ("ReplicateKey", replicas::replicate),
        ("ScheduleKeyDeletion", deletion::schedule_deletion),
        ("TagResource", tags::tag),
        ("UntagResource", tags::untag),
        ("UpdateAlias", aliases::update),
        ("UpdateKeyDescription", keys::update_description),
        ("UpdatePrimaryRegion", replicas::update_primary),
    ],
    due: deletion::due,
    settle: deletion::settle,
};
