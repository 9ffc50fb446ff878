//! The pure floors one by one, for whoever makes them faster: `cargo bench --bench floors`.
//!
//! Each at two sizes, so that what grows faster than the organization shows.

#[allow(dead_code, reason = "tests use more of it")]
mod estate;

use std::collections::BTreeSet;
use std::time::Duration;

use divan::{Bencher, black_box};
use estate::Size;
use lzctl::apply::{Engine, Settings};
use lzctl::catalog::operations::table;
use lzctl::diff::compare_all;
use lzctl::plan::bound::lower_bound;
use lzctl::plan::{Plan, Step, make};

fn main() {
    divan::main();
}

/// Accounts; everything else grows with them.
const ACCOUNTS: [usize; 2] = [1_000, 10_000];

fn size(accounts: usize) -> Size {
    Size { accounts, units: accounts / 5, policies: accounts / 10, assignments: accounts * 2, regions: 17 }
}

fn new(accounts: usize) -> Plan {
    let graph = estate::graph(&estate::read(&size(accounts).document()));
    make(&graph, &estate::nothing(), &BTreeSet::new())
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn document_to_spec(bencher: Bencher<'_, '_>, accounts: usize) {
    let yaml = size(accounts).document();
    bencher.bench(|| estate::read(black_box(&yaml)));
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn spec_to_graph(bencher: Bencher<'_, '_>, accounts: usize) {
    let spec = estate::read(&size(accounts).document());
    bencher.bench(|| estate::graph(black_box(&spec)));
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn differences(bencher: Bencher<'_, '_>, accounts: usize) {
    let graph = estate::graph(&estate::read(&size(accounts).document()));
    let snapshot = estate::converged(&graph);
    bencher.bench(|| compare_all(black_box(&graph), black_box(&snapshot)));
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn plan_with_nothing_to_do(bencher: Bencher<'_, '_>, accounts: usize) {
    let graph = estate::graph(&estate::read(&size(accounts).document()));
    let snapshot = estate::converged(&graph);
    bencher.bench(|| make(black_box(&graph), black_box(&snapshot), &BTreeSet::new()));
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn plan_of_a_new_organization(bencher: Bencher<'_, '_>, accounts: usize) {
    let graph = estate::graph(&estate::read(&size(accounts).document()));
    let snapshot = estate::nothing();
    bencher.bench(|| make(black_box(&graph), black_box(&snapshot), &BTreeSet::new()));
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn schedule(bencher: Bencher<'_, '_>, accounts: usize) {
    let plan = new(accounts);
    bencher.bench(|| Engine::new(black_box(&plan), table(), Settings::default()).expect("a schedule"));
}

#[divan::bench(args = ACCOUNTS, sample_count = 10)]
fn bound(bencher: Bencher<'_, '_>, accounts: usize) {
    let plan = new(accounts);
    let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
    bencher.bench(|| lower_bound(black_box(&plan.steps), &usual, table(), Duration::from_millis(100)));
}
