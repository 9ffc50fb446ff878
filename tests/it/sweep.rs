//! The sweep of faults: every count of trouble must be zero.
//!
//! The whole sweep is `lzctl sweep`; here are all single faults of the smallest plan, and
//! every n-th case of the others, so that the tests stay short.

use std::path::Path;

use lzctl::rehearse::sweep::{Extent, Target, in_folder, replay, sweep, text};

fn plans() -> Vec<Target> {
    in_folder(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/plans"))).expect("plans")
}

fn clean(targets: &[Target], every: usize, seeds: u64, at_least: usize) {
    let tally = sweep(targets, Extent { seeds, every, threads: 0 }).expect("a sweep");
    assert!(tally.total.is_clean(), "{}", text(&tally));
    assert!(tally.total.runs >= at_least, "{}", text(&tally));
}

#[test]
fn the_minimal_plan_survives_every_single_fault_at_every_place_r1_r2_r3() {
    let minimal: Vec<Target> = plans().into_iter().filter(|target| target.name == "minimal").collect();
    clean(&minimal, 1, 20, 400);
}

#[test]
fn every_plan_and_the_reference_survive_a_sample_of_their_faults() {
    let reference = Target::reference().expect("the reference");
    let plans = plans().into_iter().filter(|target| target.name != "minimal");
    for target in plans.chain([reference]) {
        // Sixty accounts with a past ask for thousands of calls, each a place for every fault.
        let every = if target.name == "legacy-takeover" { 701 } else { 151 };
        clean(std::slice::from_ref(&target), every, 100, 4);
    }
}

#[test]
fn a_case_replays_to_the_same_counts_and_an_unknown_one_is_refused() {
    let plans = plans();
    let once = replay(&plans, "minimal/F2-journal/3").expect("a case");
    let again = replay(&plans, "minimal/F2-journal/3").expect("a case");
    assert_eq!((once.total, once.faults), (again.total, again.faults));
    assert_eq!(once.total.runs, 1);
    for unknown in ["minimal/F99/0", "nothing/F1-journal/0", "minimal"] {
        assert!(replay(&plans, unknown).is_err(), "{unknown}");
    }
}
