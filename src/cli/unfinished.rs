//! Runs that did not end: whether to go on with one, or to prove what it left in
//! flight and plan anew.
//!
//! In: the runs there are, what shall be applied, a session. Out: a run to go on
//! with, or none. Nothing is sent here: the organization is the state, so without
//! a usable journal the program waits for what AWS has under way and plans from
//! what is live then.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::aws::Session;
use super::carrying::Carrying;
use super::claimed::Claimed;
use super::error::CliError;
use super::planning;
use super::printer::Printer;
use crate::apply::outcome::Ending;
use crate::apply::runs::{Kept, Opening, RunsError};
use crate::apply::{Refusal, preconditions};
use crate::model::{Kind, Resource};
use crate::observe::{self, ObserveError};
use crate::plan::Plan;

/// The time between two looks at what AWS has under way.
const LOOK: Duration = Duration::from_secs(10);
/// So long at most: the longest that any operation may take (see `apply::Settings`).
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// Blockers of a plan that end by themselves.
const PASSING: [&str; 2] = ["account-under-creation", "control-tower-busy"];

/// What shall be applied, as far as a former run can be held against it.
#[derive(Debug)]
pub(super) enum Aim {
    /// What a document wants, by its digest.
    Spec(String),
    /// One plan, by its id.
    Plan(String),
}

/// The unfinished run to go on with, if there is one and it still fits. One that
/// does not is proven and left.
pub(super) async fn take(
    claimed: &Claimed,
    aim: &Aim,
    session: &Session,
    printer: &Printer,
) -> Result<Option<Carrying>, CliError> {
    // A world in a file is kept at the end of a command, as a whole or not at all,
    // so a journal may tell of things that it never held.
    if session.is_simulated() {
        return Ok(None);
    }
    let caller = session.connection.caller().await;
    let account = caller.map_err(|error| session.observing(ObserveError::Caller(error)))?.account.clone();
    let Some(kept) = claimed.runs.newest_of(&account).await? else { return Ok(None) };
    let Some(in_flight) = unfinished(&kept, printer) else { return Ok(None) };
    let reopened = match claimed.runs.reopen(&kept, &claimed.writer).await {
        Err(busy @ RunsError::Busy { .. }) => return Err(busy.into()),
        Err(error) => {
            printer.say(&format!("note: {error}; planning anew from what is live"));
            return Ok(None);
        }
        Ok(reopened) => reopened,
    };
    let plan = &reopened.planned.plan;
    let fresh = planning::survey(session, &plan.resources).await?;
    let refusals = preconditions::refusals_on_resume(plan, &fresh, reopened.journal.ledger());
    if refusals.iter().any(is_elsewhere) {
        return Ok(None);
    }
    let same = match aim {
        Aim::Spec(digest) => plan.spec_digest == *digest,
        Aim::Plan(id) => plan.id == *id,
    };
    let failed = kept.ending() == Some(Ending::Incomplete);
    if same && !failed && refusals.is_empty() {
        return Ok(Some(Carrying::again(kept.id.clone(), reopened, session)));
    }
    if !failed {
        printer.say(&format!(
            "note: run {} is not gone on with, but planned anew: {}",
            kept.id,
            why(same, &refusals)
        ));
    }
    if in_flight > 0 {
        printer.say(&format!("note: first proving {in_flight} calls that run {} left in flight", kept.id));
        let (_, nobody) = mpsc::channel(1);
        let mut former = Carrying::again(kept.id.clone(), reopened, session);
        former.carry_out(claimed, session, nobody, printer, true).await?;
    }
    Ok(None)
}

/// How many calls the run left in flight; none when there is nothing to go on with.
fn unfinished(kept: &Kept, printer: &Printer) -> Option<usize> {
    let story = match &kept.story {
        Ok(story) => story,
        Err(problem) => {
            printer.say(&format!(
                "note: the journal of run {} cannot be trusted ({problem}); planning anew from what is live",
                kept.id
            ));
            return None;
        }
    };
    let in_flight = story.ledger.in_flight().count();
    match story.ledger.ending {
        Some(Ending::Complete) => None,
        // What failed is planned anew, since the reason may have been mended.
        Some(Ending::Incomplete) if in_flight == 0 => None,
        _ => Some(in_flight),
    }
}

/// Whether the run was for something that these credentials do not reach.
fn is_elsewhere(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Format { .. }
            | Refusal::Account { .. }
            | Refusal::Organization { .. }
            | Refusal::Partition { .. }
            | Refusal::HomeRegion { .. }
    )
}

fn why(same: bool, refusals: &[Refusal]) -> String {
    match (same, refusals) {
        (false, _) => "something else is to be applied now".to_owned(),
        (true, refusals) => refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

/// Says how far a run has come that is gone on with.
pub(super) fn say_how_far(carrying: &Carrying, opening: Option<&Opening<'_>>, printer: &Printer) {
    let ledger = carrying.journal.ledger();
    let ended = ledger.steps.values().filter(|step| step.state.ended()).count();
    let started = opening.map(|opening| format!(" of {}", opening.started)).unwrap_or_default();
    printer.say(&format!(
        "Going on with run {}{started}: {ended} of {} steps have ended, {} are in flight.",
        carrying.run.id,
        carrying.planned.plan.steps.len(),
        ledger.in_flight().count()
    ));
}

/// Waits until AWS has ended what it has under way and what the plan would meet.
/// Says whether it had to, or whether the plan met something that may have ended since,
/// so that what is live must be looked at again.
pub(super) async fn settled(plan: &Plan, session: &Session, printer: &Printer) -> Result<bool, CliError> {
    let concerned = concerned(plan);
    let begin = Instant::now();
    let mut met = plan.blockers().any(|note| PASSING.contains(&note.code.as_str()));
    let mut waited = false;
    loop {
        let found = match Box::pin(observe::under_way(&session.connection, &concerned)).await {
            Ok(found) => found,
            // Steps that meet a conflict wait by themselves, so this is no reason to stop.
            Err(error) => {
                printer.say(&format!("note: it is not known what AWS has under way: {error}"));
                return Ok(met);
            }
        };
        if found.is_empty() || begin.elapsed().mul_f64(session.speed()) >= PATIENCE {
            return Ok(met);
        }
        if !waited {
            let words: Vec<String> = found.iter().map(ToString::to_string).collect();
            printer.say(&format!(
                "note: AWS has under way: {}; waiting for it before planning",
                words.join(", ")
            ));
        }
        (waited, met) = (true, true);
        tokio::time::sleep(LOOK.div_f64(session.speed())).await;
    }
}

/// The resources whose operations under way the plan would meet: accounts that it
/// creates, and all of Control Tower's when it has a step there.
fn concerned(plan: &Plan) -> Vec<Resource> {
    let tower = plan.steps.iter().any(|step| ["control-tower", "control"].contains(&step.lane.as_str()));
    let created = |resource: &Resource| {
        plan.steps.iter().any(|step| step.address == resource.address && step.verb == "create")
    };
    let meets = |resource: &&Resource| match resource.address.kind {
        Kind::LandingZone | Kind::Baseline | Kind::Control => tower,
        Kind::Account => created(resource),
        _ => false,
    };
    plan.resources.iter().filter(meets).cloned().collect()
}
