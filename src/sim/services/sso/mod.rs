//! The AWS access portal, by the name of its API: `sso`.
//!
//! In: requests that carry a token of `sso_oidc` in a header, none of them signed. Out: [`SERVICE`]: which accounts and
//! roles a person has, and credentials of them. It keeps nothing of its own. Absent: applications.

mod access;
mod portal;
#[cfg(test)]
mod scenarios;

use crate::sim::service::{Service, never_due, nothing_settles};

/// The service.
pub static SERVICE: Service = Service {
    name: "sso",
    operations: &[
        ("GetRoleCredentials", portal::credentials),
        ("ListAccountRoles", portal::roles),
        ("ListAccounts", portal::accounts),
        ("Logout", portal::logout),
    ],
    due: never_due,
    settle: nothing_settles,
};
