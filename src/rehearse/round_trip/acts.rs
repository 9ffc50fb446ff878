//! Acts by which an organization grows without a plan.
//!
//! An act holds numbers; what they choose depends on what is there when it is performed, so
//! that a list of acts still means something when some of them are taken away.

use proptest::prelude::*;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Unit,
    Account,
    Move,
    Tag,
    PolicyType,
    Policy,
    Attach,
    Allow,
    Detach,
    Trust,
    OwnTrust,
    Register,
    Appoint,
    GuardDuty,
    OwnPolicy,
    RootAccess,
    Contact,
    PermissionSet,
    SetPolicy,
    Group,
    User,
    Assign,
    Close,
    Suspend,
    Control,
    Baseline,
    Ail,
    Age,
    Role,
    BackupSwitch,
    Vault,
    Proof,
    Trail,
    StackSet,
    Config,
    Firewall,
    AutomationRule,
    Wait,
}

const DEEDS: [Deed; 38] = [
    Deed::Unit,
    Deed::Account,
    Deed::Move,
    Deed::Tag,
    Deed::PolicyType,
    Deed::Policy,
    Deed::Attach,
    Deed::Allow,
    Deed::Detach,
    Deed::Trust,
    Deed::OwnTrust,
    Deed::Register,
    Deed::Appoint,
    Deed::GuardDuty,
    Deed::OwnPolicy,
    Deed::RootAccess,
    Deed::Contact,
    Deed::PermissionSet,
    Deed::SetPolicy,
    Deed::Group,
    Deed::User,
    Deed::Assign,
    Deed::Close,
    Deed::Suspend,
    Deed::Control,
    Deed::Baseline,
    Deed::Ail,
    Deed::Age,
    Deed::Role,
    Deed::BackupSwitch,
    Deed::Vault,
    Deed::Proof,
    Deed::Trail,
    Deed::StackSet,
    Deed::Config,
    Deed::Firewall,
    Deed::AutomationRule,
    Deed::Wait,
];

/// One act, with numbers to choose by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act {
    pub(super) deed: Deed,
    pub(super) one: usize,
    pub(super) two: usize,
    pub(super) three: usize,
}

impl Act {
    /// Any act; those that give the others something to work on come more often.
    pub(super) fn any() -> impl Strategy<Value = Self> {
        let deed = prop_oneof![
            2 => prop::sample::select(&DEEDS[..]),
            1 => prop::sample::select(&[
                Deed::Unit, Deed::Account, Deed::Move, Deed::PolicyType, Deed::Policy, Deed::Attach, Deed::PermissionSet,
                Deed::Group, Deed::Assign,
            ][..]),
        ];
        (deed, 0..997_usize, 0..997_usize, 0..997_usize).prop_map(|(deed, one, two, three)| Self {
            deed,
            one,
            two,
            three,
        })
    }
}

/// Names of units: what AWS takes and a path does not, and what could be taken for something else.
pub(super) const UNITS: &[&str] = &[
    "Workloads",
    "Prod",
    "prod two",
    "A/B",
    "A-B",
    "root",
    "management",
    "Team: one",
    "\u{fc}n\u{ef}",
    "true",
    "123456789012",
    "x:arn:y",
    "- dash",
    "#hash",
    "a\"quote\\",
    "unit:x",
    "Sandbox",
    "Suspended",
    "CT:framework",
    " lead",
    "trail ",
    "/",
    "app",
];

/// Names of accounts, some of which are likely to be taken twice.
pub(super) const ACCOUNTS: &[&str] = &[
    "app",
    "app",
    "audit",
    "root",
    "management",
    "a: b",
    "#1",
    "null",
    "123456789012",
    "Sandbox",
    "unit:x",
    "Workloads",
    "A name that is as long as names of accounts can be",
    "o'clock & co.",
];

/// Names of policies of any type.
pub(super) const POLICIES: &[&str] =
    &["guard", "guard", "guard/two", "FullAWSAccess", "true", "a: b", "\u{fc}", "..", "guard-tag"];

/// Keys and values of tags.
pub(super) const TAGS: &[&str] = &["owner", "a b", "a:b/c=d+e@f", "yes", "1", "x"];

/// Service principals, some of services that can be delegated.
pub(super) const PRINCIPALS: &[&str] = &[
    "guardduty.amazonaws.com",
    "config.amazonaws.com",
    "config-multiaccountsetup.amazonaws.com",
    "backup.amazonaws.com",
    "ram.amazonaws.com",
    "health.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "sso.amazonaws.com",
    "ssm.amazonaws.com",
    "securityhub.amazonaws.com",
    "inspector2.amazonaws.com",
    "macie.amazonaws.com",
    "detective.amazonaws.com",
    "access-analyzer.amazonaws.com",
    "account.amazonaws.com",
    "iam.amazonaws.com",
    "fms.amazonaws.com",
    "auditmanager.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
];

/// Types of policies with a document that AWS takes.
pub(super) const TYPES: &[(&str, &str)] = &[
    (
        "SERVICE_CONTROL_POLICY",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}}"#,
    ),
    (
        "SERVICE_CONTROL_POLICY",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        "RESOURCE_CONTROL_POLICY",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#,
    ),
    ("TAG_POLICY", r#"{"tags":{"owner":{"tag_key":{"@@assign":"Owner"}}}}"#),
    ("AISERVICES_OPT_OUT_POLICY", r#"{"services":{"default":{"opt_out_policy":{"@@assign":"optOut"}}}}"#),
    ("GUARDDUTY_POLICY", r#"{"guardduty":{}}"#),
];
