//! Which way of enrolling accounts takes the least time, by the lower bound.
//!
//! Accounts of a unit that is not registered yet come under governance with it, or one by one
//! when it is registered: by Account Factory, or by moving where Control Tower enrols what is
//! moved. All units are registered before that, since AWS does not promise that it works on units
//! and on accounts at once.

use std::time::Duration;

use super::plans::step;
use crate::catalog::operations::{Operations, table};
use crate::plan::Step;
use crate::plan::bound::lower_bound;

/// Units, and accounts in each of them.
type Size = (usize, usize);

const SIZES: [Size; 9] = [(1, 1), (1, 5), (1, 40), (1, 900), (2, 1), (2, 50), (20, 2), (20, 25), (40, 200)];
/// Account operations at once: AWS's default, and as many as it grants.
const QUOTAS: [usize; 2] = [5, 10];
const ACCOUNTS: &str = "account-factory";
/// What Account Factory is reported to take for one account.
const FACTORY: u64 = 1200;

fn least(steps: &[Step], operations: &Operations) -> f64 {
    let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
    lower_bound(steps, &usual, operations, Duration::ZERO).seconds
}

fn register(unit: usize, members: usize, needs: &[&Step]) -> Step {
    let row = table().get("controltower:EnableBaseline").unwrap();
    let usual = row.usual_seconds.unwrap() + row.seconds_per_member.unwrap() * members as u64;
    step(&format!("unit{unit}"), &row.name, usual, needs)
}

/// Units are registered with their accounts in them.
fn together((units, accounts): Size) -> Vec<Step> {
    let mut steps = Vec::new();
    for unit in 0..units {
        let moved = |n| step(&format!("account{unit}-{n}"), "organizations:MoveAccount", 1, &[]);
        let moves: Vec<Step> = (0..accounts).map(moved).collect();
        let unit = register(unit, accounts, &moves.iter().collect::<Vec<_>>());
        steps.extend(moves);
        steps.push(unit);
    }
    steps
}

/// Empty units are registered, then `one` account after the other goes into each.
fn afterwards((units, accounts): Size, one: &dyn Fn(usize, &str, &Step) -> Step) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for unit in 0..units {
        let made = register(unit, 0, &steps.last().into_iter().collect::<Vec<_>>());
        steps.push(made);
    }
    let last = steps[units - 1].clone();
    for unit in 0..units {
        steps.extend((0..accounts).map(|n| one(unit, &format!("account{unit}-{n}"), &last)));
    }
    steps
}

fn by_factory(size: Size) -> Vec<Step> {
    afterwards(size, &|_, name, last| step(name, "servicecatalog:ProvisionProduct", FACTORY, &[last]))
}

/// Each unit takes one account at a time, and all of them together what the quota allows.
fn by_moving(size: Size, seconds: u64) -> Vec<Step> {
    afterwards(size, &|unit, name, last| {
        let mut moved = step(name, "organizations:MoveAccount", seconds, &[last]);
        moved.also = vec![format!("enrolment(unit{unit})"), ACCOUNTS.to_owned()];
        moved
    })
}

/// Accounts are moved in seconds, whichever way they are enrolled.
fn no_longer(one: f64, other: f64) -> bool {
    one <= 1.01 * other
}

#[test]
fn no_unit_is_enrolled_sooner_by_account_factory_than_by_registering_it_with_its_accounts() {
    for size in SIZES {
        for quota in QUOTAS {
            let operations = table().widened(ACCOUNTS, quota);
            let (with, by) = (least(&together(size), &operations), least(&by_factory(size), &operations));
            assert!(no_longer(with, by), "{size:?}, {quota} at once: {with} s, by Account Factory {by} s");
        }
    }
}

#[test]
fn automatic_enrolment_is_quicker_only_into_several_units_and_where_it_takes_minutes() {
    let enrolled = table().usual_seconds_in("enrolment");
    let sooner = |size: Size, quota: usize, seconds: u64| {
        let operations = table().widened(ACCOUNTS, quota);
        !no_longer(least(&together(size), &operations), least(&by_moving(size, seconds), &operations))
    };
    for size in SIZES {
        for quota in QUOTAS {
            // Two minutes for each account in one lane, against more in one lane for each unit.
            assert!(size.0 > 2 || !sooner(size, quota, enrolled), "{size:?}, {quota} at once");
            // AWS says "a few minutes, up to several hours"; a third of an hour is too long already.
            assert!(!sooner(size, quota, FACTORY), "{size:?}, {quota} at once");
        }
    }
    // So it is no matter of the plan alone: the time that AWS bounds is taken.
    assert!(sooner((20, 25), 5, enrolled));
}

#[test]
fn joining_a_large_registered_unit_is_quicker_by_moving_than_by_registering_it_again() {
    let again = |members: usize, joining: usize| {
        let moves: Vec<Step> =
            (0..joining).map(|n| step(&format!("account{n}"), "organizations:MoveAccount", 1, &[])).collect();
        let mut reset = register(0, members, &moves.iter().collect::<Vec<_>>());
        reset.operation = "controltower:ResetEnabledBaseline".to_owned();
        least(&[moves, vec![reset]].concat(), table())
    };
    let one_by_one = |joining: usize| {
        let moved = |n| {
            let enrolled = table().usual_seconds_in("enrolment");
            let mut moved = step(&format!("account{n}"), "organizations:MoveAccount", enrolled, &[]);
            moved.also = vec!["enrolment(unit0)".to_owned()];
            moved
        };
        least(&(0..joining).map(moved).collect::<Vec<_>>(), table())
    };
    assert!(one_by_one(1) < again(2, 1));
    assert!(one_by_one(10) < again(100, 10));
    assert!(again(100, 60) < one_by_one(60));
}
