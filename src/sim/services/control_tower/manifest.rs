//! The landing-zone manifest: is it one AWS would take, and what does it ask for.
//!
//! In: a landing-zone version and the JSON document of the request. Out: a [`ManifestFault`] in AWS's words, or the
//! [`Settings`] the rest of Control Tower acts on. The document itself is kept as it was sent (GetLandingZone gives
//! it back unchanged); whether the accounts and keys it names exist is not judged here (see `prerequisites`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) use super::manifest_schema::ManifestFault;
use super::manifest_schema::{SCHEMAS, Schema, check, schema};

/// The sections of a manifest which switch an AWS service integration on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Integration {
    /// The organization trail and its buckets.
    CentralizedLogging,
    /// Central AWS Config resources.
    Config,
    /// Cross-account security roles.
    SecurityRoles,
    /// IAM Identity Center managed by Control Tower.
    AccessManagement,
    /// Central AWS Backup resources.
    Backup,
}

impl Integration {
    /// Every integration, in the order of the manifest.
    pub(super) const ALL: [Self; 5] =
        [Self::CentralizedLogging, Self::Config, Self::SecurityRoles, Self::AccessManagement, Self::Backup];

    /// The manifest key.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::CentralizedLogging => "centralizedLogging",
            Self::Config => "config",
            Self::SecurityRoles => "securityRoles",
            Self::AccessManagement => "accessManagement",
            Self::Backup => "backup",
        }
    }
}

/// The landing-zone versions the simulator knows, oldest first.
pub(super) fn versions() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().flat_map(|schema| schema.versions.iter().map(String::as_str))
}

/// The newest landing-zone version; 4.0 since 2025-11-17
/// (<https://docs.aws.amazon.com/controltower/latest/userguide/2025-all.html>).
pub(super) fn latest_version() -> &'static str {
    versions().last().unwrap_or_default()
}

/// Where `version` stands in the order of release, or nothing if there is no such version.
pub(super) fn release_order(version: &str) -> Option<usize> {
    versions().position(|known| known == version)
}

/// What a valid manifest asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Settings {
    enabled: BTreeMap<Integration, bool>,
    document: Value,
}

impl Settings {
    /// Validates `document` against the schema of `version` and reads it. `None` is an omitted manifest, which 4.0
    /// takes as everything off and 3.x refuses for its required sections.
    pub(super) fn read(version: &str, document: Option<&Value>) -> Result<Self, ManifestFault> {
        let empty = Value::Object(Map::new());
        let document = document.unwrap_or(&empty);
        let Some(schema) = schema(version) else {
            return Err(ManifestFault::Invalid(vec!["version".to_owned()]));
        };
        let Value::Object(root) = document else {
            return Err(ManifestFault::Invalid(vec!["manifest".to_owned()]));
        };
        check(schema, root)?;
        let settings = Self { enabled: integrations(schema, root), document: document.clone() };
        for (dependent, required) in &schema.needs {
            if settings.enabled(*dependent) && !settings.enabled(*required) {
                return Err(ManifestFault::Dependency {
                    dependent: dependent.key().to_owned(),
                    required: required.key().to_owned(),
                });
            }
        }
        Ok(settings)
    }

    /// Is this integration switched on (given or by the version's default).
    pub(super) fn enabled(&self, integration: Integration) -> bool {
        self.enabled.get(&integration).copied().unwrap_or(false)
    }

    /// The string at a dotted path of the manifest.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        path.split('.').try_fold(&self.document, |value, key| value.get(key)).and_then(Value::as_str)
    }

    /// The governed Regions as sent.
    pub(super) fn governed_regions(&self) -> Vec<String> {
        let listed = self.document.get("governedRegions").and_then(Value::as_array);
        listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Every account an enabled integration names, with the path that names it. In 3.x the log account is named, and
    /// managed, even while centralized logging is off.
    pub(super) fn integration_accounts(&self) -> Vec<(&'static str, &str)> {
        const NAMED: [(Integration, &str); 5] = [
            (Integration::CentralizedLogging, "centralizedLogging.accountId"),
            (Integration::Config, "config.accountId"),
            (Integration::SecurityRoles, "securityRoles.accountId"),
            (Integration::Backup, "backup.configurations.backupAdmin.accountId"),
            (Integration::Backup, "backup.configurations.centralBackup.accountId"),
        ];
        NAMED
            .into_iter()
            .filter(|(integration, _)| self.enabled(*integration) || self.security_unit().is_some())
            .filter_map(|(_, path)| self.text(path).map(|account| (path, account)))
            .collect()
    }

    /// The name of the Security unit that a 3.x landing zone creates; 4.0 has none.
    pub(super) fn security_unit(&self) -> Option<&str> {
        self.text("organizationStructure.security.name")
    }

    /// The name of the optional second unit that a 3.x landing zone creates.
    pub(super) fn sandbox_unit(&self) -> Option<&str> {
        self.text("organizationStructure.sandbox.name")
    }
}

fn integrations(schema: &Schema, root: &Map<String, Value>) -> BTreeMap<Integration, bool> {
    Integration::ALL
        .into_iter()
        .map(|integration| {
            let said = root
                .get(integration.key())
                .and_then(|section| section.get("enabled"))
                .and_then(Value::as_bool);
            let default = schema.defaults.get(&integration).copied().unwrap_or(false);
            (integration, said.unwrap_or(default))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn old() -> Value {
        json!({
            "organizationStructure": {"security": {"name": "Security"}},
            "centralizedLogging": {"accountId": "222222222222"},
            "securityRoles": {"accountId": "333333333333"}
        })
    }

    fn new() -> Value {
        json!({
            "governedRegions": ["us-east-1", "us-gov-west-1"],
            "accessManagement": {"enabled": true},
            "backup": {"enabled": false},
            "centralizedLogging": {"enabled": true, "accountId": "222222222222",
                "configurations": {"loggingBucket": {"retentionDays": 365}}},
            "config": {"enabled": true, "accountId": "333333333333"},
            "securityRoles": {"enabled": true, "accountId": "333333333333"}
        })
    }

    fn with(mut document: Value, pointer: &str, value: Value) -> Value {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        document.pointer_mut(parent).expect("the parent exists")[key] = value;
        document
    }

    #[test]
    fn the_table_knows_four_versions_in_order_of_release() {
        assert_eq!(versions().collect::<Vec<_>>(), ["3.1", "3.2", "3.3", "4.0"]);
        assert_eq!(latest_version(), "4.0");
    }

    #[test]
    fn the_minimal_manifest_of_3_x_is_taken_with_its_defaults() {
        let settings = Settings::read("3.3", Some(&old())).expect("valid");
        assert!(settings.enabled(Integration::CentralizedLogging));
        assert!(settings.enabled(Integration::AccessManagement));
        assert!(!settings.enabled(Integration::Backup));
        assert_eq!(settings.security_unit(), Some("Security"));
    }

    #[test]
    fn an_omitted_manifest_is_everything_off_in_4_0_and_incomplete_in_3_x() {
        let settings = Settings::read("4.0", None).expect("valid");
        assert!(Integration::ALL.iter().all(|integration| !settings.enabled(*integration)));
        let fault = Settings::read("3.2", None).expect_err("3.x has required sections");
        assert!(matches!(fault, ManifestFault::Missing(fields) if fields.len() == 3));
    }

    #[test]
    fn keys_of_the_other_family_are_refused_by_name() {
        let fault = Settings::read("4.0", Some(&with(new(), "/organizationStructure", json!({}))))
            .expect_err("removed");
        assert!(fault.to_string().contains("fields that are not recognized"), "{fault}");
        assert!(fault.to_string().contains("organizationStructure"), "{fault}");
        let fault = Settings::read("3.3", Some(&with(old(), "/securityRoles/enabled", json!(true))))
            .expect_err("4.0 only");
        assert_eq!(fault, ManifestFault::NotRecognized(vec!["securityRoles.enabled".to_owned()]));
    }

    #[test]
    fn only_the_config_configurations_of_4_0_take_unknown_keys() {
        let open = with(new(), "/config/configurations", json!({"somethingNew": 1}));
        assert!(Settings::read("4.0", Some(&open)).is_ok());
        let closed = with(new(), "/centralizedLogging/configurations/somethingNew", json!(1));
        assert!(matches!(Settings::read("4.0", Some(&closed)), Err(ManifestFault::NotRecognized(_))));
    }

    #[test]
    fn an_account_is_required_exactly_when_its_section_is_enabled() {
        let off = with(new(), "/centralizedLogging", json!({"enabled": false}));
        assert!(Settings::read("4.0", Some(&off)).is_ok());
        let on = with(new(), "/centralizedLogging", json!({"enabled": true}));
        let fault = Settings::read("4.0", Some(&on)).expect_err("no account");
        assert_eq!(fault, ManifestFault::Missing(vec!["centralizedLogging.accountId".to_owned()]));
    }

    #[test]
    fn retention_days_are_a_number_of_at_least_one() {
        for wrong in [json!("365"), json!(0), json!(null)] {
            let document =
                with(new(), "/centralizedLogging/configurations/loggingBucket/retentionDays", wrong);
            assert!(matches!(Settings::read("4.0", Some(&document)), Err(ManifestFault::Invalid(_))));
        }
    }

    #[test]
    fn security_roles_need_config_and_access_management_needs_security_roles() {
        let fault = Settings::read("4.0", Some(&with(new(), "/config", json!({"enabled": false}))))
            .expect_err("order");
        assert_eq!(
            fault,
            ManifestFault::Dependency {
                dependent: "securityRoles".to_owned(),
                required: "config".to_owned()
            }
        );
        let fault = Settings::read("4.0", Some(&with(new(), "/securityRoles", json!({"enabled": false}))))
            .expect_err("order");
        assert!(
            matches!(fault, ManifestFault::Dependency { dependent, .. } if dependent == "accessManagement")
        );
    }

    #[test]
    fn region_names_follow_the_published_pattern() {
        let sovereign = with(new(), "/governedRegions", json!(["eusc-de-east-1"]));
        assert!(matches!(Settings::read("4.0", Some(&sovereign)), Err(ManifestFault::Invalid(_))));
    }
}
