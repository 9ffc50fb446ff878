//! What a journal says so far: the place in the chain and the story of each step.
//!
//! Writer and reader both hold one. It admits a record only when it continues the
//! chain and the step's life allows it (see `transition`).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::line::NO_LINE;
use super::record::{Entry, Record};
use super::transition::State;
use crate::apply::outcome::Ending;
use crate::model::Attributes;
use crate::plan::StepId;

/// A record that must not follow what came before.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Illegal {
    /// A line is missing, repeated or in another place.
    #[error("record {found} stands where record {expected} belongs")]
    Sequence {
        /// What belongs there.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// The line before is not the one that it was written after.
    #[error("record {0} was written after another line than the one before it")]
    Chain(u64),
    /// A journal begins with `opened` and with nothing else.
    #[error("record {0}: a journal begins with the opening of the run, once")]
    Opening(u64),
    /// Something follows the end of the run.
    #[error("record {0} follows the end of the run")]
    Closed(u64),
    /// Time goes back.
    #[error("record {0} is older than the one before it")]
    Time(u64),
    /// The step cannot come there from where it is.
    #[error("record {sequence}: step {step} is {state:?} and this record may not follow")]
    Transition {
        /// The record.
        sequence: u64,
        /// The step.
        step: StepId,
        /// Where it is.
        state: State,
    },
}

/// One step as its journal tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepStory {
    /// How far it has come.
    pub state: State,
    /// How often its call was about to be sent.
    pub sendings: u32,
    /// When its first intent was written.
    pub intended: Option<Timestamp>,
    /// AWS's id of the operation under way, or of the last one.
    pub operation: Option<String>,
    /// Attributes known from it.
    pub attributes: Attributes,
}

/// The whole journal so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// The first record.
    pub opening: Option<Entry>,
    /// Every step that a record is about.
    pub steps: BTreeMap<StepId, StepStory>,
    /// How the run ended, if it did.
    pub ending: Option<Ending>,
    /// The sequence number of the next record.
    pub next: u64,
    /// The digest of the last line.
    pub last_line: String,
    started: Timestamp,
    last_ms: u64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            opening: None,
            steps: BTreeMap::new(),
            ending: None,
            next: 0,
            last_line: NO_LINE.to_owned(),
            started: Timestamp::UNIX_EPOCH,
            last_ms: 0,
        }
    }
}

impl Ledger {
    /// Takes in a record and the digest of its line.
    ///
    /// # Errors
    /// [`Illegal`] when it must not follow; the ledger is unchanged then.
    pub fn admit(&mut self, record: &Record, line_digest: String) -> Result<(), Illegal> {
        let sequence = record.sequence;
        if sequence != self.next {
            return Err(Illegal::Sequence { expected: self.next, found: sequence });
        }
        if record.previous != self.last_line {
            return Err(Illegal::Chain(sequence));
        }
        if matches!(record.entry, Entry::Opened { .. }) != (sequence == 0) {
            return Err(Illegal::Opening(sequence));
        }
        let resumed = matches!(record.entry, Entry::Resumed { .. });
        if self.ending.is_some() && !resumed {
            return Err(Illegal::Closed(sequence));
        }
        if record.at_ms < self.last_ms && !resumed {
            return Err(Illegal::Time(sequence));
        }
        match &record.entry {
            Entry::Opened { started, .. } => {
                self.opening = Some(record.entry.clone());
                self.started = *started;
            }
            Entry::Resumed { started } => self.resume(*started),
            Entry::Closed { ending } => self.ending = Some(*ending),
            Entry::Interrupted => {}
            about_a_step => self.admit_step(sequence, record.at_ms, about_a_step)?,
        }
        self.next += 1;
        self.last_line = line_digest;
        self.last_ms = record.at_ms;
        Ok(())
    }

    /// Steps whose call may be with AWS and is not proven.
    pub fn in_flight(&self) -> impl Iterator<Item = (&StepId, &StepStory)> {
        self.steps.iter().filter(|(_, story)| story.state.in_flight())
    }

    fn resume(&mut self, started: Timestamp) {
        self.ending = None;
        self.started = started;
        for story in self.steps.values_mut() {
            story.state = story.state.resumed(story.operation.is_some());
        }
    }

    fn admit_step(&mut self, sequence: u64, at_ms: u64, entry: &Entry) -> Result<(), Illegal> {
        let Some(step) = entry.step() else { return Ok(()) };
        let state = self.steps.get(step).map(|story| story.state).unwrap_or_default();
        let next =
            state.after(entry).ok_or_else(|| Illegal::Transition { sequence, step: step.clone(), state })?;
        // A time so late that it has no date counts as the start.
        let since = SignedDuration::from_millis(i64::try_from(at_ms).unwrap_or(i64::MAX));
        let at = self.started.checked_add(since).unwrap_or(self.started);
        let story = self.steps.entry(step.clone()).or_default();
        story.state = next;
        match entry {
            Entry::Intent { sending, .. } => {
                story.sendings = *sending;
                story.intended.get_or_insert(at);
                story.operation = None;
            }
            Entry::Accepted { operation, attributes, .. } => {
                story.operation = Some(operation.clone());
                story.attributes.extend(attributes.clone());
            }
            Entry::Done { attributes, .. } | Entry::NotNeeded { attributes, .. } => {
                story.attributes.extend(attributes.clone());
            }
            _ => {}
        }
        Ok(())
    }
}
