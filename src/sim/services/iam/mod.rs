//! IAM, per account.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: every operation so far.

use serde::{Deserialize, Serialize};

use crate::sim::service::{Service, never_due, nothing_settles};

/// What IAM, per account knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {}

/// The service.
pub static SERVICE: Service = Service {
    name: "iam",
    operations: &[],
    due: never_due,
    settle: nothing_settles,
};

/// What IAM of a new account contains: the access role that trusts the management account, if one is named.
pub fn open_account(
    _world: &mut crate::sim::world::World,
    _account: &str,
    _management: &str,
    _role: Option<&str>,
    _now: jiff::Timestamp,
) {
}
