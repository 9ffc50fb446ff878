//! How close a run comes to the least possible time, with durations that the
//! scheduler does not know.

use std::time::Duration;

use super::laws::durations;
use super::world::World;
use super::{Dice, plans};
use crate::apply::Settings;
use crate::catalog::operations::table;
use crate::plan::Plan;
use crate::plan::bound::lower_bound;

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
