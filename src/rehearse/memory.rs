//! A journal in memory: what it says, its lines, and what a torn one leaves.
//!
//! In: bytes, or what is known of them. Out: a ledger with the lines behind it, to go on
//! from. Absent: files and buckets (`apply::store`).

use crate::apply::journal::{Ledger, MemorySink, Sink as _, read};

/// A journal in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// What it says.
    pub(super) ledger: Ledger,
    /// Its lines, from where it is known.
    pub(super) sink: MemorySink,
}

impl Text {
    /// What is left of a journal's bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, String> {
        let story = read(bytes).map_err(|error| error.to_string())?;
        let trusted =
            bytes.get(..usize::try_from(story.trusted_bytes).unwrap_or(usize::MAX)).unwrap_or(bytes);
        let mut sink = MemorySink::default();
        sink.append(&String::from_utf8_lossy(trusted)).map_err(|error| error.to_string())?;
        Ok(Self { ledger: story.ledger, sink })
    }

    /// A journal that is known to say this.
    pub(super) fn saying(ledger: Ledger) -> Self {
        Self { ledger, sink: MemorySink::default() }
    }
}

/// Lines of which the last was torn in its middle while it was written.
pub(super) fn torn(lines: &[u8]) -> &[u8] {
    let end = lines.iter().rev().skip(1).position(|byte| *byte == b'\n');
    let last = end.map_or(lines.len(), |from_end| from_end + 1);
    lines.get(..lines.len() - last.div_ceil(2)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_last_line_is_lost_and_nothing_else() {
        assert_eq!(torn(b"one\ntwo2\n"), b"one\ntw");
        assert_eq!(torn(b"only\n"), b"on");
        assert_eq!(torn(b""), b"");
    }
}
