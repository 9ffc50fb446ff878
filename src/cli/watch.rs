//! Who watches a run: a terminal that is redrawn, lines, or JSON lines.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::live::Live;
use super::printer::{Log, Printer};
use crate::apply::Notice;
use crate::plan::{Plan, StepId};
use crate::report::progress::Lines;

/// What notices are shown with.
#[derive(Debug)]
pub(super) enum Watch<'p> {
    /// Lines that are redrawn.
    Live(Box<Live>),
    /// A line per change of state.
    Lines(Lines, &'p Printer),
    /// A JSON object per notice.
    Json(&'p Printer),
    /// Nothing.
    Silent,
}

impl<'p> Watch<'p> {
    /// For a run in virtual time, in which nothing can be seen to move: lines, or JSON.
    pub(super) fn in_virtual_time(plan: &Plan, printer: &'p Printer) -> Self {
        match printer.log {
            Log::Json => Self::Json(printer),
            Log::Text => Self::Lines(Lines::new(plan, printer.err), printer),
        }
    }

    /// What fits the terminal, for a run of which so many seconds pass in one of ours, and of which a former run has
    /// `done` some steps.
    pub(super) fn in_real_time(
        plan: &Plan,
        printer: &'p Printer,
        speed: f64,
        done: &BTreeSet<StepId>,
    ) -> Self {
        if printer.live() {
            return Self::Live(Box::new(Live::new(Lines::new(plan, printer.err), plan, speed, done)));
        }
        Self::in_virtual_time(plan, printer)
    }

    /// Shows a notice.
    pub(super) fn notice(&mut self, at: Duration, notice: &Notice) {
        match self {
            Self::Live(live) => live.notice(at, notice),
            Self::Lines(lines, printer) => {
                if let Some(line) = lines.line(at, notice) {
                    printer.say(&line);
                }
                stopping(notice, |text| printer.say(text));
            }
            Self::Json(printer) => {
                printer.event(&json!({ "seconds": at.as_secs_f64(), "event": notice }));
            }
            Self::Silent => {}
        }
    }

    /// Leaves the terminal as it was.
    pub(super) fn end(&mut self) {
        if let Self::Live(live) = self {
            live.end();
        }
    }
}

/// What to say when a run is being stopped.
pub(super) fn stopping(notice: &Notice, say: impl FnOnce(&str)) {
    if let Notice::Stopping { .. } = notice {
        say("Ctrl-C again stops now; either way the same command goes on where this one stopped.");
    }
}
