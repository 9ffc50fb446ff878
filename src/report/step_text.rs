//! One step as lines of a plan: what it changes, why, what it waits for, what it costs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Paint, duration, value_text};
use crate::catalog::ordering;
use crate::model::kinds::{Action, info};
use crate::plan::step::FieldChange;
use crate::plan::{Step, StepId, control_type};

/// So many steps that are waited for by one rule are named.
const NAMED_NEEDS: usize = 2;

/// The lines of a step.
pub(super) fn lines(step: &Step, paint: Paint) -> Vec<String> {
    let origin = step.origin.as_ref().map(|at| format!("  ({at})")).unwrap_or_default();
    let item = if step.item.is_empty() { String::new() } else { format!(" [{}]", step.item) };
    let kind = control_type::of(step).map(|kind| format!(" ({})", kind.word())).unwrap_or_default();
    let mut lines =
        vec![format!("{} {}{item}{kind}{}", mark(step, paint), step.address, paint.quiet(&origin))];
    for change in step.changes.iter().filter(|change| settable(step, change)) {
        let told = value_text::change(&change.field, change.from.as_ref(), &change.to, true);
        lines.extend(told.into_iter().map(|line| format!("      {line}")));
    }
    lines.push(format!("      because {}", step.reasons.join("; ")));
    lines.extend(waits(step).into_iter().map(|line| format!("      {line}")));
    if let Some(consent) = &step.consent {
        lines.push(format!("      needs the consent {consent}"));
    }
    lines.push(paint.quiet(&format!("      {}", cost(step))));
    lines
}

/// Whether a change is something the call sets. What a repair would mend is what
/// AWS reports of a thing; for one that is only being made it says nothing.
fn settable(step: &Step, change: &FieldChange) -> bool {
    let info = info(step.address.kind);
    let creates = info.creator().is_some_and(|verb| verb.name == step.verb);
    let mender = info.rule(&change.field).and_then(|(rule, _)| info.verb(rule.verb));
    !(creates && mender.is_some_and(|verb| verb.action == Action::Repair))
}

fn mark(step: &Step, paint: Paint) -> String {
    paint.action(step.action, &format!("  {} {:<6}", step.action.symbol(), step.action.word()))
}

fn cost(step: &Step) -> String {
    let usual = duration::words(Duration::from_secs(step.usual_seconds));
    let shared = step.also.iter().fold(String::new(), |lanes, lane| format!("{lanes} and {lane}"));
    // An operation's own rate is no lane that a reader has to know of.
    let lane = if step.lane == step.operation { String::new() } else { format!(", lane {}", step.lane) };
    format!("{}{lane}{shared}, usually {usual}", step.operation)
}

/// What a step waits for: by rule, the steps or their number, and AWS's reason.
fn waits(step: &Step) -> Vec<String> {
    let mut by_rule: BTreeMap<&str, BTreeSet<&StepId>> = BTreeMap::new();
    for need in &step.needs {
        by_rule.entry(&need.rule).or_default().insert(&need.step);
    }
    let told = |(rule, needs): (&str, BTreeSet<&StepId>)| {
        let reason = ordering::rule(rule).map_or(rule, |rule| rule.reason.as_str());
        if needs.len() > NAMED_NEEDS {
            return format!("after {} steps: {reason}", needs.len());
        }
        let named: Vec<&str> = needs.iter().map(|step| step.0.as_str()).collect();
        format!("after {}: {reason}", named.join(" and "))
    };
    by_rule.into_iter().map(told).collect()
}
