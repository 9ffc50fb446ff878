//! Names that must have AWS's form: the access role and service principals.
//!
//! Source: IAM API Reference, role names (1 to 64 of letters, digits and `+=,.@-_`);
//! Organizations API Reference, EnableAWSServiceAccess (a URL-like service name).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::{partitions, services};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "names-of-aws",
        title: "A role or service is named in a way that AWS does not",
        explanation: "`access_role` is the bare name of an IAM role, without path or ARN. \
                      `trusted_access` lists service principals in full, such as `ram.amazonaws.com`, \
                      each once, as `root_access` does its switches. Source: AWS IAM and Organizations API References.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(organization) = &view.doc.organization else { return };
    if let Some(role) = &organization.access_role {
        let plain = role.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c));
        if !plain || !(1..=64).contains(&role.len()) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{role}` is not the name of an IAM role"))
                    .at(role.span, "not a role's name")
                    .help("write the bare name, such as `AWSControlTowerExecution`"),
            );
        }
    }
    let mut seen = BTreeMap::new();
    for switch in organization.root_access.iter().flatten() {
        if let Some(first) = seen.insert(switch.value.0, switch.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, "a switch of root access is listed twice")
                    .at(switch.span, "here again")
                    .at(first, "first here"),
            );
        }
    }
    let mut seen = BTreeMap::new();
    for service in organization.trusted_access.iter().flatten() {
        if let Some(first) = seen.insert(&service.value, service.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{service}` is listed twice"))
                    .at(service.span, "here again")
                    .at(first, "first here"),
            );
        } else if !principal(service) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{service}` is not a service principal"))
                    .at(service.span, "not a principal")
                    .help("write it in full, such as `ram.amazonaws.com`"),
            );
        } else if let Some(row) = services::never_trusted(service) {
            let message = format!("Organizations cannot be told to trust `{service}`");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(service.span, "switched on by the service itself")
                    .help(row.why.clone()),
            );
        }
    }
}

fn principal(text: &str) -> bool {
    let service = partitions::all().iter().find_map(|row| text.strip_suffix(&format!(".{}", row.dns_suffix)));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    service.is_some_and(|service| !service.is_empty() && service.chars().all(plain))
}
