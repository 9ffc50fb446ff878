//! A journal for people: a line per record, and a line per run.
//!
//! In: records as they were read. Out: date, word, step and what AWS called it:
//! operation ids, error codes and request ids, so that support can be asked.

use std::fmt::Write as _;

use super::spans::Calendar;
use super::{Paint, duration};
use crate::apply::journal::reader::Read;
use crate::apply::journal::{Entry, Record, State};
use crate::apply::outcome::Ending;
use crate::apply::runs::{Kept, Opening};
use crate::cloud::failure::CallError;

/// How many steps of a run are where, by its journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Steps that the plan has.
    pub steps: usize,
    /// Done, or not needed.
    pub done: usize,
    /// Failed.
    pub failed: usize,
    /// With AWS, or nobody knows: what a resumption proves first.
    pub in_flight: usize,
}

/// Counts the steps of a run.
#[must_use]
pub fn tally(story: &Read) -> Tally {
    let mut tally = Tally::default();
    if let Some(Entry::Opened { steps, .. }) = &story.ledger.opening {
        tally.steps = *steps;
    }
    for step in story.ledger.steps.values() {
        match step.state {
            State::Done | State::NotNeeded => tally.done += 1,
            State::Failed => tally.failed += 1,
            state if state.in_flight() => tally.in_flight += 1,
            _ => {}
        }
    }
    tally
}

/// The word for how a run ended.
#[must_use]
pub const fn ending(ending: Option<Ending>) -> &'static str {
    match ending {
        Some(Ending::Complete) => "complete",
        Some(Ending::Incomplete) => "incomplete",
        Some(Ending::Interrupted) => "interrupted",
        None => "broke off",
    }
}

/// Runs, one per line under a heading, oldest first.
#[must_use]
pub fn list(runs: &[Kept], paint: Paint) -> String {
    let mut out = String::new();
    let heading = format!(
        "{:<26}  {:<20}  {:<12}  {:<15}  {:<11}  {:>9}  {:>6}  {:>9}",
        "run", "started", "account", "organization", "ending", "done", "failed", "in flight"
    );
    let _ = writeln!(out, "{}", paint.heading(&heading));
    for run in runs {
        let line = match (&run.story, run.opening()) {
            (Ok(story), Some(opening)) => row(&run.id, story, &opening, paint),
            (Ok(_), None) => format!("{:<26}  never begun", run.id),
            (Err(problem), _) => format!("{:<26}  {}", run.id, paint.bad(&format!("not trusted: {problem}"))),
        };
        let _ = writeln!(out, "{line}");
    }
    out
}

fn row(id: &str, story: &Read, opening: &Opening<'_>, paint: Paint) -> String {
    let tally = tally(story);
    let organization = opening.organization.map_or_else(|| "none yet".to_owned(), ToString::to_string);
    let word = format!("{:<11}", ending(story.ledger.ending));
    let word = match story.ledger.ending {
        Some(Ending::Complete) => paint.good(&word),
        Some(Ending::Incomplete) => paint.bad(&word),
        _ => paint.warning(&word),
    };
    let done = format!("{} of {}", tally.done, tally.steps);
    let started = opening.started.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "{id:<26}  {started:<20}  {:<12}  {organization:<15}  {word}  {done:>9}  {:>6}  {:>9}",
        opening.account.to_string(),
        tally.failed,
        tally.in_flight
    )
}

/// Every record of a run, a line each.
#[must_use]
pub fn show(records: &[Record], paint: Paint) -> String {
    let mut calendar = Calendar::default();
    let mut out = String::new();
    for record in records {
        let (date, since) = calendar.place(record);
        let date = date.map(|date| date.strftime("%Y-%m-%d %H:%M:%SZ").to_string()).unwrap_or_default();
        let (word, subject, detail) = told(&record.entry);
        let word = format!("{word:<11}");
        let word = match &record.entry {
            Entry::Done { .. } | Entry::NotNeeded { .. } => paint.good(&word),
            Entry::Failed { .. } | Entry::Stuck { .. } => paint.bad(&word),
            Entry::Refused { .. } | Entry::Unproven { .. } | Entry::Interrupted => paint.warning(&word),
            _ => word,
        };
        let line =
            format!("{date}  {:>8}  {word}  {subject}  {}", duration::clock(since), paint.quiet(&detail));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The id under which AWS keeps the request, where it is known.
fn asked(request: Option<&str>, before: &str) -> String {
    request.map(|id| format!("{before}request {id}")).unwrap_or_default()
}

/// The word of a record, what it is about, and the rest.
fn told(entry: &Entry) -> (&'static str, String, String) {
    let subject = entry.step().map(ToString::to_string).unwrap_or_default();
    let (word, detail) = match entry {
        Entry::Opened { run, plan, account, organization, steps, .. } => {
            let organization =
                organization.as_ref().map_or_else(|| "none yet".to_owned(), ToString::to_string);
            return (
                "opened",
                format!("run {run}"),
                format!("{steps} steps for account {account}, organization {organization}, plan {plan}"),
            );
        }
        Entry::Resumed { started } => ("resumed", format!("at {started}")),
        Entry::Intent { operation, sending, .. } if *sending > 1 => {
            ("intent", format!("{operation}, sending {sending}"))
        }
        Entry::Intent { operation, .. } => ("intent", operation.clone()),
        Entry::Accepted { operation, request, .. } => {
            ("accepted", format!("AWS works on it as {operation}{}", asked(request.as_deref(), ", ")))
        }
        Entry::Refused { error, .. } => ("refused", failure(error)),
        Entry::Unproven { error, .. } => ("unproven", failure(error)),
        Entry::Absent { .. } => ("absent", "it has left no trace, so it may be sent again".to_owned()),
        Entry::Done { request, .. } => ("done", asked(request.as_deref(), "")),
        Entry::NotNeeded { .. } => ("not needed", "it was so already".to_owned()),
        Entry::Failed { error, .. } => ("failed", failure(error)),
        Entry::Stuck { error, .. } => {
            ("stuck", error.as_ref().map_or_else(|| "AWS has not ended it in time".to_owned(), failure))
        }
        Entry::Skipped { because, .. } => ("skipped", format!("because of {because}")),
        Entry::Interrupted => ("interrupted", String::new()),
        Entry::Closed { ending: how } => ("closed", ending(Some(*how)).to_owned()),
    };
    (word, subject, detail)
}

fn failure(error: &CallError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::super::spans::tests::records;
    use super::*;

    #[test]
    fn a_line_has_the_date_the_step_and_what_support_would_ask_for() {
        let text = show(&records(), Paint::PLAIN);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 11);
        assert_eq!(
            lines[3],
            "2026-11-23 10:15:02Z   0:00:02  refused      account.b:create  organizations:CreateAccount: \
             TooManyRequestsException: slow down (request req-7)"
        );
        assert!(lines[4].ends_with("AWS works on it as car-1"), "{}", lines[4]);
        assert!(lines[9].starts_with("2026-11-23 11:15:30Z   1:00:30  interrupted"), "{}", lines[9]);
    }
}
