//! A run on a terminal: one line per AWS operation under way, redrawn, and a line
//! above them for whatever has ended.

#[cfg(test)]
mod screen;

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

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
    /// For a plan, on stderr.
    pub(super) fn new(lines: Lines, plan: &Plan) -> Self {
        Self::on(ProgressDrawTarget::stderr(), lines, plan)
    }

    fn on(terminal: ProgressDrawTarget, lines: Lines, plan: &Plan) -> Self {
        let all = MultiProgress::with_draw_target(terminal);
        let total = all.add(ProgressBar::new(plan.steps.len() as u64).with_style(style(TOTAL)));
        let remaining = Remaining::of(plan);
        total.set_message(duration::words(remaining.left(Duration::ZERO)));
        total.enable_steady_tick(TICK);
        Self { lines, remaining, all, total, under_way: BTreeMap::new() }
    }

    /// Shows a notice.
    pub(super) fn notice(&mut self, at: Duration, notice: &Notice) {
        let moved = self.remaining.notice(at, notice);
        self.show(at, notice);
        // Last, because a new message draws the line, and a new count alone waits for the next tick.
        if moved {
            self.total.set_message(duration::words(self.remaining.left(at)));
        }
    }

    fn show(&mut self, at: Duration, notice: &Notice) {
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
    use super::screen::Screen;
    use super::*;
    use crate::model::kinds::Action;
    use crate::plan::step::Need;
    use crate::report::Paint;
    use crate::report::plan_text::tests::{plan, step};

    const ZONE: &str = "landing_zone:create";

    /// A landing zone of half an hour, and a unit of twelve minutes that waits for it.
    fn watched() -> (Live, Screen) {
        let mut zone = step("landing_zone", "create", Action::Create, "controltower:CreateLandingZone");
        let mut unit =
            step("baseline.Apps:control_tower", "create", Action::Create, "controltower:EnableBaseline");
        (zone.usual_seconds, unit.usual_seconds) = (1800, 720);
        unit.needs = vec![Need { step: zone.id.clone(), rule: "landing-zone-first".to_owned() }];
        let plan = plan(vec![zone, unit]);
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        (Live::on(target, Lines::new(&plan, Paint::PLAIN), &plan), screen)
    }

    fn running(waiting: usize) -> Notice {
        Notice::Running {
            step: StepId(ZONE.to_owned()),
            operation: "b4aef1e6".to_owned(),
            expected: Duration::from_secs(1800),
            waiting,
        }
    }

    fn line(screen: &Screen, part: &str) -> Option<String> {
        screen.lines().into_iter().find(|line| line.contains(part))
    }

    #[test]
    fn each_operation_under_way_has_one_line_with_its_time_the_usual_one_and_what_waits_for_it() {
        let (mut live, screen) = watched();
        let total = line(&screen, "0 of 2 steps").unwrap();
        assert!(total.contains("about 42 min left"), "{total}");
        live.notice(Duration::from_secs(1), &running(1));
        let one = line(&screen, "landing_zone").unwrap();
        assert!(one.contains("of usually 30 min") && one.contains("b4aef1e6, 1 wait for it"), "{one}");
        live.notice(Duration::from_secs(600), &running(1));
        assert_eq!(
            screen.lines().iter().filter(|line| line.contains("of usually")).count(),
            1,
            "redrawn, not again"
        );
        let total = line(&screen, "0 of 2 steps").unwrap();
        assert!(total.contains("about 32 min left"), "{total}");
    }

    #[test]
    fn what_has_ended_is_told_once_above_the_lines_and_its_line_goes() {
        let (mut live, screen) = watched();
        live.notice(Duration::from_secs(1), &running(1));
        let done = Notice::Done { step: StepId(ZONE.to_owned()), took: Duration::from_secs(1801) };
        live.notice(Duration::from_secs(1802), &done);
        let lines = screen.lines();
        assert!(!lines.iter().any(|line| line.contains("of usually")), "{lines:#?}");
        assert!(lines[0].contains("done") && lines[0].contains("took 30 min"), "{lines:#?}");
        assert!(line(&screen, "1 of 2 steps").unwrap().contains("about 12 min left"));
        live.end();
        assert_eq!(screen.lines().len(), 1, "{:#?}", screen.lines());
    }

    #[test]
    fn the_templates_are_understood() {
        for template in [UNDER_WAY, TOTAL] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
