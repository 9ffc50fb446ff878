//! One-time codes: what AWS has sent to somebody's mailbox and waits to hear back.
//!
//! In: an account. Out: the code, if somebody has told it. A code is a secret for as long as it is
//! good, so it stands in no plan, no journal and no log; whoever has it is asked at the last moment.

use std::fmt::Debug;

/// Whoever knows codes.
pub trait Codes: Debug + Send + Sync {
    /// The code that was sent to the new root address of an account, by the account's name in the
    /// document or its id.
    fn code(&self, name: &str, id: &str) -> Option<String>;
}
