//! Reading a journal: the state of each step, or what is wrong with the text.
//!
//! A crash can tear the last line, so a last line without its line break may be
//! damaged and is then left out. Any other damage means that somebody changed
//! the text, and nothing of it is believed.

use std::io;

use thiserror::Error;

use super::ledger::{Illegal, Ledger};
use super::line::{self, BadLine};
use super::record::Record;

/// A journal that cannot be trusted.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// A line is not what was written.
    #[error("line {line} of the journal: {problem}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        problem: BadLine,
    },
    /// A line does not belong where it stands.
    #[error("line {line} of the journal: {problem}")]
    Order {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        problem: Illegal,
    },
    /// The file could not be read.
    #[error("the journal could not be read: {0}")]
    File(#[from] io::Error),
}

/// What a journal says.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The state of the run and of each step.
    pub ledger: Ledger,
    /// Every record, in order.
    pub records: Vec<Record>,
    /// Whether a torn last line was left out.
    pub torn: bool,
    /// How many bytes of the text are believed.
    pub trusted_bytes: u64,
    /// Whether the last believed line lacks its line break.
    pub lacks_line_break: bool,
}

/// Reads a journal and checks its chain, its checksums and the life of each step.
///
/// # Errors
/// [`Unreadable`] at the first line that cannot be believed, except a torn last one.
pub fn read(content: &[u8]) -> Result<Read, Unreadable> {
    let mut found = Read {
        ledger: Ledger::default(),
        records: Vec::new(),
        torn: false,
        trusted_bytes: 0,
        lacks_line_break: false,
    };
    for (at, raw) in content.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let whole = raw.ends_with(b"\n");
        let text = std::str::from_utf8(raw.strip_suffix(b"\n").unwrap_or(raw));
        let decoded = text
            .map_err(|error| BadLine::Shape(error.to_string()))
            .and_then(|text| line::decode(text).map(|record| (record, line::digest(text))));
        let (record, digest) = match decoded {
            Ok(decoded) => decoded,
            Err(_) if !whole => {
                found.torn = true;
                return Ok(found);
            }
            Err(problem) => return Err(Unreadable::Line { line: at + 1, problem }),
        };
        let admitted = found.ledger.admit(&record, digest);
        admitted.map_err(|problem| Unreadable::Order { line: at + 1, problem })?;
        found.records.push(record);
        found.trusted_bytes += raw.len() as u64;
        found.lacks_line_break = !whole;
    }
    Ok(found)
}
