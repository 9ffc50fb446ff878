//! What the organization's own policy delegates, and to whom.
//!
//! Sources: Organizations User Guide, orgs_delegate_policies (the management account
//! needs no delegation); Organizations API Reference, PolicyType.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "resource-policy",
        title: "The organization's policy delegates something that cannot be delegated",
        explanation: "`policy_management` names member accounts under `accounts`, each with the types of \
                      policies that it shall manage, once each and as AWS spells them, such as \
                      `BACKUP_POLICY`. The management account may do so anyway. Source: AWS Organizations \
                      User Guide, delegated administrators for Organizations.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let section = view.doc.organization.as_ref().and_then(|section| section.resource_policy.as_ref());
    for (account, types) in section.into_iter().flat_map(|section| section.policy_management.iter().flatten())
    {
        if view.whole("accounts") && view.account(account).is_none() {
            findings.push(unknown(view, account));
        }
        if types.is_empty() {
            let message = format!("`{account}` is given no type of policies to manage");
            let help = "list types such as `BACKUP_POLICY`, or take the account out";
            findings.push(Diagnostic::error(RULE.topic.code, message).at(account.span, "nothing").help(help));
        }
        let mut seen = BTreeMap::new();
        for name in types {
            if let Some(first) = seen.insert(&name.value, name.span) {
                findings.push(
                    Diagnostic::error(RULE.topic.code, format!("`{name}` is listed twice"))
                        .at(name.span, "here again")
                        .at(first, "first here"),
                );
            } else if !of_aws(name) {
                findings.push(
                    Diagnostic::error(RULE.topic.code, format!("`{name}` is not a type of policies"))
                        .at(name.span, "not a type")
                        .help("write it as AWS does, such as `BACKUP_POLICY`"),
                );
            }
        }
    }
}

fn unknown(view: &View<'_>, account: &Located<String>) -> Diagnostic {
    let message = format!("policies are delegated to `{account}`, which is not among the accounts");
    let near = nearest(account, view.accounts().map(|(name, _)| name.value.as_str()));
    Diagnostic::error(RULE.topic.code, message).at(account.span, "no such account").help(
        near.map_or_else(
            || format!("add `{account}` under accounts"),
            |near| format!("did you mean `{near}`?"),
        ),
    )
}

/// Whether a name looks like one of AWS's types; a new one passes.
fn of_aws(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.contains("POLICY") && name.bytes().all(letter)
}
