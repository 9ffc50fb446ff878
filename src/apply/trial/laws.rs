//! The laws of a run without faults, over random plans.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::world::World;
use super::{Dice, plans};
use crate::apply::experience::Durations;
use crate::apply::outcome::{Ending, Outcome};
use crate::apply::{Experience, Settings};
use crate::catalog::operations::table;
use crate::plan::bound::lower_bound;
use crate::plan::{Plan, StepId};

/// True durations: asynchronous steps half off their usual at most, others a round trip.
pub(super) fn durations(plan: &Plan, dice: &mut Dice) -> BTreeMap<StepId, Duration> {
    let mut each = BTreeMap::new();
    for step in &plan.steps {
        let asynchronous = table().get(&step.operation).is_some_and(|row| row.poll.is_some());
        let usual = if asynchronous { step.usual_seconds as f64 } else { 0.15 };
        each.insert(step.id.clone(), Duration::from_secs_f64(usual * dice.between(0.5, 1.5)));
    }
    each
}

fn run(plan: &Plan, seed: u64) -> (Outcome, Vec<(Duration, StepId)>, String) {
    let durations = durations(plan, &mut Dice(seed));
    let mut world = World::new(plan, durations, Box::new(|_, _, _| None));
    let outcome = world.run(Settings::default());
    (outcome, world.begins, world.journal.text())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// I5, with the assertions of the world: needs, widths, rates, intents.
    #[test]
    fn every_run_keeps_order_and_lanes_and_does_everything_once(seed: u64, count in 1_usize..60) {
        let plan = plans::random(&mut Dice(seed), count);
        let (outcome, begins, _) = run(&plan, seed);
        prop_assert_eq!(outcome.ending, Ending::Complete);
        prop_assert_eq!(outcome.counts.done, count);
        prop_assert_eq!(begins.len(), count);
        prop_assert!(outcome.causes.is_empty());
    }

    #[test]
    fn the_same_answers_at_the_same_times_give_the_same_run(seed: u64, count in 1_usize..40) {
        let plan = plans::random(&mut Dice(seed), count);
        prop_assert_eq!(run(&plan, seed), run(&plan, seed));
    }

    /// Whatever former runs are said to have learned, rates and widths are kept (the
    /// world checks both) and everything is done once.
    #[test]
    fn no_experience_makes_a_run_break_a_law(seed: u64, count in 1_usize..40) {
        let dice = &mut Dice(seed);
        let plan = plans::random(dice, count);
        let mut experience = Experience::default();
        for step in &plan.steps {
            let (mean, tenth) = (dice.between(0.01, 9.0), dice.between(0.01, 9.0));
            let known = Durations { count: dice.between(0.0, 30.0), mean, tenth, ninetieth: mean * 2.0 };
            experience.durations.insert(step.operation.clone(), known);
            experience.shares.insert(step.operation.clone(), dice.between(-1.0, 2.0));
        }
        let took = durations(&plan, &mut Dice(seed));
        let mut world = World::new(&plan, took, Box::new(|_, _, _| None));
        let outcome = world.run(Settings { experience, ..Settings::default() });
        prop_assert_eq!((outcome.ending, outcome.counts.done), (Ending::Complete, count));
    }

    #[test]
    fn no_run_beats_the_lower_bound(seed: u64, count in 1_usize..60) {
        let plan = plans::random(&mut Dice(seed), count);
        let took = durations(&plan, &mut Dice(seed));
        let bound = lower_bound(&plan.steps, &|step| took[&step.id], table(), Duration::from_millis(100));
        let (outcome, _, _) = run(&plan, seed);
        prop_assert!(outcome.makespan.as_secs_f64() >= bound.seconds - 1e-6, "{bound:?} {:?}", outcome.makespan);
    }
}

#[test]
fn an_empty_plan_is_complete_at_once() {
    let plan = plans::plan(Vec::new());
    let (outcome, _, _) = run(&plan, 1);
    assert_eq!((outcome.ending, outcome.makespan), (Ending::Complete, Duration::ZERO));
}

#[test]
fn fifty_thousand_steps_are_scheduled_in_seconds() {
    let root = plans::step("root", "iam:CreateRole", 1, &[]);
    let mut steps = vec![root.clone()];
    for n in 0..25_000 {
        let mut made = plans::step(&format!("a{n}"), "organizations:TagResource", 1, &[&root]);
        made.also.push(format!("enrolment(U{})", n % 400));
        let then = plans::step(&format!("b{n}"), "kms:PutKeyPolicy", 1, &[&made]);
        steps.push(made);
        steps.push(then);
    }
    let plan = plans::plan(steps);
    let mut engine = crate::apply::Engine::new(&plan, table(), Settings::default()).unwrap();
    let begin = Instant::now();
    let done = drive(&mut engine);
    assert_eq!(done, 50_001);
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
}

/// Answers every call at once and every wish to be woken; counts the steps done.
fn drive(engine: &mut crate::apply::Engine) -> usize {
    use crate::apply::event::{Command, Event};
    use crate::cloud::task::Progress;
    let mut events = std::collections::VecDeque::from([Event::Started]);
    let (mut now, mut wake) = (Duration::ZERO, None);
    loop {
        let event = events.pop_front().unwrap_or_else(|| {
            now = wake.take().unwrap();
            Event::Tick
        });
        for command in engine.handle(now, event) {
            match command {
                Command::Begin { step, .. } => {
                    let id = [("id".to_owned(), "x".to_owned())].into();
                    events.push_back(Event::Began { step, answer: Ok(Progress::Done(id)), request: None });
                }
                Command::WakeAt(at) => wake = Some(at),
                Command::Finish(outcome) => return outcome.counts.done,
                _ => {}
            }
        }
    }
}
