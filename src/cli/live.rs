//! A run on a terminal: one line per AWS operation under way, redrawn, and a line
//! above them for whatever has ended.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::watch;
use crate::apply::Notice;
use crate::plan::{Plan, StepId};
use crate::report::duration;
use crate::report::progress::Lines;
use crate::report::remaining::Remaining;

/// How often lines are redrawn.
const TICK: Duration = Duration::from_millis(250);
/// An operation under way: how long it has been, how long it usually takes, what it is.
const UNDER_WAY: &str = "  {spinner} {elapsed_precise} of usually {prefix}  {wide_msg}";
/// All of it.
const TOTAL: &str = "  {bar:30} {pos} of {len} steps, {elapsed_precise}, about {msg} left";

/// The lines on the terminal.
#[derive(Debug)]
pub(super) struct Live {
    lines: Lines,
    remaining: Remaining,
    all: MultiProgress,
    total: ProgressBar,
    under_way: BTreeMap<StepId, ProgressBar>,
}

impl Live {
    /// For a plan.
    pub(super) fn new(lines: Lines, plan: &Plan) -> Self {
        let all = MultiProgress::new();
        let total = all.add(ProgressBar::new(plan.steps.len() as u64).with_style(style(TOTAL)));
        let remaining = Remaining::of(plan);
        total.set_message(duration::words(remaining.left(Duration::ZERO)));
        total.enable_steady_tick(TICK);
        Self { lines, remaining, all, total, under_way: BTreeMap::new() }
    }

    /// Shows a notice.
    pub(super) fn notice(&mut self, at: Duration, notice: &Notice) {
        if self.remaining.notice(at, notice) {
            self.total.set_message(duration::words(self.remaining.left(at)));
        }
        match notice {
            // A call that is answered at once needs no line of its own.
            Notice::Started { .. } => {}
            Notice::Running { step, operation, expected, waiting } => {
                let name = self.lines.name(step);
                let waits = if *waiting == 0 { String::new() } else { format!(", {waiting} wait for it") };
                let bar = self.under_way.entry(step.clone()).or_insert_with(|| {
                    let bar = ProgressBar::new_spinner().with_style(style(UNDER_WAY));
                    let bar = self.all.insert_before(&self.total, bar);
                    bar.enable_steady_tick(TICK);
                    bar
                });
                bar.set_prefix(duration::words(*expected));
                bar.set_message(format!("{name}  {operation}{waits}"));
            }
            Notice::Done { step, .. }
            | Notice::NotNeeded { step }
            | Notice::Failed { step, .. }
            | Notice::Stuck { step, .. } => {
                self.remove(step);
                self.total.inc(1);
                self.above(at, notice);
            }
            Notice::Waiting { step, .. } | Notice::Unproven { step, .. } => {
                self.remove(step);
                self.above(at, notice);
            }
            Notice::Slowed { .. }
            | Notice::Paused { .. }
            | Notice::Halted { .. }
            | Notice::Stopping { .. } => self.above(at, notice),
        }
    }

    /// Takes the lines away.
    pub(super) fn end(&mut self) {
        self.total.finish_and_clear();
        // The terminal is left as it is when it cannot be cleared.
        let _ = self.all.clear();
    }

    fn remove(&mut self, step: &StepId) {
        if let Some(bar) = self.under_way.remove(step) {
            bar.finish_and_clear();
        }
    }

    fn above(&self, at: Duration, notice: &Notice) {
        let say = |text: &str| {
            // A terminal that cannot be written to shows nothing; the run goes on.
            let _ = self.all.println(text);
        };
        if let Some(line) = self.lines.line(at, notice) {
            say(&line);
        }
        watch::stopping(notice, say);
    }
}

/// A style; indicatif's own when the template above should not be one.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_understood() {
        for template in [UNDER_WAY, TOTAL] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
