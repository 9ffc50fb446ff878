//! Names and descriptions of policies.
//!
//! Source: Organizations API Reference, PolicyName (1 to 128 characters) and
//! PolicyDescription (up to 512); UpdatePolicy renames in place; Control Tower User
//! Guide, drift (its policies are named `aws-guardrails-...`).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::policy_types::{OF_CONTROL_TOWER, PolicyType, all};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::sections::PolicySection;
use crate::spec::topic::Topic;

/// Characters of a name.
const NAME: usize = 128;
/// Characters of a description.
const DESCRIPTION: usize = 512;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "policy-name",
        title: "A policy cannot be called or described like this",
        explanation: "A name has at most 128 characters and a description at most 512. Policies named \
                      `aws-guardrails-...` belong to Control Tower and are never touched. A name that AWS \
                      uses itself, such as FullAWSAccess, means AWS's own policy and needs \
                      `aws_managed: true`. `renamed_from` names what the policy was called before; that \
                      name must no longer be in use in this document. Policies of different types may \
                      have one name: their keys differ, and `name` says it. Source: AWS Organizations API \
                      Reference, CreatePolicy and UpdatePolicy.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut former: BTreeMap<&str, &Located<String>> = BTreeMap::new();
    let mut taken: BTreeMap<(&str, &str), &Located<String>> = BTreeMap::new();
    for (key, policy) in view.policies() {
        let name = policy.name.as_ref().unwrap_or(key);
        if let Some(kind) = &policy.r#type
            && let Some(first) = taken.insert((&kind.0, name), name)
        {
            let message = format!("two policies of one type are called `{name}`");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(name.span, "here again")
                    .at(first.span, "first here"),
            );
        }
        let wrong = |what: String, label: &str| Diagnostic::error(RULE.topic.code, what).at(name.span, label);
        let length = name.chars().count();
        if length == 0 || length > NAME {
            findings.push(wrong(format!("a policy's name of {length} characters"), "1 to 128 characters"));
        }
        if name.starts_with(OF_CONTROL_TOWER) {
            findings.push(wrong(format!("`{name}` is a policy of Control Tower"), "never touched"));
        }
        // A policy of another type may be called like one of AWS.
        let type_is = |row: &PolicyType| policy.r#type.as_ref().is_none_or(|kind| kind.0 == row.name);
        let of_aws = all().iter().any(|row| row.everywhere.as_deref() == Some(name.as_str()) && type_is(row));
        if of_aws && policy.aws_managed.as_ref().is_none_or(|managed| !managed.value) {
            findings.push(
                wrong(format!("`{name}` is a policy of AWS"), "not one to create")
                    .help("add `aws_managed: true` to attach or detach it"),
            );
        }
        findings.extend(described(name, policy));
        if let Some(old) = &policy.renamed_from {
            findings.extend(renamed(view, name, old, &mut former));
        }
    }
}

fn described(name: &str, policy: &PolicySection) -> Option<Diagnostic> {
    let description = policy.description.as_ref()?;
    let length = description.chars().count();
    (length > DESCRIPTION).then(|| {
        let message =
            format!("the description of `{name}` has {length} characters, and AWS takes {DESCRIPTION}");
        Diagnostic::error(RULE.topic.code, message).at(description.span, "too long")
    })
}

fn renamed<'d>(
    view: &View<'d>,
    name: &str,
    old: &'d Located<String>,
    former: &mut BTreeMap<&'d str, &'d Located<String>>,
) -> Option<Diagnostic> {
    if let Some((still, _)) = view.policies().find(|(other, _)| other.value == old.value) {
        let message = format!("`{old}` became `{name}` but is still in the document");
        return Some(
            Diagnostic::error(RULE.topic.code, message)
                .at(old.span, "the old name")
                .at(still.span, "still here"),
        );
    }
    let first = former.insert(old.as_str(), old)?;
    let message = format!("`{old}` cannot become two policies");
    Some(Diagnostic::error(RULE.topic.code, message).at(old.span, "here").at(first.span, "and here"))
}
