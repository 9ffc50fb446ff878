//! The journal: what was intended, what AWS answered, in an order that survives a crash.
//!
//! JSON lines, one record per line. The intent is written before the call, AWS's
//! operation id before the wait, the outcome after it. Each line holds the digest
//! of the one before and its own checksum, so that a line removed, reordered or
//! edited is found. Records carry ids, codes and attributes, never credentials.
//! [`Journal`] writes, [`read`] reads; both follow one [`ledger::Ledger`].

pub mod file;
pub mod ledger;
pub mod line;
pub mod reader;
pub mod record;
pub mod replay;
pub mod transition;
pub mod writer;

pub use file::FileSink;
pub use ledger::{Ledger, StepStory};
pub use reader::{Unreadable, read};
pub use record::{Entry, Record};
pub use transition::State;
pub use writer::{Journal, JournalError, MemorySink, Sink};

use jiff::Timestamp;
use uuid::Uuid;

/// Which run this is: the moment of its start and a name drawn from that and the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The run's id, which is also the stem of its journal's file name.
    pub id: String,
    /// When it started.
    pub started: Timestamp,
    /// The nonce of the plan file that it carries out, when it is one.
    pub nonce: Option<String>,
}

impl Run {
    /// The run of a plan that starts at a moment, e.g. `20261123T101500Z-1f0c2d3e`:
    /// names sort by time.
    #[must_use]
    pub fn new(plan: &str, started: Timestamp) -> Self {
        let digits = started.strftime("%Y%m%dT%H%M%SZ").to_string();
        let unique = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{plan}\n{started}").as_bytes());
        let short: String = unique.simple().to_string().chars().take(8).collect();
        Self { id: format!("{digits}-{short}"), started, nonce: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_start_and_its_plan() {
        let started: Timestamp = "2026-11-23T10:15:00Z".parse().unwrap();
        let run = Run::new("plan", started);
        assert!(run.id.starts_with("20261123T101500Z-"), "{}", run.id);
        assert_eq!(run, Run::new("plan", started));
        assert_ne!(run.id, Run::new("other", started).id);
    }
}
