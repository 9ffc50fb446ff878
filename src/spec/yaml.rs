//! YAML to a tree in which every node knows its place.
//!
//! The only file that names `serde_saphyr`. The tree is read with nothing decided
//! about its meaning, so that the reader above can go on after a mistake and
//! report all of them. Limits against hostile input stay on: nesting [`DEPTH`]
//! deep, aliases replayed into at most [`REPLAYED`] events, and a cap on nodes that an
//! organization of ten thousand accounts does not reach. Numbers keep their
//! spelling, for `000123456789` without quotes is an account id gone wrong.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, NonFiniteFloatPolicy, Options, Spanned};

use super::diagnostic::Diagnostic;
use super::node::{Node, Value};
use super::source::{Sources, Span};
use super::topic::SYNTAX;

/// Nesting of lists and mappings. The document nests six deep; each level costs the
/// parser tens of kilobytes of stack in a debug build, and this much fits a worker thread.
const DEPTH: usize = 20;
/// Events that aliases may be expanded into, over one file: ten thousand accounts that
/// share an anchor for two contacts stay below it.
const REPLAYED: usize = 300_000;
/// Nodes of one file: ten thousand accounts with tags and contacts are about half of it.
const NODES: usize = 1_000_000;

/// Reads one source.
///
/// # Errors
/// What the YAML parser refuses, at its place.
pub(crate) fn read(sources: &Sources, source: usize) -> Result<Node, Box<Diagnostic>> {
    let text = sources.0.get(source).map_or("", |source| source.text.as_str());
    let parsed = serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options());
    match parsed {
        Ok(raw) => Ok(node(raw, sources, source)),
        Err(error) => Err(Box::new(refusal(&error, sources, source))),
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            flow_nesting_limit: DEPTH,
            max_nodes: NODES,
            max_events: 2 * NODES,
            // Many aliases of one anchor are the normal way to share contacts and tags.
            enforce_alias_anchor_ratio: false,
            max_aliases: NODES,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: REPLAYED },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
        emit_comments: false,
    }
}

fn refusal(error: &serde_saphyr::Error, sources: &Sources, source: usize) -> Diagnostic {
    let error = error.without_snippet();
    let told = error.to_string();
    // The parser appends the place, and for aliases a second one; the label says it better.
    let message = told.split(" at line ").next().unwrap_or_default();
    let several = message.contains("multiple");
    let message = if several {
        "several documents in one file".to_owned()
    } else if message.contains("recursion limit") || message.contains("Depth {") {
        format!("nested more than {DEPTH} deep")
    } else if let Some(limit) = message.strip_prefix("budget breached: ") {
        format!("beyond the limits against hostile input, {limit}")
    } else {
        message.to_owned()
    };
    let diagnostic = Diagnostic::error(SYNTAX.code, format!("this is not the YAML expected: {message}"))
        .maybe_help(several.then(|| {
            "write one document per file, without a `---` between; several files can be given and are \
             merged by key"
                .to_owned()
        }));
    match error.location() {
        Some(location) => diagnostic.at(start_of(location, sources, source), "here"),
        None => diagnostic,
    }
}

fn start_of(location: Location, sources: &Sources, source: usize) -> Span {
    let span = place(location, source);
    if location.span().byte_offset().is_some() {
        return span;
    }
    sources.at_line(source, span.line, span.column)
}

fn place(location: Location, source: usize) -> Span {
    let span = location.span();
    let size = |n: Option<u64>| usize::try_from(n.unwrap_or(0)).unwrap_or(0);
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        source,
        start: size(span.byte_offset()),
        len: size(span.byte_len()),
        line: count(location.line()).max(1),
        column: count(location.column()).max(1),
    }
}

fn node(raw: Spanned<Raw>, sources: &Sources, source: usize) -> Node {
    let span = place(raw.referenced, source);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number => Value::Number(sources.slice(place(raw.defined, source)).trim().to_owned()),
        Raw::Text(text) => Value::Text(text),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(item, sources, source)).collect()),
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (node(key, sources, source), node(value, sources, source)))
                .collect(),
        ),
    };
    Node { span, value }
}

/// A node as serde sees it.
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::source::Source;

    fn tree(text: &str) -> Result<Node, String> {
        let sources = Sources(vec![Source { name: "a.yaml".into(), text: text.into() }]);
        read(&sources, 0).map_err(|refusal| refusal.message)
    }

    #[test]
    fn a_number_keeps_its_spelling_even_through_an_alias() {
        let Ok(Node { value: Value::Map(entries), .. }) = tree("a: &id 000123456789\nb: *id\n") else {
            panic!("a mapping")
        };
        for (_, node) in &entries {
            assert_eq!(node.value, Value::Number("000123456789".into()));
        }
        assert_eq!((entries[1].1.span.line, entries[1].1.span.column), (2, 4));
    }

    #[test]
    fn hostile_input_ends_in_a_refusal() {
        let deep_flow = format!("a: {}", "[".repeat(100_000));
        let deep_block: String = (0..500).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
        }
        let cases =
            [&deep_flow, &deep_block, &bomb, "a: &a [*a]\n", "a: *missing\n", "a\0b: 1\n", "a: !secret x\n"];
        for text in cases {
            assert!(tree(text).is_err(), "{}", text.chars().take(40).collect::<String>());
        }
    }
}
