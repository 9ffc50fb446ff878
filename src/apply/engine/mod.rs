//! The step function: `(state, event, now) -> commands`. Pure: no clock, no
//! chance, no I/O, so crash points, lost answers and schedules are test data.
//!
//! Invariants kept here: I3 (a task is built only from what is known), I5 (a step
//! begins after all it needs, and only when its lanes have room), and that a
//! mutating call is never sent again before its outcome is proven. `answers`
//! reads what AWS says, `trouble` decides about calls without success, `endings`
//! closes steps and the run, `ahead` searches
//! before a first sending.

mod ahead;
mod answers;
mod breaker;
mod endings;
mod index;
mod resume;
mod trouble;
mod values;
mod work;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

pub use index::InvalidPlan;
pub use values::UNRESOLVED;

use self::breaker::Breaker;
use self::index::Index;
use self::values::Values;
use self::work::{Phase, Work};
use super::Settings;
use super::event::{Command, Event, Notice};
use super::journal::record::Entry;
use super::outcome::Calls;
use super::schedule::lanes::Lanes;
use super::schedule::learned::Learned;
use super::schedule::rank;
use crate::catalog::operations::{Idempotency, Operations};
use crate::cloud::failure::CallError;
use crate::model::canonical;
use crate::plan::{Plan, consent};

/// One run of one plan.
#[derive(Debug)]
pub struct Engine {
    plan: String,
    index: Index,
    works: Vec<Work>,
    values: Values,
    lanes: Lanes,
    breaker: Breaker,
    learned: Learned,
    settings: Settings,
    facts: Vec<OperationFacts>,
    timers: BTreeSet<(Duration, u32)>,
    now: Duration,
    wake: Option<Duration>,
    calls_in_air: usize,
    calls: Calls,
    causes: Vec<u32>,
    held_up: Vec<usize>,
    /// Steps taken over from a journal whose call cannot be built any more.
    lost: Vec<(u32, CallError)>,
    stopping: bool,
    halted: Option<CallError>,
    finished: bool,
    out: Vec<Command>,
}

/// What the table says about a step's operation, looked up once.
#[derive(Debug, Clone)]
struct OperationFacts {
    /// Rate lanes of the call itself, of its polls and of its read-back.
    rate: usize,
    poll: usize,
    read_back: usize,
    /// Whether the operation occupies a lane of its own.
    has_lane: bool,
    settle: Duration,
    /// Whether its effect is searched for before it is sent at all.
    look_first: bool,
}

impl Engine {
    /// A run that has not begun.
    ///
    /// # Errors
    /// [`InvalidPlan`] when no order of its steps satisfies their needs, or when a
    /// step that cannot be taken back has no consent.
    pub fn new(plan: &Plan, operations: &Operations, settings: Settings) -> Result<Self, InvalidPlan> {
        if let Some(step) = consent::unallowed(plan).next() {
            return Err(InvalidPlan::NoConsent(step.id.clone()));
        }
        let index = Index::new(&plan.steps)?;
        let learned = Learned::knowing(&settings.experience);
        let urgencies = rank::urgencies(&index.dependants, &index.order, &expected(&index, &learned));
        let mut lanes = Lanes::new(&index.steps, urgencies, operations, &settings.experience);
        let facts = plan.steps.iter().map(|step| {
            let row = operations.get(&step.operation);
            let read_back = row.and_then(|row| row.read_back.as_deref()).unwrap_or(&step.operation);
            let poll = row.and_then(|row| row.poll.as_deref()).unwrap_or(read_back);
            let search = row.and_then(|row| row.idempotency) == Some(Idempotency::Search);
            OperationFacts {
                rate: lanes.rate(&step.operation, operations),
                poll: lanes.rate(poll, operations),
                read_back: lanes.rate(read_back, operations),
                has_lane: row.is_some_and(|row| row.lane.is_some()),
                settle: if search { settings.settle_search } else { settings.settle },
                look_first: row.is_some_and(|row| row.look_first),
            }
        });
        let facts = facts.collect();
        Ok(Self {
            plan: plan.id.clone(),
            works: index.needs.iter().map(|needs| Work::new(*needs)).collect(),
            held_up: vec![0; index.steps.len()],
            values: Values::new(plan),
            index,
            lanes,
            breaker: Breaker::default(),
            learned,
            settings,
            facts,
            timers: BTreeSet::new(),
            now: Duration::ZERO,
            wake: None,
            calls_in_air: 0,
            calls: Calls::default(),
            causes: Vec::new(),
            lost: Vec::new(),
            stopping: false,
            halted: None,
            finished: false,
            out: Vec::new(),
        })
    }

    /// Takes in one event at `now` since the start and says what to do. Time
    /// never goes back: an earlier `now` counts as the latest one. After
    /// [`Command::Finish`] there is nothing more to do.
    pub fn handle(&mut self, now: Duration, event: Event) -> Vec<Command> {
        if self.finished {
            return Vec::new();
        }
        self.now = self.now.max(now);
        match event {
            Event::Started => self.start(),
            Event::Began { step, answer, request } => self.began(&step, answer, request),
            Event::Polled { step, answer } => self.polled(&step, answer),
            Event::LookedUp { step, answer } => self.looked_up(&step, answer),
            Event::Tick => self.wake = None,
            Event::Interrupt => self.interrupt(),
        }
        self.advance();
        std::mem::take(&mut self.out)
    }

    fn start(&mut self) {
        let free = (0_u32..)
            .zip(&self.works)
            .filter(|(_, work)| work.open_needs == 0 && work.phase == Phase::Waiting);
        let free: Vec<u32> = free.map(|(number, _)| number).collect();
        let taken_over = (0_u32..).zip(&self.works).filter(|(_, work)| work.phase == Phase::Running);
        let taken_over: Vec<u32> = taken_over.map(|(number, _)| number).collect();
        taken_over.into_iter().for_each(|number| self.tell_running(number));
        for (number, error) in std::mem::take(&mut self.lost) {
            self.stuck(number, Some(error));
        }
        for number in free {
            self.make_ready(number);
        }
    }

    fn interrupt(&mut self) {
        if self.stopping {
            self.finish();
            return;
        }
        self.stop();
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.out.push(Command::Record(Entry::Interrupted));
        self.out.push(Command::Notify(Notice::Stopping { calls: self.calls_in_air }));
    }

    /// Does all that can be done at this moment.
    fn advance(&mut self) {
        if self.finished {
            return;
        }
        if !self.stopping {
            self.fire_timers();
            if !self.settings.proving_only && self.breaker.open_until(self.now).is_none() {
                self.begin_steps();
            }
        }
        if self.calls_in_air > 0 && self.stopping {
            return;
        }
        let token = self.lanes.next_token(self.now);
        // While the breaker is open no token helps before it closes.
        let next_token = self.breaker.open_until(self.now).or(token);
        let idle = self.calls_in_air == 0 && self.timers.is_empty() && next_token.is_none();
        if self.stopping || idle {
            self.skip_held_up();
            self.finish();
            return;
        }
        let timer = self.timers.first().map(|(at, _)| *at);
        let wake = timer.into_iter().chain(next_token).min();
        if wake != self.wake {
            self.wake = wake;
            self.out.extend(wake.map(Command::WakeAt));
        }
    }

    fn fire_timers(&mut self) {
        while let Some((at, number)) = self.timers.first().copied() {
            if at > self.now {
                return;
            }
            self.timers.remove(&(at, number));
            let Some(work) = self.works.get_mut(number as usize) else { continue };
            work.timer = None;
            match work.phase {
                Phase::Resting => {
                    work.phase = Phase::Queued;
                    self.lanes.enqueue(number);
                }
                Phase::Hesitating => self.look_ahead(number),
                Phase::Running => self.poll(number),
                Phase::Doubtful => self.look_up(number),
                _ => {}
            }
        }
    }

    fn begin_steps(&mut self) {
        while let Some(number) = self.lanes.start_next(self.now) {
            self.begin(number);
        }
    }

    /// Sends the mutating call of a step, after its intent.
    fn begin(&mut self, number: u32) {
        let Some(step) = self.index.step(number) else { return };
        let task = match self.values.task(step) {
            Ok(task) => Arc::new(task),
            Err(error) => {
                self.fail(number, error);
                return;
            }
        };
        let (id, address, operation) = (step.id.clone(), step.address.clone(), step.operation.clone());
        let expected = self.learned.expected(&operation, self.index.usual(number));
        let Some(work) = self.works.get_mut(number as usize) else { return };
        work.phase = Phase::Beginning;
        work.sent = self.now;
        work.took = None;
        work.sendings += 1;
        work.started.get_or_insert(self.now);
        work.intended.get_or_insert(SignedDuration::try_from(self.now).unwrap_or(SignedDuration::MAX));
        work.satisfied = false;
        work.doubted = None;
        work.empty_searches = 0;
        work.operation = None;
        work.task = Some(Arc::clone(&task));
        let sending = work.sendings;
        self.calls_in_air += 1;
        self.calls.begins += 1;
        self.out.push(Command::Record(Entry::Intent {
            step: id.clone(),
            address,
            operation: operation.clone(),
            token: task.token.clone(),
            // Inputs are JSON already, so their digest always exists.
            inputs: canonical::digest(&task.inputs).unwrap_or_default(),
            sending,
        }));
        self.out.push(Command::Notify(Notice::Started { step: id.clone(), operation, expected, sending }));
        self.out.push(Command::Begin { step: id, task });
    }

    /// Asks how an operation goes, or waits for a token to do so.
    fn poll(&mut self, number: u32) {
        let Some(rate) = self.facts.get(number as usize).map(|facts| facts.poll) else { return };
        if !self.take_token(number, rate) {
            return;
        }
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        let Some(work) = self.works.get_mut(number as usize) else { return };
        let (Some(task), Some(operation)) = (work.task.clone(), work.operation.clone()) else { return };
        work.phase = Phase::Polling;
        work.asked = self.now;
        self.calls_in_air += 1;
        self.calls.polls += 1;
        self.out.push(Command::Poll { step, task, operation });
    }

    /// Searches for the effect of a call, or waits for a token to do so.
    fn look_up(&mut self, number: u32) {
        let Some(rate) = self.facts.get(number as usize).map(|facts| facts.read_back) else { return };
        if !self.take_token(number, rate) {
            return;
        }
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        let Some(work) = self.works.get_mut(number as usize) else { return };
        let Some(task) = work.task.clone() else { return };
        let since = work.intended.unwrap_or_default();
        work.phase = if work.phase == Phase::Hesitating { Phase::LookingAhead } else { Phase::LookingUp };
        self.calls_in_air += 1;
        self.calls.look_ups += 1;
        self.out.push(Command::LookUp { step, task, since });
    }

    /// Takes a token of a read, or sets the step's timer to when there will be one.
    fn take_token(&mut self, number: u32, rate: usize) -> bool {
        match self.lanes.take_token(rate, self.now) {
            Ok(()) => true,
            Err(ready) => {
                self.set_timer(number, ready);
                false
            }
        }
    }

    fn set_timer(&mut self, number: u32, at: Duration) {
        let Some(work) = self.works.get_mut(number as usize) else { return };
        if let Some(former) = work.timer.replace(at) {
            self.timers.remove(&(former, number));
        }
        self.timers.insert((at, number));
    }

    fn make_ready(&mut self, number: u32) {
        if self.looks_first(number) {
            self.hesitate(number);
            return;
        }
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Queued;
            work.ready = Some(self.now);
            self.lanes.enqueue(number);
        }
    }

    /// Takes in how long an operation took, and orders the steps anew when that
    /// changes the picture.
    fn learn(&mut self, number: u32) {
        let Some(sent) = self.works.get(number as usize).map(|work| work.sent) else { return };
        let usual = self.index.usual(number);
        let Some(step) = self.index.step(number) else { return };
        if self.learned.add(&step.operation, usual, self.now.saturating_sub(sent)) {
            let took = expected(&self.index, &self.learned);
            self.lanes.rerank(rank::urgencies(&self.index.dependants, &self.index.order, &took));
        }
    }
}

/// How long each step is expected to take, as ranks see it.
fn expected(index: &Index, learned: &Learned) -> Vec<Duration> {
    let numbered = (0_u32..).zip(&index.steps);
    numbered.map(|(number, step)| learned.ranked(&step.operation, index.usual(number))).collect()
}
