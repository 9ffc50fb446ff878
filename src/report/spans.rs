//! The life of each step of a run as one stretch of time.
//!
//! In: the records of a journal. Out: a span per step that was sent, from its
//! first intent to its end, or to the last record of the run for a step without
//! one. Times count from the first start, over every resumption.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::apply::journal::{Entry, Record, State};
use crate::plan::StepId;

/// One step from its first sending to its end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) step: StepId,
    /// `service:Operation`.
    pub(super) operation: String,
    /// When its first intent was written down.
    pub(super) from: Duration,
    /// When AWS took it as an operation of its own, and under which id.
    pub(super) accepted: Option<(Duration, String)>,
    pub(super) to: Duration,
    pub(super) state: State,
    pub(super) sendings: u32,
}

/// The calendar of a journal: what its offsets count from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calendar {
    first: Option<Timestamp>,
    current: Option<Timestamp>,
}

impl Calendar {
    /// The date of a record, and the time since the first start. Records must be
    /// given in their order.
    pub(super) fn place(&mut self, record: &Record) -> (Option<Timestamp>, Duration) {
        if let Entry::Opened { started, .. } | Entry::Resumed { started } = &record.entry {
            self.current = Some(*started);
            self.first.get_or_insert(*started);
        }
        let since = Duration::from_millis(record.at_ms);
        let (Some(first), Some(current)) = (self.first, self.current) else { return (None, since) };
        let offset = Duration::try_from(current.duration_since(first)).unwrap_or_default();
        (current.checked_add(since).ok(), offset + since)
    }
}

/// The spans of a run, in the order of their beginnings.
pub(super) fn of(records: &[Record]) -> Vec<Span> {
    let mut calendar = Calendar::default();
    let mut places: BTreeMap<StepId, usize> = BTreeMap::new();
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Vec<bool> = Vec::new();
    let mut last = Duration::ZERO;
    for record in records {
        let (_, at) = calendar.place(record);
        last = last.max(at);
        if let Entry::Intent { step, operation, .. } = &record.entry {
            places.entry(step.clone()).or_insert_with(|| {
                let (step, operation) = (step.clone(), operation.clone());
                let state = State::Fresh;
                spans.push(Span { step, operation, from: at, accepted: None, to: at, state, sendings: 0 });
                open.push(true);
                spans.len() - 1
            });
        }
        let Some(place) = record.entry.step().and_then(|step| places.get(step)).copied() else { continue };
        let (Some(span), Some(open)) = (spans.get_mut(place), open.get_mut(place)) else { continue };
        take_in(span, &record.entry, at);
        *open = !span.state.ended();
    }
    for (span, _) in spans.iter_mut().zip(&open).filter(|(_, open)| **open) {
        span.to = last;
    }
    spans
}

fn take_in(span: &mut Span, entry: &Entry, at: Duration) {
    // A resumed run takes up what failed, so the state before is whatever lets it go on.
    let before = match entry {
        Entry::Intent { .. } if span.state.ended() => State::Refused,
        _ if span.state == State::Stuck => State::Unproven,
        _ => span.state,
    };
    span.state = before.after(entry).unwrap_or(before);
    span.to = at;
    match entry {
        Entry::Intent { .. } => span.sendings += 1,
        Entry::Accepted { operation, .. } => {
            let since = span.accepted.as_ref().map_or(at, |(since, _)| *since);
            span.accepted = Some((since, operation.clone()));
        }
        _ => {}
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::apply::journal::{Journal, MemorySink, read};
    use crate::apply::outcome::Ending;
    use crate::catalog::operations::Verdict;
    use crate::cloud::failure::CallError;

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

    fn accepted(name: &str, operation: &str) -> Entry {
        Entry::Accepted {
            step: step(name),
            operation: operation.to_owned(),
            attributes: Default::default(),
            request: None,
        }
    }

    /// A run of two accounts, the second of which is refused once and never ends;
    /// it breaks off after 40 seconds and is resumed an hour after its start.
    pub(in crate::report) fn records() -> Vec<Record> {
        let refused = CallError {
            request_id: Some("req-7".to_owned()),
            ..CallError::ours(
                "organizations:CreateAccount",
                "TooManyRequestsException",
                "slow down",
                Verdict::Throttled,
            )
        };
        let opened = Entry::Opened {
            run: "20261123T101500Z-00000000".to_owned(),
            plan: "p".to_owned(),
            account: "111122223333".parse().unwrap(),
            organization: None,
            steps: 2,
            started: "2026-11-23T10:15:00Z".parse().unwrap(),
            nonce: None,
        };
        let resumed = Entry::Resumed { started: "2026-11-23T11:15:00Z".parse().unwrap() };
        let entries = [
            (0, opened),
            (1, intent("a", 1)),
            (1, intent("b", 1)),
            (2, Entry::Refused { step: step("b"), error: refused }),
            (3, accepted("a", "car-1")),
            (12, intent("b", 2)),
            (13, accepted("b", "car-2")),
            (40, Entry::Done { step: step("a"), attributes: Default::default(), request: None }),
            (0, resumed),
            (30, Entry::Interrupted),
            (30, Entry::Closed { ending: Ending::Interrupted }),
        ];
        let sink = MemorySink::default();
        let mut journal = Journal::new(Box::new(sink.clone()));
        for (second, entry) in entries {
            journal.append(Duration::from_secs(second), vec![entry]).unwrap();
        }
        read(sink.text().as_bytes()).unwrap().records
    }

    #[test]
    fn a_span_lasts_from_the_first_intent_to_the_end_over_every_resumption() {
        let spans = of(&records());
        let seconds = |span: &Span| (span.from.as_secs(), span.to.as_secs(), span.sendings);
        assert_eq!(spans.iter().map(seconds).collect::<Vec<_>>(), [(1, 40, 1), (1, 3630, 2)]);
        assert_eq!((spans[0].state, spans[1].state), (State::Done, State::Accepted));
        assert_eq!(spans[1].accepted, Some((Duration::from_secs(13), "car-2".to_owned())));
    }
}
