//! Writing a journal: records in, durable lines out.
//!
//! A batch of records is one append and one sync, so that the records of many
//! steps that move at the same moment cost one round to the disk. When an append
//! fails the journal takes no more: what stands on the disk is then the truth,
//! and nothing may be sent that it does not announce.

use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thiserror::Error;

use super::ledger::{Illegal, Ledger};
use super::line;
use super::record::{Entry, FORMAT, Record};
use crate::apply::pending::Pending;

/// Where lines go.
pub trait Sink: Send {
    /// Takes whole lines. They survive a crash at the latest when [`Sink::settled`]
    /// has come back.
    ///
    /// # Errors
    /// When that cannot be promised.
    fn append(&mut self, lines: &str) -> io::Result<()>;

    /// Comes back when everything taken so far survives a crash: for a file at
    /// once, since its appends are synced.
    ///
    /// # Errors
    /// When that cannot be promised, or another process writes there.
    fn settled(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(ready(Ok(())))
    }
}

/// A record that could not be written.
#[derive(Debug, Error)]
pub enum JournalError {
    /// It must not follow what was written before: a mistake of this program.
    #[error("internal error: the journal refuses a record: {0}")]
    Illegal(#[from] Illegal),
    /// It has no JSON form: a mistake of this program.
    #[error("internal error: a journal record has no JSON form: {0}")]
    Encoding(#[from] serde_json::Error),
    /// The sink failed.
    #[error("the journal could not be written: {0}")]
    Sink(#[from] io::Error),
    /// A former append failed.
    #[error("the journal could not be written before and takes nothing more")]
    Broken,
}

/// An open journal.
pub struct Journal {
    sink: Box<dyn Sink>,
    ledger: Ledger,
    broken: bool,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("ledger", &self.ledger).field("broken", &self.broken).finish()
    }
}

impl Journal {
    /// An empty journal.
    #[must_use]
    pub fn new(sink: Box<dyn Sink>) -> Self {
        Self::after(Ledger::default(), sink)
    }

    /// A journal that goes on after what a ledger has read.
    #[must_use]
    pub const fn after(ledger: Ledger, sink: Box<dyn Sink>) -> Self {
        Self { sink, ledger, broken: false }
    }

    /// Takes entries that happened at `at` since the start of the run. Either all
    /// of them are durable once [`Journal::settled`] has come back, or an error says
    /// that they may not be.
    ///
    /// # Errors
    /// [`JournalError`]; after one of them the journal takes nothing more.
    pub fn append(&mut self, at: Duration, entries: Vec<Entry>) -> Result<(), JournalError> {
        if self.broken {
            return Err(JournalError::Broken);
        }
        if entries.is_empty() {
            return Ok(());
        }
        let written = self.lines(at, entries).and_then(|lines| Ok(self.sink.append(&lines)?));
        self.broken = written.is_err();
        written
    }

    /// Comes back when everything written so far is durable. Nothing that it
    /// announces may be sent before.
    ///
    /// # Errors
    /// [`JournalError`]; after one of them the journal takes nothing more.
    pub async fn settled(&mut self) -> Result<(), JournalError> {
        if self.broken {
            return Err(JournalError::Broken);
        }
        let settled = self.sink.settled().await;
        self.broken = settled.is_err();
        Ok(settled?)
    }

    /// What stands in it.
    #[must_use]
    pub const fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn lines(&mut self, at: Duration, entries: Vec<Entry>) -> Result<String, JournalError> {
        let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        let mut lines = String::new();
        for entry in entries {
            let (sequence, previous) = (self.ledger.next, self.ledger.last_line.clone());
            let record = Record { format: FORMAT, sequence, previous, at_ms, entry };
            let text = line::encode(&record)?;
            self.ledger.admit(&record, line::digest(&text))?;
            lines.push_str(&text);
            lines.push('\n');
        }
        Ok(lines)
    }
}

/// Lines in memory, shared by its clones: for rehearsals and tests.
#[derive(Debug, Clone, Default)]
pub struct MemorySink(Arc<Mutex<String>>);

impl MemorySink {
    /// Everything written so far.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Sink for MemorySink {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(lines);
        Ok(())
    }
}
