//! Schedules of several faults, drawn from a seed.
//!
//! In: a seed. Out: the world after the last fault, ready for the oracle. The same
//! seed gives the same schedule and the same run. Absent: any other chance.

use std::collections::BTreeMap;

use super::faults::{How, TABLE};
use super::journals;
use super::record::Reference;
use super::site::{End, Site};
use super::target::Target;
use crate::apply::outcome::Ending;
use crate::rehearse::memory::Text;
use crate::rehearse::saboteur::{Mischief, Place};
use crate::sim::FaultPlan;

/// Runs with faults before the one without.
const ROUNDS: u64 = 3;
/// Faults per run, at most.
const FAULTS: u64 = 4;

/// SplitMix64 (Steele, Lea, Flood 2014: <https://doi.org/10.1145/2660193.2660195>).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let place = self.roll(u64::try_from(from.len()).unwrap_or(u64::MAX));
        from.get(usize::try_from(place).unwrap_or_default())
    }
}

/// Carries out the runs with faults.
pub(super) async fn carry_out<'a>(
    seed: u64,
    target: &'a Target,
    reference: &'a Reference,
) -> Result<Site<'a>, String> {
    let mut dice = Dice(seed);
    let start = reference.appends.first().ok_or("the journal is empty")?;
    let mut site = Site::open(target, reference, start.world.clone(), None).await?;
    let (mut plan, mut journal) = (reference.plan.clone(), Text::default());
    for _ in 0..=dice.roll(ROUNDS) {
        let mischief = mischief(&mut dice, reference);
        let end = site.apply(&plan, &mut journal, mischief).await?;
        site.disarm();
        site.restart().await?;
        site.struck += u64::from(matches!(end, End::Crashed));
        let resumable = match &end {
            End::Crashed => true,
            End::Ended(outcome) => outcome.ending == Ending::Interrupted,
        };
        if resumable && dice.roll(2) == 0 {
            continue;
        }
        let snapshot = site.survey().await.map_err(|error| error.to_string())?;
        let next = site.plan(&snapshot);
        if next.steps.is_empty() || next.blockers().next().is_some() {
            return Ok(site);
        }
        (plan, journal) = (next, Text::default());
    }
    if !journal.ledger.steps.is_empty() {
        journals::resume(&mut site, &plan, &mut journal).await?;
    }
    Ok(site)
}

fn mischief(dice: &mut Dice, reference: &Reference) -> BTreeMap<Place, Mischief> {
    let mut found = BTreeMap::new();
    for _ in 0..=dice.roll(FAULTS) {
        let (Some(row), Some(mutation)) = (dice.pick(TABLE), dice.pick(&reference.mutations)) else {
            continue;
        };
        let step = reference.plan.steps.iter().find(|step| step.id == mutation.begun.step);
        let what = match (row.how, step) {
            (How::Crash { effect, .. }, _) => Some(Mischief::Crash { effect }),
            (How::Mutation(strike), Some(step)) => strike(step, &mutation.begun.task)
                .map(|strike| Mischief::Arm(FaultPlan::one(&strike.operation, 1, strike.fault))),
            _ => None,
        };
        found.extend(what.map(|what| (Place::Step(mutation.begun.step.clone()), what)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_rolls_the_same_every_time_and_seeds_differ() {
        let rolls = |seed| {
            let mut dice = Dice(seed);
            (0..8).map(|_| dice.roll(1000)).collect::<Vec<_>>()
        };
        assert_eq!(rolls(1), rolls(1));
        assert_ne!(rolls(1), rolls(2));
    }
}
