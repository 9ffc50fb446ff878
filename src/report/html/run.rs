//! A run on a line of time, as a table whose last column is a bar.

use std::fmt::Write as _;

use super::escape::escape;
use crate::apply::Outcome;
use crate::report::{duration, timeline};

pub(super) fn render(outcome: &Outcome) -> String {
    let rows = timeline::rows(outcome, false);
    let whole = outcome.makespan.as_secs_f64().max(f64::MIN_POSITIVE);
    let mut out = String::from(
        "<div class=\"wide\"><table class=\"run\"><thead><tr><th>what</th><th>start</th><th>took</th><th>when</th></tr></thead><tbody>\n",
    );
    for row in &rows {
        let took = row.ended.saturating_sub(row.started);
        let left = 100.0 * row.started.as_secs_f64() / whole;
        let width = (100.0 * took.as_secs_f64() / whole).max(0.3);
        let (class, failed) = if row.bad { ("bar bad", " <b>failed</b>") } else { ("bar", "") };
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code>{failed}</th><td>{}</td><td>{}</td><td class=\"line\">\
             <span class=\"{class}\" style=\"margin-left:{left:.2}%;width:{width:.2}%\"></span></td></tr>",
            escape(&row.name),
            duration::clock(row.started),
            duration::words(took),
        );
    }
    let calls = outcome.calls;
    let _ = writeln!(
        out,
        "</tbody></table></div>\n<p>{} altogether; {} changing calls, {} questions about them, {} searches, {} throttled.</p>",
        duration::words(outcome.makespan),
        calls.begins,
        calls.polls,
        calls.look_ups,
        calls.throttled
    );
    out
}
