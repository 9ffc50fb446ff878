//! An apply on a line of time: when each step began, how long it took, a bar.
//!
//! In: an outcome. Out: a row per step, or one row for many steps of the same verb
//! on the same kind of thing unless everything is asked for, then totals.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::{Paint, duration};
use crate::apply::Outcome;
use crate::apply::outcome::{Status, StepReport};

/// Characters of a full bar.
const WIDTH: usize = 40;
/// So many short steps of one sort share a row: those that take less than this
/// part of the whole.
const MANY_SHORT: usize = 3;
/// See [`MANY_SHORT`].
const SHORT: u32 = 50;
/// So many steps of one sort share a row whatever they take.
const MANY: usize = 13;

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) started: Duration,
    pub(super) ended: Duration,
    pub(super) bad: bool,
}

/// The timeline as text, ending with a line break; empty when nothing was started.
#[must_use]
pub fn render(outcome: &Outcome, paint: Paint, verbose: bool) -> String {
    let rows = rows(outcome, verbose);
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    let _ = writeln!(out, "{}", paint.heading(&format!("  {:>9}  {:>10}  timeline", "start", "took")));
    for row in &rows {
        let took = duration::words(row.ended.saturating_sub(row.started));
        let bar = bar(row, outcome.makespan);
        let bar = if row.bad { paint.bad(&bar) } else { paint.good(&bar) };
        let failed = if row.bad { "  failed" } else { "" };
        let start = duration::clock(row.started);
        let _ = writeln!(out, "  {start:>9}  {took:>10}  |{bar}|  {}{failed}", row.name);
    }
    let calls = outcome.calls;
    let _ = writeln!(
        out,
        "  {} altogether; {} changing calls, {} questions about them, {} searches, {} throttled.",
        duration::words(outcome.makespan),
        calls.begins,
        calls.polls,
        calls.look_ups,
        calls.throttled
    );
    out
}

/// The rows, in the order of their beginnings.
pub(super) fn rows(outcome: &Outcome, verbose: bool) -> Vec<Row> {
    let mut sorts: BTreeMap<String, Vec<&StepReport>> = BTreeMap::new();
    for step in outcome.steps.iter().filter(|step| step.started.is_some()) {
        sorts.entry(sort(step)).or_default().push(step);
    }
    let mut rows: Vec<Row> = Vec::new();
    for (sort, steps) in sorts {
        let took = |step: &&StepReport| step.ended.unwrap_or(outcome.makespan).checked_sub(step.started?);
        let longest = steps.iter().filter_map(took).max().unwrap_or_default();
        let many = if longest < outcome.makespan / SHORT { MANY_SHORT } else { MANY };
        if verbose || steps.len() < many {
            rows.extend(steps.iter().map(|step| row(step.step.to_string(), &[step], outcome.makespan)));
        } else {
            rows.push(row(format!("{} x {sort}", steps.len()), &steps, outcome.makespan));
        }
    }
    rows.sort_by(|one, two| (one.started, one.ended, &one.name).cmp(&(two.started, two.ended, &two.name)));
    rows
}

/// What steps have in common that share a row: the kind and the verb.
fn sort(step: &StepReport) -> String {
    let id = &step.step.0;
    let kind = id.split(['.', ':']).next().unwrap_or_default();
    // The verb follows the last colon; a leaf in brackets may hold colons itself.
    let head = id.split('[').next().unwrap_or_default();
    let verb = head.rsplit(':').next().unwrap_or_default();
    format!("{kind}:{verb}")
}

fn row(name: String, steps: &[&StepReport], makespan: Duration) -> Row {
    let started = steps.iter().filter_map(|step| step.started).min().unwrap_or_default();
    let ended = steps.iter().map(|step| step.ended.unwrap_or(makespan)).max().unwrap_or_default();
    let bad = steps.iter().any(|step| matches!(step.status, Status::Failed | Status::Stuck));
    Row { name, started, ended, bad }
}

fn bar(row: &Row, makespan: Duration) -> String {
    let at = |moment: Duration| {
        let share = moment.as_secs_f64() / makespan.as_secs_f64().max(f64::MIN_POSITIVE);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share between 0 and 1 of a small width"
        )]
        let column = (share.clamp(0.0, 1.0) * WIDTH as f64).round() as usize;
        column
    };
    let start = at(row.started).min(WIDTH - 1);
    let end = at(row.ended).clamp(start + 1, WIDTH);
    format!("{}{}{}", " ".repeat(start), "=".repeat(end - start), " ".repeat(WIDTH - end))
}

#[cfg(test)]
mod tests {
    use super::super::outcome::tests::outcome;
    use super::*;

    #[test]
    fn a_bar_stands_where_the_step_ran() {
        let outcome = outcome(&[
            ("organization:create", Status::Done, 0, 10),
            ("landing_zone:create", Status::Failed, 10, 40),
        ]);
        let text = render(&outcome, Paint::PLAIN, false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1],
            format!("    0:00:00        10 s  |{}{}|  organization:create", "=".repeat(10), " ".repeat(30))
        );
        let late = format!("|{}{}|  landing_zone:create  failed", " ".repeat(10), "=".repeat(30));
        assert!(lines[2].ends_with(&late), "{}", lines[2]);
    }

    #[test]
    fn many_steps_of_a_sort_share_a_row_unless_everything_is_asked_for() {
        let ids: Vec<String> = (0..14).map(|n| format!("key.k{n}:replicate[eu:{n}]")).collect();
        let steps: Vec<_> = ids.iter().map(|id| (id.as_str(), Status::Done, 0, 5)).collect();
        let folded = render(&outcome(&steps), Paint::PLAIN, false);
        assert!(folded.contains("14 x key:replicate"), "{folded}");
        let all = render(&outcome(&steps), Paint::PLAIN, true);
        assert_eq!(all.matches("replicate[").count(), 14, "{all}");
    }

    #[test]
    fn an_outcome_without_steps_has_no_timeline() {
        assert_eq!(render(&outcome(&[]), Paint::PLAIN, false), "");
    }
}
