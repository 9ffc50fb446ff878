//! Two accounts cannot have one e-mail address, whatever its case.
//!
//! The address is also how an account is found again after an interrupted creation.
//! Source: Organizations API Reference, CreateAccount (`EMAIL_ALREADY_EXISTS`).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "duplicate-email",
        title: "Two accounts have the same e-mail address",
        explanation: "AWS gives one account to one e-mail address, and mailboxes do not tell upper from \
                      lower case. Plus-addressing (aws+audit@example.com) gives each account its own \
                      address in one mailbox. Source: AWS Organizations API Reference, CreateAccount.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for (name, account) in view.accounts() {
        let Some(email) = &account.email else { continue };
        let Some((first, place)) = seen.insert(email.folded(), (name, email.span)) else { continue };
        // Told at whichever stands later in the files, whatever the order of names.
        let (earlier, later) = if place <= email.span { (place, email.span) } else { (email.span, place) };
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("accounts `{first}` and `{name}` have the same e-mail address"),
            )
            .at(later, "used again")
            .at(earlier, "used here first")
            .help("give each account an address of its own, e.g. with plus-addressing"),
        );
    }
}
