//! One case from the fault to the verdict.
//!
//! In: a case, its target and the recorded run. Out: what was found wrong. Every
//! case begins at a copy of the recorded world just before its fault, so that what
//! came before is not done again. After the last fault one more apply must put
//! everything right, the next plans must be empty, and the world must hold what the
//! run without faults left behind, each thing once.

use std::collections::BTreeMap;
use std::time::Duration;

use super::canaries;
use super::case::Case;
use super::faults::{Demand, How, Successor, UNPROTECTED, UNSETTLING, interference, stale};
use super::inventory::Inventory;
use super::journals::{carried_on, filled, fresh, resume, torn};
use super::random;
use super::record::{Mutation, Reference};
use super::site::{Findings, SHORT_PAGE, Site};
use super::target::Target;
use crate::apply::Outcome;
use crate::apply::outcome::Ending;
use crate::model::Kind;
use crate::plan::{Step, StepId};
use crate::rehearse::memory::Text;
use crate::rehearse::saboteur::{Mischief, Place};
use crate::sim::{Fault, FaultPlan, World};

/// Virtual time after which a case that has not ended never will.
const FOR_EVER: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long an operator waits before planning again while AWS is creating an account.
const PATIENCE: Duration = Duration::from_secs(1800);
/// How long AWS goes on by itself before anybody looks at what there is.
pub(super) const AFTERWARDS: Duration = Duration::from_secs(4 * 1800);
/// How often such an operator comes back.
const RETURNS: usize = 12;
/// One case of so many looks at its world again much later.
const LATER: usize = 8;

/// What a case showed.
#[derive(Debug)]
pub(super) struct Verdict {
    /// Whether its fault changed anything at all.
    pub(super) struck: bool,
    /// Requests that it took.
    pub(super) requests: u64,
    /// What is wrong.
    pub(super) findings: Findings,
}

/// Carries a case out. Must be called inside a runtime whose time is virtual.
pub(super) async fn carry_out(case: Case, target: &Target, reference: &Reference) -> Verdict {
    let result = tokio::time::timeout(FOR_EVER, Box::pin(attempt(case, target, reference))).await;
    match result {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(problem)) => stuck(problem),
        Err(_) => stuck("it never ends".to_owned()),
    }
}

pub(super) fn stuck(problem: String) -> Verdict {
    let findings = Findings { stuck: vec![problem], ..Findings::default() };
    Verdict { struck: true, requests: 0, findings }
}

/// A case in which the program broke down. What it said last is searched for the
/// caller's secrets, too.
pub(super) fn broken_down(panic: &(dyn std::any::Any + Send)) -> Verdict {
    let said = panic.downcast_ref::<String>().cloned();
    let said =
        said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned())).unwrap_or_default();
    let mut verdict = stuck(format!("it breaks down: {said}"));
    verdict.findings.leaks = canaries::found(&said, &crate::sim::Simulator::new(Default::default()).world());
    verdict
}

async fn attempt(case: Case, target: &Target, reference: &Reference) -> Result<Verdict, String> {
    let (mut site, applies, later) = match case {
        Case::Random(seed) => (random::carry_out(seed, target, reference).await?, 1, true),
        Case::Single(row, place) => {
            let (site, outcome) = single(row.how, place, target, reference).await?;
            let (mut site, named) = (site, step_of(row.how, place, reference));
            let applies = demand(&mut site, row.demand, outcome.as_ref(), named);
            (site, applies, place % LATER == 0)
        }
    };
    converge(&mut site, applies, later).await?;
    // The last plan may be empty while AWS still works on what it was asked for.
    tokio::time::sleep(AFTERWARDS).await;
    let mut world = site.simulator.world();
    if let Case::Single(row, place) = case
        && matches!(row.how, How::Zombie)
    {
        set_surplus_aside(&mut site, &mut world, step_of(row.how, place, reference), reference).await?;
    }
    let difference = Inventory::of(&world).against(&reference.inventory);
    site.findings.duplicates.extend(difference.duplicates);
    site.findings.orphans.extend(difference.orphans);
    site.findings.stuck.extend(difference.wrong);
    site.look_for_secrets();
    let requests = u64::try_from(site.seen).unwrap_or(u64::MAX);
    Ok(Verdict { struck: site.struck > 0, requests, findings: site.findings })
}

/// Whether a step's operation is among some.
fn is_one_of(operations: &[&str], step: Option<&StepId>, reference: &Reference) -> bool {
    let step = step.and_then(|id| reference.plan.steps.iter().find(|step| step.id == *id));
    step.is_some_and(|step| operations.contains(&step.operation.as_str()))
}

/// Takes the keys out of a world that a late call has made and that are told as left over.
async fn set_surplus_aside(
    site: &mut Site<'_>,
    world: &mut World,
    step: Option<&StepId>,
    reference: &Reference,
) -> Result<(), String> {
    if !is_one_of(UNPROTECTED, step, reference) {
        return Ok(());
    }
    let told = site.leftovers().await?;
    for key in told.into_iter().filter(|left| left.kind == Kind::Key) {
        for region in world.kms.accounts.values_mut().flat_map(BTreeMap::values_mut) {
            let surplus = region.keys.extract_if(.., |id, _| key.place.ends_with(id.as_str()));
            site.findings.surplus.extend(surplus.map(|_| key.place.clone()));
        }
    }
    Ok(())
}

/// Lets the fault happen, and lets the program carry on once. Gives the outcome of
/// the run in which it had to cope with the fault, if it made one.
async fn single<'a>(
    how: How,
    place: usize,
    target: &'a Target,
    reference: &'a Reference,
) -> Result<(Site<'a>, Option<Outcome>), String> {
    match how {
        How::Torn => torn(place, target, reference).await,
        How::Full => filled(place, target, reference).await,
        How::Read(fault) => {
            // The n-th read of a survey in a world that the n-th part of the run has made.
            let at = place * reference.mutations.len() / reference.reads.max(1);
            let mut site = after(mutation(reference, at)?, true, target, reference, Some(SHORT_PAGE)).await?;
            site.restart().await?;
            let call = u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1);
            site.arm(FaultPlan::one("read", call, fault()));
            let snapshot = site.survey().await;
            site.disarm();
            // A survey that fails is made again; a plan from one that did not is applied.
            let outcome = match snapshot {
                Ok(snapshot) => {
                    let plan = site.plan(&snapshot);
                    if plan.blockers().next().is_some() { None } else { fresh(&mut site, &plan).await? }
                }
                Err(_) => None,
            };
            Ok((site, outcome))
        }
        How::Mutation(strike) => {
            let mutation = mutation(reference, place)?;
            let step = step_of(how, place, reference)
                .and_then(|id| reference.plan.steps.iter().find(|step| step.id == *id));
            let strike = step.and_then(|step| strike(step, &mutation.begun.task));
            let strike = strike.ok_or("the fault does not apply there")?;
            let append = reference.appends.get(mutation.append).ok_or("no such record")?;
            let mut site = Site::open(target, reference, append.world.clone(), None).await?;
            let armed = Mischief::Arm(FaultPlan::one(&strike.operation, 1, strike.fault));
            let mischief = BTreeMap::from([(Place::Step(mutation.begun.step.clone()), armed)]);
            let mut journal = Text::saying(append.ledger.clone());
            let end = site.apply(&reference.plan, &mut journal, mischief).await?;
            site.disarm();
            let outcome = carried_on(&mut site, &reference.plan, &mut journal, end).await?;
            Ok((site, outcome))
        }
        How::Crash { effect, then } => {
            let mut site = after(mutation(reference, place)?, effect, target, reference, None).await?;
            site.struck += 1;
            let outcome = succeed(&mut site, then, mutation(reference, place)?).await?;
            Ok((site, outcome))
        }
        How::Zombie => overtaken(mutation(reference, place)?, target, reference).await,
        How::StaleAfterCrash(then) => {
            let mutation = mutation(reference, place)?;
            let mut site = Site::open(target, reference, world(mutation)?, None).await?;
            site.arm(FaultPlan::one("read", 1, stale()));
            site.send(&reference.plan, &mutation.begun).await;
            let outcome = succeed(&mut site, then, mutation).await?;
            Ok((site, outcome))
        }
        How::Actor(then) => {
            let mutation = mutation(reference, place)?;
            let step = reference.plan.steps.iter().find(|step| step.id == mutation.begun.step);
            let mut site = after(mutation, true, target, reference, None).await?;
            // What has begun ends before somebody else can change it.
            tokio::time::sleep(PATIENCE).await;
            let account = reference.plan.account.as_str();
            let act = step.and_then(|step| interference(step, &mutation.begun.task, account));
            let act = act.ok_or("the fault does not apply there")?;
            site.arm(FaultPlan::one("any", 1, Fault::Actor { act }));
            let outcome = succeed(&mut site, then, mutation).await?;
            Ok((site, outcome))
        }
    }
}

/// A holder that is stopped in a call, overtaken, and goes on with that call.
async fn overtaken<'a>(
    mutation: &Mutation,
    target: &'a Target,
    reference: &'a Reference,
) -> Result<(Site<'a>, Option<Outcome>), String> {
    let mut site = after(mutation, false, target, reference, None).await?;
    site.struck += 1;
    let outcome = succeed(&mut site, Successor::Journal, mutation).await?;
    site.send(&reference.plan, &mutation.begun).await;
    if is_one_of(UNSETTLING, Some(&mutation.begun.step), reference) {
        provisioned_again(&mut site, &mutation.begun.step).await?;
    }
    Ok((site, outcome))
}

/// What a late write of a permission set leaves is its provisioning, and nothing else.
async fn provisioned_again(site: &mut Site<'_>, written: &StepId) -> Result<(), String> {
    site.restart().await?;
    let snapshot = site.survey().await.map_err(|error| error.to_string())?;
    let plan = site.plan(&snapshot);
    let own = |step: &&Step| step.verb == "provision" && written.0.starts_with(&format!("{}:", step.address));
    let others: Vec<&StepId> = plan.steps.iter().filter(|step| !own(step)).map(|step| &step.id).collect();
    if !others.is_empty() {
        site.findings.stuck.push(format!("a late {written} leaves more than its provisioning: {others:?}"));
    }
    if !plan.steps.is_empty() {
        fresh(site, &plan).await?;
    }
    Ok(())
}

fn mutation(reference: &Reference, place: usize) -> Result<&Mutation, String> {
    reference.mutations.get(place).ok_or_else(|| format!("there is no mutation {place}"))
}

fn world(mutation: &Mutation) -> Result<World, String> {
    mutation.begun.world.clone().ok_or_else(|| "no world was kept".to_owned())
}

fn step_of(how: How, place: usize, reference: &Reference) -> Option<&StepId> {
    match how {
        How::Torn | How::Full | How::Read(_) => None,
        _ => reference.mutations.get(place).map(|mutation| &mutation.begun.step),
    }
}

/// The world just before a mutation, or just after its effect.
async fn after<'a>(
    mutation: &Mutation,
    effect: bool,
    target: &'a Target,
    reference: &'a Reference,
    page_size: Option<u32>,
) -> Result<Site<'a>, String> {
    let mut site = Site::open(target, reference, world(mutation)?, page_size).await?;
    if effect {
        site.send(&reference.plan, &mutation.begun).await;
    }
    Ok(site)
}

/// What carries on after a crash at a mutation.
async fn succeed(
    site: &mut Site<'_>,
    then: Successor,
    mutation: &Mutation,
) -> Result<Option<Outcome>, String> {
    site.restart().await?;
    let reference = site.reference;
    let outcome = match then {
        Successor::Journal => {
            let next = reference.appends.get(mutation.append + 1).map(|append| append.ledger.clone());
            let mut journal = Text::saying(next.ok_or("the journal ends with an intent")?);
            resume(site, &reference.plan, &mut journal).await?
        }
        Successor::Afresh => {
            let snapshot = site.survey().await.map_err(|error| error.to_string())?;
            let plan = site.plan(&snapshot);
            if plan.blockers().next().is_some() { None } else { fresh(site, &plan).await? }
        }
    };
    site.disarm();
    Ok(outcome)
}

/// Whether the run did what is asked of it; gives how many applies are left to it.
fn demand(site: &mut Site<'_>, demand: Demand, outcome: Option<&Outcome>, step: Option<&StepId>) -> usize {
    let Some(outcome) = outcome else { return 1 };
    let complete = outcome.ending == Ending::Complete;
    if site.struck == 0 || complete {
        return usize::from(!complete || demand == Demand::Nothing);
    }
    // Several calls of one operation may be on their way at once, and the fault
    // strikes the one that arrives first.
    let operation = |id: &StepId| {
        let step = site.reference.plan.steps.iter().find(|step| step.id == *id);
        step.map(|step| step.operation.clone())
    };
    let struck = step.and_then(operation);
    let named = outcome.causes.iter().any(|cause| struck.is_some() && operation(&cause.step) == struck);
    if demand == Demand::Absorbed || demand == Demand::Reported && !named {
        let causes: Vec<String> = outcome
            .causes
            .iter()
            .map(|cause| {
                let error = cause.error.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{} {error}", cause.step)
            })
            .collect();
        let what = if demand == Demand::Absorbed { "does not get over it" } else { "does not name the step" };
        site.findings.stuck.push(format!("the run {what}: {:?}, causes {causes:?}", outcome.ending));
    }
    1
}

/// Plans and applies until nothing is left to do.
async fn converge(site: &mut Site<'_>, mut applies: usize, later: bool) -> Result<(), String> {
    site.disarm();
    site.restart().await?;
    let mut returns = 0;
    loop {
        // As `apply` does, which looks for what is under way before it plans.
        if returns < RETURNS && site.is_busy().await? {
            returns += 1;
            tokio::time::sleep(PATIENCE).await;
            continue;
        }
        let snapshot = site.survey().await.map_err(|error| error.to_string())?;
        let plan = site.plan(&snapshot);
        if let Some(note) = plan.blockers().next() {
            site.findings.stuck.push(format!("the next plan is refused: {}: {}", note.code, note.message));
            return Ok(());
        }
        let Some(step) = plan.steps.first() else { break };
        if applies == 0 {
            let (count, changes) = (plan.steps.len(), &step.changes);
            site.findings.stuck.push(format!(
                "{count} steps are left, the first is {}: {changes:?} {:?}",
                step.id, step.reasons
            ));
            return Ok(());
        }
        applies -= 1;
        let outcome = fresh(site, &plan).await?;
        demand(site, Demand::Nothing, outcome.as_ref(), None);
        if let Some(outcome) = outcome.filter(|outcome| outcome.ending != Ending::Complete) {
            let causes: Vec<String> = outcome
                .causes
                .iter()
                .map(|cause| {
                    format!(
                        "{} {}",
                        cause.step,
                        cause.error.as_ref().map(ToString::to_string).unwrap_or_default()
                    )
                })
                .collect();
            site.findings.stuck.push(format!("the last apply does not complete: {causes:?}"));
            return Ok(());
        }
    }
    if later {
        tokio::time::sleep(PATIENCE * 48).await;
        let snapshot = site.survey().await.map_err(|error| error.to_string())?;
        let plan = site.plan(&snapshot);
        if let Some(step) = plan.steps.first() {
            let (count, changes) = (plan.steps.len(), &step.changes);
            site.findings
                .stuck
                .push(format!("{count} steps are left a day later, the first is {}: {changes:?}", step.id));
        }
    }
    Ok(())
}
