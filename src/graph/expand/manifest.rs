//! The landing-zone manifest, exactly as its version's schema wants it.
//!
//! 3.x and 4.0 differ in structure, and Control Tower refuses a manifest with one
//! unknown key (user guide, landing-zone schemas). Only what the document says
//! stands in the result; what a creation needs beside that is [`at_creation`].

use serde_json::{Map, Value, json};

use super::{Expansion, account_id, keys};
use crate::spec::document::{Integration, LandingZone};

/// What the document says, in the terms of its landing-zone version.
pub(super) fn said(expansion: &Expansion<'_>, zone: &LandingZone) -> Value {
    let mut manifest = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        manifest.extend(value.map(|value| (key.to_owned(), value)));
    };
    let regions = &expansion.spec.organization.governed_regions;
    put("governedRegions", (!regions.is_empty()).then(|| json!(regions)));
    let old = is_old(zone);
    put("organizationStructure", old.then(|| structure(zone)).flatten());
    put("centralizedLogging", zone.centralized_logging.as_ref().map(|i| integration(i, true)));
    if !old {
        put("config", zone.config.as_ref().map(|i| integration(i, true)));
    }
    put("securityRoles", zone.security_roles.as_ref().map(|i| integration(i, !old)));
    put("accessManagement", zone.identity_center.map(|enabled| json!({ "enabled": enabled })));
    put("backup", backup(zone));
    Value::Object(manifest)
}

/// What a new landing zone starts from. A 4.0 manifest has no defaults: each of
/// its five sections must be switched on or off (user guide, lz-api-launch).
pub(super) fn at_creation(expansion: &Expansion<'_>, zone: &LandingZone) -> Value {
    let mut manifest = json!({ "governedRegions": [expansion.home_region.as_str()] });
    if is_old(zone) {
        return manifest;
    }
    let sections = ["centralizedLogging", "config", "securityRoles", "accessManagement", "backup"];
    for section in sections {
        manifest[section] = json!({ "enabled": false });
    }
    manifest
}

fn is_old(zone: &LandingZone) -> bool {
    zone.version.starts_with("3.")
}

fn structure(zone: &LandingZone) -> Option<Value> {
    let security = zone.integration_unit.as_ref()?;
    let mut units = json!({ "security": { "name": security.as_str() } });
    if let Some(sandbox) = &zone.sandbox_unit {
        units["sandbox"] = json!({ "name": sandbox.as_str() });
    }
    Some(units)
}

/// One integration. `enabled` is a key only where the schema has it.
fn integration(said: &Integration, has_enabled: bool) -> Value {
    let mut section = Map::new();
    if has_enabled {
        section.insert("enabled".to_owned(), json!(said.enabled));
    }
    if !said.enabled {
        return Value::Object(section);
    }
    section.extend(said.account.as_ref().map(|name| ("accountId".to_owned(), account_id(name))));
    let mut configurations = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        configurations.extend(value.map(|value| (key.to_owned(), value)));
    };
    put("loggingBucket", said.retention_days.map(|days| json!({ "retentionDays": days })));
    put("accessLoggingBucket", said.access_log_retention_days.map(|days| json!({ "retentionDays": days })));
    put("kmsKeyArn", said.key.as_deref().map(keys::arn_of));
    if !configurations.is_empty() {
        section.insert("configurations".to_owned(), Value::Object(configurations));
    }
    Value::Object(section)
}

fn backup(zone: &LandingZone) -> Option<Value> {
    let backup = zone.backup.as_ref()?;
    if !backup.enabled {
        return Some(json!({ "enabled": false }));
    }
    let account = |name: &Option<String>| json!({ "accountId": name.as_deref().map(account_id) });
    Some(json!({
        "enabled": true,
        "configurations": {
            "backupAdmin": account(&backup.administrator),
            "centralBackup": account(&backup.central),
            "kmsKeyArn": backup.key.as_deref().map(keys::arn_of),
        },
    }))
}
