//! What cannot be said of security services.
//!
//! Sources: GuardDuty User Guide, guardduty_organizations (one administrator, the same in every
//! Region); Organizations User Guide, orgs_manage_policies_guardduty (while the policy type is on
//! the Regional settings do not apply); API Reference, UpdateOrganizationConfiguration.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::security::GuardDutySection;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "security-services",
        title: "A security service cannot be set like this",
        explanation: "A security service has one administrator, which `delegated_administrators` appoints, \
                      so both must name the same account. One setting is driven by the service or by an \
                      organization policy and never by both: while policies of the type guardduty are on, \
                      AWS no longer applies what the administrator sets. A further switch of runtime \
                      monitoring means nothing without it. An excluded Region is one of the governed ones. \
                      Sources: GuardDuty User Guide, guardduty_organizations; Organizations User Guide, \
                      orgs_manage_policies_guardduty.",
    },
    check,
};

/// AWS's name of the policy type that sets the same.
const POLICY: &str = "GUARDDUTY_POLICY";

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = view.doc.security.as_ref().and_then(|section| section.guardduty.as_ref()) else {
        return;
    };
    administrator(view, section, findings);
    for region in section.exclude_regions.iter().flatten() {
        if !view.governed().any(|governed| governed.value == region.value) {
            let message = format!("`{}` is excluded and not governed", region.value);
            findings.push(Diagnostic::error(RULE.topic.code, message).at(region.span, "no governed Region"));
        }
    }
    let features = || section.features.iter().flatten();
    let runtime = features().any(|feature| feature.value.0 == "RUNTIME_MONITORING");
    if let Some(switch) = features().find(|feature| !runtime && feature.value.0.contains('/')) {
        findings.push(
            Diagnostic::error(RULE.topic.code, "a switch of runtime monitoring is named without it")
                .at(switch.span, "means nothing alone")
                .help("add `runtime_monitoring` to the features"),
        );
    }
    let twice =
        view.policies().find(|(_, policy)| policy.r#type.as_ref().is_some_and(|kind| kind.value.0 == POLICY));
    if let Some((name, _)) = twice {
        findings.push(
            Diagnostic::error(RULE.topic.code, "GuardDuty is set by a policy and by its administrator")
                .at(section.span, "set here")
                .at(name.span, "and here")
                .help("leave one out: while the policy type is on, AWS applies the policy alone"),
        );
    }
}

fn administrator(view: &View<'_>, section: &Located<GuardDutySection>, findings: &mut Findings) {
    let Some(named) = &section.administrator else { return };
    let known = named.value == "management" || view.account(named).is_some();
    if !known && view.whole("accounts") {
        let message = format!("security.guardduty names the account `{named}`, which does not exist");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(named.span, "no such account"));
    }
    let mut all = view.doc.delegated_administrators.iter().flatten();
    let other = all.find(|(word, names)| word.value == "guardduty" && names.0 != [named.clone()]);
    if let Some((word, _)) = other {
        findings.push(
            Diagnostic::error(RULE.topic.code, "GuardDuty has one administrator, and two are named")
                .at(named.span, "one here")
                .at(word.span, "another here")
                .help("name the same account, or leave `delegated_administrators.guardduty` out"),
        );
    }
}
