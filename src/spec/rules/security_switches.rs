//! What is switched on and off of a security service fits together.
//!
//! Sources: GuardDuty API Reference, UpdateOrganizationConfiguration (the switches of runtime
//! monitoring are part of it); that Lambda code is scanned only with Lambda is UNSOURCED, and
//! refused here because Inspector's console does not offer it alone.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::source::Span;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "security-switches",
        title: "Switches of a security service contradict each other",
        explanation: "What a section switches on it cannot switch off as well. A further switch of runtime \
                      monitoring means nothing without it, and Lambda code is scanned only with Lambda. \
                      Source: GuardDuty API Reference, UpdateOrganizationConfiguration.",
    },
    check,
};

/// A switch by AWS's name.
type Switch = (&'static str, Span);

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = view.doc.security.as_ref() else { return };
    if let Some(guardduty) = &section.guardduty {
        let on = switches(guardduty.features.as_ref(), |word| word.0);
        contradictions(&on, &switches(guardduty.off.as_ref(), |word| word.0), findings);
        let part = |name: &str| name.contains('/').then_some("RUNTIME_MONITORING");
        let words = ("a switch of runtime monitoring is named without it", "runtime_monitoring");
        alone(&on, part, words, findings);
    }
    if let Some(inspector) = &section.inspector {
        let on = switches(inspector.scan.as_ref(), |word| word.0);
        contradictions(&on, &switches(inspector.off.as_ref(), |word| word.0), findings);
        let part = |name: &str| (name == "LAMBDA_CODE").then_some("LAMBDA");
        alone(&on, part, ("the code of Lambda functions is scanned without them", "lambda"), findings);
    }
}

fn switches<W>(listed: Option<&Vec<Located<W>>>, name: fn(&W) -> &'static str) -> Vec<Switch> {
    listed.into_iter().flatten().map(|word| (name(&word.value), word.span)).collect()
}

fn contradictions(on: &[Switch], off: &[Switch], findings: &mut Findings) {
    for (name, span) in off {
        if let Some((_, first)) = on.iter().find(|(other, _)| other == name) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("{name} is switched on and off"))
                    .at(*span, "off here")
                    .at(*first, "on here"),
            );
        }
    }
}

/// A switch that is part of another stands beside it.
fn alone(
    on: &[Switch],
    part_of: impl Fn(&str) -> Option<&'static str>,
    (message, whole): (&str, &str),
    findings: &mut Findings,
) {
    let lone = on
        .iter()
        .find(|(name, _)| part_of(name).is_some_and(|whole| !on.iter().any(|(other, _)| *other == whole)));
    if let Some((_, span)) = lone {
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(*span, "means nothing alone")
                .help(format!("add `{whole}`")),
        );
    }
}
