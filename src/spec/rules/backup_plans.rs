//! What a backup plan can promise.
//!
//! Sources: Organizations User Guide, orgs_manage_policies_backup_syntax; Backup API Reference,
//! Lifecycle (90 days in cold storage at least) and PutBackupVaultLockConfiguration (jobs outside
//! a lock's limits fail); Developer Guide, create-cross-account-backup.

use super::{Rule, View};
use crate::model::schedule::{is_schedule, longest_gap_hours};
use crate::spec::backup::{ORGANIZATION, air_gapped, regions};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::backup::{BackupOfOrganizationSection, BackupPlanSection, CopySection, VaultSection};
use crate::spec::shape::read::nearest;
use crate::spec::shape::words::Days;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "backup-plan",
        title: "A backup plan cannot keep what it promises",
        explanation: "A plan is an organization policy: it is attached to units and accounts, backs up what \
                      carries one of its tags into the local vault, and copies it into a vault of this \
                      document in the same Region. A vault with a lock refuses every copy whose retention \
                      is outside the lock's limits, and a job that is refused tells nobody, so such a plan \
                      is refused here. What goes to cold storage stays there for at least 90 days. Copies \
                      into another account need `cross_account: true` and a vault that allows them. \
                      Source: AWS Backup Developer Guide, vault-lock and create-cross-account-backup.",
    },
    check,
};

/// Days in cold storage at least (Backup API Reference, Lifecycle).
const COLD: u32 = 90;

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = &view.doc.backup else { return };
    for (name, plan) in section.plans.iter().flatten() {
        targets(view, name, plan, findings);
        schedule(name, plan, findings);
        cold(plan.cold_storage_after_days.as_ref(), plan.delete_after_days.as_ref(), findings);
        if plan.select_tag.as_ref().is_some_and(|tags| tags.is_empty()) {
            let message = format!("the plan `{name}` selects nothing");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(name.span, "no tag"));
        }
        let taken = view.policies().find(|(policy, _)| policy.value == format!("backup-{name}"));
        if let Some((policy, _)) = taken {
            let message = format!("the plan `{name}` is written as the policy `{policy}`, which is another");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(name.span, "the plan")
                    .at(policy.span, "the policy"),
            );
        }
        if let Some(copy) = &plan.copy_to {
            cold(copy.cold_storage_after_days.as_ref(), copy.delete_after_days.as_ref(), findings);
            copied(view, section, name, plan, copy, findings);
        }
    }
}

/// Whether the document has the target: roles and vaults are laid into accounts by their names.
fn is_named(view: &View<'_>, word: &str) -> bool {
    view.target(word).is_ok_and(|target| !matches!(target, Target::Id(_)))
}

fn targets(view: &View<'_>, name: &str, plan: &BackupPlanSection, findings: &mut Findings) {
    if !(view.whole("accounts") && view.whole("organizational_units")) {
        return;
    }
    for word in plan.targets.iter().flatten().filter(|word| !is_named(view, word)) {
        let units = view.units.keys().map(|path| path.as_str());
        let names = view.accounts().map(|(name, _)| name.value.as_str());
        let near = nearest(word, units.chain(names));
        let message = format!("the plan `{name}` names the target `{word}`, which does not exist");
        findings.push(
            Diagnostic::error(RULE.topic.code, message).at(word.span, "no such unit or account").help(
                near.map_or_else(
                    || format!("add `{word}` under organizational_units or accounts"),
                    |near| format!("did you mean `{near}`?"),
                ),
            ),
        );
    }
}

fn schedule(name: &str, plan: &BackupPlanSection, findings: &mut Findings) {
    let Some(said) = &plan.schedule else { return };
    if !is_schedule(said) {
        let message = format!("`{said}` is no schedule");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(said.span, "when?").help(
            "write it like `cron(0 17 ? * * *)`: minutes, hours, day of month, month, day of week, year",
        ));
        return;
    }
    match &plan.recovery_point_within {
        None if longest_gap_hours(said).is_none() && plan.copy_to.is_some() => findings.push(
            Diagnostic::error(
                RULE.topic.code,
                format!("how old the newest copy of `{name}` may be is not clear"),
            )
            .at(said.span, "too intricate a schedule to tell")
            .help("say `recovery_point_within`, such as PT36H"),
        ),
        Some(within) if !is_duration(within) => findings.push(
            Diagnostic::error(RULE.topic.code, format!("`{within}` is no duration of days and hours"))
                .at(within.span, "not accepted")
                .help("write it like PT36H or P8D"),
        ),
        _ => {}
    }
}

/// Whether a text is a duration of ISO 8601 that is longer than nothing.
fn is_duration(text: &str) -> bool {
    let whole = |span: jiff::Span| span.get_years() == 0 && span.get_months() == 0 && !span.is_zero();
    text.starts_with('P') && text.parse().is_ok_and(whole)
}

fn cold(after: Option<&Located<Days>>, deleted: Option<&Located<Days>>, findings: &mut Findings) {
    if let (Some(after), Some(deleted)) = (after, deleted)
        && deleted.value.0 < after.value.0.saturating_add(COLD)
    {
        let message = format!("what goes to cold storage stays there for at least {COLD} days");
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(deleted.span, format!("at least {}", after.value.0.saturating_add(COLD)))
                .at(after.span, "goes there"),
        );
    }
}

fn copied(
    view: &View<'_>,
    section: &BackupOfOrganizationSection,
    name: &str,
    plan: &BackupPlanSection,
    copy: &CopySection,
    findings: &mut Findings,
) {
    let Some(named) = &copy.vault else { return };
    let found = section.vaults.as_ref().and_then(|vaults| vaults.get_key_value(&named.value));
    let Some((said, vault)) = found else {
        if view.whole("backup.vaults") {
            let message = format!("the plan `{name}` copies to the vault `{named}`, which does not exist");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(named.span, "no such vault"));
        }
        return;
    };
    within_limits(said, vault, copy, findings);
    let has = regions(view, vault.regions.as_ref());
    let missing: Vec<String> = regions(view, plan.regions.as_ref())
        .iter()
        .filter(|region| !has.contains(region))
        .map(ToString::to_string)
        .collect();
    if !missing.is_empty() {
        let message =
            format!("the vault `{named}` is not in {}, where the plan `{name}` runs", missing.join(", "));
        findings
            .push(Diagnostic::error(RULE.topic.code, message).at(named.span, "copies stay in their Region"));
    }
    if !section.cross_account.as_ref().is_some_and(|switch| switch.value)
        && view.whole("backup.cross_account")
    {
        let span = section.cross_account.as_ref().map_or(named.span, |switch| switch.span);
        findings.push(
            Diagnostic::error(RULE.topic.code, "copies into another account are not switched on")
                .at(span, "AWS refuses them")
                .help("write `cross_account: true` under backup"),
        );
    }
    allowed(view, plan, said, vault, findings);
}

/// A lock, or an air-gapped vault, refuses what is kept shorter or longer than it wants.
fn within_limits(name: &Located<String>, vault: &VaultSection, copy: &CopySection, findings: &mut Findings) {
    let lock = vault.lock.as_ref();
    let (min, max) = if air_gapped(vault) {
        (vault.min_retention_days.as_ref(), vault.max_retention_days.as_ref())
    } else {
        (lock.and_then(|l| l.min_retention_days.as_ref()), lock.and_then(|l| l.max_retention_days.as_ref()))
    };
    let Some(kept) = &copy.delete_after_days else { return };
    let days = kept.value.0;
    let short = min.filter(|min| days < min.value.0).map(|limit| (limit, "at least"));
    let long = max.filter(|max| days > max.value.0).map(|limit| (limit, "at most"));
    if let Some((limit, word)) = short.or(long) {
        let wanted = limit.value.0;
        let message = format!(
            "copies are kept for {days} days, and the vault `{name}` takes {word} {wanted}: every job would fail"
        );
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(kept.span, "outside the limits")
                .at(limit.span, format!("{word} {wanted} days")),
        );
    }
}

/// Whether a vault allows the copies of every target.
fn allowed(
    view: &View<'_>,
    plan: &BackupPlanSection,
    name: &Located<String>,
    vault: &VaultSection,
    findings: &mut Findings,
) {
    let Some(from) = &vault.allow_copies_from else {
        if view.whole(&format!("backup.vaults.{name}")) {
            let message = format!("the vault `{name}` allows no copies from other accounts");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(name.span, "is copied to")
                    .help("say `allow_copies_from: organization`, or paths of units"),
            );
        }
        return;
    };
    if from.0.iter().any(|word| word.value == ORGANIZATION) {
        return;
    }
    let units: Vec<&str> = from.0.iter().map(|word| word.value.as_str()).collect();
    for word in plan.targets.iter().flatten() {
        let place = match view.target(word) {
            Ok(Target::Unit(path)) => Some(path),
            Ok(Target::Account(name)) => view.unit_of(&name).cloned(),
            _ => None,
        };
        let covered = place.is_some_and(|path| {
            units.contains(&path.as_str()) || path.ancestors().any(|above| units.contains(&above.as_str()))
        });
        if !covered && view.target(word).is_ok() {
            let message = format!("the vault `{name}` allows no copies from `{word}`");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(word.span, "backed up")
                    .at(name.span, "copied to"),
            );
        }
    }
}
