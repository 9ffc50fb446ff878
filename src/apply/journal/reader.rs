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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::record::Entry;
    use super::super::transition::State;
    use super::super::writer::{Journal, JournalError, MemorySink};
    use super::*;
    use crate::apply::outcome::Ending;
    use crate::catalog::operations::Verdict;
    use crate::cloud::failure::CallError;
    use crate::plan::StepId;

    fn opened() -> Entry {
        Entry::Opened {
            run: "run".to_owned(),
            plan: "plan".to_owned(),
            account: "111122223333".parse().unwrap(),
            organization: None,
            steps: 2,
            started: "2026-11-23T10:15:00Z".parse().unwrap(),
            nonce: None,
        }
    }

    fn step(name: &str) -> StepId {
        StepId(format!("account.{name}:create"))
    }

    fn intent(name: &str, sending: u32) -> Entry {
        Entry::Intent {
            step: step(name),
            address: format!("account.{name}").parse().unwrap(),
            operation: "organizations:CreateAccount".to_owned(),
            token: "token".to_owned(),
            inputs: "digest".to_owned(),
            sending,
        }
    }

    fn accepted(name: &str) -> Entry {
        let operation = "car-1".to_owned();
        Entry::Accepted { step: step(name), operation, attributes: Default::default(), request: None }
    }

    fn done(name: &str) -> Entry {
        let attributes = [("id".to_owned(), "444455556666".to_owned())].into();
        Entry::Done { step: step(name), attributes, request: None }
    }

    fn unproven(name: &str) -> Entry {
        let error =
            CallError::ours("organizations:CreateAccount", "Timeout", "no \"answer\"\n", Verdict::Unknown);
        Entry::Unproven { step: step(name), error }
    }

    fn written(entries: Vec<Entry>) -> String {
        let sink = MemorySink::default();
        let mut journal = Journal::new(Box::new(sink.clone()));
        for (second, entry) in (0..).zip(entries) {
            journal.append(Duration::from_secs(second), vec![entry]).unwrap();
        }
        sink.text()
    }

    fn whole() -> String {
        written(vec![
            opened(),
            intent("a", 1),
            accepted("a"),
            intent("b", 1),
            unproven("b"),
            done("a"),
            Entry::Interrupted,
            Entry::Closed { ending: Ending::Interrupted },
        ])
    }

    #[test]
    fn a_journal_reads_back_as_written_and_tells_the_state_of_each_step() {
        let found = read(whole().as_bytes()).unwrap();
        assert_eq!(found.records.len(), 8);
        assert_eq!(found.ledger.ending, Some(Ending::Interrupted));
        let (a, b) = (&found.ledger.steps[&step("a")], &found.ledger.steps[&step("b")]);
        assert_eq!((a.state, a.operation.as_deref()), (State::Done, Some("car-1")));
        assert_eq!(a.attributes["id"], "444455556666");
        assert_eq!((b.state, b.sendings), (State::Unproven, 1));
        assert_eq!(b.intended, Some("2026-11-23T10:15:03Z".parse().unwrap()));
        let in_flight: Vec<_> = found.ledger.in_flight().map(|(id, _)| id.clone()).collect();
        assert_eq!(in_flight, [step("b")]);
        assert!(!found.torn);
    }

    #[test]
    fn every_changed_byte_is_found() {
        let text = whole();
        for place in 0..text.len() - 1 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 0x01;
            let changed = read(&bytes);
            assert!(changed.is_err(), "byte {place} of {}", text.len());
        }
    }

    #[test]
    fn a_removed_a_repeated_and_a_swapped_line_are_found() {
        let text = whole();
        let lines: Vec<&str> = text.lines().collect();
        let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        for place in 0..lines.len() - 1 {
            let mut removed = lines.clone();
            removed.remove(place);
            assert!(read(join(&removed).as_bytes()).is_err(), "without line {place}");
            let mut repeated = lines.clone();
            repeated.insert(place, lines[place]);
            assert!(read(join(&repeated).as_bytes()).is_err(), "line {place} twice");
            let mut swapped = lines.clone();
            swapped.swap(place, place + 1);
            assert!(read(join(&swapped).as_bytes()).is_err(), "line {place} swapped");
        }
    }

    #[test]
    fn lines_of_two_journals_do_not_mix() {
        let (one, other) = (whole(), written(vec![opened(), intent("b", 1), intent("a", 1)]));
        let first = one.lines().take(2);
        let mixed: String = first.chain(other.lines().skip(2)).map(|line| format!("{line}\n")).collect();
        assert!(matches!(
            read(mixed.as_bytes()),
            Err(Unreadable::Order { line: 3, problem: Illegal::Chain(2) })
        ));
    }

    #[test]
    fn a_text_cut_anywhere_tells_all_its_whole_lines() {
        let text = whole();
        for end in 0..=text.len() {
            let found = read(&text.as_bytes()[..end]).unwrap();
            let breaks = text[..end].matches('\n').count();
            // A line that lacks nothing but its line break is believed, too.
            let complete = text.as_bytes().get(end) == Some(&b'\n');
            assert_eq!(found.records.len(), breaks + usize::from(complete), "cut at {end}");
            let at_a_line_end = complete || end == 0 || text.as_bytes()[end - 1] == b'\n';
            assert_eq!(found.torn, !at_a_line_end, "cut at {end}");
        }
    }

    #[test]
    fn the_writer_refuses_a_record_that_may_not_follow_and_then_everything() {
        let sink = MemorySink::default();
        let mut journal = Journal::new(Box::new(sink.clone()));
        journal.append(Duration::ZERO, vec![opened()]).unwrap();
        let before = sink.text();
        let refused = journal.append(Duration::ZERO, vec![done("a")]);
        assert!(matches!(refused, Err(JournalError::Illegal(Illegal::Transition { .. }))), "{refused:?}");
        assert!(matches!(journal.append(Duration::ZERO, vec![intent("a", 1)]), Err(JournalError::Broken)));
        assert_eq!(sink.text(), before);
    }

    #[test]
    fn the_reader_finds_an_illegal_move_even_in_a_well_made_chain() {
        use super::super::line::{NO_LINE, digest, encode};
        let mut previous = NO_LINE.to_owned();
        let mut text = String::new();
        for (sequence, entry) in (0..).zip([opened(), intent("a", 1), done("a"), intent("a", 2)]) {
            let format = super::super::record::FORMAT;
            let line = encode(&Record { format, sequence, previous, at_ms: 0, entry }).unwrap();
            previous = digest(&line);
            text.push_str(&format!("{line}\n"));
        }
        let problem = read(text.as_bytes()).unwrap_err();
        assert!(
            matches!(
                &problem,
                Unreadable::Order { line: 4, problem: Illegal::Transition { state: State::Done, .. } }
            ),
            "{problem}"
        );
    }

    #[test]
    fn another_format_is_refused() {
        let text = whole().replacen("\"format\":1", "\"format\":2", 1);
        let problem = read(text.as_bytes()).unwrap_err();
        assert!(matches!(problem, Unreadable::Line { line: 1, problem: BadLine::Format(2) }), "{problem}");
    }
}
