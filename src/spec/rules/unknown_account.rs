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
        explanation: "`keys`, `delegated_administrators`, `backup` and the landing zone's integrations name accounts \
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
    for (who, account) in of_backup(view).into_iter().filter(|(_, account)| account.value != "management") {
        known(view, account, &who, findings);
    }
    for named in view.integration_accounts() {
        known(view, named.account, &format!("landing_zone.{}", named.role), findings);
    }
}

/// The accounts that the section `backup` names, each with what names it.
fn of_backup<'d>(view: &View<'d>) -> Vec<(String, &'d Located<String>)> {
    let Some(section) = &view.doc.backup else { return Vec::new() };
    let administrator = section.administrator.as_ref().map(|one| ("backup.administrator".to_owned(), one));
    let mut found: Vec<_> = administrator.into_iter().collect();
    let mut note = |kind: &str, name: &Located<String>, account: Option<&'d Located<String>>| {
        found.extend(account.map(|account| (format!("backup.{kind}.{name}"), account)));
    };
    for (name, one) in section.vaults.iter().flatten() {
        note("vaults", name, one.account.as_ref());
    }
    for (name, one) in section.restore_testing.iter().flatten() {
        note("restore_testing", name, one.account.as_ref());
    }
    for (name, one) in section.reports.iter().flatten() {
        note("reports", name, one.administrator.as_ref());
    }
    for (name, one) in section.frameworks.iter().flatten() {
        note("frameworks", name, one.account.as_ref());
    }
    found
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
