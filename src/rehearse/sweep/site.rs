//! A simulated AWS in which one case happens, and what was done to it so far.
//!
//! In: a world to begin with. Out: surveys, plans and applies as the program makes
//! them, and findings: every changing request that AWS saw is held against the plan
//! that was being applied. Absent: which faults happen when (`run`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::canaries;
use super::record::Reference;
use super::target::Target;
use crate::apply::journal::{Journal, Ledger, Run, State};
use crate::apply::{self, ApplyError, Outcome, Settings, preconditions};
use crate::cloud::Connection;
use crate::observe::leftovers::{Leftover, leftovers};
use crate::observe::{self, ObserveError, Snapshot};
use crate::plan::{self, Plan};
use crate::rehearse::bench::{Bench, Setting};
use crate::rehearse::memory::Text;
use crate::rehearse::saboteur::{Begun, Mischief, Place, Saboteur};
use crate::sim::{FaultPlan, Simulator, World};

/// How runs are carried out here: as ever, except that AWS is asked less often how an
/// operation goes. Nothing else would take so much of a sweep and show so little.
pub(super) fn settings() -> Settings {
    Settings { poll_floor: POLL_FLOOR, poll_share: 1.0, ..Settings::default() }
}

/// What was found wrong in one case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Created twice.
    pub(super) duplicates: Vec<String>,
    /// Created and wanted by nobody.
    pub(super) orphans: Vec<String>,
    /// Made by a call that nothing could refuse, and told as left over: no fault.
    pub(super) surplus: Vec<String>,
    /// Not as it should be in the end, or never ended.
    pub(super) stuck: Vec<String>,
    /// Changing requests that no step of the plan asked for.
    pub(super) unplanned: Vec<String>,
    /// Secrets in what the program wrote.
    pub(super) leaks: Vec<String>,
}

impl Findings {
    pub(super) fn is_clean(&self) -> bool {
        self.all().next().is_none()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.duplicates
            .iter()
            .chain(&self.orphans)
            .chain(&self.stuck)
            .chain(&self.unplanned)
            .chain(&self.leaks)
    }
}

/// How a run of a plan ended.
#[derive(Debug)]
pub(super) enum End {
    /// By itself.
    Ended(Box<Outcome>),
    /// The program died.
    Crashed,
}

/// The place.
pub(super) struct Site<'a> {
    pub(super) target: &'a Target,
    pub(super) reference: &'a Reference,
    pub(super) simulator: Simulator,
    pub(super) findings: Findings,
    /// How often faults struck so far.
    pub(super) struck: u64,
    /// Whether somebody else has changed something.
    pub(super) others: bool,
    connection: Connection,
    /// Requests that were looked at.
    pub(super) seen: usize,
    /// What the program has written so far, where anybody looks for secrets in it.
    written: Option<String>,
}

/// The first question about an operation, in virtual time; the next ones come at double
/// the time it has taken.
const POLL_FLOOR: Duration = Duration::from_secs(60);

/// The most items of a page where listings shall have several.
pub(super) const SHORT_PAGE: u32 = 2;

impl<'a> Site<'a> {
    /// # Errors
    /// When no connection can be made, which is a mistake of the sweep.
    pub(super) async fn open(
        target: &'a Target,
        reference: &'a Reference,
        world: World,
        page_size: Option<u32>,
    ) -> Result<Self, String> {
        let setting = Setting { page_size, ..target.setting.clone() };
        let bench = Bench::open(&setting, Some(world)).await.map_err(|error| error.to_string())?;
        let Bench { simulator, connection } = bench;
        let (findings, written) = (Findings::default(), canaries::listening().then(String::new));
        Ok(Self {
            target,
            reference,
            simulator,
            findings,
            struck: 0,
            others: false,
            connection,
            seen: 0,
            written,
        })
    }

    /// Every text that the program has written, its log last, held against what must
    /// not be in it.
    pub(super) fn look_for_secrets(&mut self) {
        let Some(mut written) = self.written.take() else { return };
        self.findings.all().for_each(|finding| written.push_str(finding));
        written.push_str(&canaries::heard());
        self.findings.leaks = canaries::found(&written, &self.simulator.world());
    }

    fn note(&mut self, text: impl FnOnce() -> String) {
        if let Some(written) = &mut self.written {
            written.push_str(&text());
        }
    }

    /// A program that starts anew knows nothing: new clients, lanes and sessions.
    pub(super) async fn restart(&mut self) -> Result<(), String> {
        let opened = Bench::connected(&self.target.setting, &self.simulator).await;
        self.connection = opened.map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Lets faults happen from now on.
    pub(super) fn arm(&mut self, plan: FaultPlan) {
        self.struck += self.simulator.struck().iter().sum::<u64>();
        self.simulator.arm(plan);
    }

    /// The last fault is over: whatever hangs goes on.
    pub(super) fn disarm(&mut self) {
        self.arm(FaultPlan::default());
        self.simulator.change(World::end_hanging);
    }

    pub(super) async fn survey(&mut self) -> Result<Snapshot, ObserveError> {
        let snapshot = Box::pin(observe::survey(&self.connection, &self.target.wanted)).await;
        self.check(&[], None, &Ledger::default());
        self.note(|| format!("{snapshot:?}"));
        snapshot
    }

    /// Whether AWS is at work on something that a plan would meet.
    ///
    /// # Errors
    /// When AWS does not say, which is no proof that it rests.
    pub(super) async fn is_busy(&self) -> Result<bool, String> {
        let found = Box::pin(observe::under_way(&self.connection, &self.target.wanted)).await;
        found.map(|found| !found.is_empty()).map_err(|error| error.to_string())
    }

    /// What the program tells an operator to be left over.
    ///
    /// # Errors
    /// When it cannot tell.
    pub(super) async fn leftovers(&self) -> Result<Vec<Leftover>, String> {
        let found = Box::pin(leftovers(&self.connection, &self.target.wanted)).await;
        found.map_err(|error| error.to_string())
    }

    pub(super) fn plan(&mut self, snapshot: &Snapshot) -> Plan {
        let plan = plan::make(&self.target.graph, snapshot, &self.target.consents);
        self.note(|| serde_json::to_string(&plan).unwrap_or_default());
        plan
    }

    /// Applies a plan from where its journal ends. The journal has grown afterwards.
    ///
    /// # Errors
    /// When the program refuses to go on at all.
    pub(super) async fn apply(
        &mut self,
        plan: &Plan,
        journal: &mut Text,
        mischief: BTreeMap<Place, Mischief>,
    ) -> Result<End, String> {
        let saboteur = Saboteur::new(self.connection.clone(), self.simulator.clone(), mischief);
        let saboteur = Arc::new(saboteur);
        let run = Run::new(&plan.id, self.simulator.now());
        let former = journal.ledger.clone();
        let mut open = Journal::after(former.clone(), journal.medium());
        let (_, interrupts) = mpsc::channel(1);
        let (performer, settings) = (Arc::clone(&saboteur), settings());
        let result = {
            let mut silent = |_, _: &_| {};
            let applied =
                apply::dispatch::run(plan, performer, &mut open, &run, settings, interrupts, &mut silent);
            tokio::select! {
                biased;
                () = saboteur.crashed() => Ok(End::Crashed),
                outcome = applied => outcome.map(|outcome| End::Ended(Box::new(outcome))),
            }
        };
        journal.ledger = open.ledger().clone();
        self.note(|| format!("{result:?}{}", journal.sink.text()));
        self.check(&saboteur.begun(), Some(plan), &former);
        match result {
            // A program that cannot write its journal stops as one that has died.
            Err(ApplyError::Journal(_)) if journal.room.is_some() => Ok(End::Crashed),
            result => result.map_err(|error| error.to_string()),
        }
    }

    /// Sends one call whose answer nobody will see.
    pub(super) async fn send(&mut self, plan: &Plan, begun: &Begun) {
        use crate::cloud::task::Performer as _;
        let _ = self.connection.begin(&begun.task).await;
        self.check(std::slice::from_ref(begun), Some(plan), &Ledger::default());
    }

    /// What would keep a journal from being gone on with.
    pub(super) fn refusals(plan: &Plan, fresh: &Snapshot, ledger: &Ledger) -> Vec<String> {
        preconditions::refusals_on_resume(plan, fresh, ledger).iter().map(ToString::to_string).collect()
    }

    /// Holds what AWS saw since the last look against the calls that were begun.
    fn check(&mut self, begun: &[Begun], plan: Option<&Plan>, former: &Ledger) {
        let news = self.simulator.log_after(self.seen);
        self.seen += news.len();
        self.others |= news.iter().any(|entry| entry.fault.as_deref().is_some_and(|it| it.contains("actor")));
        let steps: BTreeMap<_, _> = plan
            .iter()
            .flat_map(|plan| &plan.steps)
            .map(|step| (&step.id, step.operation.as_str()))
            .collect();
        let told: Vec<(&str, String)> = begun
            .iter()
            .filter_map(|call| {
                Some((*steps.get(&call.step)?, format!("{:?} {}", call.task, call.task.address.name)))
            })
            .collect();
        let mut budget: BTreeMap<&str, usize> = BTreeMap::new();
        for (step, operation) in &steps {
            let done = former.steps.get(*step).map(|story| story.state);
            let done = matches!(done, Some(State::Done | State::NotNeeded));
            *budget.entry(operation).or_default() += usize::from(!done);
        }
        for entry in news.iter().filter(|entry| entry.write && entry.service != "sts") {
            let operation = format!("{}:{}", entry.service, entry.operation);
            // A baseline is called by its name in a plan and by an ARN of the Region at AWS, and an
            // account is moved from where it stands by then.
            let parts = entry.target.split_whitespace().filter_map(|part| part.split_once('='));
            let told_by_aws = |name: &str| ["baselineIdentifier", "SourceParentId"].contains(&name);
            let values: Vec<&str> =
                parts.filter(|(name, _)| !told_by_aws(name)).map(|(_, value)| value).collect();
            let asked = told
                .iter()
                .any(|(of, text)| *of == operation && values.iter().all(|value| text.contains(value)));
            if !asked {
                self.findings
                    .unplanned
                    .push(format!("{operation} {} was asked for by no step", entry.target));
                continue;
            }
            // What AWS accepts and then ends as failed has made nothing, and may be sent again.
            let void = |fault: &str| fault.contains("before") || fault.contains("operation-fails");
            if entry.error.is_none() && !entry.fault.as_deref().is_some_and(void) {
                match budget.get_mut(operation.as_str()) {
                    Some(left) if *left > 0 => *left -= 1,
                    _ => self
                        .findings
                        .unplanned
                        .push(format!("{operation} {} took effect more often than planned", entry.target)),
                }
            }
        }
    }
}
