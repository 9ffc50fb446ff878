//! What the organization's own policies would deny: steps of the plan, the access role,
//! and Control Tower's work in member accounts.
//!
//! In: the accounts and where they will be ([`estate`]), the policies in force after the
//! plan with the steps that put them there ([`binding`]), and what has to be done in
//! those accounts ([`work`]). Out: [`Harm`]s; from them notes and, where the order of
//! steps saves a step, the order. Pure.
//!
//! Service control policies bind principals of member accounts, resource control policies
//! the resources in them; neither binds the management account or service-linked roles
//! (Organizations User Guide, orgs_manage_policies_scps and orgs_manage_policies_rcps).

pub mod binding;
pub mod estate;
mod notes;
mod order;
mod spared;
pub mod work;

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::ResourceGraph;
use crate::model::evaluation::{Answer, Cause, Level, decide};
use crate::observe::Snapshot;
use crate::plan::step::{Step, StepId};
use binding::{Binding, Layer};
use estate::{Closed, Estate, Seat};
use work::{Duty, Request, Task};

pub use notes::notes;
pub use order::hold_back;

/// Something that a policy would deny.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harm {
    /// What kind of policy does it.
    pub layer: Layer,
    /// Which statement, or the level that allows nothing of the kind.
    pub cause: Cause,
    /// Denied for certain, or perhaps.
    pub answer: Answer,
    /// The steps of the plan that bring it about, all of them together; none when it is
    /// so already.
    pub since: BTreeSet<StepId>,
    /// What it is needed for.
    pub duty: Duty,
    /// The step that needs it; none when only later plans would.
    pub step: Option<StepId>,
    /// The account's name.
    pub account: String,
    /// The action that is denied.
    pub action: String,
    /// On what.
    pub resource: String,
}

/// What the policies of a document, and those in force beside them, would deny of its plan and of
/// what must go on after it. What policies in force deny in accounts that the document does not name
/// is nothing of its business.
#[must_use]
pub fn of_plan(graph: &ResourceGraph, snapshot: &Snapshot, steps: &[Step]) -> Vec<Harm> {
    let (mut bindings, mut closed) = binding::of_plan(graph, steps);
    let (standing, closed_already) = binding::standing(snapshot);
    let by_others: Closed =
        closed_already.into_iter().filter(|(target, _)| !closed.contains_key(target)).collect();
    closed.extend(by_others.clone());
    let of_others: BTreeSet<String> = standing.iter().map(|binding| binding.name.clone()).collect();
    bindings.extend(standing);
    if bindings.is_empty() && closed.is_empty() {
        return Vec::new();
    }
    let estate = Estate { closed, ..Estate::of(graph, snapshot, steps) };
    let in_force = InForce::of(&bindings);
    let beside = |harm: &Harm| {
        let by_others = match &harm.cause {
            Cause::Denied { policy, .. } => of_others.contains(policy),
            Cause::NotAllowed { level } => by_others.contains_key(level),
        };
        by_others && snapshot.facts.strangers.contains_key(&harm.account)
    };
    let mut harms = Vec::new();
    work::seat_by_seat(graph, snapshot, steps, &estate, Some(&bindings), &mut |tasks| {
        let found = tasks.iter().filter_map(|task| of_task(&estate, &in_force, task));
        harms.extend(found.filter(|harm| !beside(harm)));
    });
    harms
}

/// Everything that the policies would deny of the tasks, the first denial of each task.
#[must_use]
pub fn assess(estate: &Estate, bindings: &[Binding], tasks: &[Task]) -> Vec<Harm> {
    if bindings.is_empty() && estate.closed.is_empty() {
        return Vec::new();
    }
    let in_force = InForce::of(bindings);
    tasks.iter().filter_map(|task| of_task(estate, &in_force, task)).collect()
}

/// Policies by where they are attached, in their order.
struct InForce<'b> {
    by_place: BTreeMap<&'b str, Vec<&'b Binding>>,
}

impl<'b> InForce<'b> {
    fn of(bindings: &'b [Binding]) -> Self {
        let mut by_place: BTreeMap<&str, Vec<&Binding>> = BTreeMap::new();
        for binding in bindings {
            binding.targets.keys().for_each(|target| by_place.entry(target).or_default().push(binding));
        }
        Self { by_place }
    }

    fn at(&self, place: &str) -> impl Iterator<Item = &'b Binding> {
        self.by_place.get(place).into_iter().flatten().copied()
    }
}

fn of_task(estate: &Estate, in_force: &InForce<'_>, task: &Task) -> Option<Harm> {
    worst(estate.seats.get(task.seat)?, estate, in_force, task)
}

/// The gravest of what stands in the way of a task. A task that several roles could
/// carry out is denied only when it is denied to each.
fn worst(seat: &Seat, estate: &Estate, in_force: &InForce<'_>, task: &Task) -> Option<Harm> {
    let by_role = task.ways.iter().map(|requests| {
        let harms = requests.iter().filter_map(|request| harm(seat, estate, in_force, task, request));
        // The first of the gravest: its message names what fails first.
        harms.reduce(|worst, next| if next.answer > worst.answer { next } else { worst })
    });
    let mut least: Option<Harm> = None;
    for found in by_role {
        let found = found?;
        if least.as_ref().is_none_or(|least| found.answer < least.answer) {
            least = Some(found);
        }
    }
    least
}

fn harm(
    seat: &Seat,
    estate: &Estate,
    in_force: &InForce<'_>,
    task: &Task,
    request: &Request,
) -> Option<Harm> {
    let levels: Vec<Level<'_>> = seat
        .after
        .iter()
        .map(|target| Level {
            name: target,
            policies: in_force
                .at(target)
                .filter(|binding| binding.layer == request.layer)
                .map(|binding| (binding.name.as_str(), &binding.document))
                .collect(),
            open: request.layer == Layer::Rcp || !estate.closed.contains_key(target),
        })
        .collect();
    let verdict = decide(&levels, &request.ask);
    let cause = verdict.cause?;
    Some(Harm {
        layer: request.layer,
        answer: verdict.answer,
        since: since(seat, estate, in_force, &cause),
        cause,
        duty: task.duty,
        step: task.step.clone(),
        account: seat.name.clone(),
        action: request.ask.action.clone(),
        resource: request.ask.resource.clone(),
    })
}

/// The steps that bring a cause about for an account.
fn since(seat: &Seat, estate: &Estate, in_force: &InForce<'_>, cause: &Cause) -> BTreeSet<StepId> {
    let (level, by) = match cause {
        Cause::Denied { policy, level, .. } => {
            let binding = in_force.at(level).find(|binding| binding.name == *policy);
            (level, binding.and_then(|binding| binding.targets.get(level).cloned().flatten()))
        }
        Cause::NotAllowed { level } => (level, estate.closed.get(level).cloned().flatten()),
    };
    let was_there = seat.before.as_ref().is_some_and(|before| before.contains(level));
    let arrives = seat.arrives.clone().filter(|_| !was_there);
    by.into_iter().chain(arrives).collect()
}
