//! An account that is named must stand under `accounts`.
//!
//! Keys and integrations name accounts by the document's name for them; ids appear
//! nowhere else. Source: this document's own meaning.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "unknown-account",
        title: "An account is named that the document does not have",
        explanation: "`keys`, `delegated_administrators` and the landing zone's integrations name accounts \
                      by their key under `accounts`. A key may also live in `management`, the management \
                      account, and some services may be administered by it; integrations may not: \
                      Control Tower wants member accounts for them.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    if !view.whole("accounts") {
        return;
    }
    for (name, key) in view.doc.keys.iter().flatten() {
        if let Some(account) = key.account.as_ref().filter(|account| account.value != "management") {
            known(view, account, &format!("key `{name}`"), findings);
        }
    }
    for (word, names) in view.doc.delegated_administrators.iter().flatten() {
        for account in names.0.iter().filter(|account| account.value != "management") {
            known(view, account, &format!("delegated_administrators.{word}"), findings);
        }
    }
    for named in view.integration_accounts() {
        known(view, named.account, &format!("landing_zone.{}", named.role), findings);
    }
}

fn known(view: &View<'_>, account: &Located<String>, who: &str, findings: &mut Findings) {
    if view.account(account).is_some() {
        return;
    }
    let near = nearest(account, view.accounts().map(|(name, _)| name.value.as_str()));
    findings.push(
        Diagnostic::error(
            RULE.topic.code,
            format!("{who} names the account `{account}`, which does not exist"),
        )
        .at(account.span, "no such account")
        .help(near.map_or_else(
            || format!("add `{account}` under accounts"),
            |near| format!("did you mean `{near}`?"),
        )),
    );
}
