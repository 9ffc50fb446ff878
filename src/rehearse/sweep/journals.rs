//! Runs that begin with what is left of a journal: none of it, all of it, or a part.
//!
//! In: a site, a plan, a journal, and for faults of the medium the recorded run. Out: the
//! outcome of the run that had to cope. Absent: faults of AWS and the verdict (`run`).

use std::collections::BTreeMap;

use super::record::Reference;
use super::site::{End, Site};
use super::target::Target;
use crate::apply::Outcome;
use crate::apply::outcome::Ending;
use crate::plan::Plan;
use crate::rehearse::memory::{Text, torn as torn_lines};

/// A journal whose last line is torn in its middle.
pub(super) async fn torn<'a>(
    place: usize,
    target: &'a Target,
    reference: &'a Reference,
) -> Result<(Site<'a>, Option<Outcome>), String> {
    let append = reference.appends.get(place).ok_or("no such record")?;
    let written = reference.journal.as_bytes().get(..append.after).ok_or("no such record")?;
    let mut journal = Text::of(torn_lines(written))?;
    let mut site = Site::open(target, reference, append.world.clone(), None).await?;
    site.struck += 1;
    let outcome = resume(&mut site, &reference.plan, &mut journal).await?;
    Ok((site, outcome))
}

/// A run whose journal finds no more room a few appends after a place, and goes on
/// once there is some.
pub(super) async fn filled<'a>(
    place: usize,
    target: &'a Target,
    reference: &'a Reference,
) -> Result<(Site<'a>, Option<Outcome>), String> {
    let append = reference.appends.get(place).ok_or("no such record")?;
    let before = place.checked_sub(1).and_then(|former| reference.appends.get(former));
    let written = reference.journal.as_bytes().get(..before.map_or(0, |former| former.after));
    let mut journal = Text::of(written.ok_or("no such record")?)?;
    // The first append only says that the run goes on; the following ones announce calls
    // and tell of their answers.
    journal.room = Some(1 + place % 3);
    let mut site = Site::open(target, reference, append.world.clone(), None).await?;
    let end = site.apply(&reference.plan, &mut journal, BTreeMap::new()).await?;
    site.struck += u64::from(matches!(end, End::Crashed));
    site.restart().await?;
    let mut journal = Text::of(journal.sink.text().as_bytes())?;
    let outcome = resume(&mut site, &reference.plan, &mut journal).await?;
    Ok((site, outcome))
}

/// Goes on with a journal as the command does: after a survey that must not speak
/// against it. A refusal is right when somebody else has changed something.
pub(super) async fn resume(
    site: &mut Site<'_>,
    plan: &Plan,
    journal: &mut Text,
) -> Result<Option<Outcome>, String> {
    let snapshot = site.survey().await.map_err(|error| error.to_string())?;
    let refusals = Site::refusals(plan, &snapshot, &journal.ledger);
    if let (Some(refusal), false) = (refusals.first(), site.others) {
        site.findings.stuck.push(format!("the journal is not gone on with: {refusal}"));
    }
    if !refusals.is_empty() || journal.ledger.ending == Some(Ending::Complete) {
        return Ok(None);
    }
    let end = site.apply(plan, journal, BTreeMap::new()).await?;
    carried_on(site, plan, journal, end).await
}

/// A run that was stopped by the loss of its credentials is resumed once.
pub(super) async fn carried_on(
    site: &mut Site<'_>,
    plan: &Plan,
    journal: &mut Text,
    end: End,
) -> Result<Option<Outcome>, String> {
    let outcome = match end {
        End::Crashed => return Ok(None),
        End::Ended(outcome) => *outcome,
    };
    if outcome.ending != Ending::Interrupted {
        return Ok(Some(outcome));
    }
    site.restart().await?;
    match site.apply(plan, journal, BTreeMap::new()).await? {
        End::Crashed => Ok(None),
        End::Ended(outcome) => Ok(Some(*outcome)),
    }
}

/// Carries out a plan from its beginning.
pub(super) async fn fresh(site: &mut Site<'_>, plan: &Plan) -> Result<Option<Outcome>, String> {
    let mut journal = Text::default();
    let end = site.apply(plan, &mut journal, BTreeMap::new()).await?;
    carried_on(site, plan, &mut journal, end).await
}
