//! Sign-in to IAM Identity Center for programs, by the name of its API: `sso-oidc`.
//!
//! In: requests of its shape table, none of them signed. Out: its [`State`] and [`SERVICE`]: registered clients, devices
//! that ask for leave, tokens. Whoever sits at the browser is a [`Person`] of the world, or is played by [`answer`].
//! Absent: authorization codes (they need a browser of the client's own) and CreateTokenWithIAM.

mod clients;
mod devices;
mod refusal;
#[cfg(test)]
pub(crate) mod scenarios;
mod state;
mod tokens;

pub use devices::answer;
pub(crate) use state::Token;
pub use state::{Person, State};

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "sso-oidc",
    operations: &[
        ("CreateToken", tokens::create),
        ("RegisterClient", clients::register),
        ("StartDeviceAuthorization", devices::start),
    ],
    due: never_due,
    settle: nothing_settles,
};
