//! Interrupts at any moment: what is in the air ends, what runs at AWS is written
//! down, and nothing new is begun.

use std::time::Duration;

use proptest::prelude::*;

use super::laws::durations;
use super::world::World;
use super::{Dice, plans};
use crate::apply::Settings;
use crate::apply::journal::{State, read};
use crate::apply::outcome::{Ending, Status};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_the_first_interrupt_nothing_begins_and_the_run_ends_soon(
        seed: u64, count in 1_usize..40, at_ms in 0_u64..8_000_000,
    ) {
        let plan = plans::random(&mut Dice(seed), count);
        let took = durations(&plan, &mut Dice(seed));
        let stop = Duration::from_millis(at_ms);
        let mut world = World::new(&plan, took, Box::new(|_, _, _| None));
        world.interrupts = vec![stop];
        let outcome = world.run(Settings::default());
        prop_assert!(world.begins.iter().all(|(at, _)| *at <= stop));
        if outcome.ending == Ending::Interrupted {
            prop_assert!(outcome.makespan < stop + Duration::from_secs(1));
            // What runs at AWS is in the journal with the id to ask about.
            let story = read(world.journal.text().as_bytes()).unwrap();
            for report in outcome.steps.iter().filter(|report| report.status == Status::InFlight) {
                let step = &story.ledger.steps[&report.step];
                prop_assert_eq!(step.state, State::Accepted);
                prop_assert_eq!(&step.operation, &report.operation);
                prop_assert!(report.operation.is_some());
            }
            prop_assert!(!outcome.counts.complete() && outcome.causes.is_empty());
        } else {
            prop_assert_eq!(outcome.ending, Ending::Complete);
        }
    }
}

#[test]
fn the_second_interrupt_ends_the_run_at_once_with_calls_in_the_air() {
    let steps = vec![plans::step("a", "organizations:CreateAccount", 90, &[])];
    let plan = plans::plan(steps);
    let mut world = World::new(&plan, [].into(), Box::new(|_, _, _| None));
    world.round_trip = Duration::from_secs(30);
    world.interrupts = vec![Duration::from_secs(1), Duration::from_secs(2)];
    let outcome = world.run(Settings::default());
    assert_eq!((outcome.ending, outcome.makespan), (Ending::Interrupted, Duration::from_secs(2)));
    assert_eq!(outcome.counts.in_flight, 1);
    let story = read(world.journal.text().as_bytes()).unwrap();
    assert_eq!(story.ledger.in_flight().count(), 1);
}

#[test]
fn the_first_interrupt_waits_for_the_call_in_the_air() {
    let steps = vec![plans::step("a", "organizations:TagResource", 1, &[])];
    let plan = plans::plan(steps);
    let mut world = World::new(&plan, [].into(), Box::new(|_, _, _| None));
    world.round_trip = Duration::from_secs(30);
    world.interrupts = vec![Duration::from_secs(1)];
    let outcome = world.run(Settings::default());
    assert_eq!((outcome.ending, outcome.makespan), (Ending::Complete, Duration::from_secs(30)));
}
