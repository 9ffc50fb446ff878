//! The figures in docs/performance.md are those of rehearsals, which repeat exactly.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::rehearse::{Bench, Rehearsal, virtual_runtime};

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting, wide};

/// The rows: what it is called in the page, and its document.
fn documents() -> Vec<(&'static str, String)> {
    vec![
        ("`plans/minimal`", plan_text("minimal")),
        ("`plans/standard`", plan_text("standard")),
        ("40 units, 300 accounts", wide(40, 300)),
    ]
}

/// Requests of a plan that finds nothing to do.
fn reads_of_a_plan(yaml: &str, rehearsal: &Rehearsal) -> u64 {
    let graph = graph(yaml);
    let runtime = virtual_runtime().expect("a runtime");
    runtime.block_on(async {
        let bench = Bench::open(&setting(yaml), Some(rehearsal.world.clone())).await.expect("a bench");
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        Box::pin(survey(&bench.connection, &wanted)).await.expect("a snapshot");
        bench.simulator.requests().reads
    })
}

fn table() -> String {
    let mut table = String::from(
        "| document | steps | changing calls | asking calls while applying | virtual time | lower bound | ratio | calls of a plan with nothing to do |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for (name, yaml) in documents() {
        let rehearsal = rehearsed(&yaml);
        assert!(rehearsal.succeeded(), "{name}");
        assert_eq!(rehearsal.throttled, 0, "{name}: a lane went faster than AWS allows");
        let outcome = rehearsal.outcome.as_ref().expect("an outcome");
        let _ = writeln!(
            table,
            "| {name} | {} | {} | {} | {:.0} s | {:.0} s | {:.3} | {} |",
            rehearsal.plan.steps.len(),
            rehearsal.writes,
            outcome.calls.polls + outcome.calls.look_ups,
            rehearsal.virtual_time.as_secs_f64(),
            rehearsal.bound.seconds,
            rehearsal.ratio(),
            reads_of_a_plan(&yaml, &rehearsal),
        );
    }
    table
}

/// Holds a table to the one between two marks of the page, or writes it there when
/// `UPDATE_RECORDED` is set.
pub(crate) fn recorded(mark: &str, table: &str) {
    // Several tests write into one page.
    static PAGE: Mutex<()> = Mutex::new(());
    let _alone = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end of {mark} -->"));
    let (before, rest) = page.split_once(&begin).expect("the first mark");
    let (_, after) = rest.split_once(&end).expect("the second mark");
    let fresh = format!("{before}{begin}{table}{end}{after}");
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        std::fs::write(path, &fresh).expect("the page");
        return;
    }
    assert_eq!(page, fresh, "run it again with UPDATE_RECORDED=1 and read the difference");
}

#[test]
fn the_figures_in_the_page_on_performance_are_the_programs_own() {
    recorded("figures", &table());
}

#[test]
fn a_plan_with_nothing_to_do_asks_no_more_than_the_pages_there_are() {
    let yaml = wide(40, 300);
    let reads = reads_of_a_plan(&yaml, &rehearsed(&yaml));
    // 303 accounts in pages of 20, 41 units and the root, enabled baselines in
    // pages of 100 and the parameters of 40, which no listing gives, and about 22
    // other questions.
    let pages = 303_u64.div_ceil(20) + 42 + (303_u64 + 41).div_ceil(100) + 40 + 22;
    assert!(reads <= pages, "{reads} calls, {pages} pages");
}
