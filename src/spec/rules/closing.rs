//! An account that shall be closed is named by nothing else.
//!
//! Source: this document's own meaning; what lives in a closed account is gone after 90 days (Organizations API
//! Reference, CloseAccount).

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "closing",
        title: "An account that shall be closed is still needed",
        explanation: "With `close: true` an account is moved where the document has it, and closed. Keys in it, what it \
                      administers and what the landing zone keeps in it would be lost with it, so nothing of the \
                      document may name it. Source: AWS Organizations API Reference, CloseAccount.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut needed = |account: &Located<String>, who: &str| {
        let close = view.account(account).and_then(|entry| entry.close.as_ref()).filter(|close| close.value);
        if let Some(close) = close {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("`{account}` shall be closed, and {who} names it"),
                )
                .at(account.span.max(close.span), "")
                .at(account.span.min(close.span), "")
                .help("name another account there, or do not close this one"),
            );
        }
    };
    for (name, key) in view.doc.keys.iter().flatten() {
        if let Some(account) = &key.account {
            needed(account, &format!("key `{name}`"));
        }
    }
    for (word, names) in view.doc.delegated_administrators.iter().flatten() {
        for account in &names.0 {
            needed(account, &format!("delegated_administrators.{word}"));
        }
    }
    for named in view.integration_accounts() {
        needed(named.account, &format!("landing_zone.{}", named.role));
    }
}
