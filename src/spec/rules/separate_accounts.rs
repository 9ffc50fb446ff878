//! The log archive and the auditors' account are better two accounts.
//!
//! Who can audit should not be able to touch the logs. Source: Control Tower User
//! Guide, shared accounts, which describes them as two; that one account for both is
//! refused is not documented, so this is a warning.

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "separate-accounts",
        title: "Logging and auditing share an account",
        explanation: "Control Tower describes a log archive account and an audit account: the first keeps the \
                      logs, the second holds the roles that reach into every account. In one account those \
                      roles reach the logs too. Source: AWS Control Tower User Guide, shared accounts.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let named = view.integration_accounts();
    let find = |role: &str| named.iter().find(|one| one.role == role).map(|one| one.account);
    let (Some(logging), Some(roles)) = (find("centralized_logging.account"), find("security_roles.account"))
    else {
        return;
    };
    if logging == roles {
        findings.push(
            Diagnostic::warning(
                RULE.topic.code,
                format!("`{roles}` both keeps the logs and holds the audit roles"),
            )
            .at(roles.span, "audit roles")
            .at(logging.span, "logs")
            .help("use two accounts"),
        );
    }
}
