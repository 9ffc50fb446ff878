//! What cannot be said of security services, whichever it is.
//!
//! Sources: the services' user guides on their delegated administrators (one, the same in every
//! Region); Organizations User Guide, orgs_manage_policies_guardduty, _inspector and
//! _security_hub (a policy type and the service's own settings are never both driven).

use super::{Rule, View};
use crate::catalog::services::{self, Service};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::security::Seat;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "security-services",
        title: "A security service cannot be set like this",
        explanation: "A security service has one administrator, which `delegated_administrators` appoints, \
                      so both must name the same account. One setting is driven by the service or by an \
                      organization policy and never by both: while policies of its type are on, AWS no \
                      longer applies, or overrides, what the administrator sets. An excluded Region is one of \
                      the governed ones. Sources: GuardDuty User Guide, guardduty_organizations; \
                      Organizations User Guide, orgs_manage_policies_guardduty.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = view.doc.security.as_ref() else { return };
    for seat in section.seats() {
        let Some(service) = services::by_section(seat.key) else { continue };
        administrator(view, &seat, service, findings);
        policy(view, &seat, service, findings);
        for region in seat.excluded {
            if !view.governed().any(|governed| governed.value == region.value) {
                let message = format!("`{}` is excluded and not governed", region.value);
                findings
                    .push(Diagnostic::error(RULE.topic.code, message).at(region.span, "no governed Region"));
            }
        }
    }
}

fn administrator(view: &View<'_>, seat: &Seat<'_>, service: &Service, findings: &mut Findings) {
    let Some(named) = seat.administrator else { return };
    let known = named.value == "management" || view.account(named).is_some();
    if !known && view.whole("accounts") {
        let message = format!("security.{} names the account `{named}`, which does not exist", seat.key);
        findings.push(Diagnostic::error(RULE.topic.code, message).at(named.span, "no such account"));
    }
    if named.value == "management" && !service.management {
        let message = format!("the management account cannot administer {}", service.title());
        findings.push(
            Diagnostic::error(RULE.topic.code, message).at(named.span, "AWS wants a member account here"),
        );
    }
    let mut all = view.doc.delegated_administrators.iter().flatten();
    let other = all.find(|(word, names)| word.value == service.word && names.0 != [named.clone()]);
    if let Some((word, _)) = other {
        let message = format!("{} has one administrator, and two are named", service.title());
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(named.span, "one here")
                .at(word.span, "another here")
                .help(format!("name the same account, or leave `delegated_administrators.{word}` out")),
        );
    }
}

/// One setting is never driven by the service and by a policy.
fn policy(view: &View<'_>, seat: &Seat<'_>, service: &Service, findings: &mut Findings) {
    let of_type = |kind: &str| service.policy.as_deref() == Some(kind);
    let twice =
        view.policies().find(|(_, policy)| policy.r#type.as_ref().is_some_and(|kind| of_type(&kind.value.0)));
    if let Some((name, _)) = twice {
        let message = format!("{} is set by a policy and by its administrator", service.title());
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(seat.span, "set here")
                .at(name.span, "and here")
                .help("leave one out: while the policy type is on, the policy decides"),
        );
    }
}
