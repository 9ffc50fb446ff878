//! The rules of a valid document, one file each, in one table.
//!
//! In: the document as read. Out: findings, each with its rule's code. A rule sees
//! the whole document and says all it finds; it assumes nothing of other rules.
//! Absent: the forms of single values, which are reported on reading, and whatever
//! only AWS can tell (quotas, who exists), which the plan checks.

mod account_name;
mod alternate_contacts;
mod assignments;
mod automation_rules;
mod backup_accounts;
mod backup_key;
mod backup_names;
mod backup_plans;
mod backup_proofs;
mod backup_vaults;
mod baseline_combination;
mod baseline_context;
mod capacity;
mod closing;
mod cloudtrail;
mod config;
mod consents;
mod control_tower_email;
mod controls;
mod delegated_administrators;
mod duplicate_email;
mod duplicate_id;
mod firewall_manager;
mod home_region;
mod identity_names;
mod incomplete_integration;
mod integration_accounts;
mod integration_order;
mod key_regions;
mod key_rotation;
mod landing_zone_version;
mod leave_alone;
mod logging_key;
mod manifest_sections;
mod names_of_aws;
mod ordinary_account;
mod permission_sets;
mod policy_documents;
mod policy_names;
mod policy_targets;
mod regions;
mod removal;
mod resource_policy;
mod security;
mod security_hub;
mod security_switches;
mod security_unit_baselines;
mod separate_accounts;
mod stack_sets;
mod tags;
mod unit_rename;
mod unit_tree;
mod unknown_account;
mod unknown_kms_key;
mod unknown_unit;
mod unregistered_parent;

use super::diagnostic::Findings;
use super::topic::Topic;
use super::view::View;

/// One rule.
pub(crate) struct Rule {
    /// Its code and why it exists.
    pub(crate) topic: Topic,
    check: fn(&View<'_>, &mut Findings),
}

/// Every rule, in the order of the document's sections.
pub(crate) const RULES: &[Rule] = &[
    home_region::RULE,
    regions::RULE,
    names_of_aws::RULE,
    resource_policy::RULE,
    unit_tree::RULE,
    unit_rename::RULE,
    tags::RULE,
    account_name::RULE,
    duplicate_email::RULE,
    duplicate_id::RULE,
    unknown_unit::RULE,
    alternate_contacts::RULE,
    unknown_account::RULE,
    closing::RULE,
    unknown_kms_key::RULE,
    key_regions::RULE,
    key_rotation::RULE,
    landing_zone_version::RULE,
    manifest_sections::RULE,
    incomplete_integration::RULE,
    integration_order::RULE,
    integration_accounts::RULE,
    separate_accounts::RULE,
    ordinary_account::RULE,
    control_tower_email::RULE,
    logging_key::RULE,
    backup_key::RULE,
    backup_accounts::RULE,
    baseline_context::RULE,
    baseline_combination::RULE,
    security_unit_baselines::RULE,
    unregistered_parent::RULE,
    controls::RULE,
    capacity::RULE,
    policy_names::RULE,
    policy_documents::RULE,
    policy_targets::RULE,
    delegated_administrators::RULE,
    security::RULE,
    backup_names::RULE,
    backup_vaults::RULE,
    backup_plans::RULE,
    backup_proofs::RULE,
    security_switches::RULE,
    security_hub::RULE,
    automation_rules::RULE,
    config::RULE,
    cloudtrail::RULE,
    firewall_manager::RULE,
    stack_sets::RULE,
    identity_names::RULE,
    permission_sets::RULE,
    assignments::RULE,
    leave_alone::RULE,
    removal::RULE,
    consents::RULE,
];

/// Asks every rule.
pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    for rule in RULES {
        (rule.check)(view, findings);
    }
}
