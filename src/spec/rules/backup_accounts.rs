//! Backup lives in two accounts of its own.
//!
//! That they are not enrolled beforehand follows from sitting in the Security unit,
//! which is the business of the rule on integration accounts.
//! Source: Control Tower User Guide, backup-prerequisites.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::topic::Topic;
use crate::spec::view::on;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "backup-accounts",
        title: "Backup needs two accounts of its own",
        explanation: "The Backup Administrator and the Central Backup account are two dedicated accounts, \
                      neither the log archive nor the audit account. They must not be enrolled before \
                      backup is switched on, which sitting in the Security unit sees to. Source: AWS \
                      Control Tower User Guide, backup prerequisites.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(backup) = view.landing_zone().and_then(|zone| zone.backup.as_ref()) else { return };
    if !on(backup.enabled.as_ref()) {
        return;
    }
    if let (Some(one), Some(other)) = (&backup.administrator, &backup.central)
        && one == other
    {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("`{one}` cannot be both backup accounts"))
                .at(other.span, "central")
                .at(one.span, "administrator"),
        );
    }
    for account in [&backup.administrator, &backup.central].into_iter().flatten() {
        check_account(view, account, findings);
    }
}

fn check_account(view: &View<'_>, account: &Located<String>, findings: &mut Findings) {
    let others = view.integration_accounts();
    let other = others.iter().find(|n| !n.role.starts_with("backup.") && n.account == account);
    if let Some(other) = other {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("`{account}` already serves {}", other.role))
                .at(account.span, "backup needs an account of its own")
                .at(other.account.span, "used here"),
        );
    }
}
