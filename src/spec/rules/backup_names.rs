//! What the section `backup` names must be there, and be of the use that it is named for.
//!
//! Sources: this document's own meaning; Backup API Reference for the forms of names;
//! Organizations User Guide, services that can integrate: one list of administrators.

use super::{Rule, View};
use crate::model::arn::Arn;
use crate::model::region::Region;
use crate::spec::backup::{ORGANIZATION, regions, sharee};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::backup::{BackupOfOrganizationSection, VaultSection};
use crate::spec::shape::read::nearest;
use crate::spec::shape::words::KeyRegions;
use crate::spec::topic::Topic;
use crate::spec::view::on;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "backup-names",
        title: "The section `backup` names something that cannot be used",
        explanation: "Vaults, copies, restore tests and reports name accounts, keys, vaults and frameworks of \
                      this document. A key encrypts a vault in its own Region only: a vault in several \
                      Regions takes a multi-Region key with a replica in each. Vaults have 2 to 50 letters, \
                      digits, hyphens and underscores; restore tests letters, digits and underscores; \
                      reports and frameworks begin with a letter. AWS Backup has one list of \
                      administrators, whoever names them. Source: AWS Backup API Reference.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = &view.doc.backup else { return };
    names(section, findings);
    administrator(view, section, findings);
    for (name, vault) in section.vaults.iter().flatten() {
        key_of(view, name, vault, findings);
        sources(view, name, vault, findings);
    }
    if let Some((local, key)) = section.local_vault.as_ref().and_then(|s| Some((s, s.key.as_ref()?))) {
        covers(
            view,
            key,
            &regions(view, None),
            &format!("the local vault at line {}", local.span.line),
            findings,
        );
    }
}

fn names(section: &BackupOfOrganizationSection, findings: &mut Findings) {
    let word = |name: &str, more: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let vault = |name: &str| word(name, "-_") && (2..=50).contains(&name.len());
    let testing = |name: &str| word(name, "_") && (1..=50).contains(&name.len());
    let report = |name: &str| word(name, "_") && name.starts_with(|c: char| c.is_ascii_alphabetic());
    let role = |name: &str| word(name, "+=,.@_-") && (1..=64).contains(&name.len());
    let mut wrong = |name: &Located<String>, fits: bool, what: &str, form: &str| {
        if !fits {
            let message = format!("`{name}` cannot be the name of {what}");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(name.span, form));
        }
    };
    let vaults = section.vaults.iter().flat_map(|all| all.keys());
    let local = section.local_vault.iter().filter_map(|local| local.name.as_ref());
    for name in vaults.chain(local) {
        wrong(name, vault(name), "a vault", "2 to 50 letters, digits, `-` and `_`");
    }
    for name in section.plans.iter().flat_map(|all| all.keys()) {
        wrong(name, vault(name), "a backup plan", "2 to 50 letters, digits, `-` and `_`");
    }
    for name in section.restore_testing.iter().flat_map(|all| all.keys()) {
        wrong(name, testing(name), "a plan of restore tests", "1 to 50 letters, digits and `_`");
    }
    for name in section.reports.iter().flat_map(|all| all.keys()) {
        wrong(name, report(name), "a report", "a letter, then letters, digits and `_`");
    }
    for name in section.frameworks.iter().flat_map(|all| all.keys()) {
        wrong(name, report(name), "a framework", "a letter, then letters, digits and `_`");
    }
    for name in section.role.iter() {
        wrong(name, role(name), "a role", "1 to 64 letters, digits and `+=,.@_-`");
    }
}

/// Whoever names the administrator of AWS Backup names the same.
fn administrator(view: &View<'_>, section: &BackupOfOrganizationSection, findings: &mut Findings) {
    let Some(named) = &section.administrator else { return };
    let zone = view.landing_zone().and_then(|zone| zone.backup.as_ref()).filter(|s| on(s.enabled.as_ref()));
    let listed = view.doc.delegated_administrators.iter().flatten().find(|(word, _)| word.value == "backup");
    let by_zone = zone.and_then(|zone| zone.administrator.as_ref()).filter(|other| *other != named);
    let by_list = listed.filter(|(_, names)| !names.0.contains(named)).map(|(word, _)| word);
    for other in by_zone.into_iter().chain(by_list) {
        findings.push(
            Diagnostic::error(
                RULE.topic.code,
                "AWS Backup has another administrator elsewhere in this document",
            )
            .at(named.span, "one here")
            .at(other.span, "another here")
            .help("name the same account in both places, or leave `backup.administrator` out"),
        );
    }
}

fn key_of(view: &View<'_>, name: &str, vault: &VaultSection, findings: &mut Findings) {
    let Some(key) = &vault.key else { return };
    covers(view, key, &regions(view, vault.regions.as_ref()), &format!("the vault `{name}`"), findings);
}

/// A key must be in each Region that something is encrypted in.
fn covers(view: &View<'_>, key: &Located<String>, wanted: &[Region], who: &str, findings: &mut Findings) {
    if let Ok(arn) = key.parse::<Arn>() {
        let elsewhere = wanted.iter().find(|region| arn.of_key_in(region).region != region.as_str());
        if let Some(region) = elsewhere {
            let message = format!("the key of {who} is in {} and not in {region}", arn.region);
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(key.span, "encrypts nothing there")
                    .help("say the ARN of a multi-Region key, or the vault's Regions"),
            );
        }
        return;
    }
    let Some((said, section)) = view.doc.keys.as_ref().and_then(|keys| keys.get_key_value(&key.value)) else {
        return;
    };
    let home = view.home().map(|home| home.value.clone());
    let mut has: Vec<Region> = home.into_iter().collect();
    match section.regions.as_ref().map(|regions| &regions.value) {
        Some(KeyRegions::Governed) => has.extend(view.governed().map(|region| region.value.clone())),
        Some(KeyRegions::Listed(listed)) => has.extend(listed.iter().map(|region| region.value.clone())),
        None => {}
    }
    let missing: Vec<&str> =
        wanted.iter().filter(|region| !has.contains(region)).map(Region::as_str).collect();
    if !missing.is_empty() && view.whole(&format!("keys.{said}")) {
        let message = format!("the key `{key}` of {who} is not in {}", missing.join(", "));
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(key.span, "encrypts nothing there")
                .at(said.span, "the key")
                .help("write `multi_region: true` and `regions: governed` for the key"),
        );
    }
}

/// Whose copies a vault takes, and with whom it is shared.
fn sources(view: &View<'_>, vault: &str, section: &VaultSection, findings: &mut Findings) {
    if !(view.whole("accounts") && view.whole("organizational_units")) {
        return;
    }
    let unknown = |word: &Located<String>, what: &str| {
        let near = nearest(word, view.units.keys().map(|path| path.as_str()));
        let message = format!("the vault `{vault}` names `{word}`, which is {what}");
        Diagnostic::error(RULE.topic.code, message).at(word.span, "unknown").help(near.map_or_else(
            || "write `organization` or the path of a unit".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ))
    };
    for word in section.allow_copies_from.iter().flat_map(|names| &names.0) {
        let unit = word.value.parse().is_ok_and(|path| view.units.contains_key(&path));
        if word.value != ORGANIZATION && !unit {
            findings.push(unknown(word, "no unit of this document"));
        }
    }
    for word in section.share_with.iter().flatten() {
        if sharee(view, word).is_none() {
            findings.push(unknown(word, "no unit or account, and no account id in quotes"));
        }
    }
}
