//! A key that an integration names must stand under `keys`.
//!
//! Source: this document's own meaning.

use super::{Rule, View};
use crate::model::arn::Arn;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "unknown-kms-key",
        title: "A KMS key is named that the document does not have",
        explanation: "`centralized_logging.key`, `config.key`, `backup.key` and the keys of vaults name an entry under \
                      `keys`, for which the program writes the policy that the integration needs; or \
                      say the ARN of a key that somebody else keeps and whose policy is theirs. For a \
                      vault the ARN of a multi-Region key in one Region stands for the same key in the \
                      vault's Regions; any other key encrypts in its own Region alone.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    if !view.whole("keys") {
        return;
    }
    let of_zone = named(view).into_iter().map(|(role, key)| (format!("landing_zone.{role}.key"), key));
    for (who, key) in of_zone.chain(of_backup(view)) {
        let names = || view.doc.keys.iter().flatten().map(|(name, _)| name.value.as_str());
        let elsewhere = key.parse::<Arn>().is_ok_and(|arn| arn.service == "kms");
        if elsewhere || names().any(|name| name == key.value) {
            continue;
        }
        let help = nearest(key, names())
            .map_or_else(|| format!("add `{key}` under keys"), |near| format!("did you mean `{near}`?"));
        let message = format!("{who} names the key `{key}`, which does not exist");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(key.span, "no such key").help(help));
    }
}

/// The keys that the section `backup` names, each with the place that names it.
fn of_backup<'d>(view: &View<'d>) -> Vec<(String, &'d Located<String>)> {
    let Some(section) = &view.doc.backup else { return Vec::new() };
    let local = section.local_vault.as_ref().and_then(|local| local.key.as_ref());
    let vaults = section.vaults.iter().flatten();
    let vaults =
        vaults.filter_map(|(name, vault)| Some((format!("backup.vaults.{name}.key"), vault.key.as_ref()?)));
    local.map(|key| ("backup.local_vault.key".to_owned(), key)).into_iter().chain(vaults).collect()
}

/// The keys that integrations name, each with the integration.
pub(super) fn named<'d>(view: &View<'d>) -> Vec<(&'static str, &'d Located<String>)> {
    let Some(zone) = view.landing_zone() else { return Vec::new() };
    let logging = zone.centralized_logging.as_ref().and_then(|section| section.key.as_ref());
    let config = zone.config.as_ref().and_then(|section| section.key.as_ref());
    let backup = zone.backup.as_ref().and_then(|section| section.key.as_ref());
    let all = [("centralized_logging", logging), ("config", config), ("backup", backup)];
    all.into_iter().filter_map(|(role, key)| key.map(|key| (role, key))).collect()
}
