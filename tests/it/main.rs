//! The integration tests, in one binary so that they are linked once.
//!
//! Each module covers one floor or promise from the outside, through the public
//! library or the program itself only.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]

mod account_defaults;
mod architecture;
mod automation_rules;
mod backup;
mod by_policy;
mod census;
mod closing;
mod commands;
mod consents;
mod control_types;
mod controls;
mod coverage;
mod delegation;
mod documents;
mod enrolling;
#[path = "../../benches/estate/mod.rs"]
#[allow(dead_code, reason = "benches use more of it")]
mod estate;
mod figures;
mod forms;
mod identity_center;
mod joining;
mod leftovers;
mod moves;
mod network_isolation;
mod pages;
mod permissions;
mod planning;
mod policies;
mod policy_impact;
mod preflight;
mod processes;
mod promises;
mod reference;
mod rehearsal;
mod requests;
mod resource_policy;
mod resume;
mod root_access;
mod saved_files;
mod saved_plans;
mod scenarios;
mod security;
mod spec;
mod sweep;
mod takeover;
mod tcp;
mod trails_and_firewalls;
mod unprocessed;
