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

use jiff::SignedDuration;
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
use crate::cloud::call::with_request;
use crate::cloud::failure::{CallError, code};
use crate::cloud::task::{Performer, Task};
use crate::plan::{Plan, StepId, permissions};

/// A run that could not be carried out or not be brought to its end.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// The plan's steps have no order.
    #[error(transparent)]
    InvalidPlan(#[from] InvalidPlan),
    /// The journal to go on with is that of another plan.
    #[error("the journal is that of another plan")]
    OtherPlan,
    /// The journal failed. Nothing more was sent; calls that were in the air have
    /// ended and their outcomes must be looked up.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Whoever watches a run: the time since its start, and what happened.
pub type Observer<'a> = &'a mut (dyn FnMut(Duration, &Notice) + Send);

/// Carries out a plan; with a journal that tells of a former run of it, what is
/// left of it: what AWS works on is asked about, what is in doubt is searched
/// for, and the rest is sent.
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
    let ledger = journal.ledger();
    let first = match &ledger.opening {
        None => opening(plan, run),
        Some(Entry::Opened { plan: of, .. }) if *of == plan.id => Entry::Resumed { started: run.started },
        Some(_) => return Err(ApplyError::OtherPlan),
    };
    let mut engine = Engine::resume(plan, operations::table(), settings, ledger, run.started)?;
    journal.append(Duration::ZERO, vec![first])?;
    journal.settled().await?;
    performer.narrow(permissions::narrowing(plan));
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
        let now = shell.now();
        let commands = engine.handle(now, event);
        match shell.carry_out(commands, now, journal, observer).await {
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
        started: run.started,
        nonce: run.nonce.clone(),
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
    /// Seconds at AWS in one of ours.
    calls: JoinSet<Event>,
    names: HashMap<Id, Call>,
    wake: Option<Duration>,
}

impl<P: Performer + 'static> Shell<'_, P> {
    /// Time since the start by the clock of the AWS asked.
    fn now(&self) -> Duration {
        self.start.elapsed().mul_f64(self.performer.speed())
    }

    /// Carries out one decision of the engine; gives the outcome when it was the last.
    async fn carry_out(
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
        journal.settled().await?;
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
            let (answer, request) = with_request(performer.begin(&task)).await;
            Event::Began { step, answer, request }
        });
    }

    fn poll(&mut self, step: StepId, task: Arc<Task>, operation: String) {
        let performer = Arc::clone(&self.performer);
        self.spawn(Call::Poll(step.clone()), async move {
            let answer = performer.poll(&task, &operation).await;
            Event::Polled { step, answer }
        });
    }

    fn look_up(&mut self, step: StepId, task: Arc<Task>, since: SignedDuration) {
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
        let wake = self.wake.map(|wake| self.start + wake.div_f64(self.performer.speed()));
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
                    Some(Call::Begin(step)) => Event::Began { step, answer: Err(error), request: None },
                    Some(Call::Poll(step)) => Event::Polled { step, answer: Err(error) },
                    Some(Call::LookUp(step)) => Event::LookedUp { step, answer: Err(error) },
                    None => Event::Tick,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use jiff::Timestamp;

    use super::*;
    use crate::apply::journal::{MemorySink, Sink, read};
    use crate::apply::outcome::{Ending, Status};
    use crate::apply::trial::plans;
    use crate::cloud::task::{Found, Progress};
    use crate::model::Attributes;

    /// How the scripted performer answers the mutating call of an account's name.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Script {
        /// Done after a second.
        Quick,
        /// Accepted at once, done after so many seconds.
        Long(u64),
        /// The call breaks down after its effect.
        Breaks,
        /// No answer ever.
        Hangs,
    }

    struct Scripted {
        scripts: Vec<(&'static str, Script)>,
        journal: MemorySink,
        begin: Instant,
        log: Mutex<Vec<String>>,
        searched_since: Mutex<Option<Timestamp>>,
    }

    impl Scripted {
        fn new(scripts: &[(&'static str, Script)], journal: &MemorySink) -> Arc<Self> {
            Arc::new(Self {
                scripts: scripts.to_vec(),
                journal: journal.clone(),
                begin: Instant::now(),
                log: Mutex::default(),
                searched_since: Mutex::default(),
            })
        }

        fn script(&self, task: &Task) -> Script {
            self.scripts.iter().find(|(name, _)| *name == task.address.name).unwrap().1
        }

        fn log(&self) -> Vec<String> {
            self.log.lock().unwrap().clone()
        }

        fn done() -> Attributes {
            [("id".to_owned(), "id".to_owned())].into()
        }
    }

    impl Performer for Scripted {
        /// It enters no accounts.
        fn narrow(&self, _: crate::cloud::session::Narrowing) {}

        async fn begin(&self, task: &Task) -> Result<Progress, CallError> {
            let intent = format!("\"what\":\"intent\",\"step\":\"{}:create\"", task.address);
            assert!(self.journal.text().contains(&intent), "no intent for {}", task.address);
            self.log.lock().unwrap().push(format!("begin {}", task.address.name));
            let script = self.script(task);
            tokio::time::sleep(Duration::from_secs(1)).await;
            match script {
                Script::Quick => Ok(Progress::Done(Self::done())),
                Script::Long(_) => {
                    Ok(Progress::Running { operation: "car-1".to_owned(), attributes: Attributes::new() })
                }
                Script::Breaks => panic!("the call broke down"),
                Script::Hangs => std::future::pending().await,
            }
        }

        async fn poll(&self, task: &Task, operation: &str) -> Result<Progress, CallError> {
            assert!(self.journal.text().contains("\"operation\":\"car-1\""), "the id was not written down");
            let Script::Long(seconds) = self.script(task) else { panic!("nothing to poll") };
            if self.begin.elapsed() >= Duration::from_secs(seconds) {
                return Ok(Progress::Done(Self::done()));
            }
            Ok(Progress::Running { operation: operation.to_owned(), attributes: Attributes::new() })
        }

        async fn look_up(&self, task: &Task, since: Timestamp) -> Result<Found, CallError> {
            self.log.lock().unwrap().push(format!("look up {}", task.address.name));
            *self.searched_since.lock().unwrap() = Some(since);
            Ok(Found::Effect(Progress::Done(Self::done())))
        }
    }

    fn run_of(plan: &Plan) -> Run {
        Run::new(&plan.id, "2026-11-23T10:15:00Z".parse().unwrap())
    }

    /// A quick role and an account that needs it.
    fn role_and_account() -> Plan {
        let role = plans::step("role", "iam:CreateRole", 1, &[]);
        let account = plans::step("new", "organizations:CreateAccount", 90, &[&role]);
        plans::plan(vec![role, account])
    }

    async fn apply(
        plan: &Plan,
        performer: &Arc<Scripted>,
        sink: Box<dyn Sink>,
        interrupts: mpsc::Receiver<()>,
    ) -> (Result<Outcome, ApplyError>, Vec<Notice>) {
        let mut journal = Journal::new(sink);
        let mut notices = Vec::new();
        let mut observer = |_: Duration, notice: &Notice| notices.push(notice.clone());
        let settings = Settings::default();
        let run_id = run_of(plan);
        let performer = Arc::clone(performer);
        let result = run(plan, performer, &mut journal, &run_id, settings, interrupts, &mut observer).await;
        (result, notices)
    }

    #[tokio::test(start_paused = true)]
    async fn a_plan_is_carried_out_and_its_journal_reads_back() {
        let (plan, sink) = (role_and_account(), MemorySink::default());
        let performer = Scripted::new(&[("role", Script::Quick), ("new", Script::Long(90))], &sink);
        let (_keep, interrupts) = mpsc::channel(1);
        let (outcome, notices) = apply(&plan, &performer, Box::new(sink.clone()), interrupts).await;
        let outcome = outcome.unwrap();
        assert_eq!((outcome.ending, outcome.counts.done), (Ending::Complete, 2));
        let took = outcome.makespan.as_secs_f64();
        assert!((90.0..93.0).contains(&took), "{took}");
        assert_eq!(performer.log(), ["begin role", "begin new"]);
        let found = read(sink.text().as_bytes()).unwrap();
        assert_eq!(found.ledger.ending, Some(Ending::Complete));
        assert!(
            notices
                .iter()
                .any(|notice| matches!(notice, Notice::Running { operation, .. } if operation == "car-1"))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn when_nobody_can_interrupt_any_more_the_run_goes_on() {
        let (plan, sink) = (role_and_account(), MemorySink::default());
        let performer = Scripted::new(&[("role", Script::Quick), ("new", Script::Long(90))], &sink);
        let (gone, interrupts) = mpsc::channel(1);
        drop(gone);
        let (outcome, _) = apply(&plan, &performer, Box::new(sink), interrupts).await;
        assert_eq!(outcome.unwrap().ending, Ending::Complete);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_breaks_down_is_searched_for_and_not_sent_again() {
        let (plan, sink) = (role_and_account(), MemorySink::default());
        let performer = Scripted::new(&[("role", Script::Quick), ("new", Script::Breaks)], &sink);
        let (_keep, interrupts) = mpsc::channel(1);
        let (outcome, _) = apply(&plan, &performer, Box::new(sink), interrupts).await;
        assert_eq!(outcome.unwrap().ending, Ending::Complete);
        assert_eq!(performer.log(), ["begin role", "begin new", "look up new"]);
        // The search is told when the intent was written down, by the calendar.
        let since = performer.searched_since.lock().unwrap().unwrap();
        assert_eq!(since, "2026-11-23T10:15:01Z".parse::<Timestamp>().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_interrupt_lets_the_call_in_the_air_end_and_starts_nothing() {
        let (plan, sink) = (role_and_account(), MemorySink::default());
        let performer = Scripted::new(&[("role", Script::Quick), ("new", Script::Quick)], &sink);
        let (stop, interrupts) = mpsc::channel(1);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(500)).await;
            stop.send(()).await.unwrap();
        });
        let (outcome, notices) = apply(&plan, &performer, Box::new(sink), interrupts).await;
        let outcome = outcome.unwrap();
        assert_eq!(outcome.ending, Ending::Interrupted);
        let statuses: Vec<Status> = outcome.steps.iter().map(|step| step.status).collect();
        assert_eq!(statuses, [Status::Done, Status::NotStarted]);
        assert!(notices.contains(&Notice::Stopping { calls: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn the_second_interrupt_does_not_wait_for_a_call_that_hangs() {
        let (plan, sink) = (role_and_account(), MemorySink::default());
        let performer = Scripted::new(&[("role", Script::Hangs)], &sink);
        let (stop, interrupts) = mpsc::channel(1);
        tokio::spawn(async move {
            for _ in 0..2 {
                tokio::time::sleep(Duration::from_secs(5)).await;
                stop.send(()).await.unwrap();
            }
        });
        let (outcome, _) = apply(&plan, &performer, Box::new(sink.clone()), interrupts).await;
        let outcome = outcome.unwrap();
        assert_eq!((outcome.ending, outcome.counts.in_flight), (Ending::Interrupted, 1));
        assert_eq!(outcome.makespan.as_secs(), 10);
        let found = read(sink.text().as_bytes()).unwrap();
        assert_eq!(found.ledger.in_flight().count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_journal_of_a_former_run_is_gone_on_with_and_that_of_another_plan_is_refused() {
        let (plan, sink) = (role_and_account(), MemorySink::default());
        let performer = Scripted::new(&[("role", Script::Quick), ("new", Script::Long(90))], &sink);
        let (stop, interrupts) = mpsc::channel(1);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(10)).await;
            stop.send(()).await.unwrap();
        });
        let (outcome, _) = apply(&plan, &performer, Box::new(sink.clone()), interrupts).await;
        assert_eq!(outcome.unwrap().ending, Ending::Interrupted);

        let former = read(sink.text().as_bytes()).unwrap().ledger;
        let mut journal = Journal::after(former, Box::new(sink));
        let mut other = plan.clone();
        other.id = "another".to_owned();
        for (plan, resumable) in [(&other, false), (&plan, true)] {
            let (_keep, interrupts) = mpsc::channel(1);
            let (performer, run_id) = (Arc::clone(&performer), run_of(plan));
            let settings = Settings::default();
            let result =
                run(plan, performer, &mut journal, &run_id, settings, interrupts, &mut |_, _| {}).await;
            match result {
                Ok(outcome) => assert!(resumable && outcome.ending == Ending::Complete),
                Err(error) => assert!(!resumable && matches!(error, ApplyError::OtherPlan), "{error}"),
            }
        }
        assert_eq!(performer.log(), ["begin role", "begin new"]);
    }

    /// A sink on a disk that is full after some appends.
    struct Full(MemorySink, usize);

    impl Sink for Full {
        fn append(&mut self, lines: &str) -> io::Result<()> {
            self.1 = self.1.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            self.0.append(lines)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_sent_that_the_journal_could_not_announce() {
        let plan = role_and_account();
        for (appends, sent) in [(0, 0), (1, 0), (2, 1)] {
            let sink = MemorySink::default();
            let performer = Scripted::new(&[("role", Script::Quick), ("new", Script::Quick)], &sink);
            let (_keep, interrupts) = mpsc::channel(1);
            let (outcome, _) = apply(&plan, &performer, Box::new(Full(sink, appends)), interrupts).await;
            assert!(matches!(outcome, Err(ApplyError::Journal(JournalError::Sink(_)))), "{outcome:?}");
            assert_eq!(performer.log().len(), sent, "after {appends} appends");
        }
    }
}
