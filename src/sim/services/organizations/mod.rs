//! AWS Organizations.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: every operation so far.

use serde::{Deserialize, Serialize};

use crate::sim::service::{Service, never_due, nothing_settles};
use crate::sim::settings::Settings;

/// What AWS Organizations knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {}

impl State {
    /// Takes over the switches that the settings offer for this service.
    pub fn configure(&mut self, _settings: &Settings) {}
}

/// The service.
pub static SERVICE: Service =
    Service { name: "organizations", operations: &[], due: never_due, settle: nothing_settles };
