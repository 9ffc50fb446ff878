//! Facts about AWS, shipped as data: TOML files beside this code, each row with
//! its source and the date it was read.
//!
//! In: the files, compiled in. Out: typed rows, parsed once. Nothing here decides
//! anything; floors above read rates, verdicts, versions and reasons from here
//! instead of holding constants.

pub mod baselines;
pub mod capabilities;
pub mod controls;
pub mod csf;
pub mod durations;
pub mod finding_filters;
pub mod findings;
pub mod identity_center;
pub mod member_work;
pub mod operations;
pub mod ordering;
pub mod partitions;
pub mod permissions;
pub mod policy_types;
pub mod prices;
pub mod reasons;
pub mod security_standards;
pub mod service_access;
pub mod service_roles;
pub mod services;

use serde::de::DeserializeOwned;

/// Parses one compiled-in file.
///
/// The text is part of the program, so a mistake in it is a mistake in the
/// program: the tests of each table parse it, and the panic names the file.
fn parse<T: DeserializeOwned>(file: &str, text: &str) -> T {
    match toml::from_str(text) {
        Ok(rows) => rows,
        Err(error) => panic!("the catalogue file {file} that this program was built with: {error}"),
    }
}
