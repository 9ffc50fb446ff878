//! Live AWS to a snapshot, by listing: complete, or saying what could not be read.
//!
//! Only what the desired resources ask about is read, each thing once, and what
//! is independent at the same time. Nothing is changed (invariant I8).

pub mod access;
pub mod census;
pub mod effective;
pub mod error;
pub mod estate;
pub mod evidence;
pub mod leftovers;
pub mod recovery;
pub mod snapshot;
pub mod trails;
mod under_way;

mod accounts;
mod assembly;
pub mod authors;
mod backup;
mod config;
mod control_tower;
mod controls;
mod delegation;
mod departures;
mod everybody;
mod factory;
mod findings;
mod identity_center;
mod inherited_controls;
mod keys;
mod leftover_access;
mod leftover_administrators;
mod leftover_keys;
mod leftover_policies;
mod leftover_tower;
mod leftover_users;
mod leftover_vaults;
mod outsiders;
mod people;
mod policies;
mod resource_policy;
mod roles;
mod root_access;
mod security;
mod stack_sets;
mod standing_policies;
mod strangers;
mod survey;
mod ungoverned;
mod units;
mod wanted;

pub use error::ObserveError;
pub use snapshot::Snapshot;
pub use survey::survey;
pub use under_way::under_way;
