//! Taking over a run from its journal (invariant I6).
//!
//! In: what the journal says of each step. Out: an engine in which done steps are
//! done, operations under way are asked about, calls in doubt are searched for,
//! and only what was surely not applied will be sent.

use std::time::Duration;

use jiff::Timestamp;

use super::work::Phase;
use super::{Engine, InvalidPlan};
use crate::apply::Settings;
use crate::apply::journal::{Ledger, State, StepStory};
use crate::apply::outcome::Status;
use crate::catalog::operations::Operations;
use crate::plan::Plan;

impl Engine {
    /// A run that goes on where a journal of the same plan ends, at `started`.
    /// With an empty ledger it is a new run.
    ///
    /// # Errors
    /// [`InvalidPlan`] when no order of the plan's steps satisfies their needs.
    pub fn resume(
        plan: &Plan,
        operations: &Operations,
        settings: Settings,
        ledger: &Ledger,
        started: Timestamp,
    ) -> Result<Self, InvalidPlan> {
        let mut engine = Self::new(plan, operations, settings)?;
        let known: Vec<(u32, &StepStory)> = (0_u32..)
            .zip(&plan.steps)
            .filter_map(|(number, step)| Some((number, ledger.steps.get(&step.id)?)))
            .collect();
        // Every attribute first: calls may refer to any step that is done.
        for (number, story) in &known {
            if let Some(address) = engine.index.step(*number).map(|step| step.address.clone()) {
                engine.values.merge(&address, &story.attributes);
            }
        }
        for (number, story) in known {
            engine.take_over(number, story, started);
        }
        Ok(engine)
    }

    fn take_over(&mut self, number: u32, story: &StepStory, started: Timestamp) {
        let state = story.state.resumed(story.operation.is_some());
        if let Some(work) = self.works.get_mut(number as usize) {
            work.sendings = story.sendings;
            work.intended = story.intended.map(|at| at.duration_since(started));
        }
        match state {
            State::Done => self.was_done(number, Status::Done),
            State::NotNeeded => self.was_done(number, Status::NotNeeded),
            State::Accepted => self.was_sent(number, Phase::Running, story),
            State::Intended | State::Unproven => self.was_sent(number, Phase::Doubtful, story),
            State::Fresh | State::Refused | State::Failed | State::Stuck | State::Skipped => {}
        }
    }

    fn was_done(&mut self, number: u32, status: Status) {
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Ended(status);
        }
        for other in self.index.dependants(number) {
            if let Some(work) = self.works.get_mut(*other as usize) {
                work.open_needs = work.open_needs.saturating_sub(1);
            }
        }
    }

    fn was_sent(&mut self, number: u32, phase: Phase, story: &StepStory) {
        let task = self.index.step(number).map(|step| self.values.task(step));
        let Some(work) = self.works.get_mut(number as usize) else { return };
        work.phase = phase;
        work.operation.clone_from(&story.operation);
        if phase == Phase::Doubtful {
            work.doubted = Some(Duration::ZERO);
        }
        match task {
            Some(Ok(task)) => work.task = Some(task.into()),
            Some(Err(error)) => self.lost.push((number, error)),
            None => {}
        }
        self.lanes.occupy(number);
        self.set_timer(number, Duration::ZERO);
    }
}
