//! One rehearsal from start to end: survey, plan, apply, survey, second plan.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::bench::{Bench, Setting};
use super::error::RehearseError;
use super::mailbox::Mailboxes;
use super::{clock, measured};
use crate::apply::journal::{Journal, MemorySink, Run};
use crate::apply::outcome::Ending;
use crate::apply::{self, Notice, Outcome, Settings};
use crate::catalog::operations;
use crate::graph::ResourceGraph;
use crate::model::Resource;
use crate::observe::{self, Snapshot};
use crate::plan::bound::{self, Bound};
use crate::plan::{self, Plan};
use crate::sim::World;

/// The least time between two calls to AWS that wait for each other.
const ROUND_TRIP: Duration = Duration::from_millis(50);

/// What a rehearsal showed.
#[derive(Debug)]
pub struct Rehearsal {
    /// The first plan.
    pub plan: Plan,
    /// What came of applying it; none when a blocker or a missing consent kept it
    /// from being applied.
    pub outcome: Option<Outcome>,
    /// The plan made afterwards; empty when the organization is as the document says.
    pub second_plan: Plan,
    /// The organization at the end.
    pub snapshot: Snapshot,
    /// Requests that only read, as the simulated AWS counted them.
    pub reads: u64,
    /// Requests that may change something.
    pub writes: u64,
    /// Requests that were refused for the rate alone.
    pub throttled: u64,
    /// Virtual time that the apply took.
    pub virtual_time: Duration,
    /// The least time in which any tool could have applied it.
    pub bound: Bound,
    /// The simulated AWS at the end.
    pub world: World,
    /// What the operator should know about the rehearsal itself.
    pub remarks: Vec<String>,
}

impl Rehearsal {
    /// Steps that failed, are stuck or were held up.
    #[must_use]
    pub fn failed(&self) -> usize {
        let counts = self.outcome.as_ref().map(|outcome| outcome.counts);
        counts.map_or(0, |counts| counts.failed + counts.stuck + counts.skipped)
    }

    /// Whether everything was applied and nothing is left to do.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        let complete = self.outcome.as_ref().is_some_and(|outcome| outcome.ending == Ending::Complete);
        complete && self.second_plan.steps.is_empty()
    }

    /// The virtual time against the bound; 1 when there was nothing to do.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.bound.seconds > 0.0 { self.virtual_time.as_secs_f64() / self.bound.seconds } else { 1.0 }
    }
}

/// Whoever watches a rehearsal: the plan, the time since its start, what happened.
pub type Observer<'a> = &'a mut (dyn FnMut(&Plan, Duration, &Notice) + Send);

/// Rehearses what a graph wants, in a world or in an empty one. The same graph,
/// world and consents give the same rehearsal.
///
/// # Errors
/// [`RehearseError`]; what the simulated AWS refuses is told by the outcome.
pub fn rehearse(
    graph: &ResourceGraph,
    setting: &Setting,
    world: Option<World>,
    consents: &BTreeSet<String>,
    observer: Observer<'_>,
) -> Result<Rehearsal, RehearseError> {
    let runtime = clock::virtual_runtime().map_err(RehearseError::Runtime)?;
    runtime.block_on(carry_out(graph, setting, world, consents, observer))
}

async fn carry_out(
    graph: &ResourceGraph,
    setting: &Setting,
    world: Option<World>,
    consents: &BTreeSet<String>,
    observer: Observer<'_>,
) -> Result<Rehearsal, RehearseError> {
    let remarks = if world.is_none() { setting.remark().into_iter().collect() } else { Vec::new() };
    let bench = Bench::open(setting, world).await?;
    bench.connection.codes_from(Arc::new(Mailboxes(bench.simulator.clone())));
    let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
    let before = Box::pin(observe::survey(&bench.connection, &wanted)).await?;
    let first = plan::make(graph, &before, consents);
    let refused = first.blockers().next().is_some() || first.missing_consents().next().is_some();
    let outcome = if refused { None } else { Some(apply_to(&bench, &first, observer).await?) };
    let snapshot = Box::pin(observe::survey(&bench.connection, &wanted)).await?;
    let second_plan = plan::make(graph, &snapshot, consents);
    let requests = bench.simulator.requests();
    let world = bench.simulator.world();
    let bound = lower_bound(&first, outcome.as_ref(), &world);
    Ok(Rehearsal {
        virtual_time: outcome.as_ref().map(|outcome| outcome.makespan).unwrap_or_default(),
        plan: first,
        outcome,
        second_plan,
        snapshot,
        reads: requests.reads,
        writes: requests.writes,
        throttled: requests.throttled,
        bound,
        world,
        remarks,
    })
}

async fn apply_to(bench: &Bench, plan: &Plan, observer: Observer<'_>) -> Result<Outcome, RehearseError> {
    let mut journal = Journal::new(Box::new(MemorySink::default()));
    let run = Run::new(&plan.id, bench.simulator.now());
    // Nobody interrupts a rehearsal.
    let (_, interrupts) = mpsc::channel(1);
    let performer = Arc::new(bench.connection.clone());
    let settings = Settings::default();
    let mut watch = |at: Duration, notice: &Notice| observer(plan, at, notice);
    let outcome =
        apply::dispatch::run(plan, performer, &mut journal, &run, settings, interrupts, &mut watch).await?;
    Ok(outcome)
}

/// The bound over the durations that really occurred.
fn lower_bound(plan: &Plan, outcome: Option<&Outcome>, world: &World) -> Bound {
    let measured = outcome.map(|outcome| measured::durations(outcome, world)).unwrap_or_default();
    let usual = |step: &plan::Step| Duration::from_secs(step.usual_seconds);
    let took = |step: &plan::Step| measured.get(&step.id).copied().unwrap_or_else(|| usual(step));
    bound::lower_bound(&plan.steps, &took, operations::table(), ROUND_TRIP)
}
