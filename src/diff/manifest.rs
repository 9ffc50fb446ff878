//! Landing-zone manifests by meaning.
//!
//! What the document says must be there; members that it leaves unsaid, and
//! members that this program does not know, pass through untouched. A number and
//! the text of that number are alike, because AWS has returned retention days as
//! either. Governed Regions are a set.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Whether `live` says everything that `wanted` says.
pub(super) fn covers(live: &Value, wanted: &Value) -> bool {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| live.get(key).is_some_and(|live| covers(live, value)))
        }
        (Value::Array(live), Value::Array(wanted)) => {
            let set = |items: &[Value]| items.iter().map(scalar).collect::<BTreeSet<String>>();
            set(live) == set(wanted)
        }
        (live, wanted) => scalar(live) == scalar(wanted),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 => format!("{float:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// `wanted` laid over `base`: objects are merged, all else is replaced. A section
/// that is switched off keeps nothing but its switch, because the schema allows
/// its other members only while it is on.
pub(super) fn laid_over(base: &Value, wanted: &Value) -> Value {
    match (base, wanted) {
        (Value::Object(base), Value::Object(wanted)) => {
            if wanted.get("enabled") == Some(&Value::Bool(false)) {
                return Value::Object(wanted.clone());
            }
            let mut merged = base.clone();
            for (key, value) in wanted {
                let below = base.get(key).map_or_else(|| value.clone(), |base| laid_over(base, value));
                merged.insert(key.clone(), below);
            }
            Value::Object(merged)
        }
        _ => wanted.clone(),
    }
}

/// A live manifest in the terms of another landing-zone version.
///
/// From 3.x to 4.0 the units leave the manifest, every section gets its switch and
/// Config becomes an integration of its own in the security account (user guide,
/// key changes in 4.0); it must not be switched off in the same update. Any other
/// pair of versions has the same structure.
pub(super) fn carried_over(live: &Value, from: &str, to: &str) -> Value {
    let (Value::Object(live), true) = (live, from.starts_with("3.") && !to.starts_with("3.")) else {
        return live.clone();
    };
    let mut manifest = live.clone();
    manifest.remove("organizationStructure");
    let audit = live.get("securityRoles").and_then(|roles| roles.get("accountId")).cloned();
    let logging = live.get("centralizedLogging").and_then(|logging| logging.get("configurations")).cloned();
    let mut config = Map::from_iter([("enabled".to_owned(), json!(true))]);
    config.extend(audit.map(|id| ("accountId".to_owned(), id)));
    config.extend(logging.map(|configurations| ("configurations".to_owned(), configurations)));
    manifest.insert("config".to_owned(), Value::Object(config));
    // The defaults of the 3.x schema, which 4.0 has no longer.
    let switches = [
        ("centralizedLogging", true),
        ("securityRoles", true),
        ("accessManagement", true),
        ("backup", false),
    ];
    for (section, default) in switches {
        let entry = manifest.entry(section.to_owned()).or_insert_with(|| json!({}));
        if let Value::Object(entry) = entry {
            entry.entry("enabled".to_owned()).or_insert(Value::Bool(default));
        }
    }
    Value::Object(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_text_are_alike_and_the_unsaid_is_left_alone() {
        let live = json!({ "a": { "retentionDays": "365", "other": 1 }, "unknown": true });
        assert!(covers(&live, &json!({ "a": { "retentionDays": 365 } })));
        assert!(covers(&live, &json!({ "a": { "retentionDays": 365.0 } })));
        assert!(!covers(&live, &json!({ "a": { "retentionDays": 366 } })));
    }

    #[test]
    fn regions_are_a_set() {
        let live = json!({ "governedRegions": ["us-east-1", "eu-west-1"] });
        assert!(covers(&live, &json!({ "governedRegions": ["eu-west-1", "us-east-1"] })));
        assert!(!covers(&live, &json!({ "governedRegions": ["us-east-1"] })));
    }

    #[test]
    fn laying_over_keeps_what_is_unknown_and_a_closed_section_keeps_nothing() {
        let live = json!({ "backup": { "enabled": true, "configurations": { "kmsKeyArn": "x" } }, "new": 1 });
        let merged = laid_over(&live, &json!({ "backup": { "enabled": false } }));
        assert_eq!(merged, json!({ "backup": { "enabled": false }, "new": 1 }));
    }

    #[test]
    fn a_three_manifest_becomes_a_four_manifest() {
        let live = json!({
            "organizationStructure": { "security": { "name": "Security" } },
            "centralizedLogging": { "accountId": "1", "configurations": { "kmsKeyArn": "k" } },
            "securityRoles": { "accountId": "2" },
        });
        let new = carried_over(&live, "3.3", "4.0");
        assert_eq!(new.get("organizationStructure"), None);
        assert_eq!(
            new["config"],
            json!({ "enabled": true, "accountId": "2", "configurations": { "kmsKeyArn": "k" } })
        );
        assert_eq!(new["securityRoles"], json!({ "accountId": "2", "enabled": true }));
        assert_eq!(new["backup"], json!({ "enabled": false }));
        assert_eq!(carried_over(&live, "3.2", "3.3"), live);
    }
}
