//! How steps end, what their end means for others, and how the run ends.

use super::work::Phase;
use super::{Command, Engine, Entry, Notice};
use crate::apply::experience::Lessons;
use crate::apply::outcome::{Counts, Ending, Outcome, RootCause, Status, StepReport};
use crate::cloud::failure::CallError;
use crate::model::Attributes;

impl Engine {
    /// A step is done, or was not needed: whoever waits for it comes nearer.
    pub(super) fn done(&mut self, number: u32, status: Status, attributes: Attributes) {
        let Some(step) = self.index.step(number) else { return };
        let id = step.id.clone();
        self.values.merge(&step.address, &attributes);
        let Some(work) = self.works.get_mut(number as usize) else { return };
        work.answered();
        let request = work.request.take();
        let took = work.age(self.now);
        let (entry, notice) = if status == Status::NotNeeded {
            (Entry::NotNeeded { step: id.clone(), attributes }, Notice::NotNeeded { step: id })
        } else {
            (Entry::Done { step: id.clone(), attributes, request }, Notice::Done { step: id, took })
        };
        self.out.push(Command::Record(entry));
        self.out.push(Command::Notify(notice));
        self.end(number, status);
        self.lanes.release(number);
        for other in 0..self.index.dependants(number).len() {
            let Some(other) = self.index.dependants(number).get(other).copied() else { continue };
            let Some(work) = self.works.get_mut(other as usize) else { continue };
            work.open_needs = work.open_needs.saturating_sub(1);
            if work.open_needs == 0 && work.phase == Phase::Waiting {
                self.make_ready(other);
            }
        }
    }

    /// A step has failed for good: a root cause.
    pub(super) fn fail(&mut self, number: u32, error: CallError) {
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        if let Some(work) = self.works.get_mut(number as usize) {
            work.error = Some(error.clone());
        }
        self.out.push(Command::Record(Entry::Failed { step: step.clone(), error: error.clone() }));
        self.end(number, Status::Failed);
        self.lanes.release(number);
        self.causes.push(number);
        let holds_up = self.skip_dependants(number);
        self.out.push(Command::Notify(Notice::Failed { step, error, holds_up }));
    }

    /// A step is given up while AWS may still work on it: a root cause that keeps
    /// its slots, since AWS counts it too.
    pub(super) fn stuck(&mut self, number: u32, error: Option<CallError>) {
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        let mut operation = None;
        if let Some(work) = self.works.get_mut(number as usize) {
            work.error.clone_from(&error);
            operation.clone_from(&work.operation);
        }
        self.out.push(Command::Record(Entry::Stuck { step: step.clone(), error }));
        self.end(number, Status::Stuck);
        self.lanes.hold(number);
        self.causes.push(number);
        let holds_up = self.skip_dependants(number);
        self.out.push(Command::Notify(Notice::Stuck { step, operation, holds_up }));
    }

    /// Ready steps that would wait for ever at a lane which a stuck step keeps.
    pub(super) fn skip_held_up(&mut self) {
        if self.stopping {
            return;
        }
        for (number, holder) in self.lanes.take_held_up() {
            self.skip(number, holder);
            self.skip_dependants_for(number, holder);
        }
    }

    /// Ends the run and says what came of it.
    pub(super) fn finish(&mut self) {
        let mut counts = Counts::default();
        self.works.iter().for_each(|work| counts.add(work.status()));
        let ending = match (counts.complete(), self.stopping) {
            (true, _) => Ending::Complete,
            (false, true) => Ending::Interrupted,
            (false, false) => Ending::Incomplete,
        };
        let outcome = Outcome {
            plan: self.plan.clone(),
            ending,
            counts,
            calls: self.calls,
            makespan: self.now,
            halted: self.halted.clone(),
            causes: self.causes.iter().filter_map(|cause| self.cause(*cause)).collect(),
            steps: (0_u32..).zip(&self.index.steps).filter_map(|(number, _)| self.report(number)).collect(),
            attributes: self.attributes(),
            lessons: Lessons { durations: self.learned.lessons(), paces: self.lanes.paces() },
        };
        self.finished = true;
        self.out.push(Command::Record(Entry::Closed { ending }));
        self.out.push(Command::Finish(Box::new(outcome)));
    }

    fn end(&mut self, number: u32, status: Status) {
        let Some(work) = self.works.get_mut(number as usize) else { return };
        work.phase = Phase::Ended(status);
        work.ended = Some(self.now);
        work.task = None;
        if let Some(at) = work.timer.take() {
            self.timers.remove(&(at, number));
        }
    }

    fn skip_dependants(&mut self, cause: u32) -> usize {
        self.skip_dependants_for(cause, cause)
    }

    /// Skips whatever needs `from`, directly or not; says how many.
    fn skip_dependants_for(&mut self, from: u32, cause: u32) -> usize {
        let mut reached = vec![from];
        let mut skipped = 0;
        while let Some(number) = reached.pop() {
            for at in 0..self.index.dependants(number).len() {
                let Some(other) = self.index.dependants(number).get(at).copied() else { continue };
                let waits = self.works.get(other as usize).is_some_and(|work| work.phase == Phase::Waiting);
                if waits {
                    self.skip(other, cause);
                    skipped += 1;
                    reached.push(other);
                }
            }
        }
        skipped
    }

    fn skip(&mut self, number: u32, cause: u32) {
        let id = |number| self.index.step(number).map(|step| step.id.clone());
        let (Some(step), Some(because)) = (id(number), id(cause)) else { return };
        self.out.push(Command::Record(Entry::Skipped { step, because }));
        self.end(number, Status::Skipped);
        if let Some(work) = self.works.get_mut(number as usize) {
            work.because = Some(cause);
        }
        if let Some(count) = self.held_up.get_mut(cause as usize) {
            *count += 1;
        }
    }

    fn cause(&self, number: u32) -> Option<RootCause> {
        let (step, work) = (self.index.step(number)?, self.works.get(number as usize)?);
        Some(RootCause {
            step: step.id.clone(),
            address: step.address.clone(),
            status: work.status(),
            error: work.error.clone(),
            operation: work.operation.clone(),
            held_up: self.held_up.get(number as usize).copied().unwrap_or_default(),
        })
    }

    fn report(&self, number: u32) -> Option<StepReport> {
        let (step, work) = (self.index.step(number)?, self.works.get(number as usize)?);
        let because = work.because.and_then(|cause| self.index.step(cause)).map(|cause| cause.id.clone());
        Some(StepReport {
            step: step.id.clone(),
            status: work.status(),
            ready: work.ready,
            started: work.started,
            ended: work.ended,
            took: work.took,
            sendings: work.sendings,
            operation: work.operation.clone(),
            error: work.error.clone(),
            because,
        })
    }

    fn attributes(&self) -> std::collections::BTreeMap<crate::model::Address, Attributes> {
        let addresses = self.index.steps.iter().map(|step| &step.address);
        addresses.filter_map(|address| Some((address.clone(), self.values.of(address)?.clone()))).collect()
    }
}
