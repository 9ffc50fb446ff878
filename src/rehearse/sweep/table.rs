//! A tally for people: as text, and as the table of `docs/reliability.md`.

use std::fmt::Write as _;

use super::case::RANDOM;
use super::faults::TABLE;
use super::tally::{Counts, Tally};

/// Failures shown at most.
const SHOWN: usize = 10;

/// The tally for a terminal; the first failures with the command that replays each.
#[must_use]
pub fn text(tally: &Tally) -> String {
    let mut out = format!(
        "{:<12} {:>6} {:>6} {:>10} {:>8} {:>6} {:>10} {:>6}\n",
        "fault", "runs", "idle", "duplicates", "orphans", "stuck", "unplanned", "leaks"
    );
    let mut row = |name: &str, counts: &Counts| {
        let _ = writeln!(
            out,
            "{name:<12} {:>6} {:>6} {:>10} {:>8} {:>6} {:>10} {:>6}",
            counts.runs,
            counts.idle,
            counts.duplicates,
            counts.orphans,
            counts.stuck,
            counts.unplanned_mutations,
            counts.leaks
        );
    };
    for (name, _, counts) in rows(tally) {
        row(name, counts);
    }
    row("all", &tally.total);
    let _ = writeln!(out, "{:.1} seconds", tally.seconds);
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
    let mut out = String::from(
        "| fault | what happens | runs | idle | duplicates | orphans | stuck | unplanned mutations | leaks |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut row = |name: &str, meaning: &str, counts: &Counts| {
        let _ = writeln!(
            out,
            "| {name} | {meaning} | {} | {} | {} | {} | {} | {} | {} |",
            counts.runs,
            counts.idle,
            counts.duplicates,
            counts.orphans,
            counts.stuck,
            counts.unplanned_mutations,
            counts.leaks
        );
    };
    for (name, meaning, counts) in rows(tally) {
        row(name, meaning, counts);
    }
    row("all", "", &tally.total);
    out
}

/// The faults of a tally in the order of the table.
fn rows(tally: &Tally) -> impl Iterator<Item = (&'static str, &'static str, &Counts)> {
    let single = TABLE.iter().map(|row| (row.name, row.meaning));
    single
        .chain([(RANDOM, "several faults drawn from a seed")])
        .filter_map(|(name, meaning)| Some((name, meaning, tally.faults.get(name)?)))
}
