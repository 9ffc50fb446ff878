//! Searching for an effect before its call is sent for the first time.
//!
//! A call without a token and without a natural key can be made twice when a run is
//! killed right after it, its journal is lost, and the next plan is made from answers
//! that are older than the effect. For such operations (`look_first` in the operation
//! table) a step that was never sent waits until a settling time has passed since the
//! run began, then searches, and is sent only when nothing is found. Most of them wait
//! for other steps longer than that anyway. Absent: searches after a sending (`trouble`).

use super::work::Phase;
use super::{Command, Engine};
use crate::apply::event::Notice;
use crate::apply::outcome::Status;
use crate::catalog::operations::Verdict;
use crate::cloud::failure::CallError;
use crate::cloud::task::{Found, Progress};

use super::trouble::credentials_are_gone;

impl Engine {
    /// Whether the step is searched for before it is sent.
    pub(super) fn looks_first(&self, number: u32) -> bool {
        let asked = self.facts.get(number as usize).is_some_and(|facts| facts.look_first);
        let fresh = self.works.get(number as usize).is_some_and(|work| work.sendings == 0);
        asked && fresh && !self.settings.proving_only
    }

    /// Waits until what another run did is surely visible.
    pub(super) fn hesitate(&mut self, number: u32) {
        let now = self.now;
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Hesitating;
            work.ready = Some(now);
        }
        self.set_timer(number, self.settings.settle.max(now));
    }

    /// Builds the call that would be sent, and searches for its effect.
    pub(super) fn look_ahead(&mut self, number: u32) {
        let Some(step) = self.index.step(number) else { return };
        match self.values.task(step) {
            Ok(task) => {
                if let Some(work) = self.works.get_mut(number as usize) {
                    work.task = Some(task.into());
                }
                self.look_up(number);
            }
            Err(error) => self.fail_ahead(number, error),
        }
    }

    /// The answer to such a search.
    pub(super) fn looked_ahead(&mut self, number: u32, answer: Result<Found, CallError>) {
        match answer {
            Ok(Found::Effect(Progress::Done(attributes))) => {
                self.lanes.occupy(number);
                self.done(number, Status::NotNeeded, attributes);
            }
            // What is still being made meets the call as a conflict, which waits for it.
            Ok(Found::Effect(Progress::Running { .. }) | Found::Nothing) => self.is_not_there(number),
            Err(error) if credentials_are_gone(&error) => self.halt(number, Phase::Hesitating, error),
            Err(error) => match error.verdict {
                Verdict::Missing | Verdict::Unseen => self.is_not_there(number),
                Verdict::Throttled => {
                    let lane = self.facts.get(number as usize).map(|facts| facts.read_back);
                    self.slow(lane, &error.operation, &error);
                    self.look_again(number, error);
                }
                Verdict::Conflict | Verdict::NotReady | Verdict::Unknown => self.look_again(number, error),
                Verdict::Satisfied | Verdict::Rejected | Verdict::Denied | Verdict::Quota => {
                    self.fail_ahead(number, error);
                }
            },
        }
    }

    /// Who ends gives back the slots of its lanes, and this one has taken none yet.
    fn fail_ahead(&mut self, number: u32, error: CallError) {
        self.lanes.occupy(number);
        self.fail(number, error);
    }

    fn is_not_there(&mut self, number: u32) {
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Queued;
            work.answered();
            self.lanes.enqueue(number);
        }
    }

    /// A search without an answer is made again, as long as a step may take.
    fn look_again(&mut self, number: u32, error: CallError) {
        let since = self.trouble(number, true);
        if since >= self.settings.deadline(self.index.usual(number)) {
            self.fail_ahead(number, error);
            return;
        }
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Hesitating;
        }
        let until = self.now + self.backoff(number, &error, true);
        if let Some(step) = self.index.step(number).map(|step| step.id.clone()) {
            self.out.push(Command::Notify(Notice::Waiting { step, error, until }));
        }
        self.set_timer(number, until);
    }
}
