//! The key of logging and Config is a single-Region key of the management account.
//!
//! Source: Control Tower User Guide, configure-kms-keys.

use super::unknown_kms_key::named;
use super::{Rule, View};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "logging-key",
        title: "A key that the landing zone cannot use for logging or Config",
        explanation: "Control Tower takes for `centralized_logging` and `config` only an enabled \
                      symmetric key that is single-Region and lives in the management account, in the \
                      home Region. Source: AWS Control Tower User Guide, configure KMS keys.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (role, key) in named(view).into_iter().filter(|(role, _)| *role != "backup") {
        let Some(section) = view.doc.keys.as_ref().and_then(|keys| keys.get(&key.value)) else { continue };
        if let Some(multi) = section.multi_region.as_ref().filter(|multi| multi.value) {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("landing_zone.{role} cannot use a multi-Region key"),
                )
                .at(multi.span, format!("`{key}` is multi-Region"))
                .at(key.span, "used here")
                .help("only the backup key is multi-Region; give this integration a key of its own"),
            );
        }
        if let Some(account) = section.account.as_ref().filter(|account| account.value != "management") {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("landing_zone.{role} needs a key of the management account"),
                )
                .at(account.span, format!("`{key}` lives in `{account}`"))
                .at(key.span, "used here")
                .help("write `account: management`"),
            );
        }
    }
}
