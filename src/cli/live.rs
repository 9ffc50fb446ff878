//! A run on a terminal: one line per AWS operation under way, redrawn, and a line
//! above them for whatever has ended.

mod clock;
#[cfg(test)]
mod screen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use self::clock::RunClock;
use super::watch;
use crate::apply::Notice;
use crate::plan::{Plan, StepId};
use crate::report::duration;
use crate::report::progress::Lines;
use crate::report::remaining::Remaining;

/// How often lines are redrawn.
const TICK: Duration = Duration::from_millis(250);
/// How often the line of the whole is redrawn, for which what is left is worked out anew.
const TICK_OF_ALL: Duration = Duration::from_secs(1);
/// An operation under way: how long it has been by the clock of the run, how long it usually takes, what it is.
const UNDER_WAY: &str = "  {spinner} {passed} of usually {prefix}  {wide_msg}";
/// All of it.
const TOTAL: &str = "  {bar:30} {pos} of {len} steps, {passed}, about {left} left";

/// The lines on the terminal.
#[derive(Debug)]
pub(super) struct Live {
    lines: Lines,
    clock: RunClock,
    remaining: Arc<Mutex<Remaining>>,
    all: MultiProgress,
    total: ProgressBar,
    under_way: BTreeMap<StepId, ProgressBar>,
}

impl Live {
    /// For a plan, on stderr; so many seconds of the run pass in one of ours. A former run has `done` some steps.
    pub(super) fn new(lines: Lines, plan: &Plan, speed: f64, done: &BTreeSet<StepId>) -> Self {
        Self::on(ProgressDrawTarget::stderr(), lines, plan, speed, done)
    }

    fn on(
        terminal: ProgressDrawTarget,
        lines: Lines,
        plan: &Plan,
        speed: f64,
        done: &BTreeSet<StepId>,
    ) -> Self {
        let all = MultiProgress::with_draw_target(terminal);
        let clock = RunClock::new(speed);
        let remaining = Arc::new(Mutex::new(Remaining::of(plan, done)));
        let style =
            style(TOTAL, &clock, Duration::ZERO, Duration::ZERO).with_key("left", left(&clock, &remaining));
        let total = all.add(ProgressBar::new(plan.steps.len() as u64).with_style(style));
        total.set_position(done.len() as u64);
        total.enable_steady_tick(TICK_OF_ALL);
        Self { lines, clock, remaining, all, total, under_way: BTreeMap::new() }
    }

    /// Shows a notice.
    pub(super) fn notice(&mut self, at: Duration, notice: &Notice) {
        self.clock.set(at);
        let moved = self.remaining.lock().unwrap_or_else(PoisonError::into_inner).notice(at, notice);
        self.show(at, notice);
        if moved {
            self.total.force_draw();
        }
    }

    fn show(&mut self, at: Duration, notice: &Notice) {
        match notice {
            // A call that is answered at once needs no line of its own.
            Notice::Started { .. } => {}
            Notice::Running { step, operation, expected, elapsed, waiting } => {
                let name = self.lines.name(step);
                let waits = if *waiting == 0 { String::new() } else { format!(", {waiting} wait for it") };
                let style = style(UNDER_WAY, &self.clock, at, *elapsed);
                let bar = self.under_way.entry(step.clone()).or_insert_with(|| {
                    let bar = ProgressBar::new_spinner();
                    let bar = self.all.insert_before(&self.total, bar);
                    bar.enable_steady_tick(TICK);
                    bar
                });
                bar.set_style(style);
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

/// A style that tells a time that goes on with the clock of the run, from what it was at a moment of it; indicatif's
/// own when the template should not be one.
fn style(template: &str, clock: &RunClock, at: Duration, elapsed: Duration) -> ProgressStyle {
    let clock = clock.clone();
    let passed = move |_: &ProgressState, out: &mut dyn Write| {
        // A line that cannot be written to is not shown.
        let _ = out.write_str(&duration::clock(elapsed + clock.now().saturating_sub(at)));
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    style.with_key("passed", passed)
}

/// Tells what is left at the moment it is drawn, so that it grows while something takes longer than usual.
fn left(
    clock: &RunClock,
    remaining: &Arc<Mutex<Remaining>>,
) -> impl Fn(&ProgressState, &mut dyn Write) + Send + Sync + Clone + 'static {
    let (clock, remaining) = (clock.clone(), Arc::clone(remaining));
    move |_, out| {
        let left = remaining.lock().unwrap_or_else(PoisonError::into_inner).left(clock.now());
        let _ = out.write_str(&duration::words(left));
    }
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

    /// A landing zone of half an hour, and a unit of twelve minutes that waits for it, at an AWS whose time stands
    /// still between two notices.
    fn watched(done: &[&str]) -> (Live, Screen) {
        let mut zone = step("landing_zone", "create", Action::Create, "controltower:CreateLandingZone");
        let mut unit =
            step("baseline.Apps:control_tower", "create", Action::Create, "controltower:EnableBaseline");
        (zone.usual_seconds, unit.usual_seconds) = (1800, 720);
        unit.needs = vec![Need { step: zone.id.clone(), rule: "landing-zone-first".to_owned() }];
        let plan = plan(vec![zone, unit]);
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let done = done.iter().map(|step| StepId((*step).to_owned())).collect();
        (Live::on(target, Lines::new(&plan, Paint::PLAIN), &plan, 0.0, &done), screen)
    }

    fn running(waiting: usize, elapsed: u64) -> Notice {
        Notice::Running {
            step: StepId(ZONE.to_owned()),
            operation: "b4aef1e6".to_owned(),
            expected: Duration::from_secs(1800),
            elapsed: Duration::from_secs(elapsed),
            waiting,
        }
    }

    fn line(screen: &Screen, part: &str) -> Option<String> {
        screen.lines().into_iter().find(|line| line.contains(part))
    }

    #[test]
    fn each_operation_under_way_has_one_line_with_its_time_the_usual_one_and_what_waits_for_it() {
        let (mut live, screen) = watched(&[]);
        let total = line(&screen, "0 of 2 steps").unwrap();
        assert!(total.contains("about 42 min left"), "{total}");
        live.notice(Duration::from_secs(1), &running(1, 0));
        let one = line(&screen, "landing_zone").unwrap();
        assert!(
            one.contains("0:00:00 of usually 30 min") && one.contains("b4aef1e6, 1 wait for it"),
            "{one}"
        );
        live.notice(Duration::from_secs(601), &running(1, 600));
        assert_eq!(
            screen.lines().iter().filter(|line| line.contains("of usually")).count(),
            1,
            "redrawn, not again"
        );
        let one = line(&screen, "landing_zone").unwrap();
        assert!(one.contains("0:10:00 of usually 30 min"), "by the clock of the run: {one}");
        let total = line(&screen, "0 of 2 steps").unwrap();
        assert!(total.contains("0:10:01, about 32 min left"), "{total}");
    }

    #[test]
    fn between_two_notices_the_time_of_the_run_passes_at_its_own_speed() {
        let clock = RunClock::new(1e9);
        clock.set(Duration::from_secs(5));
        let (first, second) = (clock.now(), clock.now());
        assert!(first > Duration::from_secs(5) && second >= first, "{first:?} {second:?}");
        let standing = RunClock::new(0.0);
        standing.set(Duration::from_secs(7));
        assert_eq!(standing.now(), Duration::from_secs(7));
    }

    #[test]
    fn a_run_that_goes_on_shows_what_a_former_one_has_done_and_for_how_long_an_operation_is_under_way() {
        let (mut live, screen) = watched(&[]);
        live.notice(Duration::ZERO, &running(1, 1200));
        let one = line(&screen, "landing_zone").unwrap();
        assert!(one.contains("0:20:00 of usually 30 min"), "{one}");
        assert!(line(&screen, "0 of 2 steps").unwrap().contains("about 22 min left"));
        let (mut live, screen) = watched(&[ZONE]);
        live.notice(Duration::ZERO, &Notice::Stopping { calls: 0 });
        let total = line(&screen, "1 of 2 steps").unwrap();
        assert!(total.contains("about 12 min left"), "{total}");
    }

    #[test]
    fn what_has_ended_is_told_once_above_the_lines_and_its_line_goes() {
        let (mut live, screen) = watched(&[]);
        live.notice(Duration::from_secs(1), &running(1, 0));
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
