//! The owner of every mailbox of a simulated AWS, who tells each code as soon as it is there.

use crate::cloud::codes::Codes;
use crate::sim::Simulator;
use crate::sim::services::account::one_time_code;

/// The mailboxes of a simulator.
#[derive(Debug)]
pub(super) struct Mailboxes(pub(super) Simulator);

impl Codes for Mailboxes {
    fn code(&self, _: &str, id: &str) -> Option<String> {
        one_time_code(&self.0.world(), id).map(str::to_owned)
    }
}
