//! Drift as text: what is not as the document says, who made it so, and what puts it right.

use std::fmt::Write as _;

use super::value_text;
use crate::observe::authors::Authors;
use crate::plan::Plan;
use crate::plan::document::Level;
use crate::plan::drift::Drift;

/// The drift of a plan, all of it, or that there is none.
#[must_use]
pub fn render(drifts: &[Drift], authors: &Authors, plan: &Plan) -> String {
    let mut out = String::new();
    if drifts.is_empty() {
        let _ = writeln!(out, "{}", without(plan));
    }
    for drift in drifts {
        one(&mut out, drift, authors);
    }
    for note in plan.notes.iter().filter(|note| note.level != Level::Info) {
        let _ = writeln!(out, "note: {}", note.message);
    }
    if !drifts.is_empty() {
        let steps: usize = drifts.iter().map(|drift| drift.repair.len()).sum();
        let things = match drifts.len() {
            1 => "1 thing is".to_owned(),
            many => format!("{many} things are"),
        };
        let _ = writeln!(
            out,
            "Drift: {things} not as the document says; `lzctl apply` puts it right in {steps} steps."
        );
    }
    out
}

/// What is said where no step puts anything right: that all is well is known only where all of it was read
/// and nothing stands in the way of a step.
fn without(plan: &Plan) -> String {
    match plan.unread() {
        0 if plan.blockers().next().is_some() => {
            "Something is not as the document says, and no step can put it right.".to_owned()
        }
        0 => "Everything is as the document says.".to_owned(),
        unread => format!("What could be read is as the document says: {unread} could not be."),
    }
}

fn one(out: &mut String, drift: &Drift, authors: &Authors) {
    let kind = drift.control_type.map(|word| format!(" ({word})")).unwrap_or_default();
    let _ = writeln!(out, "{}{kind} {}", drift.address, drift.sort.words());
    for change in &drift.changes {
        for line in value_text::change(&change.field, change.from.as_ref(), &change.to, false) {
            let _ = writeln!(out, "    {line}");
        }
    }
    if drift.changes.is_empty() {
        let _ = writeln!(out, "    because {}", drift.reasons.join("; "));
    }
    if let Some(made) = authors.last.get(&drift.address) {
        let at = made.at.map(|at| format!(" at {at}")).unwrap_or_default();
        let _ = writeln!(out, "    last changed by {} ({}){at}", made.by, made.name);
    }
    let steps: Vec<&str> = drift.repair.iter().map(|step| step.0.as_str()).collect();
    let _ = writeln!(out, "    put right by {}", steps.join(", "));
    for consent in &drift.consents {
        let _ = writeln!(out, "    needs the consent {consent}");
    }
}
