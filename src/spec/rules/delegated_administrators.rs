//! Who may administer which service.
//!
//! Sources: the catalogue's rows (`catalog/services.toml`), each with its own.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::services::{self, Service};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::names::Names;
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;
use crate::spec::view::on;

/// The document's name for the management account.
const MANAGEMENT: &str = "management";

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "delegated-administrators",
        title: "A service cannot be administered like this",
        explanation: "`delegated_administrators` names for each service the account, or the accounts, \
                      that administer it for the organization. Each service says how many there may be \
                      and whether the management account may be one; AWS refuses anything else. The list \
                      is the whole list: an account that is not in it is dismissed, with consent. Of \
                      Config and Backup Control Tower appoints an administrator itself, which must be \
                      among those that the document names. To leave a service without any, list \
                      `delegated_administrator.SERVICE` under `remove`. Source: Organizations User Guide, \
                      services that can integrate, and the user guides of the services.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (word, names) in view.doc.delegated_administrators.iter().flatten() {
        let Some(service) = services::by_word(word) else {
            findings.push(unknown(word));
            continue;
        };
        number(service, word, names, findings);
        twice(names, findings);
        management(service, names, findings);
        if let Some(other) = &service.same_as {
            shared(view, word, names, other, findings);
        }
        if service.control_tower {
            control_towers(view, word, names, findings);
        }
    }
}

fn unknown(word: &Located<String>) -> Diagnostic {
    if let Some(row) = services::refused(word) {
        let message = format!("`{word}` cannot be given an administrator here");
        return Diagnostic::error(RULE.topic.code, message).at(word.span, "not delegated").help(&row.why);
    }
    let known = || services::all().iter().map(|row| row.word.as_str());
    let help = nearest(word, known()).map_or_else(
        || format!("known: {}", known().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Diagnostic::error(RULE.topic.code, format!("there is no service `{word}` that can be delegated"))
        .at(word.span, "unknown service")
        .help(help)
}

fn number(service: &Service, word: &Located<String>, names: &Names, findings: &mut Findings) {
    if names.0.is_empty() {
        findings.push(
            Diagnostic::error(RULE.topic.code, format!("`{word}` is given no administrator"))
                .at(word.span, "an empty list")
                .help(format!("to take the last one away, write remove: [delegated_administrator.{word}]")),
        );
    }
    let Some((first, most)) = service.most.and_then(|most| Some((names.0.get(most)?, most))) else {
        return;
    };
    let message = format!("`{word}` is given {} administrators, and AWS allows {most}", names.0.len());
    findings.push(Diagnostic::error(RULE.topic.code, message).at(first.span, "one too many"));
}

fn twice(names: &Names, findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for name in &names.0 {
        if let Some(first) = seen.insert(&name.value, name.span) {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("`{name}` is named twice"))
                    .at(name.span, "here again")
                    .at(first, "first here"),
            );
        }
    }
}

fn management(service: &Service, names: &Names, findings: &mut Findings) {
    let Some(name) = names.0.iter().find(|name| name.value == MANAGEMENT) else { return };
    let word = &service.word;
    let diagnostic = if service.management {
        let message = format!("`{word}` is administered by the management account");
        Diagnostic::warning(RULE.topic.code, message)
            .at(name.span, "allowed, and not recommended by AWS")
            .help("name a member account")
    } else {
        let message = format!("the management account cannot be the administrator of `{word}`");
        Diagnostic::error(RULE.topic.code, message)
            .at(name.span, "AWS wants a member account")
            .help("name a member account; the management account can do the same without being appointed")
    };
    findings.push(diagnostic);
}

/// Two services that AWS gives one administrator.
fn shared(view: &View<'_>, word: &Located<String>, names: &Names, other: &str, findings: &mut Findings) {
    let mut all = view.doc.delegated_administrators.iter().flatten();
    let Some((theirs, held)) = all.find(|(theirs, _)| theirs.value == other) else { return };
    if held != names {
        let message = format!("`{word}` and `{theirs}` have one administrator, and two are named");
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(word.span, "one here")
                .at(theirs.span, "another here")
                .help("name the same account for both"),
        );
    }
}

/// Control Tower appoints the account of its integration itself, from 4.0 on for Config.
fn control_towers(view: &View<'_>, word: &Located<String>, names: &Names, findings: &mut Findings) {
    let Some(zone) = view.landing_zone() else { return };
    let appointed = match word.as_str() {
        "config" if view.classic() == Some(false) => {
            zone.config.as_ref().filter(|s| on(s.enabled.as_ref())).and_then(|s| s.account.as_ref())
        }
        "backup" => {
            zone.backup.as_ref().filter(|s| on(s.enabled.as_ref())).and_then(|s| s.administrator.as_ref())
        }
        _ => None,
    };
    let Some(appointed) = appointed.filter(|account| !names.0.contains(account)) else { return };
    let message = format!("Control Tower makes `{appointed}` the administrator of `{word}`");
    findings.push(
        Diagnostic::error(RULE.topic.code, message)
            .at(word.span, "not among those named here")
            .at(appointed.span, "named by the landing zone")
            .help(format!("add `{appointed}` to the list, or leave `{word}` out: Control Tower sees to it")),
    );
}
