//! What proves that backups can be restored: tests, reports, frameworks.
//!
//! Sources: Backup API Reference, RestoreTestingPlanForCreate, RestoreTestingSelectionForCreate
//! and ReportSetting; Developer Guide, restore-testing.

use super::{Rule, View};
use crate::model::schedule::is_schedule;
use crate::spec::backup::regions;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::backup::{
    BackupOfOrganizationSection, ReportSection, RestoreTestingSection, VaultSection,
};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "backup-proof",
        title: "A restore test or a report cannot be like this",
        explanation: "Restore tests run in the account and Region that hold the recovery points, so they \
                      name vaults of that account which are in each of their Regions, and at least one type \
                      of resources that AWS can restore by itself. A test begins within 168 hours, looks \
                      back 365 days at most and keeps what it restored for 168 hours at most. Reports on \
                      compliance name frameworks, other reports do not. Source: AWS Backup API Reference, \
                      restore testing and report plans.",
    },
    check,
};

/// Types that restore tests take (Developer Guide, restore-testing).
const TESTABLE: &[&str] =
    &["Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"];

fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(section) = &view.doc.backup else { return };
    for (name, testing) in section.restore_testing.iter().flatten() {
        vaults(view, section, name, testing, findings);
        numbers(testing, findings);
    }
    for (name, report) in section.reports.iter().flatten() {
        frameworks(section, name, report, findings);
    }
}

fn vaults(
    view: &View<'_>,
    section: &BackupOfOrganizationSection,
    name: &str,
    testing: &RestoreTestingSection,
    findings: &mut Findings,
) {
    for named in testing.vaults.iter().flatten() {
        let found: Option<&VaultSection> =
            section.vaults.as_ref().and_then(|vaults| vaults.get(&named.value));
        let Some(vault) = found else {
            if view.whole("backup.vaults") {
                let message =
                    format!("the restore test `{name}` names the vault `{named}`, which does not exist");
                findings.push(Diagnostic::error(RULE.topic.code, message).at(named.span, "no such vault"));
            }
            continue;
        };
        if let (Some(there), Some(here)) = (&vault.account, &testing.account)
            && there != here
        {
            let message = format!("the restore test `{name}` does not run where the vault `{named}` is");
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(here.span, "runs here")
                    .at(there.span, "the vault's account"),
            );
        }
        let has = regions(view, vault.regions.as_ref());
        for region in regions(view, testing.regions.as_ref()).iter().filter(|region| !has.contains(region)) {
            let message =
                format!("the vault `{named}` is not in {region}, where the restore test `{name}` runs");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(named.span, "not in every Region"));
        }
    }
    let lists = [
        ("vaults", testing.vaults.as_ref().is_some_and(Vec::is_empty)),
        ("resource_types", testing.resource_types.as_ref().is_some_and(Vec::is_empty)),
    ];
    for (key, _) in lists.into_iter().filter(|(_, empty)| *empty) {
        if let Some(account) = &testing.account {
            let message = format!("the restore test `{name}` has no `{key}`");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(account.span, "tests nothing"));
        }
    }
}

fn numbers(testing: &RestoreTestingSection, findings: &mut Findings) {
    if let Some(said) = testing.schedule.as_ref().filter(|said| !is_schedule(said)) {
        let message = format!("`{said}` is no schedule");
        findings.push(
            Diagnostic::error(RULE.topic.code, message)
                .at(said.span, "when?")
                .help("write it like `cron(0 3 ? * SUN *)`"),
        );
    }
    let hours = |value: &Option<Located<crate::spec::shape::words::Hours>>| {
        value.as_ref().filter(|hours| hours.value.0 > 168).map(|hours| hours.span)
    };
    let days = testing.window_days.as_ref().filter(|days| days.value.0 > 365).map(|days| days.span);
    let too_much = [
        (hours(&testing.start_window_hours), "a test begins within 168 hours"),
        (hours(&testing.validation_hours), "what was restored is kept for 168 hours at most"),
        (days, "a test looks back 365 days at most"),
    ];
    for (span, message) in too_much.into_iter().filter_map(|(span, message)| Some((span?, message))) {
        findings.push(Diagnostic::error(RULE.topic.code, message).at(span, "too much"));
    }
    for sort in testing.resource_types.iter().flatten() {
        if !TESTABLE.contains(&sort.value.0.as_str()) {
            let message = format!("AWS restores no `{}` by itself", sort.value.0);
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(sort.span, "cannot be tested")
                    .help(format!("it restores {}", TESTABLE.join(", "))),
            );
        }
    }
}

fn frameworks(
    section: &BackupOfOrganizationSection,
    name: &Located<String>,
    report: &ReportSection,
    findings: &mut Findings,
) {
    for named in report.frameworks.iter().flatten() {
        if !section.frameworks.as_ref().is_some_and(|all| all.contains_key(&named.value)) {
            let message = format!("the report `{name}` names the framework `{named}`, which does not exist");
            findings.push(Diagnostic::error(RULE.topic.code, message).at(named.span, "no such framework"));
        }
    }
    let Some(template) = &report.template else { return };
    let about = template.value.0.ends_with("COMPLIANCE_REPORT");
    let names = report.frameworks.as_ref().is_some_and(|all| !all.is_empty());
    if about != names {
        let message = if about {
            format!("the report `{name}` is about compliance and names no framework")
        } else {
            format!("the report `{name}` names frameworks and is not about compliance")
        };
        findings.push(Diagnostic::error(RULE.topic.code, message).at(template.span, "this template"));
    }
}
