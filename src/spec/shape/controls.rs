//! Controls of a unit: names, names with parameters, whole frameworks or levels.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value as Json;

use super::Located;
use super::read::{Read, Reader, section};
use crate::catalog::controls;
use crate::spec::node::{Node, Value};

/// One entry of `controls`: the plain name of a control, or a section.
#[derive(Debug, Clone, Default)]
pub(crate) struct ControlEntry(pub(crate) ControlSection);

section! {
    /// One control, or all controls of a framework or of a guidance level.
    ControlSection {
        /// A readable name such as CT.S3.PR.1, a legacy name such as AWS-GR_RESTRICT_ROOT_USER, or an id or
        /// ARN of the Control Catalog.
        name: Located<String>,
        /// Parameters of the control, all that it shall have.
        parameters: BTreeMap<Located<String>, Located<ParameterValue>>,
        /// A framework, such as NIST-CSF-v1.1: every control that the Control Catalog maps to it.
        framework: Located<String>,
        /// A guidance level: `strongly_recommended`, `elective` or `data_residency`.
        guidance: Located<String>,
    }
}

impl Read for ControlEntry {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Value::Map(_) = &node.value {
            let section = ControlSection::read(node, reader)?;
            if section.name.is_none() && section.framework.is_none() && section.guidance.is_none() {
                reader.invalid(node, "an entry says `name`, `framework` or `guidance`");
                return None;
            }
            return Some(Self(section));
        }
        let name = String::read(node, reader)?;
        let name = Located { value: name, span: node.span };
        Some(Self(ControlSection { name: Some(name), ..ControlSection::default() }))
    }
}

impl JsonSchema for ControlEntry {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ControlEntry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let section = generator.subschema_for::<ControlSection>();
        let levels: Vec<&str> = controls::guidance().iter().map(|level| level.word.as_str()).collect();
        json_schema!({
            "anyOf": [{ "type": "string" }, section],
            "examples": [{ "framework": controls::frameworks().first() }, { "guidance": levels.first() }],
        })
    }
}

/// The value of a parameter: a text, a yes or no, or a list of texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParameterValue(pub(crate) Json);

impl Read for ParameterValue {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::List(_) => {
                let texts = Vec::<String>::read(node, reader)?;
                Some(Self(texts.into_iter().map(Json::String).collect()))
            }
            Value::Bool(value) => Some(Self(Json::Bool(*value))),
            Value::Text(text) => Some(Self(Json::String(text.clone()))),
            _ => {
                reader.wrong(node, "a text, a list of texts, or true");
                None
            }
        }
    }
}

impl JsonSchema for ParameterValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ControlParameter".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "boolean" }, { "type": "array", "items": { "type": "string" } }]
        })
    }
}
