//! What cannot be said of rules by which Security Hub changes findings.
//!
//! Source: Security Hub API Reference, CreateAutomationRule (order, one action at least, filters); User Guide,
//! automation-rules (at most 100 of them, a rule without any filter matches every finding).

use super::{Rule, View};
use crate::catalog::finding_filters;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::security::{AutomationRuleSection, FindingSection};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "automation-rule",
        title: "Findings cannot be changed like this",
        explanation: "A rule changes findings that match all of its `criteria` and are about one of its \
                      `accounts`; one of the two must be said. `criteria` are filters as AWS writes them, e.g. \
                      `SeverityLabel: [{ Value: HIGH, Comparison: EQUALS }]`. `set` says something. Security Hub has \
                      at most 100 rules in a Region. Sources: Security Hub API Reference, CreateAutomationRule and \
                      AutomationRulesFindingFilters; User Guide, automation-rules.",
    },
    check,
};

const MOST: usize = 100;

fn error(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(RULE.topic.code, message)
}

fn check(view: &View<'_>, findings: &mut Findings) {
    let section = view.doc.security.as_ref().and_then(|section| section.security_hub.as_ref());
    let Some(rules) = section.and_then(|section| section.automation_rules.as_ref()) else { return };
    if let Some((name, _)) = rules.iter().nth(MOST) {
        findings.push(
            error(format!("Security Hub has at most {MOST} rules in a Region"))
                .at(name.span, format!("one of {}", rules.len())),
        );
    }
    for (name, rule) in rules {
        matches(view, name, rule, findings);
        if let Some(set) = &rule.set {
            changes(name, set, findings);
        }
    }
}

/// Which findings a rule is about.
fn matches(view: &View<'_>, name: &Located<String>, rule: &AutomationRuleSection, findings: &mut Findings) {
    let accounts = || rule.accounts.iter().flatten();
    if let Some(criteria) = &rule.criteria
        && let Some(why) = view.attached.content(criteria).and_then(finding_filters::trouble)
    {
        findings.push(
            error(format!("AWS would not take the criteria of `{name}`: {why}")).at(criteria.span, "these"),
        );
    }
    if rule.criteria.is_none() && accounts().next().is_none() {
        findings.push(
            error(format!("the rule `{name}` says not which findings it is about"))
                .at(name.span, "needs `criteria` or `accounts`"),
        );
    }
    for word in accounts() {
        match view.target(word) {
            Ok(target) if !is_account(&target) => findings.push(
                error(format!("`{word}` is no account"))
                    .at(word.span, "a finding is about one account")
                    .help("name its accounts; `criteria` can tell findings apart by other things"),
            ),
            Ok(_) => {}
            Err(_) if !view.whole("accounts") => {}
            Err(_) => findings.push(
                error(format!("the rule `{name}` is about the account `{word}`, which does not exist"))
                    .at(word.span, "no such account"),
            ),
        }
    }
}

fn is_account(target: &Target) -> bool {
    match target {
        Target::Account(_) | Target::Management => true,
        Target::Id(id) => id.bytes().all(|byte| byte.is_ascii_digit()),
        Target::Root | Target::Unit(_) => false,
    }
}

/// What a rule makes of them.
fn changes(name: &Located<String>, set: &Located<FindingSection>, findings: &mut Findings) {
    let nothing = set.severity.is_none()
        && set.workflow.is_none()
        && set.verification.is_none()
        && set.confidence.is_none()
        && set.criticality.is_none()
        && set.note.is_none()
        && set.types.as_ref().is_none_or(Vec::is_empty)
        && set.fields.as_ref().is_none_or(std::collections::BTreeMap::is_empty);
    if nothing {
        findings.push(
            error(format!("the rule `{name}` changes nothing"))
                .at(set.span, "says nothing of severity, workflow, verification, confidence, criticality, note, types or fields"),
        );
    }
}
