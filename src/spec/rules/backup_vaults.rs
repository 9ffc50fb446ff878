//! What a vault can be said to be.
//!
//! Sources: Backup API Reference, CreateLogicallyAirGappedBackupVault and
//! PutBackupVaultLockConfiguration; Developer Guide, vault-lock and logicallyairgappedvault.

use super::{Rule, View};
use crate::spec::backup::air_gapped;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::backup::{LockSection, VaultSection};
use crate::spec::shape::words::Days;
use crate::spec::source::Span;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "backup-vault",
        title: "A vault cannot be like this",
        explanation: "A standard vault may have a lock. A governance lock can be taken away by whoever is \
                      allowed to; a compliance lock becomes immutable after its grace of at least three \
                      days, which the document must say, because it can never be taken back. A logically \
                      air-gapped vault is locked by its nature: it has a minimum of at least seven days and \
                      a maximum of retention, both for ever, and no lock of its own; it alone can be shared \
                      and protected by an approval team. No retention is longer than 36500 days. Source: \
                      AWS Backup Developer Guide, vault-lock and logicallyairgappedvault.",
    },
    check,
};

/// Days that AWS knows at most (API Reference, PutBackupVaultLockConfiguration).
const MOST_DAYS: u32 = 36500;
/// The shortest grace, and the shortest retention in an air-gapped vault.
const LEAST_GRACE: u32 = 3;
const LEAST_AIR_GAPPED: u32 = 7;

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = &view.doc.backup else { return };
    for (name, vault) in section.vaults.iter().flatten() {
        if air_gapped(vault) {
            air_gapped_vault(view, name, vault, findings);
        } else {
            standard(name, vault, findings);
        }
        let limits = vault
            .lock
            .as_ref()
            .map_or((vault.min_retention_days.as_ref(), vault.max_retention_days.as_ref()), |lock| {
                (lock.min_retention_days.as_ref(), lock.max_retention_days.as_ref())
            });
        in_order(name, limits, findings);
        if let Some(lock) = &vault.lock {
            grace(view, name, lock, findings);
        }
    }
}

fn misplaced(name: &str, span: Span, key: &str, belongs: &str, findings: &mut Findings) {
    let message = format!("the vault `{name}` has `{key}`, which only {belongs} has");
    findings.push(Diagnostic::error(RULE.topic.code, message).at(span, "not of this type"));
}

fn standard(name: &Located<String>, vault: &VaultSection, findings: &mut Findings) {
    let of_air_gapped = [
        ("min_retention_days", vault.min_retention_days.as_ref().map(|days| days.span)),
        ("max_retention_days", vault.max_retention_days.as_ref().map(|days| days.span)),
        ("approval_team", vault.approval_team.as_ref().map(|team| team.span)),
        ("share_with", vault.share_with.as_ref().and_then(|all| Some(all.first()?.span))),
    ];
    for (key, span) in of_air_gapped.into_iter().filter_map(|(key, span)| Some((key, span?))) {
        misplaced(name, span, key, "a logically air-gapped vault", findings);
    }
}

fn air_gapped_vault(view: &View<'_>, name: &Located<String>, vault: &VaultSection, findings: &mut Findings) {
    if let Some(lock) = &vault.lock {
        misplaced(name, lock.span, "lock", "a standard vault", findings);
    }
    let whole = view.whole(&format!("backup.vaults.{name}"));
    let limits = [
        ("min_retention_days", &vault.min_retention_days),
        ("max_retention_days", &vault.max_retention_days),
    ];
    for (key, _) in limits.iter().filter(|(_, days)| days.is_none() && whole) {
        let message = format!("the air-gapped vault `{name}` has no `{key}`");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(name.span, "decided for ever"));
    }
    if let Some(days) = vault.min_retention_days.as_ref().filter(|days| days.value.0 < LEAST_AIR_GAPPED) {
        let message =
            format!("an air-gapped vault keeps recovery points for at least {LEAST_AIR_GAPPED} days");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(days.span, "too short"));
    }
}

type Limit<'d> = Option<&'d Located<Days>>;

fn in_order(name: &str, (min, max): (Limit<'_>, Limit<'_>), findings: &mut Findings) {
    for days in [min, max].into_iter().flatten().filter(|days| days.value.0 > MOST_DAYS) {
        let message = format!("no retention is longer than {MOST_DAYS} days");
        findings.push(Diagnostic::error(RULE.topic.code, message).at(days.span, "too long"));
    }
    if let (Some(min), Some(max)) = (min, max)
        && min.value.0 > max.value.0
    {
        let message = format!(
            "the vault `{name}` keeps recovery points for at least {} and at most {} days",
            min.value.0, max.value.0
        );
        let diagnostic = Diagnostic::error(RULE.topic.code, message).at(max.span, "less than the minimum");
        findings.push(diagnostic.at(min.span, "the minimum"));
    }
}

fn grace(view: &View<'_>, name: &str, lock: &Located<LockSection>, findings: &mut Findings) {
    let Some(mode) = &lock.mode else { return };
    let compliance = mode.value.0 == "compliance";
    match &lock.grace_days {
        None if compliance && view.whole(&format!("backup.vaults.{name}.lock")) => findings.push(
            Diagnostic::error(RULE.topic.code, format!("the compliance lock of `{name}` says no grace"))
                .at(mode.span, "immutable after how many days?")
                .help("write `grace_days`, at least 3: until they end the lock can be taken away"),
        ),
        Some(days) if !compliance => {
            misplaced(name, days.span, "lock.grace_days", "a compliance lock", findings);
        }
        Some(days) if !(LEAST_GRACE..=MOST_DAYS).contains(&days.value.0) => {
            let message = format!("a grace has from {LEAST_GRACE} to {MOST_DAYS} days");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(days.span, "not accepted by AWS"));
        }
        _ => {}
    }
}
