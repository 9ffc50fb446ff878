//! The published schemas of the manifest, as rows, and the walk that holds a document against them.
//!
//! In: a version and a JSON object. Out: the fields that are unknown, missing or of the wrong kind, as a
//! [`ManifestFault`]. Absent: what a valid manifest means (`manifest`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::manifest::Integration;

/// The page the service itself points to in its messages.
const LAUNCH_PAGE: &str = "https://docs.aws.amazon.com/controltower/latest/userguide/lz-api-launch.html";

/// Why a manifest is refused. Each message begins with AWS's words where they are known and names the fields.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum ManifestFault {
    /// Words of the live service, quoted in <https://github.com/hashicorp/terraform-provider-aws/issues/49646>.
    #[error("The LandingZoneManifest that you provided contains fields that are not recognized. For information about formatting, see {LAUNCH_PAGE}. Fields: {}", .0.join(", "))]
    NotRecognized(Vec<String>),
    /// Beginning as quoted in the same thread.
    #[error("The LandingZoneManifest that you provided is missing some required manifest fields. For information about formatting, see {LAUNCH_PAGE}. Fields: {}", .0.join(", "))]
    Missing(Vec<String>),
    /// A value of the wrong kind. UNSOURCED words.
    #[error("The LandingZoneManifest that you provided contains fields with invalid values. For information about formatting, see {LAUNCH_PAGE}. Fields: {}", .0.join(", "))]
    Invalid(Vec<String>),
    /// An integration is on without the one it needs. UNSOURCED words.
    #[error(
        "The LandingZoneManifest that you provided enables {dependent} without {required}: {dependent} cannot be enabled unless {required} is enabled."
    )]
    Dependency {
        /// The manifest key that is on.
        dependent: String,
        /// The manifest key that must be on too.
        required: String,
    },
}

#[derive(Deserialize)]
struct Schemas {
    schema: Vec<Schema>,
}

#[derive(Deserialize)]
pub(super) struct Schema {
    pub(super) versions: Vec<String>,
    /// What an integration does when its `enabled` is not given.
    pub(super) defaults: BTreeMap<Integration, bool>,
    /// The first of each pair needs the second.
    pub(super) needs: Vec<(Integration, Integration)>,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    path: String,
    kind: Kind,
    #[serde(default)]
    required: Required,
    #[serde(default)]
    open: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Object,
    Regions,
    Flag,
    Account,
    Name,
    Days,
    Key,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Required {
    #[default]
    Never,
    Always,
    WhenEnabled,
}

/// The compiled-in table; a test proves that it parses.
#[expect(clippy::expect_used, reason = "the table is part of the program and a test parses it")]
pub(super) static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    toml::from_str::<Schemas>(include_str!("data/manifest.toml"))
        .expect("data/manifest.toml is well formed")
        .schema
});

/// The schema of a landing-zone version.
pub(super) fn schema(version: &str) -> Option<&'static Schema> {
    SCHEMAS.iter().find(|schema| schema.versions.iter().any(|known| known == version))
}

/// Holds a manifest against the schema.
pub(super) fn check(schema: &Schema, root: &Map<String, Value>) -> Result<(), ManifestFault> {
    let mut found = Findings::default();
    found.object(schema, "", root, false);
    found.into_result()
}

#[derive(Default)]
struct Findings {
    unknown: Vec<String>,
    missing: Vec<String>,
    invalid: Vec<String>,
}

impl Findings {
    /// Walks one object: its keys against the rows below `prefix`, then the rows that must be there.
    fn object(&mut self, schema: &Schema, prefix: &str, object: &Map<String, Value>, open: bool) {
        let child = |key: &str| {
            if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
        };
        for (key, value) in object {
            let path = child(key);
            match schema.fields.iter().find(|field| field.path == path) {
                Some(field) => self.value(schema, field, value),
                None if open => {}
                None => self.unknown.push(path),
            }
        }
        let enabled = object.get("enabled").and_then(Value::as_bool).unwrap_or(false);
        for field in &schema.fields {
            let (parent, key) = field.path.rsplit_once('.').unwrap_or(("", &field.path));
            let wanted = match field.required {
                Required::Never => false,
                Required::Always => true,
                Required::WhenEnabled => enabled,
            };
            if parent == prefix && wanted && !object.contains_key(key) {
                self.missing.push(field.path.clone());
            }
        }
    }

    fn value(&mut self, schema: &Schema, field: &Field, value: &Value) {
        let right = match field.kind {
            Kind::Object => match value.as_object() {
                Some(object) => {
                    self.object(schema, &field.path, object, field.open);
                    true
                }
                None => false,
            },
            Kind::Regions => value.as_array().is_some_and(|regions| regions.iter().all(is_region)),
            Kind::Flag => value.is_boolean(),
            Kind::Account => value
                .as_str()
                .is_some_and(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())),
            Kind::Name => value.as_str().is_some_and(|name| (1..=120).contains(&name.chars().count())),
            // The schema says number: the same figure as a string is refused.
            Kind::Days => value.as_f64().is_some_and(|days| days >= 1.0),
            Kind::Key => value.as_str().is_some_and(|arn| (1..=2048).contains(&arn.chars().count())),
        };
        if !right {
            self.invalid.push(field.path.clone());
        }
    }

    fn into_result(self) -> Result<(), ManifestFault> {
        if !self.unknown.is_empty() {
            return Err(ManifestFault::NotRecognized(self.unknown));
        }
        if !self.missing.is_empty() {
            return Err(ManifestFault::Missing(self.missing));
        }
        if !self.invalid.is_empty() {
            return Err(ManifestFault::Invalid(self.invalid));
        }
        Ok(())
    }
}

/// The published pattern `^[a-z]{2}-[a-z\-]*-[0-9]{1}$`, at most 24 characters.
fn is_region(value: &Value) -> bool {
    static REGION: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new(r"^[a-z]{2}-[a-z\-]*-[0-9]$").ok());
    value
        .as_str()
        .is_some_and(|name| name.len() <= 24 && REGION.as_ref().is_some_and(|pattern| pattern.is_match(name)))
}
