//! I6: from every prefix of a journal, a resumed run reaches the state that the
//! full run reaches, and nothing is applied twice (the world checks that).

use std::time::Duration;

use proptest::prelude::*;

use super::faults::reference;
use super::laws::durations;
use super::world::{Fault, Sort, World};
use super::{Dice, plans};
use crate::apply::Settings;
use crate::apply::outcome::Ending;
use crate::catalog::operations::Verdict;
use crate::plan::{Plan, StepId};

fn world(plan: &Plan, seed: u64) -> World<'_> {
    World::new(plan, durations(plan, &mut Dice(seed)), Box::new(|_, _, _| None))
}

fn records_of(plan: &Plan, seed: u64) -> usize {
    let mut whole = world(plan, seed);
    whole.run(Settings::default());
    whole.journal.text().lines().count()
}

#[test]
fn a_run_that_breaks_off_after_any_record_is_carried_to_its_end() {
    let plan = reference();
    let records = records_of(&plan, 7);
    for prefix in 1..records {
        let mut broken = world(&plan, 7);
        assert_eq!(broken.run_until(Settings::default(), prefix), None, "after {prefix}");
        let outcome = broken.run(Settings::default());
        assert_eq!(outcome.ending, Ending::Complete, "after {prefix}");
        assert_eq!(outcome.counts.done, plan.steps.len(), "after {prefix}");
    }
}

#[test]
fn an_interrupted_run_is_carried_to_its_end() {
    let plan = reference();
    for minutes in 0..60 {
        let mut stopped = world(&plan, 7);
        stopped.interrupts = vec![Duration::from_secs(minutes * 60)];
        let outcome = stopped.run(Settings::default());
        if outcome.ending == Ending::Interrupted {
            assert_eq!(stopped.run(Settings::default()).ending, Ending::Complete);
        }
    }
}

#[test]
fn what_failed_and_what_was_skipped_is_done_by_a_resumed_run() {
    let plan = reference();
    for step in &plan.steps {
        let faults = |id: &StepId, sort: Sort, before: u32| {
            let fails = *id == step.id && sort == Sort::Begin && before == 0;
            fails.then_some(Fault::Refused(Verdict::Denied))
        };
        let mut failing = World::new(&plan, durations(&plan, &mut Dice(7)), Box::new(faults));
        assert_eq!(failing.run(Settings::default()).ending, Ending::Incomplete);
        assert_eq!(failing.run(Settings::default()).ending, Ending::Complete);
    }
}

#[test]
fn a_complete_run_that_is_resumed_sends_nothing() {
    let plan = reference();
    let mut whole = world(&plan, 7);
    whole.run(Settings::default());
    let sent = whole.begins.len();
    let again = whole.run(Settings::default());
    assert_eq!((again.ending, whole.begins.len()), (Ending::Complete, sent));
    assert_eq!(again.calls.polls + again.calls.look_ups, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_plan_that_breaks_off_again_and_again_gets_done(
        seed: u64, count in 1_usize..25, every in 2_usize..30,
    ) {
        let plan = plans::random(&mut Dice(seed), count);
        let mut broken = world(&plan, seed);
        let mut records = every;
        let outcome = loop {
            if let Some(outcome) = broken.run_until(Settings::default(), records) {
                break outcome;
            }
            records += every;
        };
        prop_assert_eq!(outcome.ending, Ending::Complete);
        prop_assert_eq!(outcome.counts.done, count);
    }
}
