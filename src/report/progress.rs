//! Notices of a run as lines: one per change of state, none for what only passes.
//!
//! In: notices with the time since the start. Out: `time  symbol word  address
//! detail`, for logs and for terminals that cannot move their cursor.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Paint, duration};
use crate::apply::Notice;
use crate::model::kinds::Action;
use crate::plan::{Plan, Step, StepId};

/// Knows the plan that the notices are about.
#[derive(Debug)]
pub struct Lines {
    steps: BTreeMap<StepId, (Action, String)>,
    paint: Paint,
}

/// How a line is to be read.
#[derive(Debug, Clone, Copy)]
enum Tone {
    Plain,
    Good,
    Look,
    Bad,
}

impl Lines {
    /// For the steps of a plan.
    #[must_use]
    pub fn new(plan: &Plan, paint: Paint) -> Self {
        let named = |step: &Step| (step.id.clone(), (step.action, name(step)));
        Self { steps: plan.steps.iter().map(named).collect(), paint }
    }

    /// What a reader calls a step: its address, with the verb where the address
    /// alone does not say what is done.
    #[must_use]
    pub fn name(&self, step: &StepId) -> String {
        self.steps.get(step).map_or_else(|| step.to_string(), |(_, name)| name.clone())
    }

    /// The line of a notice at a time since the start; none for what is no change
    /// of state.
    #[must_use]
    pub fn line(&self, at: Duration, notice: &Notice) -> Option<String> {
        match notice {
            Notice::Started { sending, .. } if *sending > 1 => None,
            Notice::Started { step, operation, expected, .. } => {
                let detail = format!("{operation}, usually {}", duration::words(*expected));
                Some(self.about(at, step, "start", &detail, Tone::Plain))
            }
            Notice::Running { step, operation, waiting, .. } => {
                let detail = match waiting {
                    0 => format!("AWS works on it as {operation}"),
                    number => format!("AWS works on it as {operation}; {number} wait for it"),
                };
                Some(self.about(at, step, "running", &detail, Tone::Plain))
            }
            Notice::Done { step, took } => {
                let detail = format!("took {}", duration::words(*took));
                Some(self.about(at, step, "done", &detail, Tone::Good))
            }
            Notice::NotNeeded { step } => {
                Some(self.about(at, step, "not needed", "it is so already", Tone::Good))
            }
            Notice::Waiting { step, error, until } => {
                let wait = duration::words(until.saturating_sub(at));
                let detail = format!("again in {wait}: {}: {}", error.code, error.message);
                Some(self.about(at, step, "waiting", &detail, Tone::Look))
            }
            Notice::Unproven { step, error } => {
                let detail = format!("looking for its effect after {}: {}", error.code, error.message);
                Some(self.about(at, step, "unproven", &detail, Tone::Look))
            }
            Notice::Failed { step, error, holds_up } => {
                let detail = format!("{error}{}", held(*holds_up));
                Some(self.about(at, step, "failed", &detail, Tone::Bad))
            }
            Notice::Stuck { step, operation, holds_up } => {
                let id = operation.as_ref().map(|id| format!(" as {id}")).unwrap_or_default();
                let detail = format!("it goes on at AWS{id}{}", held(*holds_up));
                Some(self.about(at, step, "stuck", &detail, Tone::Bad))
            }
            Notice::Slowed { operation, rate } => {
                Some(self.general(at, "slowed", &format!("{operation} to {rate:.2} a second"), Tone::Look))
            }
            Notice::Paused { until } => {
                let wait = duration::words(until.saturating_sub(at));
                let detail = format!(
                    "nothing new is sent for {wait}: AWS throttles many operations at once, so somebody \
                     else is using this account's rates"
                );
                Some(self.general(at, "paused", &detail, Tone::Look))
            }
            Notice::Halted { error } => {
                let detail = format!("the credentials are not taken any more: {error}");
                Some(self.general(at, "halted", &detail, Tone::Bad))
            }
            Notice::Stopping { calls } => {
                let detail = format!("nothing new is started; {calls} calls under way may end");
                Some(self.general(at, "stopping", &detail, Tone::Look))
            }
        }
    }

    fn about(&self, at: Duration, step: &StepId, word: &str, detail: &str, tone: Tone) -> String {
        let symbol = self.steps.get(step).map_or(' ', |(action, _)| action.symbol());
        let word = self.toned(&format!("{word:<10}"), tone);
        format!(
            "{:>8}  {symbol} {word}  {}  {}",
            duration::clock(at),
            self.name(step),
            self.paint.quiet(detail)
        )
    }

    fn general(&self, at: Duration, word: &str, detail: &str, tone: Tone) -> String {
        format!("{:>8}  = {}  {detail}", duration::clock(at), self.toned(&format!("{word:<10}"), tone))
    }

    fn toned(&self, word: &str, tone: Tone) -> String {
        match tone {
            Tone::Plain => word.to_owned(),
            Tone::Good => self.paint.good(word),
            Tone::Look => self.paint.warning(word),
            Tone::Bad => self.paint.bad(word),
        }
    }
}

fn name(step: &Step) -> String {
    match (step.action, step.item.is_empty()) {
        (Action::Create | Action::Remove, true) => step.address.to_string(),
        _ => step.id.to_string(),
    }
}

fn held(holds_up: usize) -> String {
    if holds_up == 0 { String::new() } else { format!("; {holds_up} held up by it") }
}

#[cfg(test)]
mod tests {
    use super::super::plan_text::tests::{plan, step};
    use super::*;

    fn lines() -> (Lines, StepId) {
        let step = step("account.a", "create", Action::Create, "organizations:CreateAccount");
        let id = step.id.clone();
        (Lines::new(&plan(vec![step]), Paint::PLAIN), id)
    }

    #[test]
    fn a_change_of_state_is_a_line_with_time_symbol_word_and_address() {
        let (lines, step) = lines();
        let done = Notice::Done { step, took: Duration::from_secs(90) };
        assert_eq!(
            lines.line(Duration::from_secs(125), &done).unwrap(),
            " 0:02:05  + done        account.a  took 90 s"
        );
    }

    #[test]
    fn sending_again_is_no_change_of_state() {
        let (lines, step) = lines();
        let again = |sending| Notice::Started {
            step: step.clone(),
            operation: "organizations:CreateAccount".to_owned(),
            expected: Duration::from_secs(90),
            sending,
        };
        assert!(lines.line(Duration::ZERO, &again(1)).is_some());
        assert_eq!(lines.line(Duration::ZERO, &again(2)), None);
    }
}
