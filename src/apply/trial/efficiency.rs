//! How close a run comes to the least possible time, with durations that the
//! scheduler does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
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

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// What the page on performance tells of schedules.
struct Figures {
    five_hundred: f64,
    /// Makespan over lower bound of two hundred random landing zones, in order.
    random: Vec<f64>,
    attention: Attention,
    in_trouble: f64,
}

/// Worked out once for all tests that hold a part of it to its target.
fn figures() -> &'static Figures {
    static FIGURES: OnceLock<Figures> = OnceLock::new();
    FIGURES.get_or_init(|| {
        let five_hundred = ratio(&plans::landing_zone_of(&mut Dice(5), 20, 500), 5);
        let zones = (0..200).map(|seed| ratio(&plans::landing_zone(&mut Dice(seed)), seed ^ 0xabcd));
        let mut random: Vec<f64> = zones.collect();
        random.sort_by(f64::total_cmp);
        Figures { five_hundred, random, attention: attention(), in_trouble: in_trouble() }
    })
}

#[test]
fn five_hundred_accounts_take_little_more_than_the_least_possible_time() {
    let ratio = figures().five_hundred;
    assert!(ratio <= 1.02, "{ratio}");
}

#[test]
fn two_hundred_landing_zones_take_little_more_than_the_least_possible_time() {
    let ratios = &figures().random;
    let (mean, p95, max) = (mean(ratios), ratios[ratios.len() * 95 / 100], ratios[ratios.len() - 1]);
    assert!(mean <= 1.03, "mean {mean}");
    assert!(p95 <= 1.08, "p95 {p95}");
    assert!(max <= 1.15, "max {max}");
}

#[test]
fn an_end_is_noticed_within_two_per_cent_and_the_narrowest_lane_is_idle_for_one_at_most() {
    let Attention { late, short_late, idle } = figures().attention;
    assert!(late <= 0.02, "{late}");
    assert!(short_late <= 5.0, "{short_late}");
    assert!(idle <= 0.01, "{idle}");
}

#[test]
fn throttles_and_faults_cost_less_than_a_sixth_of_the_least_time() {
    let ratio = figures().in_trouble;
    assert!(ratio <= 1.15, "{ratio}");
}

#[test]
fn the_figures_of_schedules_in_the_page_on_performance_are_the_programs_own() {
    let Figures { five_hundred, random, attention, in_trouble } = figures();
    let (mean, p95, max) = (mean(random), random[random.len() * 95 / 100], random[random.len() - 1]);
    let Attention { late, short_late, idle } = attention;
    let table = format!(
        "| | measured | target |\n|---|---|---|\n\
         | 200 random landing zones: time over lower bound, mean | {mean:.3} | 1.03 |\n\
         | the same, 95th percentile | {p95:.3} | 1.08 |\n\
         | the same, largest | {max:.3} | 1.15 |\n\
         | 500 new accounts in 20 units | {five_hundred:.3} | 1.02 |\n\
         | with 5 % of calls throttled and 1 % lost or failed, mean | {in_trouble:.3} | 1.15 |\n\
         | the end of an operation of 5 minutes or more is noticed after | {:.2} % of it | 2 % |\n\
         | the end of a shorter one is noticed after | {short_late:.1} s | 5 s |\n\
         | the narrowest lane is idle while something waits for it | {:.2} % of the run | 1 % |\n",
        late * 100.0,
        idle * 100.0
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once("<!-- schedule -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of schedule -->").unwrap();
    let fresh = format!("{before}<!-- schedule -->\n{table}<!-- end of schedule -->{after}");
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        std::fs::write(path, &fresh).unwrap();
        return;
    }
    assert_eq!(page, fresh, "run it again with UPDATE_RECORDED=1 and read the difference");
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

/// How soon a run sees that something has ended.
struct Attention {
    /// After the end of an operation of five minutes or more, as a part of it.
    late: f64,
    /// After the end of a shorter one, in seconds.
    short_late: f64,
    /// The part of a run for which the lane that binds it is idle without need.
    idle: f64,
}

fn attention() -> Attention {
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
    assert!(shares.len() > 300 && short.len() > 1000 && idles.len() > 50);
    Attention { late: mean(&shares), short_late: mean(&short), idle: mean(&idles) }
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

/// The mean of makespan over lower bound where one call in twenty is throttled and one in a
/// hundred lost or failed.
fn in_trouble() -> f64 {
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
    mean(&ratios)
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
