//! An integration that is on names its accounts.
//!
//! Source: Control Tower User Guide, landing-zone schemas (`accountId` required when
//! enabled; `backup.configurations` with both accounts and the key).

use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State, on};

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "incomplete-integration",
        title: "An integration does not say where it lives",
        explanation: "`centralized_logging`, `config` and `security_roles` need an `account`; `backup` \
                      needs `administrator`, `central` and `key`. An integration that shall be off says \
                      `{ enabled: false }`; one that is not mentioned is left as it is. Source: AWS \
                      Control Tower User Guide, landing zone schemas.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(zone) = view.landing_zone() else { return };
    let logging = zone.centralized_logging.as_ref().map(|s| (s.span, s.account.is_some()));
    let config = zone.config.as_ref().map(|s| (s.span, s.account.is_some()));
    let roles = zone.security_roles.as_ref().map(|s| (s.span, s.account.is_some()));
    let backup = |has: bool| zone.backup.as_ref().map(|s| (s.span, has));
    let of_backup = zone.backup.as_ref().filter(|s| on(s.enabled.as_ref()));
    let needed = [
        (Part::Logging, "account", logging),
        (Part::Config, "account", config),
        (Part::Roles, "account", roles),
        (Part::Backup, "administrator", backup(of_backup.is_some_and(|s| s.administrator.is_some()))),
        (Part::Backup, "central", backup(of_backup.is_some_and(|s| s.central.is_some()))),
        (Part::Backup, "key", backup(of_backup.is_some_and(|s| s.key.is_some()))),
    ];
    for (part, member, said) in needed {
        let section = part.key();
        let Some((span, false)) = said else { continue };
        let readable = view.whole(&format!("landing_zone.{section}.{member}"));
        if view.state(part) == State::On && readable {
            findings.push(
                Diagnostic::error(RULE.topic.code, format!("landing_zone.{section} has no `{member}`"))
                    .at(span, format!("needs `{member}`"))
                    .help("to switch the integration off, write `{ enabled: false }`"),
            );
        }
    }
}
