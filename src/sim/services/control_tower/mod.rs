//! AWS Control Tower.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: every operation so far.

use serde::{Deserialize, Serialize};

use crate::sim::service::{Service, never_due, nothing_settles};

/// What AWS Control Tower knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {}

/// The service.
pub static SERVICE: Service = Service {
    name: "controltower",
    operations: &[],
    due: never_due,
    settle: nothing_settles,
};
