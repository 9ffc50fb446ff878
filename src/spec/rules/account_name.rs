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
        explanation: "The key under `accounts` is the account's name in AWS, unless the entry says another \
                      with `name`: 1 to 50 characters of printable ASCII. AWS lets several accounts have \
                      one name; keys tell them apart. `management` is taken as a key: keys mean the \
                      management account by it. Source: AWS Organizations API Reference, CreateAccount.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (key, account) in view.accounts() {
        for name in std::iter::once(key).chain(&account.name) {
            let why = match wrong(name) {
                Some(why) => why,
                None if key.value == "management" && name.span == key.span => {
                    "is the word by which keys mean the management account".to_owned()
                }
                None => continue,
            };
            let message = format!("the account name `{}` {why}", name.value.escape_debug());
            findings.push(Diagnostic::error(RULE.topic.code, message).at(name.span, "this name"));
        }
    }
}

fn wrong(name: &str) -> Option<String> {
    let length = name.chars().count();
    if let Some(odd) = name.chars().find(|c| !(' '..='~').contains(c)) {
        return Some(format!("has the character {odd:?}, and AWS takes printable ASCII only"));
    }
    (!(1..=50).contains(&length)).then(|| format!("has {length} characters, and AWS takes 1 to 50"))
}
