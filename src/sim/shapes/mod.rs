//! Shape tables: what each operation takes and gives, as data.
//!
//! In: one JSON file per service, written by `generate.py` from AWS's public API models. Out: [`Table`].
//! Absent: checking (`wire::validate`) and rendering (`wire`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The shape table of one service.
#[derive(Debug, Deserialize)]
pub struct Table {
    /// Name, e.g. `service-quotas`.
    pub service: String,
    /// `json`, `rest-json` or `query`.
    pub protocol: Protocol,
    /// API version, e.g. `2016-11-28`.
    pub version: String,
    /// The service's name in a SigV4 credential scope.
    pub signing_name: String,
    /// Version of awsJson, `1.0` or `1.1`.
    pub json_version: Option<String>,
    /// Prefix of `X-Amz-Target`.
    pub target_prefix: Option<String>,
    /// XML namespace of query answers.
    pub namespace: Option<String>,
    /// Operations by name.
    pub operations: BTreeMap<String, Operation>,
    /// Declared errors by the code clients see.
    pub errors: BTreeMap<String, ErrorShape>,
    /// Shapes by name.
    pub shapes: BTreeMap<String, Shape>,
}

/// How a service talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// awsJson 1.0 or 1.1.
    Json,
    /// restJson1.
    RestJson,
    /// awsQuery.
    Query,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// HTTP method.
    pub method: String,
    /// URI template, e.g. `/tags/{resourceArn}`.
    pub uri: String,
    /// HTTP status of success.
    #[serde(default = "ok")]
    pub status: u16,
    /// Input shape.
    pub input: Option<String>,
    /// Output shape.
    pub output: Option<String>,
    /// The element around the output in query answers.
    pub wrapper: Option<String>,
    /// Whether it needs no signature.
    #[serde(default)]
    pub unsigned: bool,
    /// Codes of declared errors.
    #[serde(default)]
    pub errors: Vec<String>,
}

fn ok() -> u16 {
    200
}

/// A declared error.
#[derive(Debug, Deserialize)]
pub struct ErrorShape {
    /// Its structure.
    pub shape: String,
    /// HTTP status; 400 where the model is silent.
    pub status: Option<u16>,
}

/// What a shape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Named members.
    Structure,
    /// Items of one shape.
    List,
    /// Keys and values.
    Map,
    /// Text.
    String,
    /// 32 bits.
    Integer,
    /// 64 bits.
    Long,
    /// 32-bit float.
    Float,
    /// 64-bit float.
    Double,
    /// true or false.
    Boolean,
    /// A point in time.
    Timestamp,
    /// Bytes.
    Blob,
    /// Free JSON.
    Document,
}

/// One shape.
#[derive(Debug, Deserialize)]
pub struct Shape {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Members of a structure.
    #[serde(default)]
    pub members: BTreeMap<String, Reference>,
    /// Members that must be given.
    #[serde(default)]
    pub required: Vec<String>,
    /// The member that is the whole body.
    pub payload: Option<String>,
    /// Item of a list.
    pub item: Option<Reference>,
    /// Key of a map.
    pub key: Option<Reference>,
    /// Value of a map.
    pub value: Option<Reference>,
    /// Whether a list or map has no element of its own in query and XML.
    #[serde(default)]
    pub flat: bool,
    /// Least length or value.
    pub min: Option<f64>,
    /// Greatest length or value.
    pub max: Option<f64>,
    /// Allowed values.
    #[serde(rename = "enum")]
    pub values: Option<Vec<String>>,
    /// Regular expression for the whole text.
    pub pattern: Option<String>,
    /// Form of a timestamp: `iso8601`, `unixTimestamp`, `rfc822`.
    pub timestamp: Option<String>,
    /// Whether AWS hides the value in its messages.
    #[serde(default)]
    pub sensitive: bool,
    #[serde(skip)]
    compiled: OnceLock<Option<regex::Regex>>,
}

impl Shape {
    /// The pattern, compiled to match a whole text; `None` if there is none.
    pub fn regex(&self) -> Option<&regex::Regex> {
        self.compiled
            .get_or_init(|| {
                let pattern = self.pattern.as_ref()?;
                regex::RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(1 << 26).build().ok()
            })
            .as_ref()
    }
}

/// A shape in its place.
#[derive(Debug, Deserialize)]
pub struct Reference {
    /// The shape's name.
    pub shape: String,
    /// `uri`, `querystring`, `header`, `headers` or `statusCode`; the body where absent.
    pub at: Option<String>,
    /// Name on the wire, where it differs.
    pub name: Option<String>,
    /// Form of a timestamp.
    pub timestamp: Option<String>,
    /// Whether a list or map has no element of its own.
    #[serde(default)]
    pub flat: bool,
}

impl Reference {
    /// The name on the wire of the member called `member`.
    #[must_use]
    pub fn wire<'a>(&'a self, member: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(member)
    }
}

impl Table {
    /// A shape by name.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The structure of an operation's input.
    #[must_use]
    pub fn input(&self, operation: &Operation) -> Option<&Shape> {
        operation.input.as_ref().and_then(|name| self.shape(name))
    }
}

const SOURCES: &[(&str, &str)] = &[
    ("organizations", include_str!("organizations.json")),
    ("controlcatalog", include_str!("controlcatalog.json")),
    ("controltower", include_str!("controltower.json")),
    ("sts", include_str!("sts.json")),
    ("iam", include_str!("iam.json")),
    ("kms", include_str!("kms.json")),
    ("account", include_str!("account.json")),
    ("service-quotas", include_str!("service-quotas.json")),
    ("guardduty", include_str!("guardduty.json")),
    ("accessanalyzer", include_str!("accessanalyzer.json")),
    ("sso-admin", include_str!("sso-admin.json")),
    ("identitystore", include_str!("identitystore.json")),
    ("securityhub", include_str!("securityhub.json")),
    ("inspector2", include_str!("inspector2.json")),
    ("macie2", include_str!("macie2.json")),
    ("detective", include_str!("detective.json")),
    ("auditmanager", include_str!("auditmanager.json")),
    ("securitylake", include_str!("securitylake.json")),
    ("network-security-manager", include_str!("network-security-manager.json")),
    ("cloudtrail", include_str!("cloudtrail.json")),
    ("cloudformation", include_str!("cloudformation.json")),
    ("ram", include_str!("ram.json")),
    ("fms", include_str!("fms.json")),
    ("health", include_str!("health.json")),
    ("license-manager", include_str!("license-manager.json")),
    ("backup", include_str!("backup.json")),
    ("config", include_str!("config.json")),
    ("servicecatalog", include_str!("servicecatalog.json")),
    ("sso", include_str!("sso.json")),
    ("sso-oidc", include_str!("sso-oidc.json")),
];

/// Every table. A file that does not parse is left out; a test proves that none is.
pub fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| SOURCES.iter().filter_map(|(_, text)| serde_json::from_str(text).ok()).collect())
}

/// The table of a service.
#[must_use]
pub fn table(service: &str) -> Option<&'static Table> {
    tables().iter().find(|table| table.service == service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_parses_and_is_closed() {
        for (name, text) in SOURCES {
            let table: Table = serde_json::from_str(text).expect(name);
            assert_eq!(table.service, *name);
            for shape in table.shapes.values() {
                let places = shape.members.values().chain(&shape.item).chain(&shape.key).chain(&shape.value);
                for place in places {
                    assert!(table.shapes.contains_key(&place.shape), "{name}: {}", place.shape);
                }
            }
        }
        assert_eq!(tables().len(), SOURCES.len());
    }

    #[test]
    fn every_pattern_compiles() {
        for table in tables() {
            for (name, shape) in &table.shapes {
                assert_eq!(
                    shape.pattern.is_some(),
                    shape.regex().is_some(),
                    "{}.{name}: {:?}",
                    table.service,
                    shape.pattern
                );
            }
        }
    }
}
