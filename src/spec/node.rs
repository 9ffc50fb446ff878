//! A YAML value with its place: what the parser leaves and the reader takes.

use super::source::Span;

/// One value.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Where it stands; for a list or mapping only its first sign.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) value: Value,
}

/// The kinds of values that YAML tells apart.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A number as it was spelled.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// Equality is of scalars only, for tests and for the document's version.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) | (Self::Text(a), Self::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl Value {
    /// The kind, with its article.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

impl Node {
    /// The text, when it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}
