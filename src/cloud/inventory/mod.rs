//! Listings: what there is, read in bulk.
//!
//! In: a connection. Out: plain values in AWS's words, complete or an error.
//! Each function reads one thing; none remembers or decides anything.

pub mod account_factory;
pub mod accounts;
pub mod administrators;
pub mod analyzers;
pub mod assignments;
pub(crate) mod automation_rules;
pub(crate) mod backup_audit;
pub(crate) mod backup_settings;
pub(crate) mod backup_vaults;
pub mod baselines;
pub mod config;
pub mod contacts;
pub mod control_catalog;
pub mod controls;
pub mod creations;
pub mod detective;
pub(crate) mod document;
pub mod events;
pub mod fan_out;
pub(crate) mod firewall_policies;
pub mod guardduty;
pub mod identity_center;
pub mod identity_store;
pub mod inspector;
pub(crate) mod invalid_policies;
pub mod invitations;
pub mod keys;
pub mod landing_zone;
pub mod macie;
pub mod organization;
pub mod own_trust;
pub mod pages;
pub mod permission_sets;
pub mod policies;
pub mod quotas;
pub(crate) mod recording;
pub(crate) mod recovery;
pub mod regions;
pub mod resource_policy;
pub(crate) mod resource_shares;
pub(crate) mod restore_testing;
pub mod roles;
pub mod root_access;
pub mod security_hub;
pub mod stack_sets;
pub(crate) mod sts;
pub mod tags;
pub(crate) mod trails;
pub mod units;
