//! How each kind's verbs are carried out: one file per kind.
//!
//! In: a task. Out: one mutating call and what became of it. A handler never
//! waits for AWS to finish, and sends a mutation again only when AWS has refused
//! the first and said why. Reading after a mutation that succeeded never makes it
//! look refused: such an error says that the outcome is unknown.

use jiff::Timestamp;

use super::connection::Connection;
use super::failure::{CallError, code};
use super::task::{Found, Performer, Progress, Task};
use crate::catalog::operations::Verdict;
use crate::model::{Attributes, Kind};

mod account;
mod account_creation;
mod baseline;
mod inputs;
mod key;
mod landing_zone;
mod organization;
mod service_role;
mod timing;
mod trusted_access;
mod unit;

impl Performer for Connection {
    async fn begin(&self, task: &Task) -> Result<Progress, CallError> {
        match task.address.kind {
            Kind::Organization => organization::begin(self, task).await,
            Kind::TrustedAccess => trusted_access::begin(self, task).await,
            Kind::OrganizationalUnit => unit::begin(self, task).await,
            Kind::Account => account::begin(self, task).await,
            Kind::ServiceRole => service_role::begin(self, task).await,
            Kind::Key => key::begin(self, task).await,
            Kind::LandingZone => landing_zone::begin(self, task).await,
            Kind::Baseline => baseline::begin(self, task).await,
        }
    }

    async fn poll(&self, task: &Task, operation: &str) -> Result<Progress, CallError> {
        match task.address.kind {
            Kind::Organization => organization::poll(self, task, operation).await,
            Kind::Account => account::poll(self, task, operation).await,
            Kind::Key => key::poll(self, task, operation).await,
            Kind::LandingZone => landing_zone::poll(self, task, operation).await,
            Kind::Baseline => baseline::poll(self, task, operation).await,
            // The verbs of these kinds are done when AWS answers.
            Kind::TrustedAccess | Kind::OrganizationalUnit | Kind::ServiceRole => {
                Ok(Progress::Done(Attributes::new()))
            }
        }
    }

    async fn look_up(&self, task: &Task, since: Timestamp) -> Result<Found, CallError> {
        match task.address.kind {
            Kind::Organization => organization::look_up(self, task).await,
            Kind::TrustedAccess => trusted_access::look_up(self, task).await,
            Kind::OrganizationalUnit => unit::look_up(self, task).await,
            Kind::Account => account::look_up(self, task, since).await,
            Kind::ServiceRole => service_role::look_up(self, task).await,
            Kind::Key => key::look_up(self, task).await,
            Kind::LandingZone => landing_zone::look_up(self, task, since).await,
            Kind::Baseline => baseline::look_up(self, task, since).await,
        }
    }
}

/// A verb that the kind does not have: a plan made by another version.
fn unknown_verb(task: &Task) -> CallError {
    let message = format!("there is no verb `{}` for {}", task.verb, task.address);
    CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
}

/// The effect when `held` says that what the task asks for is so.
fn effect_if(held: bool) -> Found {
    if held { Found::Effect(Progress::Done(Attributes::new())) } else { Found::Nothing }
}

/// Attributes from pairs.
fn known<const N: usize>(pairs: [(&str, &str); N]) -> Attributes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The error of a read that follows a successful mutation: the mutation stands,
/// only its attributes are not known, so the outcome must be looked up.
fn after_effect(operation: &str, error: CallError) -> CallError {
    let message = format!("done, but reading it back failed: {error}");
    CallError { operation: operation.to_owned(), message, verdict: Verdict::Unknown, ..error }
}
