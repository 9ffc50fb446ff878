//! Two names for one account id, or the management account among the members.
//!
//! Source: this document's own meaning; `accounts` holds member accounts only.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "duplicate-id",
        title: "One account id stands for two things",
        explanation: "Each entry under `accounts` is a member account of its own. The management account \
                      is not listed there: it cannot be moved, enrolled or closed, and is only named as a \
                      guard in `organization.management_account` and as `management` by keys.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let guard = view.doc.organization.as_ref().and_then(|o| o.management_account.as_ref());
    let mut seen = BTreeMap::new();
    for (name, account) in view.accounts() {
        let Some(id) = &account.id else { continue };
        if let Some((first, span)) = seen.insert(&id.value, (name, id.span)) {
            let message = format!("accounts `{first}` and `{name}` have the same id");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(id.span.max(span), "used again")
                    .at(id.span.min(span), "used here first"),
            );
        }
        if let Some(guard) = guard.filter(|guard| guard.value == id.value) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("account `{name}` is the management account"))
                    .at(id.span, "the management account's id")
                    .at(guard.span, "said here")
                    .help("remove the entry: `accounts` holds member accounts"),
            );
        }
    }
}
