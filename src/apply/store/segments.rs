//! A journal as numbered objects, each written only if it is not there yet.
//!
//! An object is one append: a line that says its number and who wrote it, then the
//! lines of the journal, which hold their own chain as in a file. Whoever takes a
//! journal over first writes an object without lines at its end. A former writer
//! that comes back wants to write just that one, is refused, and ends.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{StoreError, Writer};
use crate::apply::journal::Sink;
use crate::apply::pending::Pending;
use crate::cloud::objects::{Bucket, Condition, Put, passes};

/// How often a write whose outcome is open is sent.
const SENDINGS: u32 = 6;
/// The wait before the next sending; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// The first line of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Its number, from 0.
    pub(super) segment: u64,
    /// The process that wrote it.
    pub(super) writer: String,
    /// The fence of its lease.
    pub(super) fence: u64,
}

/// The name of an object: numbers of equal length sort as text.
pub(super) fn name(segment: u64) -> String {
    format!("{segment:010}.jsonl")
}

/// The lines of an object without its first.
pub(super) fn lines(content: &[u8]) -> &[u8] {
    let end = content.iter().position(|byte| *byte == b'\n');
    end.and_then(|end| content.get(end + 1..)).unwrap_or_default()
}

/// The open end of a journal in a bucket.
#[derive(Debug)]
pub(super) struct SegmentSink {
    bucket: Bucket,
    /// The key that all objects of the journal begin with.
    folder: String,
    writer: Writer,
    next: u64,
    waiting: String,
}

impl SegmentSink {
    pub(super) const fn new(bucket: Bucket, folder: String, writer: Writer, next: u64) -> Self {
        Self { bucket, folder, writer, next, waiting: String::new() }
    }

    /// Writes the next object.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when there is one that somebody else wrote.
    pub(super) async fn write(&mut self, lines: &str) -> Result<(), StoreError> {
        let head = Head { segment: self.next, writer: self.writer.mark.clone(), fence: self.writer.fence };
        let head = serde_json::to_string(&head).unwrap_or_default();
        let key = format!("{}{}", self.folder, name(self.next));
        put_new(&self.bucket, &key, format!("{head}\n{lines}").into_bytes()).await?;
        self.next += 1;
        Ok(())
    }
}

impl Sink for SegmentSink {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        self.waiting.push_str(lines);
        Ok(())
    }

    fn settled(&mut self) -> Pending<'_, io::Result<()>> {
        Box::pin(async move {
            let lines = std::mem::take(&mut self.waiting);
            if lines.is_empty() { Ok(()) } else { Ok(self.write(&lines).await?) }
        })
    }
}

/// Writes an object that must not be there yet. A write whose answer is lost, or
/// that is refused, is read back: what is there is ours, somebody else's, or
/// nothing yet. Then it is sent again as it is.
///
/// # Errors
/// [`StoreError::Taken`] when something else is there.
pub(super) async fn put_new(bucket: &Bucket, key: &str, content: Vec<u8>) -> Result<(), StoreError> {
    let place = || format!("{}/{key}", bucket.location());
    let failed = |error| StoreError::Call { place: place(), error: Box::new(error) };
    let mut wait = FIRST_WAIT;
    for sending in 1.. {
        let lost = match bucket.put(key, content.clone(), Condition::Absent).await {
            Ok(Put::Written(_)) => return Ok(()),
            Ok(Put::Refused | Put::Busy) => None,
            Err(error) if passes(&error) => Some(error),
            Err(error) => return Err(failed(error)),
        };
        match (bucket.get(key).await.map_err(failed)?.found, lost) {
            (Some(found), _) if found.content == content => return Ok(()),
            (Some(_), _) => break,
            (None, Some(error)) if sending >= SENDINGS => return Err(failed(error)),
            (None, None) if sending >= SENDINGS => break,
            (None, _) => {}
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    Err(StoreError::Taken { place: place() })
}
