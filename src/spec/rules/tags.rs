//! Limits of tags.
//!
//! Source: Organizations API Reference, TagResource and quotas: 50 tags, keys of 1
//! to 128 and values of 0 to 256 characters; `aws:` is AWS's own.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::sections::Tags;
use crate::spec::source::Span;
use crate::spec::topic::Topic;

/// Tags of one resource.
const TAGS: usize = 50;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "tags",
        title: "Tags that AWS does not take",
        explanation: "A unit or account has at most 50 tags. Keys have 1 to 128 characters and do not \
                      start with `aws:`; values have at most 256. Source: AWS Organizations API \
                      Reference, TagResource.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let units = view.listed().map(|(path, unit)| (format!("unit `{path}`"), path.span, unit.tags.as_ref()));
    let accounts = view
        .accounts()
        .map(|(name, account)| (format!("account `{name}`"), name.span, account.tags.as_ref()));
    let sets = view
        .permission_sets()
        .map(|(name, set)| (format!("permission set `{name}`"), name.span, set.tags.as_ref()));
    for (who, span, tags) in units.chain(accounts).chain(sets) {
        if let Some(tags) = tags {
            check_tags(&who, span, tags, findings);
        }
    }
}

fn check_tags(who: &str, span: Span, tags: &Tags, findings: &mut Findings) {
    if tags.len() > TAGS {
        let message = format!("{who} has {} tags, and AWS takes {TAGS}", tags.len());
        findings.push(Diagnostic::error(RULE.topic.code, message).at(span, "too many tags"));
    }
    for (key, value) in tags {
        let length = key.chars().count();
        if !(1..=128).contains(&length) {
            let message = format!("a tag of {who} has a key of {length} characters, and AWS takes 1 to 128");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(key.span, "this key"));
        }
        if key.to_lowercase().starts_with("aws:") {
            let message = format!("the tag `{key}` of {who} starts with `aws:`, which is AWS's own");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(key.span, "this key"));
        }
        let length = value.chars().count();
        if length > 256 {
            let message = format!("the tag `{key}` of {who} has {length} characters, and AWS takes 256");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(value.span, "this value"));
        }
    }
}
