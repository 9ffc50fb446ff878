//! Taking values out of the tree, going on after every mistake.
//!
//! [`Read`] turns a node into a value or reports why not. The [`Reader`] keeps the
//! path of keys for messages, the findings, and which containers lost an entry, so
//! that rules about names do not blame the rest for it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value as Json, json};

use super::Located;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;
use crate::spec::topic;

/// What can stand in the document.
pub(crate) trait Read: Sized {
    /// The value, or nothing after the reader was told why.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;
}

/// One key of a section.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    /// The lines of its documentation.
    pub(crate) doc: &'static [&'static str],
}

/// The state of reading.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    pub(crate) findings: Findings,
    /// Paths of containers and values that could not be read entirely.
    pub(crate) broken: BTreeSet<String>,
    /// Files that the document names, each at the place that names it.
    pub(crate) files: Vec<Located<String>>,
    /// The same for files whose text stays as it is.
    pub(crate) texts: Vec<Located<String>>,
    path: Vec<(String, Span)>,
}

impl Reader {
    /// Reads the value of a key, one step further down the path.
    pub(crate) fn within<T: Read>(&mut self, key: &Node, value: &Node) -> Option<T> {
        let name = key.text().unwrap_or_default().to_owned();
        self.path.push((name, key.span));
        let read = T::read(value, self);
        if read.is_none() {
            self.lost();
        }
        self.path.pop();
        if read.is_none() {
            self.lost();
        }
        read
    }

    /// The path in words, e.g. `accounts.audit.email`; `the document` at the root.
    pub(crate) fn here(&self) -> String {
        if self.path.is_empty() { "the document".to_owned() } else { format!("`{}`", self.dotted()) }
    }

    fn dotted(&self) -> String {
        self.path.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(".")
    }

    fn lost(&mut self) {
        let path = self.dotted();
        self.broken.insert(path);
    }

    /// Where to point for a node: its text, or the key above when it has none.
    pub(crate) fn place(&self, node: &Node) -> Span {
        let shown = matches!(node.value, Value::Bool(_) | Value::Number(_) | Value::Text(_));
        match self.path.last() {
            Some((_, span)) if !shown => *span,
            _ => node.span,
        }
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn wrong(&mut self, node: &Node, wanted: &str) {
        let found = node.value.kind();
        let (message, help) = match &node.value {
            Value::Null => (
                format!("{} has no value", self.here()),
                Some(format!("give it {wanted}, or leave the key out; `{{}}` and `[]` say \"empty\"")),
            ),
            _ => (format!("{} wants {wanted}, not {found}", self.here()), None),
        };
        let place = self.place(node);
        self.findings.push(
            Diagnostic::error(topic::WRONG_TYPE.code, message)
                .at(
                    place,
                    if node.value == Value::Null {
                        "no value".to_owned()
                    } else {
                        format!("this is {found}")
                    },
                )
                .maybe_help(help),
        );
    }

    /// Reports a value of the right kind and the wrong form.
    pub(crate) fn invalid(&mut self, node: &Node, why: &str) {
        let message = format!("{}: {why}", self.here());
        let place = self.place(node);
        self.findings.push(Diagnostic::error(topic::INVALID_VALUE.code, message).at(place, "not accepted"));
    }

    /// The known entries of a section, once each; what is unknown, twice or
    /// missing is reported.
    pub(crate) fn section<'n>(
        &mut self,
        node: &'n Node,
        keys: &'static [Key],
    ) -> Option<Vec<(&'static str, &'n Node, &'n Node)>> {
        let Value::Map(entries) = &node.value else {
            self.wrong(node, "a mapping");
            return None;
        };
        let mut taken: Vec<(&'static str, &Node, &Node)> = Vec::new();
        for (key, value) in entries {
            let known = keys.iter().find(|known| key.text() == Some(known.name));
            let Some(known) = known else {
                self.unknown(key, keys);
                continue;
            };
            match taken.iter().find(|(name, ..)| *name == known.name) {
                Some((_, first, _)) => self.twice(known.name, key.span, first.span),
                None => taken.push((known.name, key, value)),
            }
        }
        let missing = |key: &&Key| key.required && !taken.iter().any(|(name, ..)| *name == key.name);
        for key in keys.iter().filter(missing) {
            let misspelt = self.broken.contains(&self.below(key.name));
            if !misspelt {
                self.missing(node, key);
            }
        }
        Some(taken)
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.dotted()) }
    }

    fn missing(&mut self, node: &Node, key: &Key) {
        let message = format!("{} has no `{}`", self.here(), key.name);
        let place = self.place(node);
        let said = key.doc.first().map_or("", |line| line.trim());
        self.findings.push(
            Diagnostic::error(topic::MISSING_KEY.code, message)
                .at(place, format!("needs `{}`", key.name))
                .help(format!("`{}`: {said}", key.name)),
        );
    }

    fn unknown(&mut self, key: &Node, keys: &'static [Key]) {
        let Some(name) = key.text() else {
            let text = format!("a key of {} is {}", self.here(), key.value.kind());
            self.findings.push(Diagnostic::error(topic::UNKNOWN_KEY.code, text).at(key.span, "not a name"));
            return;
        };
        let near = nearest(name, keys.iter().map(|key| key.name));
        if let Some(near) = near {
            let path = self.below(near);
            self.broken.insert(path);
        }
        let help = near.map_or_else(
            || format!("known here: {}", keys.iter().map(|key| key.name).collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = if self.path.is_empty() {
            format!("the document has no key `{name}`")
        } else {
            format!("{} has no key `{name}`", self.here())
        };
        self.findings
            .push(Diagnostic::error(topic::UNKNOWN_KEY.code, message).at(key.span, "unknown key").help(help));
    }

    fn twice(&mut self, name: &str, again: Span, first: Span) {
        let message = if self.path.is_empty() {
            format!("`{name}` stands twice")
        } else {
            format!("`{name}` stands twice in {}", self.here())
        };
        self.findings.push(
            Diagnostic::error(topic::DUPLICATE_KEY.code, message)
                .at(again, "here again")
                .at(first, "first here"),
        );
    }
}

/// The candidate that a misspelt word most likely meant.
pub(crate) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let scored = candidates.map(|name| (strsim::jaro_winkler(&word, &name.to_lowercase()), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score >= 0.84).map(|(_, name)| name)
}

impl<T: Read> Read for Located<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let span = reader.place(node);
        T::read(node, reader).map(|value| Self { value, span })
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::List(items) = &node.value else {
            reader.wrong(node, "a list");
            return None;
        };
        let read: Self = items.iter().filter_map(|item| T::read(item, reader)).collect();
        if read.len() < items.len() {
            reader.lost();
        }
        Some(read)
    }
}

impl<K: Read + Ord, V: Read> Read for BTreeMap<Located<K>, V> {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            reader.wrong(node, "a mapping");
            return None;
        };
        let mut map = Self::new();
        for (key, value) in entries {
            let Some(name) = K::read(key, reader) else {
                reader.lost();
                continue;
            };
            let name = Located { value: name, span: key.span };
            if let Some((first, _)) = map.get_key_value(&name) {
                let first = first.span;
                reader.twice(key.text().unwrap_or_default(), key.span, first);
            } else if let Some(value) = reader.within(key, value) {
                map.insert(name, value);
            }
        }
        Some(map)
    }
}

/// The JSON Schema of a section from its keys and the schemas of their values.
pub(crate) fn section_schema(doc: &[&str], keys: &[Key], values: Vec<Schema>) -> Schema {
    let mut properties = Map::new();
    for (key, value) in keys.iter().zip(values) {
        let mut value = value;
        value.insert("description".to_owned(), Json::String(described(key.doc)));
        properties.insert(key.name.to_owned(), value.into());
    }
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = schemars::json_schema!({
        "type": "object",
        "description": described(doc),
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// A key's name without the mark that Rust wants before its own words.
pub(crate) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// Lines of documentation as one paragraph.
fn described(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

/// Declares a section: its documentation, its keys with theirs, the type of each
/// value, and `= required` where the section means nothing without.
macro_rules! section {
    ($(#[doc = $doc:literal])+ $name:ident {
        $($(#[doc = $key_doc:literal])+ $key:ident : $value:ty $(= $required:ident)?),+ $(,)?
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default)]
        pub(crate) struct $name {
            $($(#[doc = $key_doc])+ pub(crate) $key: Option<$value>,)+
        }

        impl $name {
            /// The keys it knows.
            pub(crate) const KEYS: &'static [$crate::spec::shape::read::Key] = &[
                $($crate::spec::shape::read::Key {
                    name: $crate::spec::shape::read::plain(stringify!($key)),
                    required: !stringify!($($required)?).is_empty(),
                    doc: &[$($key_doc),+],
                }),+
            ];
        }

        impl $crate::spec::shape::read::Read for $name {
            fn read(
                node: &$crate::spec::node::Node,
                reader: &mut $crate::spec::shape::read::Reader,
            ) -> Option<Self> {
                let mut section = Self::default();
                for (name, key, value) in reader.section(node, Self::KEYS)? {
                    match name {
                        $(_ if name == $crate::spec::shape::read::plain(stringify!($key)) => {
                            section.$key = reader.within(key, value);
                        })+
                        _ => {}
                    }
                }
                Some(section)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let values = vec![$(generator.subschema_for::<$value>()),+];
                $crate::spec::shape::read::section_schema(&[$($doc),+], Self::KEYS, values)
            }
        }
    };
}
pub(crate) use section;

/// The JSON Schema of the whole document.
pub(crate) fn document_schema<T: schemars::JsonSchema>() -> Json {
    let generator: SchemaGenerator = schemars::generate::SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<T>().into()
}
