//! What AWS answers, read into the state of a step.

use std::time::Duration;

use super::trouble::credentials_are_gone;
use super::work::Phase;
use super::{Command, Engine, Entry, Notice};
use crate::apply::outcome::Status;
use crate::catalog::operations::Verdict;
use crate::cloud::failure::{CallError, code};
use crate::cloud::task::{Found, Progress};
use crate::model::Attributes;
use crate::plan::StepId;

impl Engine {
    /// The answer to a mutating call.
    pub(super) fn began(
        &mut self,
        step: &StepId,
        answer: Result<Progress, CallError>,
        request: Option<String>,
    ) {
        let Some(number) = self.answered(step, Phase::Beginning) else { return };
        if let Some(work) = self.works.get_mut(number as usize) {
            work.request = request;
            work.took = Some(self.now.saturating_sub(work.sent));
        }
        match answer {
            Ok(progress) => {
                self.accepted_by_bucket(number);
                self.progress(number, progress, Status::Done);
            }
            Err(error) if credentials_are_gone(&error) => self.halt_before(number, error),
            Err(error) => self.not_begun(number, error),
        }
    }

    /// The answer to a question about an operation.
    pub(super) fn polled(&mut self, step: &StepId, answer: Result<Progress, CallError>) {
        let Some(number) = self.answered(step, Phase::Polling) else { return };
        match answer {
            Ok(progress) => {
                let sent_here = self.works.get(number as usize).is_some_and(|work| work.started.is_some());
                if sent_here && matches!(progress, Progress::Done(_)) {
                    self.learn(number);
                }
                self.progress(number, progress, Status::Done);
            }
            Err(error) if error.code == code::OPERATION_FAILED => self.operation_failed(number, error),
            Err(error) if credentials_are_gone(&error) => self.halt(number, Phase::Running, error),
            Err(error) => self.question_failed(number, Phase::Running, error),
        }
    }

    /// The answer to a search.
    pub(super) fn looked_up(&mut self, step: &StepId, answer: Result<Found, CallError>) {
        if let Some(number) = self.answered(step, Phase::LookingAhead) {
            self.looked_ahead(number, answer);
            return;
        }
        let Some(number) = self.answered(step, Phase::LookingUp) else { return };
        let satisfied =
            self.works.get(number as usize).is_some_and(|work| work.satisfied && work.sendings == 1);
        match answer {
            Ok(Found::Effect(progress)) => {
                let done = if satisfied { Status::NotNeeded } else { Status::Done };
                self.progress(number, progress, done);
            }
            Ok(Found::Nothing) => self.found_nothing(number),
            Err(error) if error.code == code::OPERATION_FAILED => self.operation_failed(number, error),
            Err(error) if credentials_are_gone(&error) => self.halt(number, Phase::Doubtful, error),
            Err(error) if error.verdict == Verdict::Missing => self.found_nothing(number),
            Err(error) => self.question_failed(number, Phase::Doubtful, error),
        }
    }

    /// The number of the step whose call has come back; none for an answer that
    /// nobody waits for.
    fn answered(&mut self, step: &StepId, expected: Phase) -> Option<u32> {
        let number = self.index.number(step)?;
        let work = self.works.get(number as usize)?;
        if work.phase != expected {
            return None;
        }
        self.calls_in_air = self.calls_in_air.saturating_sub(1);
        Some(number)
    }

    fn accepted_by_bucket(&mut self, number: u32) {
        let rate = self.facts.get(number as usize).map(|facts| facts.rate);
        if let Some(rate) = rate {
            self.lanes.succeeded(rate);
        }
    }

    fn progress(&mut self, number: u32, progress: Progress, done: Status) {
        match progress {
            Progress::Done(attributes) => self.done(number, done, attributes),
            Progress::Running { operation, attributes } => self.running(number, operation, &attributes),
        }
    }

    /// AWS works on it: write down the id before waiting, and decide when to ask.
    fn running(&mut self, number: u32, operation: String, attributes: &Attributes) {
        let Some(step) = self.index.step(number) else { return };
        let (id, address, name) = (step.id.clone(), step.address.clone(), step.operation.clone());
        let usual = self.index.usual(number);
        let Some(work) = self.works.get_mut(number as usize) else { return };
        let news = work.operation.as_ref() != Some(&operation) || work.phase != Phase::Polling;
        if work.phase == Phase::Polling {
            // It was not over when the question was sent.
            work.took = Some(work.asked.saturating_sub(work.sent));
        }
        work.phase = Phase::Running;
        work.answered();
        work.operation = Some(operation.clone());
        let elapsed = self.now.saturating_sub(work.sent);
        if elapsed >= self.settings.deadline(usual) {
            self.accept(number, news, &id, operation, attributes);
            self.stuck(number, None);
            return;
        }
        self.values.merge(&address, attributes);
        self.accept(number, news, &id, operation, attributes);
        self.set_timer(number, self.next_poll(&name, usual, elapsed));
    }

    fn accept(&mut self, number: u32, news: bool, id: &StepId, operation: String, attributes: &Attributes) {
        if !news {
            return;
        }
        let request = self.works.get_mut(number as usize).and_then(|work| work.request.take());
        self.out.push(Command::Record(Entry::Accepted {
            step: id.clone(),
            operation,
            attributes: attributes.clone(),
            request,
        }));
        self.tell_running(number);
    }

    /// Tells that AWS works on a step, and for how long it has.
    pub(super) fn tell_running(&mut self, number: u32) {
        let (Some(step), Some(work)) = (self.index.step(number), self.works.get(number as usize)) else {
            return;
        };
        let Some(operation) = work.operation.clone() else { return };
        let notice = Notice::Running {
            step: step.id.clone(),
            operation,
            expected: self.learned.expected(&step.operation, self.index.usual(number)),
            elapsed: if work.started.is_some() {
                self.now.saturating_sub(work.sent)
            } else {
                work.age(self.now)
            },
            waiting: self.index.dependants(number).len(),
        };
        self.out.push(Command::Notify(notice));
    }

    /// When to ask next. Until one of ten would have ended, at doubling times, so
    /// that what fails at once is not waited for; from then on in steps that grow
    /// with the time it has taken, so that the delay in seeing the end stays a
    /// small part of the whole. Never later than the deadline.
    fn next_poll(&self, operation: &str, usual: Duration, elapsed: Duration) -> Duration {
        let floor = self.settings.poll_floor;
        let first = self.learned.tenth(operation, usual);
        let step = elapsed.mul_f64(self.settings.poll_share).max(floor);
        let early = first.saturating_sub(elapsed).min(elapsed.max(floor));
        let wait = early.max(step);
        let left = self.settings.deadline(usual).saturating_sub(elapsed).max(floor);
        self.now + wait.min(left)
    }
}
