//! Controls of a unit, as far as one can see without AWS.
//!
//! Sources: Control Tower Controls Reference Guide, cannot-change-with-gr-api,
//! control-parameter-concepts, exception-to-controls-security-ou, and Control
//! Catalog API reference, ControlParameter. Whether a name or a framework means
//! anything is told by the live catalogue, at planning.

use super::{Rule, View};
use crate::catalog::controls;
use crate::model::controls::short_name;
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::controls::{ControlEntry, ControlSection};
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "controls",
        title: "A control cannot be enabled like this",
        explanation: "An entry of `controls` is the name of one control, or a mapping with exactly one of \
                      `name`, `framework` and `guidance`; `parameters` belong to a `name`. A control stands \
                      once on a unit. Some controls, mandatory ones and the landing zone's Region deny among \
                      them, cannot be changed by any API. `ExemptAssumeRoot` takes only `true`: leaving it out \
                      says no. Sources: AWS Control Tower Controls Reference Guide; Control Catalog API \
                      Reference, ControlParameter.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (path, unit) in view.listed() {
        let entries: Vec<&ControlEntry> = unit.controls.iter().flatten().collect();
        for entry in &entries {
            form(path, &entry.0, findings);
        }
        let names: Vec<&Located<String>> = entries.iter().filter_map(|entry| entry.0.name.as_ref()).collect();
        for (index, name) in names.iter().enumerate() {
            changeable(name, findings);
            let twice = |other: &&&Located<String>| short_name(other) == short_name(name);
            if let Some(first) = names.iter().take(index).find(twice) {
                findings.push(
                    Diagnostic::error(
                        RULE.topic.code,
                        format!("unit `{path}` lists the control `{name}` twice"),
                    )
                    .at(name.span, "here again")
                    .at(first.span, "first here"),
                );
            }
        }
    }
}

/// Exactly one of the three ways to name controls, and parameters only with one.
fn form(path: &UnitPath, section: &ControlSection, findings: &mut Findings) {
    let ways = [&section.name, &section.framework, &section.guidance];
    let said: Vec<&Located<String>> = ways.into_iter().flatten().collect();
    if let [first, second, ..] = said.as_slice() {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!(
                    "an entry of `{path}`'s controls says more than one of `name`, `framework`, `guidance`"
                ),
            )
            .at(second.span, "this one")
            .at(first.span, "and this one")
            .help("make each an entry of its own"),
        );
    }
    let parameter = section.parameters.iter().flatten().next();
    if let Some((key, _)) = parameter.filter(|_| section.name.is_none()) {
        findings.push(
            Diagnostic::error(RULE.topic.code, "only a single control takes parameters")
                .at(key.span, "parameters of what?")
                .help("list the control by its `name` as well; an entry of its own wins over a framework's"),
        );
    }
    for (key, value) in section.parameters.iter().flatten() {
        if key.value == "ExemptAssumeRoot" && value.value.0 != true {
            findings.push(
                Diagnostic::error(RULE.topic.code, "`ExemptAssumeRoot` takes only `true`")
                    .at(value.span, "not accepted by AWS")
                    .help("leave the parameter out to say no"),
            );
        }
    }
    if let Some(level) = &section.guidance {
        guidance(level, findings);
    }
}

fn guidance(level: &Located<String>, findings: &mut Findings) {
    if controls::of_guidance(level).is_some() {
        return;
    }
    let known: Vec<&str> = controls::guidance().iter().map(|level| level.word.as_str()).collect();
    let help = nearest(level, known.iter().copied())
        .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
    findings.push(
        Diagnostic::error(RULE.topic.code, format!("there is no guidance level `{level}`"))
            .at(level.span, "unknown level")
            .help(help),
    );
}

fn changeable(name: &Located<String>, findings: &mut Findings) {
    if !controls::is_unchangeable(short_name(name)) {
        return;
    }
    let instead = if short_name(name) == "AWS-GR_REGION_DENY" {
        "for a unit use CT.MULTISERVICE.PV.1; the landing zone's own is switched in the console"
    } else {
        "it comes with the landing zone; take it out of the list"
    };
    findings.push(
        Diagnostic::error(RULE.topic.code, format!("no API enables or disables the control `{name}`"))
            .at(name.span, "not changeable")
            .help(instead),
    );
}
