//! What Organizations takes as an account's name.
//!
//! Source: Organizations API Reference, CreateAccount: 1 to 50 characters of
//! printable ASCII (0x20 to 0x7E).

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "account-name",
        title: "An account's name is not one that AWS takes",
        explanation: "The key under `accounts` is the account's name in AWS: 1 to 50 characters of \
                      printable ASCII. `management` is taken: keys mean the management account by it. \
                      Source: AWS Organizations API Reference, CreateAccount.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, _) in view.accounts() {
        let length = name.chars().count();
        let odd = name.chars().find(|c| !(' '..='~').contains(c));
        let why = if let Some(odd) = odd {
            format!("has the character {odd:?}, and AWS takes printable ASCII only")
        } else if !(1..=50).contains(&length) {
            format!("has {length} characters, and AWS takes 1 to 50")
        } else if name.value == "management" {
            "is the word by which keys mean the management account".to_owned()
        } else {
            continue;
        };
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("the account name `{}` {why}", name.value.escape_debug()),
            )
            .at(name.span, "this name"),
        );
    }
}
