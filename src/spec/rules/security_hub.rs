//! What cannot be said of Security Hub's central configuration.
//!
//! Sources: Security Hub API Reference, CreateConfigurationPolicy and SecurityHubPolicy (with the
//! service off neither standards nor controls, and one list of controls);
//! StartConfigurationPolicyAssociation (a target has one policy); Security Hub User Guide,
//! start-central-configuration (it lives in the home Region).

use std::collections::BTreeMap;

use super::policy_targets::unnamed;
use super::{Rule, View};
use crate::catalog::security_standards as standards;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::security::OF_ALL;
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::shape::security::{SecurityHubPolicySection, SecurityHubSection};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "security-hub",
        title: "Security Hub cannot be configured like this",
        explanation: "Under central configuration each unit or account follows one configuration policy, its \
                      own or the nearest above, or configures itself. A policy that switches Security Hub off \
                      says neither standards nor controls, and one that switches it on lists either the \
                      controls that are off or those that are on. `standards` and `disabled_controls` of the \
                      section are the policy `organization` of the root. Central configuration lives in the \
                      home Region, which cannot be excluded, and needs another one to link. Sources: Security Hub API Reference, \
                      CreateConfigurationPolicy and StartConfigurationPolicyAssociation; User Guide, \
                      start-central-configuration and aggregation-central-configuration.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = view.doc.security.as_ref().and_then(|section| section.security_hub.as_ref()) else {
        return;
    };
    of_all(section, findings);
    home(view, section, findings);
    known(section.standards.as_ref(), findings);
    let mut held = BTreeMap::new();
    if section.standards.is_some() || section.disabled_controls.is_some() {
        held.insert(Target::Root, section.span);
    }
    for (name, policy) in section.policies.iter().flatten() {
        known(policy.standards.as_ref(), findings);
        switches(name, policy, findings);
        claim(view, name, policy.targets.as_ref(), &mut held, findings);
    }
    claim(view, "self_managed", section.self_managed.as_ref(), &mut held, findings);
}

/// Every target follows one policy.
fn claim(
    view: &View<'_>,
    name: &str,
    targets: Option<&Vec<Located<String>>>,
    held: &mut BTreeMap<Target, crate::spec::source::Span>,
    findings: &mut Findings,
) {
    for word in targets.into_iter().flatten() {
        let target = match view.target(word) {
            Ok(target) => target,
            Err(why) => {
                findings.extend(unnamed(view, name, word, why));
                continue;
            }
        };
        if let Some(first) = held.insert(target, word.span) {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("`{word}` follows one configuration, and two claim it"),
                )
                .at(word.span, "one here")
                .at(first, "another here"),
            );
        }
    }
}

fn switches(name: &Located<String>, policy: &SecurityHubPolicySection, findings: &mut Findings) {
    let off = policy.enabled.as_ref().filter(|on| !on.value);
    let lists = [&policy.standards, &policy.disabled_controls, &policy.enabled_controls];
    if let Some(off) = off.filter(|_| lists.iter().any(|list| list.is_some())) {
        let message = format!("`{name}` switches Security Hub off and says what is on");
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(off.span, "off here")
                .help("leave standards and controls out"),
        );
    }
    if policy.disabled_controls.is_some() && policy.enabled_controls.is_some() {
        let message = format!("`{name}` lists the controls that are off and those that are on");
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(name.span, "one list is enough")
                .help("prefer `disabled_controls`: controls that AWS adds later are on by themselves then"),
        );
    }
}

fn known(listed: Option<&Vec<Located<String>>>, findings: &mut Findings) {
    for word in listed.into_iter().flatten() {
        if standards::arn(word, "aws", "us-east-1").is_some() {
            continue;
        }
        let near = nearest(word, standards::words());
        let help = near.map_or_else(
            || format!("known: {}", standards::words().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("`{word}` is no standard of Security Hub"))
                .at(word.span, "unknown standard")
                .help(help),
        );
    }
}

fn of_all(section: &Located<SecurityHubSection>, findings: &mut Findings) {
    let said = section.standards.is_some() || section.disabled_controls.is_some();
    let mut named = section.policies.iter().flatten();
    if let Some((name, _)) = named.find(|(name, _)| said && name.value == OF_ALL) {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("the policy `{OF_ALL}` is said twice"))
                .at(name.span, "here, and by `standards` or `disabled_controls` of the section"),
        );
    }
}

fn home(view: &View<'_>, section: &Located<SecurityHubSection>, findings: &mut Findings) {
    let organization = view.doc.organization.as_ref();
    let Some(home) = organization.and_then(|one| one.home_region.as_ref()) else { return };
    let excluded = || section.exclude_regions.iter().flatten();
    let linked = view
        .governed()
        .filter(|region| region.value != home.value && !excluded().any(|other| other.value == region.value));
    if linked.count() == 0 {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                "Security Hub is configured centrally for two Regions or more",
            )
            .at(section.span, "no Region but the home Region is governed and not excluded")
            .help("add one to organization.governed_regions"),
        );
    }
    if let Some(region) = excluded().find(|region| region.value == home.value) {
        findings.push(
            Diagnostic::error(RULE.topic.code, "Security Hub is configured from its home Region")
                .at(region.span, "which cannot be excluded"),
        );
    }
}
