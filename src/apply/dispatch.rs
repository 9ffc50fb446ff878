//! Runs the engine's commands: the thin asynchronous shell around a pure core.
//!
//! In: a plan, a performer, a journal, interrupts. Out: notices while it runs and
//! the outcome. Records of one decision are durable before any call of it is
//! sent. All calls of a run are children of this function: when it returns, none
//! is left behind. Absent: every decision.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::engine::{Engine, InvalidPlan};
use super::event::{Command, Event, Notice};
use super::journal::record::Entry;
use super::journal::{Journal, JournalError, Run};
use super::outcome::Outcome;
use super::settings::Settings;
use crate::catalog::operations::{self, Verdict};
use crate::cloud::failure::{CallError, code};
use crate::cloud::task::{Performer, Task};
use crate::plan::{Plan, StepId};

/// A run that could not be carried out or not be brought to its end.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// The plan's steps have no order.
    #[error(transparent)]
    InvalidPlan(#[from] InvalidPlan),
    /// The journal failed. Nothing more was sent; calls that were in the air have
    /// ended and their outcomes must be looked up.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Whoever watches a run: the time since its start, and what happened.
pub type Observer<'a> = &'a mut (dyn FnMut(Duration, &Notice) + Send);

/// Carries out a plan.
///
/// `interrupts` gives one message per wish to stop: the first lets calls in the
/// air end, the second ends the run at once. When its other end is dropped nobody
/// can interrupt any more.
///
/// # Errors
/// [`ApplyError`] when the plan has no order or the journal fails. What AWS
/// refuses is no error: the outcome tells it.
pub async fn run<P: Performer + 'static>(
    plan: &Plan,
    performer: Arc<P>,
    journal: &mut Journal,
    run: &Run,
    settings: Settings,
    mut interrupts: mpsc::Receiver<()>,
    observer: Observer<'_>,
) -> Result<Outcome, ApplyError> {
    let mut engine = Engine::new(plan, operations::table(), settings)?;
    journal.append(Duration::ZERO, vec![opening(plan, run)])?;
    let mut shell = Shell {
        performer,
        run,
        start: Instant::now(),
        calls: JoinSet::new(),
        names: HashMap::new(),
        wake: None,
    };
    let mut event = Event::Started;
    loop {
        let now = shell.start.elapsed();
        let commands = engine.handle(now, event);
        match shell.carry_out(commands, now, journal, observer) {
            Ok(None) => {}
            Ok(Some(outcome)) => {
                shell.calls.shutdown().await;
                return Ok(outcome);
            }
            Err(error) => {
                // Ending the calls properly leaves AWS in a state that a later
                // look-up can read; cutting them off could not take them back.
                while shell.calls.join_next().await.is_some() {}
                return Err(error.into());
            }
        }
        event = shell.next_event(&mut interrupts).await;
    }
}

fn opening(plan: &Plan, run: &Run) -> Entry {
    Entry::Opened {
        run: run.id.clone(),
        plan: plan.id.clone(),
        account: plan.account.clone(),
        organization: plan.organization.clone(),
        steps: plan.steps.len(),
        started: run.started.to_string(),
    }
}

/// What a call in the air will answer.
#[derive(Debug, Clone)]
enum Call {
    Begin(StepId),
    Poll(StepId),
    LookUp(StepId),
}

struct Shell<'a, P> {
    performer: Arc<P>,
    run: &'a Run,
    start: Instant,
    calls: JoinSet<Event>,
    names: HashMap<Id, Call>,
    wake: Option<Duration>,
}

impl<P: Performer + 'static> Shell<'_, P> {
    /// Carries out one decision of the engine; gives the outcome when it was the last.
    fn carry_out(
        &mut self,
        commands: Vec<Command>,
        now: Duration,
        journal: &mut Journal,
        observer: &mut (dyn FnMut(Duration, &Notice) + Send),
    ) -> Result<Option<Outcome>, JournalError> {
        let (records, rest): (Vec<Command>, Vec<Command>) =
            commands.into_iter().partition(|command| matches!(command, Command::Record(_)));
        let entries = records.into_iter().filter_map(|command| match command {
            Command::Record(entry) => Some(entry),
            _ => None,
        });
        journal.append(now, entries.collect())?;
        let mut outcome = None;
        for command in rest {
            match command {
                Command::Record(_) => {}
                Command::Begin { step, task } => self.begin(step, task),
                Command::Poll { step, task, operation } => self.poll(step, task, operation),
                Command::LookUp { step, task, since } => self.look_up(step, task, since),
                Command::WakeAt(at) => self.wake = Some(at),
                Command::Notify(notice) => observer(now, &notice),
                Command::Finish(last) => outcome = Some(*last),
            }
        }
        Ok(outcome)
    }

    fn begin(&mut self, step: StepId, task: Arc<Task>) {
        let performer = Arc::clone(&self.performer);
        self.spawn(Call::Begin(step.clone()), async move {
            let answer = performer.begin(&task).await;
            Event::Began { step, answer }
        });
    }

    fn poll(&mut self, step: StepId, task: Arc<Task>, operation: String) {
        let performer = Arc::clone(&self.performer);
        self.spawn(Call::Poll(step.clone()), async move {
            let answer = performer.poll(&task, &operation).await;
            Event::Polled { step, answer }
        });
    }

    fn look_up(&mut self, step: StepId, task: Arc<Task>, since: Duration) {
        let performer = Arc::clone(&self.performer);
        // A start so late that the sum has no date is searched from the start.
        let since = self.run.started.checked_add(since).unwrap_or(self.run.started);
        self.spawn(Call::LookUp(step.clone()), async move {
            let answer = performer.look_up(&task, since).await;
            Event::LookedUp { step, answer }
        });
    }

    fn spawn(&mut self, call: Call, work: impl Future<Output = Event> + Send + 'static) {
        let handle = self.calls.spawn(work);
        self.names.insert(handle.id(), call);
    }

    /// Waits for whatever comes first. Interrupts go before answers, answers
    /// before the clock.
    async fn next_event(&mut self, interrupts: &mut mpsc::Receiver<()>) -> Event {
        let wake = self.wake.map(|wake| self.start + wake);
        let at = wake.unwrap_or(self.start);
        tokio::select! {
            biased;
            Some(()) = interrupts.recv() => Event::Interrupt,
            Some(ended) = self.calls.join_next_with_id() => self.ended(ended),
            () = sleep_until(at), if wake.is_some() => {
                self.wake = None;
                Event::Tick
            }
            // Nobody can interrupt, nothing is in the air and no time is set: the
            // engine is asked again, which ends the run.
            else => Event::Tick,
        }
    }

    /// The answer of a call; a call that broke down leaves its outcome open.
    fn ended(&mut self, ended: Result<(Id, Event), JoinError>) -> Event {
        match ended {
            Ok((id, event)) => {
                self.names.remove(&id);
                event
            }
            Err(broken) => {
                let call = self.names.remove(&broken.id());
                let error = CallError::ours("lzctl", code::UNREADABLE, broken.to_string(), Verdict::Unknown);
                match call {
                    Some(Call::Begin(step)) => Event::Began { step, answer: Err(error) },
                    Some(Call::Poll(step)) => Event::Polled { step, answer: Err(error) },
                    Some(Call::LookUp(step)) => Event::LookedUp { step, answer: Err(error) },
                    None => Event::Tick,
                }
            }
        }
    }
}
