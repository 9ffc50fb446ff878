//! What can be done to an operation under way from outside: make it fail, or never end.
//!
//! In: an operation's id. Out: whether there was such an operation. Absent: when to do it, which is a test's choice.

use jiff::Timestamp;

use super::state::{Operation, OperationStatus, State};

impl State {
    /// Lets an operation under way end as failed, with this message, at its usual time.
    pub fn doom(&mut self, operation: &str, reason: &str) -> bool {
        self.under_way(operation).map(|operation| operation.doomed = Some(reason.to_owned())).is_some()
    }

    /// Lets an operation under way never end.
    pub fn hang(&mut self, operation: &str) -> bool {
        self.under_way(operation).map(|operation| operation.due = Some(Timestamp::MAX)).is_some()
    }

    /// Lets operations that would never end do so now.
    pub(crate) fn end_hanging(&mut self, now: Timestamp) {
        for operation in
            self.operations.values_mut().filter(|operation| operation.due == Some(Timestamp::MAX))
        {
            operation.due = Some(now);
        }
    }

    fn under_way(&mut self, operation: &str) -> Option<&mut Operation> {
        let operation = self.operations.get_mut(operation)?;
        (operation.status == OperationStatus::InProgress).then_some(operation)
    }
}
