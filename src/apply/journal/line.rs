//! A record as a line of text, with its checksum.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::record::{FORMAT, Record};
use crate::model::canonical;

/// What the first line names as the digest of the line before.
pub const NO_LINE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadLine {
    /// It is no record.
    #[error("it is no record: {0}")]
    Shape(String),
    /// It was written in another format.
    #[error("it has format {0}, this program reads format {FORMAT}")]
    Format(u32),
    /// Its content does not fit its checksum.
    #[error("its content does not fit its checksum")]
    Checksum,
}

#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    record: Record,
    checksum: String,
}

/// The line of a record, without its line break.
///
/// # Errors
/// When the record cannot be expressed as JSON, which no record of ours is.
pub fn encode(record: &Record) -> Result<String, serde_json::Error> {
    let checksum = canonical::digest(record)?;
    serde_json::to_string(&Line { record: record.clone(), checksum })
}

/// The record of a line.
///
/// # Errors
/// [`BadLine`] when the line is not one that [`encode`] has made.
pub fn decode(text: &str) -> Result<Record, BadLine> {
    let line: Line = serde_json::from_str(text).map_err(|error| BadLine::Shape(error.to_string()))?;
    if line.record.format != FORMAT {
        return Err(BadLine::Format(line.record.format));
    }
    // Encoding again covers every byte: members that we do not know are refused too.
    let again = encode(&line.record).map_err(|error| BadLine::Shape(error.to_string()))?;
    if again == text { Ok(line.record) } else { Err(BadLine::Checksum) }
}

/// The digest that the next line names.
#[must_use]
pub fn digest(line: &str) -> String {
    hex::encode(Sha256::digest(line.as_bytes()))
}
