//! A world in which calls take time and may fail, and which watches the laws:
//! needs before steps, lanes never fuller than AWS allows, rates never exceeded,
//! intents before calls, nothing sent again before it is proven absent.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use crate::apply::event::{Command, Event, Notice};
use crate::apply::journal::record::Entry;
use crate::apply::journal::{Journal, MemorySink, Run, read};
use crate::apply::outcome::Outcome;
use crate::apply::{Engine, Settings};
use crate::catalog::operations::{Verdict, table};
use crate::cloud::failure::{CallError, code};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;
use crate::plan::{Plan, Step, StepId};

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The credentials have run out: refused and not applied.
    Expired,
    /// It is refused and not applied.
    Refused(Verdict),
    /// It is refused, and AWS asks not to be called again before so many seconds.
    ToldToWait(Verdict, u64),
    /// It is applied, and the answer is lost.
    LostAnswer,
    /// It is not applied, and nobody is told.
    LostCall,
    /// Somebody else has done the same before.
    WasSoAlready,
    /// AWS accepts it and ends it as failed.
    EndsAsFailed(Verdict),
    /// AWS accepts it and never ends it.
    NeverEnds,
}

/// The sorts of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Begin,
    Poll,
    LookUp,
}

/// Decides what goes wrong: the step, the sort of call, how many such calls came before.
pub(super) type Faults<'a> = Box<dyn FnMut(&StepId, Sort, u32) -> Option<Fault> + 'a>;

/// What is true of a step in the world.
#[derive(Debug, Clone, Default)]
struct Truth {
    applied: u32,
    /// Until when AWS counts it as under way.
    busy_until: Option<Duration>,
    ends_as: Option<Verdict>,
    never_ends: bool,
    /// Answers so far whose outcome nobody knows, and searches since.
    unproven: bool,
    empty_searches: u32,
    done_for_engine: bool,
}

/// A run and all that was seen of it.
pub(super) struct World<'a> {
    plan: &'a Plan,
    steps: BTreeMap<&'a StepId, &'a Step>,
    durations: BTreeMap<StepId, Duration>,
    pub(super) round_trip: Duration,
    faults: Faults<'a>,
    counts: BTreeMap<(StepId, Sort), u32>,
    truths: BTreeMap<StepId, Truth>,
    /// Steps that AWS may count as under way.
    busy: BTreeSet<StepId>,
    /// Slots that the engine has given out and AWS's own count, by lane.
    sends: BTreeMap<String, Vec<Duration>>,
    due: BinaryHeap<Reverse<(Duration, u64)>>,
    events: BTreeMap<u64, Event>,
    next: u64,
    clock: Duration,
    /// Interrupts to send at these times.
    pub(super) interrupts: Vec<Duration>,
    pub(super) journal: MemorySink,
    /// Whether to write it and to check it: digests take most of the time of a trial.
    pub(super) journalled: bool,
    pub(super) notices: Vec<Notice>,
    /// Every begin, in order.
    pub(super) begins: Vec<(Duration, StepId)>,
    /// What AWS has asked to wait with, and until when.
    waits: Vec<Wait>,
}

/// A wish of AWS's that calls come later.
#[derive(Debug, Clone)]
struct Wait {
    step: StepId,
    /// The operation called, all of whose calls must wait when its rate was exceeded.
    throttled: Option<String>,
    sort: Sort,
    /// When the wish was heard, and until when it holds.
    heard: Duration,
    until: Duration,
}

/// What a lost outcome looks like.
pub(super) fn error(operation: &str, verdict: Verdict) -> CallError {
    let code = match verdict {
        Verdict::Unknown => code::TIMEOUT,
        _ => "Injected",
    };
    CallError {
        request_id: Some("request-1".to_owned()),
        ..CallError::ours(operation, code, format!("injected {verdict:?}"), verdict)
    }
}

fn told_to_wait(operation: &str, verdict: Verdict, seconds: u64) -> CallError {
    CallError { retry_after: Some(Duration::from_secs(seconds)), ..error(operation, verdict) }
}

fn expired(operation: &str) -> CallError {
    CallError { code: "ExpiredTokenException".to_owned(), ..error(operation, Verdict::Denied) }
}

impl<'a> World<'a> {
    pub(super) fn new(plan: &'a Plan, durations: BTreeMap<StepId, Duration>, faults: Faults<'a>) -> Self {
        Self {
            plan,
            steps: plan.steps.iter().map(|step| (&step.id, step)).collect(),
            durations,
            round_trip: Duration::from_millis(100),
            faults,
            counts: BTreeMap::new(),
            truths: BTreeMap::new(),
            busy: BTreeSet::new(),
            sends: BTreeMap::new(),
            due: BinaryHeap::new(),
            events: BTreeMap::new(),
            next: 0,
            clock: Duration::ZERO,
            interrupts: Vec::new(),
            journal: MemorySink::default(),
            journalled: true,
            notices: Vec::new(),
            begins: Vec::new(),
            waits: Vec::new(),
        }
    }

    /// When AWS ended what a step had begun.
    pub(super) fn ended(&self, step: &StepId) -> Option<Duration> {
        self.truths.get(step)?.busy_until
    }

    /// A run whose journal is lost has made this.
    pub(super) fn has_made(&mut self, step: &StepId) {
        self.truths.entry(step.clone()).or_default().applied = 1;
    }

    /// Runs the plan to its end and checks every law on the way.
    pub(super) fn run(&mut self, settings: Settings) -> Outcome {
        self.run_until(settings, usize::MAX).unwrap()
    }

    /// Runs the plan, or what its journal leaves of it, until the journal holds
    /// so many records; then everything breaks off: the record that would follow
    /// is not written, nothing that it announces is sent, and answers are lost.
    pub(super) fn run_until(&mut self, settings: Settings, records: usize) -> Option<Outcome> {
        let former = read(self.journal.text().as_bytes()).unwrap();
        let mut written = former.records.len();
        if written > 0 {
            self.come_back();
        }
        let started = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::try_from(self.clock).unwrap();
        let run = Run::new(&self.plan.id, started);
        let mut engine = Engine::resume(self.plan, table(), settings, &former.ledger, run.started).unwrap();
        let mut journal = Journal::after(former.ledger, Box::new(self.journal.clone()));
        let first = if written == 0 { self.opening(&run) } else { Entry::Resumed { started } };
        journal.append(Duration::ZERO, vec![first]).unwrap();
        written += 1;
        let start = self.clock;
        self.at(start, Event::Started);
        for at in std::mem::take(&mut self.interrupts) {
            self.at(at, Event::Interrupt);
        }
        let mut turns = 0_u64;
        let mut wake: Option<Duration> = None;
        loop {
            turns += 1;
            assert!(turns < 3_000_000, "the run does not end");
            let (now, event) = self.next_event(&mut wake);
            self.clock = now;
            let commands = engine.handle(now - start, event);
            let entries = commands.iter().filter_map(|command| match command {
                Command::Record(entry) => Some(entry.clone()),
                _ => None,
            });
            let mut entries: Vec<Entry> = entries.collect();
            let room = records - written;
            let breaks_off = entries.len() > room;
            entries.truncate(room);
            written += entries.len();
            entries.iter().for_each(|entry| self.note(entry));
            if self.journalled {
                journal.append(now - start, entries.clone()).unwrap();
            }
            if breaks_off {
                return None;
            }
            for command in commands {
                if let Some(outcome) = self.carry_out(command, now, start, &entries, &mut wake) {
                    self.check_rates();
                    if self.journalled {
                        self.check_journal(&outcome);
                    }
                    return Some(outcome);
                }
            }
        }
    }

    /// What comes next: an answer, or the moment to wake up.
    fn next_event(&mut self, wake: &mut Option<Duration>) -> (Duration, Event) {
        let next = self.due.peek().map(|Reverse((at, _))| *at);
        match (next, *wake) {
            (Some(at), tick) if tick.is_none_or(|tick| at <= tick) => {
                let Reverse((at, id)) = self.due.pop().unwrap();
                (at, self.events.remove(&id).unwrap())
            }
            (_, Some(tick)) => {
                *wake = None;
                (tick, Event::Tick)
            }
            _ => panic!("nothing can happen any more and the run has not ended"),
        }
    }

    fn carry_out(
        &mut self,
        command: Command,
        now: Duration,
        start: Duration,
        entries: &[Entry],
        wake: &mut Option<Duration>,
    ) -> Option<Outcome> {
        match command {
            Command::Record(_) => {}
            Command::WakeAt(at) => {
                assert!(start + at > now, "woken in the past");
                *wake = Some(start + at);
            }
            Command::Notify(notice) => self.notices.push(notice),
            Command::Finish(outcome) => return Some(*outcome),
            Command::Begin { step, task } => {
                let announced = entries
                    .iter()
                    .any(|entry| matches!(entry, Entry::Intent { step: of, .. } if *of == step));
                assert!(announced, "{step} was sent without an intent");
                self.begin(now, &step, &task);
            }
            Command::Poll { step, operation, .. } => self.poll(now, &step, &operation),
            Command::LookUp { step, .. } => self.look_up(now, &step),
        }
        None
    }

    /// The program was gone: nobody heard the answers. A minute later it is back.
    fn come_back(&mut self) {
        for event in std::mem::take(&mut self.events).into_values() {
            if let Event::Began { step, .. } = event {
                let truth = self.truths.get_mut(&step).unwrap();
                truth.unproven = true;
                truth.empty_searches = 0;
            }
        }
        self.due.clear();
        self.clock += Duration::from_secs(60);
    }

    fn opening(&self, run: &Run) -> Entry {
        Entry::Opened {
            run: run.id.clone(),
            plan: self.plan.id.clone(),
            account: self.plan.account.clone(),
            organization: None,
            steps: self.plan.steps.len(),
            started: run.started,
            nonce: run.nonce.clone(),
        }
    }

    fn at(&mut self, at: Duration, event: Event) {
        self.due.push(Reverse((at, self.next)));
        self.events.insert(self.next, event);
        self.next += 1;
    }

    fn note(&mut self, entry: &Entry) {
        if let Entry::Done { step, .. } | Entry::NotNeeded { step, .. } = entry {
            self.truths.entry(step.clone()).or_default().done_for_engine = true;
        }
    }

    /// What goes wrong with a call, which must not come before AWS wants it.
    fn fault(&mut self, now: Duration, step: &StepId, sort: Sort, operation: &str) -> Option<Fault> {
        let meant = |wait: &Wait| {
            wait.step == *step && wait.sort == sort || wait.throttled.as_deref() == Some(operation)
        };
        let early = self.waits.iter().find(|wait| now >= wait.heard && now < wait.until && meant(wait));
        assert!(early.is_none(), "{operation} for {step} at {now:?} in spite of {early:?}");
        let count = self.counts.entry((step.clone(), sort)).or_default();
        *count += 1;
        let fault = (self.faults)(step, sort, *count - 1);
        if let Some(Fault::ToldToWait(verdict, seconds)) = fault {
            let heard = now + self.round_trip;
            let throttled = (verdict == Verdict::Throttled).then(|| operation.to_owned());
            let until = heard + Duration::from_secs(seconds);
            self.waits.push(Wait { step: step.clone(), throttled, sort, heard, until });
        }
        fault
    }

    fn id_of(step: &Step) -> String {
        format!("id-of-{}", step.address)
    }

    fn attributes(&self, step: &StepId) -> Attributes {
        Attributes::from([("id".to_owned(), Self::id_of(self.steps[step]))])
    }

    fn begin(&mut self, now: Duration, id: &StepId, task: &Task) {
        let step = self.steps[id];
        for (at, need) in step.needs.iter().enumerate() {
            let done = self.truths.get(&need.step).is_some_and(|truth| truth.done_for_engine);
            assert!(done, "{id} began before {} was done", need.step);
            let expected = Self::id_of(self.steps[&need.step]);
            assert_eq!(task.inputs[&format!("from{at}")], expected, "{id}: reference {at}");
        }
        let truth = self.truths.entry(id.clone()).or_default();
        assert!(!truth.unproven || truth.empty_searches >= 2, "{id} was sent again unproven");
        assert_eq!(truth.applied, 0, "{id} was applied twice");
        truth.unproven = false;
        self.begins.push((now, id.clone()));
        self.sends.entry(step.operation.clone()).or_default().push(now);
        let fault = self.fault(now, id, Sort::Begin, &step.operation);
        let asynchronous = table().get(&step.operation).is_some_and(|row| row.poll.is_some());
        let takes = self.durations.get(id).copied().unwrap_or(self.round_trip).max(self.round_trip);
        let applied = !matches!(
            fault,
            Some(
                Fault::Refused(_)
                    | Fault::ToldToWait(..)
                    | Fault::Expired
                    | Fault::LostCall
                    | Fault::WasSoAlready
            )
        );
        let answered = if applied && !asynchronous { now + takes } else { now + self.round_trip };
        let truth = self.truths.get_mut(id).unwrap();
        truth.busy_until = Some(if applied { now + takes } else { answered });
        truth.never_ends = fault == Some(Fault::NeverEnds);
        if applied || fault == Some(Fault::WasSoAlready) {
            truth.applied = 1;
        }
        if let Some(Fault::EndsAsFailed(verdict)) = fault {
            truth.ends_as = Some(verdict);
        }
        let answer = match fault {
            Some(Fault::Refused(verdict)) => Err(error(&step.operation, verdict)),
            Some(Fault::ToldToWait(verdict, seconds)) => Err(told_to_wait(&step.operation, verdict, seconds)),
            Some(Fault::Expired) => Err(expired(&step.operation)),
            Some(Fault::WasSoAlready) => Err(error(&step.operation, Verdict::Satisfied)),
            Some(Fault::LostAnswer | Fault::LostCall) => Err(error(&step.operation, Verdict::Unknown)),
            _ if asynchronous => Ok(self.running(id)),
            _ => Ok(Progress::Done(self.attributes(id))),
        };
        let truth = self.truths.get_mut(id).unwrap();
        truth.unproven =
            matches!(&answer, Err(error) if matches!(error.verdict, Verdict::Unknown | Verdict::Satisfied));
        truth.empty_searches = 0;
        self.busy.insert(id.clone());
        self.check_widths(now);
        self.at(answered, Event::Began { step: id.clone(), answer, request: None });
    }

    fn running(&self, id: &StepId) -> Progress {
        Progress::Running { operation: format!("op-{id}"), attributes: Attributes::new() }
    }

    /// How it stands at AWS at a moment.
    fn standing(&mut self, id: &StepId, at: Duration) -> Result<Progress, CallError> {
        let operation = self.steps[id].operation.clone();
        let truth = self.truths.get_mut(id).unwrap();
        if truth.never_ends || truth.busy_until.is_some_and(|until| until > at) {
            return Ok(self.running(id));
        }
        if let Some(verdict) = truth.ends_as.take() {
            truth.applied = 0;
            let failed = CallError { code: code::OPERATION_FAILED.to_owned(), ..error(&operation, verdict) };
            return Err(failed);
        }
        Ok(Progress::Done(self.attributes(id)))
    }

    fn poll(&mut self, now: Duration, id: &StepId, operation: &str) {
        assert_eq!(operation, format!("op-{id}"));
        let question = table().get(&self.steps[id].operation).and_then(|row| row.poll.clone()).unwrap();
        self.sends.entry(question.clone()).or_default().push(now);
        let answer = match self.fault(now, id, Sort::Poll, &question) {
            Some(Fault::Refused(verdict)) => Err(error(&question, verdict)),
            Some(Fault::ToldToWait(verdict, seconds)) => Err(told_to_wait(&question, verdict, seconds)),
            Some(Fault::Expired) => Err(expired(&question)),
            Some(other) => panic!("a poll cannot meet {other:?}"),
            None => self.standing(id, now + self.round_trip / 2),
        };
        self.at(now + self.round_trip, Event::Polled { step: id.clone(), answer });
    }

    fn look_up(&mut self, now: Duration, id: &StepId) {
        let question = table().get(&self.steps[id].operation).and_then(|row| row.read_back.clone()).unwrap();
        self.sends.entry(question.clone()).or_default().push(now);
        let answer = match self.fault(now, id, Sort::LookUp, &question) {
            Some(Fault::Refused(verdict)) => Err(error(&question, verdict)),
            Some(Fault::ToldToWait(verdict, seconds)) => Err(told_to_wait(&question, verdict, seconds)),
            Some(Fault::Expired) => Err(expired(&question)),
            Some(other) => panic!("a search cannot meet {other:?}"),
            None if self.truths.get(id).is_none_or(|truth| truth.applied == 0) => {
                self.truths.entry(id.clone()).or_default().empty_searches += 1;
                Ok(Found::Nothing)
            }
            None => self.standing(id, now + self.round_trip / 2).map(Found::Effect),
        };
        self.at(now + self.round_trip, Event::LookedUp { step: id.clone(), answer });
    }

    /// No lane holds more than AWS allows, by AWS's own count.
    fn check_widths(&mut self, now: Duration) {
        let truths = &self.truths;
        self.busy.retain(|id| {
            let truth = &truths[id];
            let for_ever = truth.never_ends && truth.applied > 0;
            for_ever || truth.busy_until.is_some_and(|until| until > now)
        });
        let mut used: BTreeMap<&str, usize> = BTreeMap::new();
        for id in &self.busy {
            let step = self.steps[id];
            let row = table().get(&step.operation).and_then(|row| row.lane.as_deref());
            let lanes: BTreeSet<&str> = step.also.iter().map(String::as_str).chain(row).collect();
            for lane in lanes {
                *used.entry(lane).or_default() += 1;
            }
        }
        for (lane, used) in used {
            assert!(used <= table().slots(lane), "lane {lane} holds {used} at {now:?}");
        }
    }

    /// No operation was called faster than AWS publishes, in any window.
    fn check_rates(&self) {
        for (operation, times) in &self.sends {
            let Some((rate, burst)) = table().get(operation).and_then(|row| row.rate.zip(row.burst)) else {
                continue;
            };
            let (mut tokens, mut last) = (burst, Duration::ZERO);
            for at in times {
                tokens = (tokens + (*at - last).as_secs_f64() * rate).min(burst) - 1.0;
                last = *at;
                assert!(tokens > -1e-6, "{operation} is called too fast at {at:?}");
            }
        }
    }

    /// The journal can be read back and says of each step what the outcome says.
    fn check_journal(&self, outcome: &Outcome) {
        use crate::apply::journal::State;
        use crate::apply::outcome::Status;
        let text = self.journal.text();
        let found = read(text.as_bytes()).unwrap();
        assert_eq!(found.ledger.ending, Some(outcome.ending));
        for report in &outcome.steps {
            let state = found.ledger.steps.get(&report.step).map(|story| story.state).unwrap_or_default();
            let fits = match report.status {
                Status::NotStarted => matches!(state, State::Fresh | State::Refused),
                Status::InFlight => state.in_flight(),
                Status::Done => state == State::Done,
                Status::NotNeeded => state == State::NotNeeded,
                Status::Failed => state == State::Failed,
                Status::Skipped => state == State::Skipped,
                Status::Stuck => state == State::Stuck,
            };
            assert!(fits, "{}: {:?} in the outcome, {state:?} in the journal", report.step, report.status);
        }
    }
}
