//! Assignments must name what the document lists, each pair once.
//!
//! Source: this document's own meaning; single sign-on API, CreateAccountAssignment (one
//! group or user, one permission set).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::identity_center::Subject;
use crate::spec::shape::Located;
use crate::spec::shape::identity_center::AssignmentSection;
use crate::spec::shape::read::nearest;
use crate::spec::source::Span;
use crate::spec::topic::Topic;
use crate::spec::view::NoTarget;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "assignment",
        title: "An assignment that names nobody or nothing known",
        explanation: "An assignment names one group listed under `groups` or one user, one permission set \
                      listed under `permission_sets`, and all the targets: units, accounts, `root` or \
                      `management`; an account that the document does not name goes by its id in quotes, \
                      and where a unit and an account have one name stands `unit:NAME` or `account:NAME`. \
                      A unit means every account below it, now and later; the management \
                      account only where it is named. Each pair of set and group or user stands once, \
                      because its targets are listed in full: where it is assigned besides is taken away.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let mut pairs: BTreeMap<(&str, Subject), Span> = BTreeMap::new();
    for one in view.assignments() {
        let Some(set) = &one.permission_set else { continue };
        if view.whole("identity_center.permission_sets") {
            listed(
                set,
                "permission set",
                "permission_sets",
                view.permission_sets().map(|(name, _)| name),
                findings,
            );
        }
        if let Some(group) = one.group.as_ref().filter(|_| view.whole("identity_center.groups")) {
            listed(group, "group", "groups", view.identity_groups().map(|(name, _)| name), findings);
        }
        let Some(subject) = subject(one, set.span, findings) else { continue };
        if let Some(first) = pairs.insert((&set.value, subject), set.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{set}` is assigned to the same twice"))
                    .at(set.span, "here again")
                    .at(first, "first here")
                    .help("list all the targets in one entry"),
            );
        }
        targets(view, one, findings);
    }
}

fn listed<'n>(
    name: &Located<String>,
    what: &str,
    section: &str,
    known: impl Iterator<Item = &'n Located<String>>,
    findings: &mut Findings,
) {
    let known: Vec<&str> = known.map(|known| known.value.as_str()).collect();
    if known.contains(&name.value.as_str()) {
        return;
    }
    let near = nearest(name, known.into_iter());
    let help = near.map_or_else(
        || format!("list it under identity_center.{section}"),
        |near| format!("did you mean `{near}`?"),
    );
    findings.push(
        Diagnostic::error(RULE.topic.code, format!("the {what} `{name}` is not listed"))
            .at(name.span, format!("no such {what}"))
            .help(help),
    );
}

fn subject(one: &AssignmentSection, span: Span, findings: &mut Findings) -> Option<Subject> {
    match (&one.group, &one.user) {
        (Some(group), None) => Some(Subject::Group(group.value.clone())),
        (None, Some(user)) => Some(Subject::User(user.value.clone())),
        (group, _) => {
            let said = if group.is_some() { "both a group and a user" } else { "neither a group nor a user" };
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("the assignment names {said}"))
                    .at(span, "assigned here")
                    .help("name one of them"),
            );
            None
        }
    }
}

fn targets(view: &View<'_>, one: &AssignmentSection, findings: &mut Findings) {
    if !(view.whole("accounts") && view.whole("organizational_units")) {
        return;
    }
    let mut seen = BTreeMap::new();
    for word in one.targets.iter().flatten() {
        match view.target(word) {
            // The accounts below a unit are found by its path.
            Ok(Target::Id(id)) if id.starts_with("ou-") => findings.push(
                Diagnostic::error(RULE.topic.code, format!("the unit `{word}` is not in the document"))
                    .at(word.span, "named by its id")
                    .help("list the unit under organizational_units and name it by its path"),
            ),
            Ok(target) => {
                if let Some(first) = seen.insert(target, word.span) {
                    findings.push(
                        Diagnostic::error(RULE.topic.code, format!("the target `{word}` is listed twice"))
                            .at(word.span, "here again")
                            .at(first, "first here"),
                    );
                }
            }
            Err(why) => findings.push(unnamed(view, word, why)),
        }
    }
}

fn unnamed(view: &View<'_>, word: &Located<String>, why: NoTarget) -> Diagnostic {
    let units = view.units.keys().map(|path| path.as_str());
    let names = view.accounts().map(|(name, _)| name.value.as_str());
    let (label, help) = match (why, nearest(word, units.chain(names))) {
        (NoTarget::Ambiguous, _) => {
            ("both a unit and an account have this name", format!("write `unit:{word}` or `account:{word}`"))
        }
        (NoTarget::Unknown, Some(near)) => ("no such unit or account", format!("did you mean `{near}`?")),
        (NoTarget::Unknown, None) => {
            ("no such unit or account", "name a unit, an account, `root` or `management`".to_owned())
        }
    };
    Diagnostic::error(RULE.topic.code, format!("`{word}` names no target")).at(word.span, label).help(help)
}
