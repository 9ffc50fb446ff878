//! How close a run comes to the least possible time, with durations that the
//! scheduler does not know.

use std::time::Duration;

use super::laws::durations;
use super::world::{Fault, Sort, World};
use super::{Dice, plans};
use crate::apply::{Experience, Outcome, Settings};
use crate::catalog::operations::{Verdict, table};
use crate::plan::bound::lower_bound;
use crate::plan::{Plan, Step, StepId};

fn ratio(plan: &Plan, seed: u64) -> f64 {
    let took = durations(plan, &mut Dice(seed));
    let bound = lower_bound(&plan.steps, &|step| took[&step.id], table(), Duration::from_millis(100));
    let mut world = World::new(plan, took, Box::new(|_, _, _| None));
    world.journalled = false;
    let outcome = world.run(Settings::default());
    assert!(outcome.counts.complete());
    assert_eq!(outcome.calls.throttled, 0);
    outcome.makespan.as_secs_f64() / bound.seconds
}

#[test]
fn five_hundred_accounts_take_little_more_than_the_least_possible_time() {
    let plan = plans::landing_zone_of(&mut Dice(5), 20, 500);
    let ratio = ratio(&plan, 5);
    println!("makespan / lower bound of 500 accounts in 20 units: {ratio:.4}");
    assert!(ratio <= 1.02, "{ratio}");
}

#[test]
fn two_hundred_landing_zones_take_little_more_than_the_least_possible_time() {
    let mut ratios: Vec<f64> = Vec::new();
    for seed in 0..200 {
        let plan = plans::landing_zone(&mut Dice(seed));
        ratios.push(ratio(&plan, seed ^ 0xabcd));
    }
    ratios.sort_by(f64::total_cmp);
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let (p95, max) = (ratios[ratios.len() * 95 / 100], ratios[ratios.len() - 1]);
    println!("makespan / lower bound: mean {mean:.4}, p95 {p95:.4}, max {max:.4}");
    assert!(mean <= 1.03, "mean {mean}");
    assert!(p95 <= 1.08, "p95 {p95}");
    assert!(max <= 1.15, "max {max}");
}

/// A run in a world where everything takes three times its usual.
fn slowly(plan: &Plan, settings: Settings) -> Outcome {
    let slow = |step: &Step| Duration::from_secs(step.usual_seconds * 3);
    let took = plan.steps.iter().map(|step| (step.id.clone(), slow(step))).collect();
    World::new(plan, took, Box::new(|_, _, _| None)).run(settings)
}

#[test]
fn a_second_run_asks_less_often_because_the_first_has_learned() {
    let plan = plans::landing_zone_of(&mut Dice(5), 6, 40);
    let first = slowly(&plan, Settings::default());
    let experience = Experience::default().and(&first.lessons);
    let second = slowly(&plan, Settings { experience, ..Settings::default() });
    let (before, after) = (first.calls.polls, second.calls.polls);
    println!("polls of a run that knows nothing: {before}, of one that knows: {after}");
    assert!(after < before, "{after} of {before}");
    assert!(second.makespan <= first.makespan.mul_f64(1.02), "{:?} {:?}", second.makespan, first.makespan);
}

#[test]
fn a_run_begins_at_the_pace_that_the_one_before_was_throttled_to() {
    let tags = (0..60).map(|n| plans::step(&format!("t{n}"), "organizations:TagResource", 1, &[])).collect();
    let plan = plans::plan(tags);
    let throttled = |_: &StepId, sort: Sort, before: u32| {
        (sort == Sort::Begin && before < 2).then_some(Fault::Refused(Verdict::Throttled))
    };
    let outcome = World::new(&plan, [].into(), Box::new(throttled)).run(Settings::default());
    let experience = Experience::default().and(&outcome.lessons);
    let share = experience.shares["organizations:TagResource"];
    assert!(share < 0.6, "{share}");
    let begun = |settings: Settings| {
        let mut world = World::new(&plan, [].into(), Box::new(|_, _, _| None));
        world.run(settings);
        world.begins[30].0
    };
    let (fresh, known) = (begun(Settings::default()), begun(Settings { experience, ..Settings::default() }));
    assert!(known > fresh.mul_f64(1.3), "{known:?} {fresh:?}");
}
