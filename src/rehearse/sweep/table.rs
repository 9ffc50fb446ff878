//! A tally for people: as text, and as the table of `docs/reliability.md`.

use std::fmt::Write as _;

use super::case::RANDOM;
use super::faults::TABLE;
use super::tally::{Counts, Tally};

/// Failures shown at most.
const SHOWN: usize = 10;

/// A column: its heading and what stands in it.
type Column = (&'static str, fn(&Counts) -> usize);

const COLUMNS: &[Column] = &[
    ("runs", |counts| counts.runs),
    ("idle", |counts| counts.idle),
    ("duplicates", |counts| counts.duplicates),
    ("orphans", |counts| counts.orphans),
    ("stuck", |counts| counts.stuck),
    ("unplanned", |counts| counts.unplanned_mutations),
    ("leaks", |counts| counts.leaks),
    ("surplus", |counts| counts.surplus),
];

/// The tally for a terminal; the first failures with the command that replays each.
#[must_use]
pub fn text(tally: &Tally) -> String {
    let mut out = format!("{:<12}", "fault");
    for (heading, _) in COLUMNS {
        let _ = write!(out, " {heading:>10}");
    }
    for (name, _, counts) in rows(tally) {
        let _ = write!(out, "\n{name:<12}");
        for (_, of) in COLUMNS {
            let _ = write!(out, " {:>10}", of(counts));
        }
    }
    let _ = writeln!(out, "\n{} requests in {:.1} seconds", tally.requests, tally.seconds);
    for failure in tally.failures.iter().take(SHOWN) {
        let _ = writeln!(out, "\nlzctl sweep --replay {}", failure.case);
        for finding in &failure.findings {
            let _ = writeln!(out, "  {finding}");
        }
    }
    let more = tally.failures.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(out, "\nand {more} more");
    }
    out
}

/// The tally as a table in Markdown.
#[must_use]
pub fn markdown(tally: &Tally) -> String {
    let mut out = String::from("| fault | what happens |");
    for (heading, _) in COLUMNS {
        let _ = write!(out, " {heading} |");
    }
    out.push_str("\n|---|---|");
    out.push_str(&"---:|".repeat(COLUMNS.len()));
    for (name, meaning, counts) in rows(tally) {
        let _ = write!(out, "\n| {name} | {meaning} |");
        for (_, of) in COLUMNS {
            let _ = write!(out, " {} |", of(counts));
        }
    }
    out.push('\n');
    out
}

/// The faults of a tally in the order of the table, and all of them together.
fn rows(tally: &Tally) -> impl Iterator<Item = (&'static str, &'static str, &Counts)> {
    let single = TABLE.iter().map(|row| (row.name, row.meaning));
    single
        .chain([(RANDOM, "several faults drawn from a seed")])
        .filter_map(|(name, meaning)| Some((name, meaning, tally.faults.get(name)?)))
        .chain([("all", "", &tally.total)])
}
