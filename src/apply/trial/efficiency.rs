//! How close a run comes to the least possible time, with durations that the
//! scheduler does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::laws::durations;
use super::world::{Fault, Sort, World};
use super::{Dice, plans};
use crate::apply::efficiency::least;
use crate::apply::{Experience, Outcome, Settings};
use crate::catalog::operations::{Verdict, table};
use crate::plan::bound::{Binding, lower_bound};
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

/// How long each operation of a run took at AWS, and how much later its end was noticed.
fn delays(world: &World<'_>, outcome: &Outcome, took: &BTreeMap<StepId, Duration>) -> Vec<(f64, f64)> {
    let asynchronous = outcome.steps.iter().filter(|report| report.operation.is_some());
    asynchronous
        .map(|report| {
            let late = report.ended.unwrap().saturating_sub(world.ended(&report.step).unwrap());
            (took[&report.step].as_secs_f64(), late.as_secs_f64())
        })
        .collect()
}

/// The part of a run in which a slot of a lane was free at AWS while a step that needs
/// nothing else waited for one.
fn idle(world: &World<'_>, outcome: &Outcome, plan: &Plan, lane: &str) -> f64 {
    let is_in = |step: &&Step| table().get(&step.operation).and_then(|row| row.lane.as_deref()) == Some(lane);
    let members: BTreeSet<&StepId> = plan.steps.iter().filter(is_in).map(|step| &step.id).collect();
    // Changes of the numbers of those that wait and of those that AWS works on.
    let mut changes: Vec<(Duration, i64, i64)> = Vec::new();
    for report in outcome.steps.iter().filter(|report| members.contains(&report.step)) {
        let (ready, started) = (report.ready.unwrap(), report.started.unwrap());
        changes.push((ready, 1, 0));
        changes.push((started, -1, 1));
        changes.push((world.ended(&report.step).unwrap(), 0, -1));
    }
    changes.sort();
    let slots = table().slots(lane) as i64;
    let (mut waiting, mut busy, mut last, mut lost) = (0_i64, 0_i64, Duration::ZERO, 0.0);
    for (at, more_wait, more_busy) in changes {
        lost += waiting.min(slots - busy).max(0) as f64 * (at - last).as_secs_f64();
        (waiting, busy, last) = (waiting + more_wait, busy + more_busy, at);
    }
    lost / (slots as f64 * outcome.makespan.as_secs_f64())
}

#[test]
fn an_end_is_noticed_within_two_per_cent_and_the_narrowest_lane_is_idle_for_one_at_most() {
    let (mut shares, mut short, mut idles) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 0..100 {
        let plan = plans::landing_zone(&mut Dice(seed));
        let took = durations(&plan, &mut Dice(seed ^ 0x1d1e));
        let mut world = World::new(&plan, took.clone(), Box::new(|_, _, _| None));
        world.journalled = false;
        let outcome = world.run(Settings::default());
        for (duration, late) in delays(&world, &outcome, &took) {
            if duration < 300.0 { short.push(late) } else { shares.push(late / duration) }
        }
        let bound = lower_bound(&plan.steps, &|step| took[&step.id], table(), Duration::from_millis(100));
        if let Binding::Width { lane } = &bound.binding {
            idles.push(idle(&world, &outcome, &plan, lane));
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (late, short_late, idle) = (mean(&shares), mean(&short), mean(&idles));
    println!(
        "an end is noticed after {:.2} % of a long operation, {short_late:.2} s after that of a short one; the \
         narrowest lane is idle for {:.2} % of the run",
        late * 100.0,
        idle * 100.0
    );
    assert!(shares.len() > 300 && short.len() > 1000 && idles.len() > 50);
    assert!(late <= 0.02, "{late}");
    assert!(short_late <= 5.0, "{short_late}");
    assert!(idle <= 0.01, "{idle}");
}

#[test]
fn a_run_knows_itself_how_close_it_came_and_does_not_flatter_itself() {
    for seed in 0..40 {
        let plan = plans::landing_zone(&mut Dice(seed));
        let took = durations(&plan, &mut Dice(seed ^ 0x5e1f));
        let bound = lower_bound(&plan.steps, &|step| took[&step.id], table(), Duration::ZERO);
        let mut world = World::new(&plan, took, Box::new(|_, _, _| None));
        world.journalled = false;
        let outcome = world.run(Settings::default());
        let known = least(&plan, &outcome).unwrap().as_secs_f64();
        // It learns of an end by asking, so it takes no operation for longer than it was,
        // and for at most the step between two questions shorter.
        assert!(known <= bound.seconds + 0.2, "{known} {}", bound.seconds);
        assert!(known >= 0.95 * bound.seconds, "{known} {}", bound.seconds);
    }
}

#[test]
fn throttles_and_faults_cost_less_than_a_sixth_of_the_least_time() {
    let mut ratios = Vec::new();
    for seed in 0..60 {
        let plan = plans::landing_zone(&mut Dice(seed));
        let took = durations(&plan, &mut Dice(seed ^ 0xfa17));
        let bound = lower_bound(&plan.steps, &|step| took[&step.id], table(), Duration::from_millis(100));
        let mut dice = Dice(seed ^ 0x7007);
        let faults = move |_: &StepId, sort: Sort, _: u32| match (sort, dice.below(1000)) {
            (_, 0..50) => Some(Fault::Refused(Verdict::Throttled)),
            (Sort::Begin, 50..55) => Some(Fault::LostAnswer),
            (Sort::Begin, 55..60) => Some(Fault::LostCall),
            (Sort::Poll | Sort::LookUp, 50..60) => Some(Fault::Refused(Verdict::Unknown)),
            _ => None,
        };
        let mut world = World::new(&plan, took, Box::new(faults));
        world.journalled = false;
        let outcome = world.run(Settings::default());
        assert!(outcome.counts.complete(), "{:?}", outcome.causes);
        assert!(outcome.calls.throttled > 0);
        ratios.push(outcome.makespan.as_secs_f64() / bound.seconds);
    }
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    println!("makespan / lower bound with 5 % throttles and 1 % faults: mean {mean:.4}");
    assert!(mean <= 1.15, "{mean}");
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
