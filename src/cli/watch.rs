//! Who watches a run: a terminal that is redrawn, lines, or JSON lines.

use std::time::Duration;

use serde_json::json;

use super::live::Live;
use super::printer::{Log, Printer};
use crate::apply::Notice;
use crate::plan::Plan;
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
    /// What fits the terminal. In virtual time nothing can be seen to move, so
    /// there it is lines.
    pub(super) fn new(plan: &Plan, printer: &'p Printer, in_virtual_time: bool) -> Self {
        if printer.log == Log::Json {
            return Self::Json(printer);
        }
        let lines = Lines::new(plan, printer.err);
        if printer.live() && !in_virtual_time {
            return Self::Live(Box::new(Live::new(lines, plan)));
        }
        Self::Lines(lines, printer)
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
