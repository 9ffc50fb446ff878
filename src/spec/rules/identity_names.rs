//! Names in Identity Center: their form, and which are Control Tower's own.
//!
//! Sources: single sign-on API, CreatePermissionSet; identity store API, CreateGroup
//! (display names of 1 to 1024 characters); Control Tower User Guide, sso-groups.

use super::{Rule, View};
use crate::catalog::identity_center::of_control_tower;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "identity-name",
        title: "A permission set or group that cannot have this name",
        explanation: "A permission set has a name of 1 to 32 letters, digits and `_+=,.@-`, a group one of 1 \
                      to 1024 characters. What Control Tower makes itself, such as AWSAdministratorAccess \
                      and AWSControlTowerAdmins, is its own: it works through them, so the document does \
                      not manage them. Sources: IAM Identity Center API Reference, CreatePermissionSet; \
                      identity store API Reference, CreateGroup; AWS Control Tower User Guide, sso-groups.",
    },
    check,
};

/// Characters of a permission set's name.
const SET: usize = 32;
/// Characters of a group's display name.
const GROUP: usize = 1024;

fn check(view: &View<'_>, findings: &mut Findings) {
    let own = of_control_tower();
    for (name, _) in view.permission_sets() {
        if own.permission_sets.contains(&name.value) {
            findings.push(taken("permission set", name));
        } else if !set_name(name) {
            let message = format!("`{name}` cannot be the name of a permission set");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(name.span, "this name")
                    .help("1 to 32 letters, digits and _+=,.@-"),
            );
        }
    }
    for (name, _) in view.identity_groups() {
        let length = name.chars().count();
        if own.groups.contains(&name.value) {
            findings.push(taken("group", name));
        } else if !(1..=GROUP).contains(&length) {
            let message = format!("a group's name has {length} characters, and AWS takes 1 to {GROUP}");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(name.span, "this name"));
        }
    }
}

fn set_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    (1..=SET).contains(&name.chars().count()) && name.chars().all(fits)
}

fn taken(what: &str, name: &Located<String>) -> Diagnostic {
    Diagnostic::error(RULE.topic.code, format!("the {what} `{name}` is Control Tower's own"))
        .at(name.span, "not for the document to manage")
        .help("make one of another name")
}
