//! A document within the document: written inline, or named by its path.
//!
//! In: a YAML value. Out: [`Content`]; the paths that were met are noted with the
//! reader, and who called the parser reads them (this floor does no I/O).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Number, Value as Json};

use super::Located;
use super::read::{Read, Reader};
use crate::model::canonical;
use crate::spec::diagnostic::Diagnostic;
use crate::spec::node::{Node, Value};
use crate::spec::topic;

/// A document within the document.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// In a file, which is found by the place that names it.
    File,
    /// The document itself.
    Inline(Json),
}

impl Read for Content {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Text(path) if path.is_empty() => {
                reader.invalid(node, "an empty path names no file");
                None
            }
            Value::Text(path) => {
                reader.files.push(Located { value: path.clone(), span: node.span });
                Some(Self::File)
            }
            Value::Map(_) => json(node, &mut |refusal| reader.findings.push(refusal)).map(Self::Inline),
            _ => {
                reader.wrong(node, "a path or a mapping");
                None
            }
        }
    }
}

impl JsonSchema for Content {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Content".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "object"] })
    }
}

/// A text that stays as it is: a template, a rule.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    /// In a file, which is found by the place that names it.
    File,
    /// The text itself: several lines, or a mapping as JSON.
    Inline(String),
}

impl Read for Text {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Text(text) if text.contains('\n') => Some(Self::Inline(text.clone())),
            Value::Text(path) if path.is_empty() => {
                reader.invalid(node, "an empty path names no file");
                None
            }
            Value::Text(path) => {
                reader.texts.push(Located { value: path.clone(), span: node.span });
                Some(Self::File)
            }
            Value::Map(_) => {
                let read = json(node, &mut |refusal| reader.findings.push(refusal));
                read.map(|value| Self::Inline(canonical::text(&value)))
            }
            _ => {
                reader.wrong(node, "a path, a text of several lines or a mapping");
                None
            }
        }
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "object"] })
    }
}

/// A tree as a JSON value; what JSON has no place for is told to `refuse`.
pub(crate) fn json(node: &Node, refuse: &mut dyn FnMut(Diagnostic)) -> Option<Json> {
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Text(text) => Json::String(text.clone()),
        // A spelling that JSON does not have, such as 0x10, stays a text.
        Value::Number(spelled) => {
            spelled.parse::<Number>().map_or_else(|_| Json::String(spelled.clone()), Json::Number)
        }
        Value::List(items) => {
            let read: Vec<Json> = items.iter().filter_map(|item| json(item, refuse)).collect();
            (read.len() == items.len()).then_some(Json::Array(read))?
        }
        Value::Map(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let name = match &key.value {
                    Value::Text(text) | Value::Number(text) => text.clone(),
                    other => {
                        let message = format!("a key of a policy is a text, not {}", other.kind());
                        refuse(Diagnostic::error(topic::WRONG_TYPE.code, message).at(key.span, "not a name"));
                        return None;
                    }
                };
                let value = json(value, refuse)?;
                if map.insert(name.clone(), value).is_some() {
                    let message = format!("`{name}` stands twice in one mapping of a policy");
                    refuse(Diagnostic::error(topic::DUPLICATE_KEY.code, message).at(key.span, "here again"));
                    return None;
                }
            }
            Json::Object(map)
        }
    })
}
