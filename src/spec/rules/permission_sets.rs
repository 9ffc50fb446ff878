//! What a permission set can consist of.
//!
//! Sources: single sign-on API, CreatePermissionSet and the policy operations; IAM
//! Identity Center User Guide, quotas (25 policies, an inline policy of 32,768 bytes)
//! and set session duration (1 to 12 hours).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::partitions;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::identity_center::{
    BoundaryWord, InlineWord, PermissionSetSection, PolicyReferenceSection,
};
use crate::spec::source::Span;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "permission-set",
        title: "A permission set that AWS does not take",
        explanation: "A session lasts from one to twelve hours, written like `PT4H` or `PT90M`. At most 25 \
                      AWS-managed and customer-managed policies can be attached, each once: the former by \
                      an ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess, the latter by name and path \
                      (`/` at both ends). An inline policy has at most 32,768 bytes. Descriptions have 1 to \
                      700 characters, relay states 1 to 240. Source: IAM Identity Center API Reference and \
                      User Guide, quotas.",
    },
    check,
};

/// Policies attached to one set.
const POLICIES: usize = 25;
/// Bytes of an inline policy.
const INLINE: usize = 32_768;

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, set) in view.permission_sets() {
        texts(name, set, findings);
        if let Some(duration) = &set.session_duration
            && !minutes(duration).is_some_and(|minutes| (60..=720).contains(&minutes))
        {
            let message = format!("`{duration}` is no session duration from one to twelve hours");
            report(findings, message, duration.span, "write it like PT4H or PT90M");
        }
        policies(name, set, findings);
        if let Some(inline) = &set.inline_policy
            && let InlineWord::Document(content) = &inline.value
            && let Some(document) = view.attached.content(content)
        {
            let bytes = document.to_string().len();
            if bytes > INLINE {
                let message =
                    format!("the inline policy of `{name}` has {bytes} bytes, and AWS takes {INLINE}");
                report(findings, message, inline.span, "attach policies instead");
            }
        }
    }
}

fn report(findings: &mut Findings, message: String, span: Span, help: &str) {
    findings.push(Diagnostic::error(RULE.topic.code, message).at(span, "not accepted").help(help));
}

fn texts(name: &str, set: &PermissionSetSection, findings: &mut Findings) {
    let limited =
        [("description", set.description.as_ref(), 700), ("relay_state", set.relay_state.as_ref(), 240)];
    for (what, text, most) in limited {
        let Some(text) = text else { continue };
        let length = text.chars().count();
        if !(1..=most).contains(&length) {
            let message = format!("`{what}` of `{name}` has {length} characters, and AWS takes 1 to {most}");
            report(findings, message, text.span, "leave it out, or shorten it");
        }
    }
}

fn policies(name: &str, set: &PermissionSetSection, findings: &mut Findings) {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let managed = set.managed_policies.iter().flatten();
    for arn in managed {
        managed_arn(arn, findings);
        once(&mut seen, arn.value.clone(), arn.span, findings);
    }
    for policy in set.customer_managed_policies.iter().flatten() {
        customer(policy, findings);
        if let Some(own) = &policy.name {
            let path = policy.path.as_ref().map_or("/", |path| path.value.as_str());
            once(&mut seen, format!("{path}{own}"), own.span, findings);
        }
    }
    if seen.len() > POLICIES {
        let message = format!("`{name}` has {} policies, and AWS takes {POLICIES}", seen.len());
        let place = seen.values().max().copied();
        findings.push(match place {
            Some(span) => Diagnostic::error(RULE.topic.code, message).at(span, "one of too many"),
            None => Diagnostic::error(RULE.topic.code, message),
        });
    }
    match set.permissions_boundary.as_ref().map(|word| (&word.value, word.span)) {
        Some((BoundaryWord::Managed(arn), span)) => {
            managed_arn(&Located { value: arn.clone(), span }, findings);
        }
        Some((BoundaryWord::Customer(policy), _)) => customer(policy, findings),
        Some((BoundaryWord::Nothing, _)) | None => {}
    }
}

fn once(seen: &mut BTreeMap<String, Span>, policy: String, span: Span, findings: &mut Findings) {
    if let Some(first) = seen.get(&policy) {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("the policy `{policy}` is listed twice"))
                .at(span, "here again")
                .at(*first, "first here"),
        );
    } else {
        seen.insert(policy, span);
    }
}

fn managed_arn(arn: &Located<String>, findings: &mut Findings) {
    let of_aws = partitions::all().iter().any(|row| {
        arn.strip_prefix(&format!("arn:{}:iam::aws:policy/", row.name)).is_some_and(|name| !name.is_empty())
    });
    if !of_aws {
        let message = format!("`{}` is not the ARN of an AWS-managed policy", arn.value);
        let help = "write it like arn:aws:iam::aws:policy/ReadOnlyAccess; a policy of your own goes under \
                    customer_managed_policies";
        report(findings, message, arn.span, help);
    }
}

fn customer(policy: &PolicyReferenceSection, findings: &mut Findings) {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if let Some(name) = &policy.name
        && !((1..=128).contains(&name.len()) && name.chars().all(fits))
    {
        let message = format!("`{}` is not the name of a policy", name.value);
        report(findings, message, name.span, "write its name, and its path beside it");
    }
    if let Some(path) = &policy.path {
        let inner = path.strip_suffix('/').is_some_and(|path| {
            path.is_empty()
                || path
                    .strip_prefix('/')
                    .is_some_and(|path| path.split('/').all(|one| !one.is_empty() && one.chars().all(fits)))
        });
        if !inner {
            report(
                findings,
                format!("`{}` is not the path of a policy", path.value),
                path.span,
                "begin and end it with `/`",
            );
        }
    }
}

/// The minutes of a duration in whole hours and minutes.
fn minutes(text: &str) -> Option<u32> {
    let time = text.strip_prefix("PT").filter(|time| !time.is_empty())?;
    let (hours, rest) = match time.split_once('H') {
        Some((hours, rest)) => (hours.parse::<u32>().ok()?, rest),
        None => (0, time),
    };
    let minutes = match rest {
        "" => 0,
        rest => rest.strip_suffix('M')?.parse::<u32>().ok()?,
    };
    hours.checked_mul(60)?.checked_add(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_hours_and_minutes() {
        assert_eq!(minutes("PT4H"), Some(240));
        assert_eq!(minutes("PT1H30M"), Some(90));
        assert_eq!(minutes("PT90M"), Some(90));
        for wrong in ["PT", "4H", "P1D", "PT1.5H", "PT4H30"] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
    }
}
