//! `security.security_hub.automation_rules`.

use std::collections::BTreeMap;

use crate::spec::shape::Located;
use crate::spec::shape::chosen::{Pair, chosen};
use crate::spec::shape::content::Content;
use crate::spec::shape::read::section;
use crate::spec::shape::words::Within;

section! {
    /// A rule by which Security Hub changes findings as they come in.
    AutomationRuleSection {
        /// From 1 to 1000: rules with lower numbers come first.
        order: Located<Within<1, 1000>> = required,
        /// What it is for.
        description: Located<String>,
        /// Whether it is applied; true unless said.
        enabled: Located<bool>,
        /// Whether no other rule is applied to what it matches.
        last: Located<bool>,
        /// Filters that a finding must match, as AWS writes them: a path beside this document, or
        /// the filters themselves.
        criteria: Located<Content>,
        /// Accounts that a finding is about; any of them unless said.
        accounts: Vec<Located<String>>,
        /// What becomes of a finding.
        set: Located<FindingSection> = required,
    }
}

section! {
    /// What becomes of a finding.
    FindingSection {
        /// How bad it is.
        severity: Located<SeverityWord>,
        /// How far it has been looked into.
        workflow: Located<WorkflowWord>,
        /// Whether it is true.
        verification: Located<VerificationWord>,
        /// How sure the finding is, from 0 to 100.
        confidence: Located<Within<0, 100>>,
        /// How much hangs on the resource, from 0 to 100.
        criticality: Located<Within<0, 100>>,
        /// A note on it.
        note: Located<String>,
        /// Its types, as AWS writes them.
        types: Vec<Located<String>>,
        /// Fields of your own.
        fields: BTreeMap<Located<String>, Located<String>>,
    }
}

const SEVERITIES: &[Pair] = &[
    ("informational", "INFORMATIONAL"),
    ("low", "LOW"),
    ("medium", "MEDIUM"),
    ("high", "HIGH"),
    ("critical", "CRITICAL"),
];

chosen! {
    /// How bad a finding is.
    SeverityWord, SEVERITIES, "severity of a finding"
}

const WORKFLOWS: &[Pair] =
    &[("new", "NEW"), ("notified", "NOTIFIED"), ("resolved", "RESOLVED"), ("suppressed", "SUPPRESSED")];

chosen! {
    /// How far a finding has been looked into.
    WorkflowWord, WORKFLOWS, "state of a finding"
}

const VERIFICATIONS: &[Pair] = &[
    ("unknown", "UNKNOWN"),
    ("true_positive", "TRUE_POSITIVE"),
    ("false_positive", "FALSE_POSITIVE"),
    ("benign_positive", "BENIGN_POSITIVE"),
];

chosen! {
    /// Whether a finding is true.
    VerificationWord, VERIFICATIONS, "verification of a finding"
}
