//! A journal in memory: what it says, its lines, and what a torn one leaves.
//!
//! In: bytes, or what is known of them. Out: a ledger with the lines behind it, to go on
//! from, on a medium that may fill up. Absent: files and buckets (`apply::store`).

use std::io;

use crate::apply::journal::{Ledger, MemorySink, Sink, read};

/// A journal in memory.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    /// What it says.
    pub(super) ledger: Ledger,
    /// Its lines, from where it is known.
    pub(super) sink: MemorySink,
    /// How many appends the medium has room for; none is without end.
    pub(super) room: Option<usize>,
}

/// A medium that fills up in the middle of an append, as disks do.
#[derive(Debug)]
struct Crowded {
    sink: MemorySink,
    room: usize,
}

impl Sink for Crowded {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        if let Some(left) = self.room.checked_sub(1) {
            self.room = left;
            return self.sink.append(lines);
        }
        let fits = String::from_utf8_lossy(torn(lines.as_bytes())).into_owned();
        self.sink.append(&fits)?;
        Err(io::ErrorKind::StorageFull.into())
    }
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
        Ok(Self { ledger: story.ledger, sink, room: None })
    }

    /// Where its next lines go.
    pub(super) fn medium(&self) -> Box<dyn Sink> {
        let sink = self.sink.clone();
        match self.room {
            Some(room) => Box::new(Crowded { sink, room }),
            None => Box::new(sink),
        }
    }

    /// A journal that is known to say this.
    pub(super) fn saying(ledger: Ledger) -> Self {
        Self { ledger, ..Self::default() }
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

    #[test]
    fn a_full_medium_keeps_a_part_of_the_append_that_it_refuses() {
        let text = Text { room: Some(1), ..Text::default() };
        let mut medium = text.medium();
        medium.append("one\n").unwrap();
        let refused = medium.append("two\nthree\n").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        assert_eq!(text.sink.text(), "one\ntwo\nthr");
    }
}
