//! What the organization's own policy delegates, and to whom.
//!
//! Sources: Organizations User Guide, orgs_delegate_policies (the management account
//! needs no delegation); Organizations API Reference, PolicyType.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::shape::sections::ResourcePolicySection;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "resource-policy",
        title: "The organization's policy delegates something that cannot be delegated",
        explanation: "`policy_management` names member accounts under `accounts`, each with the types of \
                      policies that it shall manage, once each, such as `backup`. The management account \
                      may do so anyway. Each statement of `document` has a `Sid` of its own, by which it \
                      is merged, an effect, a principal and actions. Source: AWS Organizations \
                      User Guide, delegated administrators for Organizations.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let section = view.doc.organization.as_ref().and_then(|section| section.resource_policy.as_ref());
    for (account, types) in section.into_iter().flat_map(|section| section.policy_management.iter().flatten())
    {
        if view.whole("accounts") && view.account(account).is_none() {
            findings.push(unknown(view, account));
        }
        if types.is_empty() {
            let message = format!("`{account}` is given no type of policies to manage");
            let help = "list types such as `backup`, or take the account out";
            findings.push(Diagnostic::error(RULE.topic.code, message).at(account.span, "nothing").help(help));
        }
        let mut seen = BTreeMap::new();
        for name in types {
            if let Some(first) = seen.insert(&name.value, name.span) {
                findings.push(
                    Diagnostic::error(RULE.topic.code, "a type of policies is listed twice")
                        .at(name.span, "here again")
                        .at(first, "first here"),
                );
            }
        }
    }
    for section in section.into_iter().filter(|section| section.document.is_some()) {
        statements(view, section, findings);
    }
}

/// A statement is merged by its `Sid`, so it needs one, and one of its own.
fn statements(view: &View<'_>, section: &ResourcePolicySection, findings: &mut Findings) {
    let Some(place) = section.document.as_ref().map(|document| document.span) else { return };
    let mut seen = BTreeSet::new();
    for (number, statement) in (1_usize..).zip(view.statements(section)) {
        let has = |member: &str| statement.get(member).is_some();
        let sid = statement.get("Sid").and_then(Value::as_str).unwrap_or_default();
        let wrong = if sid.is_empty() {
            Some("has no `Sid`".to_owned())
        } else if !seen.insert(sid) {
            Some(format!("has the `Sid` {sid} of an earlier one"))
        } else {
            let lacking = ["Effect", "Principal", "Action"].into_iter().find(|member| !has(member));
            lacking.map(|member| format!("has no `{member}`"))
        };
        if let Some(wrong) = wrong {
            let message = format!("statement {number} of the resource policy {wrong}");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(place, "in this document")
                    .help("a statement of the same `Sid` is replaced, others stay"),
            );
        }
    }
    if seen.is_empty() && view.statements(section).is_empty() && view.has_content(section) {
        findings.push(
            Diagnostic::error(RULE.topic.code, "the resource policy has no statement")
                .at(place, "in this document"),
        );
    }
}

fn unknown(view: &View<'_>, account: &Located<String>) -> Diagnostic {
    let message = format!("policies are delegated to `{account}`, which is not among the accounts");
    let near = nearest(account, view.accounts().map(|(name, _)| name.value.as_str()));
    Diagnostic::error(RULE.topic.code, message).at(account.span, "no such account").help(
        near.map_or_else(
            || format!("add `{account}` under accounts"),
            |near| format!("did you mean `{near}`?"),
        ),
    )
}
