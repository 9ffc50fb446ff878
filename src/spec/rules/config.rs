//! What cannot be said of AWS Config.
//!
//! Sources: Config API Reference, PutOrganizationConformancePack and PutOrganizationConfigRule (names, sizes, one kind of
//! rule); Control Tower User Guide, config-updates-v4 (the landing zone has an aggregator from 4.0 on); Config Developer
//! Guide, aggregated-register-delegated-administrator.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::config::{AggregatorSection, PackSection, RuleSection};
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State};

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "config",
        title: "AWS Config cannot be set like this",
        explanation: "Rules and conformance packs of the organization are deployed by the management account \
                      or by an account of `delegated_administrators.config`. A rule is one of AWS's \
                      (`managed`) or one in Guard (`guard`), and not both. From 4.0 on the landing zone has an \
                      aggregator of its own, and a second one costs twice. Names of packs begin with a letter \
                      and hold letters, digits and hyphens, those of rules letters, digits, hyphens and \
                      underscores. A template has at most 51,200 bytes, a rule in Guard 10,000. Sources: \
                      Config API Reference, PutOrganizationConformancePack and PutOrganizationConfigRule; \
                      Control Tower User Guide, config-updates-v4.",
    },
    check,
};

const MANAGEMENT: &str = "management";
const TEMPLATE: usize = 51_200;
const GUARD: usize = 10_000;
const FREQUENCIES: [&str; 5] = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"];

fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(RULE.topic.code, message)
}

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(security) = &view.doc.security else { return };
    let packs = security.conformance_packs.iter().flatten();
    for (name, pack) in packs.clone() {
        self::pack(view, name, pack, findings);
    }
    let Some(section) = &security.config else {
        if let Some((name, _)) = packs.into_iter().next() {
            one_administrator(view, name, findings);
        }
        return;
    };
    if let Some(named) = &section.administrator {
        appointed(view, named, findings);
    } else if section.rules.is_some() || security.conformance_packs.is_some() || section.aggregator.is_some()
    {
        let place = Located { value: String::new(), span: section.span };
        one_administrator(view, &place, findings);
    }
    for region in section.exclude_regions.iter().flatten() {
        if !view.governed().any(|governed| governed.value == region.value) {
            let message = format!("`{}` is excluded and not governed", region.value);
            findings.push(error(message).at(region.span, "no governed Region"));
        }
    }
    if let Some(aggregator) = &section.aggregator {
        self::aggregator(view, aggregator, findings);
    }
    for (name, rule) in section.rules.iter().flatten() {
        self::rule(view, name, rule, findings);
    }
}

/// With several delegated administrators the document must say which one deploys.
fn one_administrator(view: &View<'_>, place: &Located<String>, findings: &mut Findings) {
    let mut delegated = view.doc.delegated_administrators.iter().flatten();
    let many = delegated.find(|(word, names)| word.value == "config" && names.0.len() > 1);
    if let Some((word, _)) = many {
        findings.push(
            error("which of several administrators of AWS Config deploys is not said")
                .at(place.span, "deployed here")
                .at(word.span, "several are named here")
                .help("add `security.config.administrator`"),
        );
    }
}

fn appointed(view: &View<'_>, named: &Located<String>, findings: &mut Findings) {
    if named.value == MANAGEMENT {
        return;
    }
    if view.account(named).is_none() && view.whole("accounts") {
        let message = format!("security.config names the account `{named}`, which does not exist");
        findings.push(error(message).at(named.span, "no such account"));
    }
    let mut delegated = view.doc.delegated_administrators.iter().flatten();
    let other = delegated.find(|(word, names)| word.value == "config" && !names.0.contains(named));
    if let Some((word, _)) = other {
        findings.push(
            error(format!("`{named}` shall deploy, and AWS Config is delegated to others only"))
                .at(named.span, "one here")
                .at(word.span, "others here")
                .help("add it to `delegated_administrators.config`, which may name up to three"),
        );
    }
}

fn aggregator(view: &View<'_>, section: &Located<AggregatorSection>, findings: &mut Findings) {
    let zone = view.landing_zone();
    let recent = zone.and_then(|zone| zone.version.as_ref()).is_some_and(|at| !at.value.0.starts_with("3."));
    if recent && view.state(Part::Config) == State::On {
        findings.push(
            error("the landing zone has an aggregator of its own, and this would be a second one")
                .at(section.span, "a second aggregator")
                .help("leave it out: from 4.0 on Control Tower collects in the account of `landing_zone.config`"),
        );
    }
    if let Some(role) = section.role.as_ref().filter(|role| !role.value.contains(":role/")) {
        findings
            .push(error("the role of an aggregator is named by its ARN").at(role.span, "no ARN of a role"));
    }
}

fn rule(view: &View<'_>, name: &Located<String>, rule: &RuleSection, findings: &mut Findings) {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        let message = format!("`{name}` is no name of a rule");
        findings.push(error(message).at(name.span, "1 to 64 letters, digits, hyphens, underscores"));
    }
    match (&rule.managed, &rule.guard) {
        (Some(managed), Some(guard)) => findings.push(
            error(format!("the rule `{name}` is of two kinds"))
                .at(managed.span, "one here")
                .at(guard.span, "another here"),
        ),
        (None, None) => findings.push(
            error(format!("the rule `{name}` says not what it checks"))
                .at(name.span, "needs `managed` or `guard`"),
        ),
        (None, Some(guard)) => {
            let long = view.attached.text(guard).is_some_and(|text| text.len() > GUARD);
            if long {
                let message = format!("the rule `{name}` is longer than {GUARD} bytes");
                findings.push(error(message).at(guard.span, "too long"));
            }
        }
        (Some(_), None) => {}
    }
    if let Some(often) = rule.frequency.as_ref().filter(|often| !FREQUENCIES.contains(&often.value.as_str()))
    {
        findings.push(
            error(format!("`{often}` is no frequency"))
                .at(often.span, "unknown")
                .help(format!("wanted is one of {}", FREQUENCIES.join(", "))),
        );
    }
    excluded(view, rule.exclude.as_ref(), findings);
}

fn pack(view: &View<'_>, name: &Located<String>, pack: &PackSection, findings: &mut Findings) {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if !begins || name.len() > 128 || !name.chars().all(fits) {
        let message = format!("`{name}` is no name of a conformance pack");
        findings.push(error(message).at(name.span, "a letter, then letters, digits and hyphens"));
    }
    let template = pack.template.as_ref().and_then(|place| Some((place, view.attached.text(place)?)));
    if let Some((place, text)) = template {
        if text.len() > TEMPLATE {
            let message =
                format!("the template of `{name}` has {} bytes, and {TEMPLATE} are the most", text.len());
            findings.push(error(message).at(place.span, "too long"));
        }
        if !text.contains("AWS::Config::ConfigRule") {
            let message = format!("the template of `{name}` has no rule");
            findings.push(
                error(message).at(place.span, "no AWS::Config::ConfigRule").help(
                    "a conformance pack holds rules, and AWS::Config::RemediationConfiguration for them",
                ),
            );
        }
    }
    for region in pack.exclude_regions.iter().flatten() {
        if !view.governed().any(|governed| governed.value == region.value) {
            let message = format!("`{}` is excluded and not governed", region.value);
            findings.push(error(message).at(region.span, "no governed Region"));
        }
    }
    excluded(view, pack.exclude.as_ref(), findings);
}

fn excluded(view: &View<'_>, names: Option<&Vec<Located<String>>>, findings: &mut Findings) {
    for name in names.into_iter().flatten() {
        let known = name.value == MANAGEMENT || view.account(name).is_some();
        if !known && view.whole("accounts") {
            let message = format!("`{name}` is excluded and does not exist");
            findings.push(error(message).at(name.span, "no such account"));
        }
    }
}
