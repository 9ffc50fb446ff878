//! A tree of YAML to be read by people, and its text.
//!
//! In: maps in the order in which they were written, lists, scalars, remarks before lines.
//! Out: YAML 1.2 in block style, short lists of scalars on one line; whatever could be taken
//! for something else than a text stands in quotes. Beside the text: on which lines each entry
//! stands, so that what somebody says about a line can be carried back to the entry.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// Columns that a list of scalars may take on one line.
const WIDTH: usize = 100;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// A text, quoted where it needs to be.
    Text(String),
    /// A number or a truth value, written as it is.
    Plain(String),
    /// A list.
    List(Vec<Node>),
    /// A list of texts, one on each line, each with a remark before it.
    Lines(Vec<(String, String)>),
    /// A mapping.
    Map(Map),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: String,
    value: Node,
}

/// A mapping in the order of writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Map(Vec<Entry>);

impl Map {
    /// Whether nothing stands in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an entry.
    pub(super) fn put(&mut self, key: impl Into<String>, value: impl Into<Node>) {
        self.0.push(Entry { key: key.into(), value: value.into() });
    }

    /// Adds an entry, if there is a value.
    pub(super) fn put_some(&mut self, key: &str, value: Option<impl Into<Node>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Adds an entry, unless the value is an empty list or mapping.
    pub(super) fn put_filled(&mut self, key: &str, value: impl Into<Node>) {
        let value = value.into();
        if !value.is_empty() {
            self.put(key, value);
        }
    }

    /// Adds the entries of another mapping.
    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The text of an entry.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let entry = self.0.iter().find(|entry| entry.key == key)?;
        if let Node::Text(text) = &entry.value { Some(text) } else { None }
    }

    /// Takes the entry or item away that a path leads to.
    pub(super) fn remove(&mut self, path: &[Step]) -> bool {
        match path {
            [Step::Key(key)] => {
                let before = self.0.len();
                self.0.retain(|entry| entry.key != *key);
                self.0.len() < before
            }
            [Step::Key(key), rest @ ..] => {
                let entry = self.0.iter_mut().find(|entry| entry.key == *key);
                entry.is_some_and(|entry| entry.value.remove(rest))
            }
            _ => false,
        }
    }
}

/// One step on the way to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a mapping.
    Key(String),
    /// Into a list.
    Item(usize),
}

/// An entry or item, and the line on which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) path: Vec<Step>,
}

impl Node {
    fn is_empty(&self) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Lines(lines) => lines.is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Text(_) | Self::Plain(_) => false,
        }
    }

    fn remove(&mut self, path: &[Step]) -> bool {
        match (self, path) {
            (Self::Map(map), path) => map.remove(path),
            (Self::List(items), [Step::Item(at)]) if *at < items.len() => {
                items.remove(*at);
                true
            }
            (Self::List(items), [Step::Item(at), rest @ ..]) => {
                items.get_mut(*at).is_some_and(|item| item.remove(rest))
            }
            _ => false,
        }
    }

    /// The value on one line, when it is a scalar, empty, or a short list of scalars.
    fn inline(&self, room: usize) -> Option<String> {
        match self {
            Self::Text(text) => Some(scalar(text)),
            Self::Plain(text) => Some(text.clone()),
            Self::Map(map) => map.is_empty().then(|| "{}".to_owned()),
            Self::Lines(lines) => lines.is_empty().then(|| "[]".to_owned()),
            Self::List(items) => {
                let scalars: Option<Vec<String>> = items
                    .iter()
                    .map(|item| match item {
                        Self::Text(_) | Self::Plain(_) => item.inline(usize::MAX),
                        _ => None,
                    })
                    .collect();
                let line = format!("[{}]", scalars?.join(", "));
                (line.chars().count() <= room).then_some(line)
            }
        }
    }
}

impl From<Map> for Node {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Node {
    fn from(truth: bool) -> Self {
        Self::Plain(truth.to_string())
    }
}

impl From<u64> for Node {
    fn from(number: u64) -> Self {
        Self::Plain(number.to_string())
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl From<&Json> for Node {
    fn from(value: &Json) -> Self {
        match value {
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Json::Object(members) => {
                let mut map = Map::default();
                members.iter().for_each(|(key, value)| map.put(key, value));
                Self::Map(map)
            }
            plain => Self::Plain(plain.to_string()),
        }
    }
}

/// The text of a document that begins with a remark, and where its entries stand.
pub(super) fn render(head: &str, root: &Map) -> (String, Vec<Place>) {
    let mut writer = Writer { out: String::new(), line: 1, places: Vec::new(), path: Vec::new() };
    writer.remark(head, 0);
    for (index, entry) in root.0.iter().enumerate() {
        // A blank line before each section that is one.
        if index > 0 && entry.value.inline(WIDTH).is_none() {
            writer.end("");
        }
        writer.entry(entry, 0, false);
    }
    (writer.out, writer.places)
}

struct Writer {
    out: String,
    line: usize,
    places: Vec<Place>,
    path: Vec<Step>,
}

impl Writer {
    fn end(&mut self, rest: &str) {
        let _ = writeln!(self.out, "{rest}");
        self.line += 1;
    }

    fn remark(&mut self, text: &str, depth: usize) {
        for line in text.lines() {
            let indent = "  ".repeat(depth);
            self.end(format!("{indent}# {line}").trim_end());
        }
    }

    /// One entry; `begun` when its line has been begun by the dash of an item.
    fn entry(&mut self, entry: &Entry, depth: usize, begun: bool) {
        if !begun {
            self.out.push_str(&"  ".repeat(depth));
        }
        let key = scalar(&entry.key);
        let _ = write!(self.out, "{key}:");
        self.at(Step::Key(entry.key.clone()), |writer| {
            let room = WIDTH.saturating_sub(2 * depth + key.chars().count() + 2);
            writer.value(&entry.value, depth, room);
        });
    }

    /// What follows a key: on its line, or below it.
    fn value(&mut self, value: &Node, depth: usize, room: usize) {
        if let Some(line) = value.inline(room) {
            return self.end(&format!(" {line}"));
        }
        self.end("");
        match value {
            Node::Map(map) => map.0.iter().for_each(|entry| self.entry(entry, depth + 1, false)),
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.item(item, index, depth + 1);
                }
            }
            Node::Lines(lines) => {
                for (index, (text, remark)) in lines.iter().enumerate() {
                    self.remark(remark, depth + 1);
                    self.item(&Node::Text(text.clone()), index, depth + 1);
                }
            }
            Node::Text(_) | Node::Plain(_) => {}
        }
    }

    fn item(&mut self, item: &Node, index: usize, depth: usize) {
        let _ = write!(self.out, "{}-", "  ".repeat(depth));
        self.at(Step::Item(index), |writer| match item {
            Node::Map(map) if !map.is_empty() => {
                writer.out.push(' ');
                for (index, entry) in map.0.iter().enumerate() {
                    writer.entry(entry, depth + 1, index == 0);
                }
            }
            other => match other.inline(usize::MAX) {
                Some(line) => writer.end(&format!(" {line}")),
                // Lists in lists stand nowhere in the document.
                None => writer.end(" []"),
            },
        });
    }

    fn at(&mut self, step: Step, write: impl FnOnce(&mut Self)) {
        self.path.push(step);
        self.places.push(Place { line: self.line, path: self.path.clone() });
        write(self);
        self.path.pop();
    }
}

/// Words that some reader of YAML takes for something else than a text.
const WORDS: [&str; 12] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "none"];

/// A text as a scalar: plain where nobody can mistake it, else in double quotes.
fn scalar(text: &str) -> String {
    let first = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let inside = |c: char| c.is_ascii_alphanumeric() || "_./@+=-".contains(c);
    // Single spaces between words that could begin a scalar themselves.
    let spaced = text.split(' ').all(|word| word.chars().next().is_some_and(char::is_alphanumeric));
    let plain = first
        && text.chars().all(|c| inside(c) || c == ' ')
        && (spaced || !text.contains(' '))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // What YAML does not take as it is, and what an editor would not show.
            c if c.is_control() || ('\u{2028}'..='\u{2029}').contains(&c) || c == '\u{feff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::spec::{Input, parse};

    #[test]
    fn what_could_be_mistaken_stands_in_quotes() {
        let plain = ["Workloads", "Workloads/Prod", "aws+x@example.com", "log archive", "PT1H", "a=b"];
        for text in plain {
            assert_eq!(scalar(text), text);
        }
        let quoted = [
            "123456789012",
            "",
            " a",
            "a ",
            "a: b",
            "a #b",
            "true",
            "No",
            "1.5",
            "-",
            "a - b",
            "~",
            "a:b",
            "x\ny",
            "ü",
        ];
        for text in quoted {
            assert!(scalar(text).starts_with('"'), "{text:?}: {}", scalar(text));
        }
    }

    fn of(key: &str, value: impl Into<Node>) -> Map {
        let mut map = Map::default();
        map.put(key, value);
        map
    }

    #[test]
    fn entries_are_found_by_their_lines_and_can_be_taken_away() {
        let mut root = Map::default();
        root.put("version", 1_u64);
        root.put("units", of("A", of("baselines", vec!["x", "z"])));
        root.put("list", vec![Node::from("one"), Node::Map(of("k", "v"))]);
        root.put("lines", Node::Lines(vec![("a: b".into(), "why".into())]));
        let (text, places) = render("head\nmore", &root);
        let expected = "# head\n# more\nversion: 1\n\nunits:\n  A:\n    baselines: [x, z]\n\nlist:\n  - one\n  - k: v\n\n\
                        lines:\n  # why\n  - \"a: b\"\n";
        assert_eq!(text, expected);
        for place in &places {
            let line = text.lines().nth(place.line - 1).unwrap();
            match place.path.last().unwrap() {
                Step::Key(key) => assert!(line.contains(&format!("{key}:")), "{line}: {key}"),
                Step::Item(_) => assert!(line.trim_start().starts_with('-'), "{line}"),
            }
        }
        assert!(root.remove(&[Step::Key("list".into()), Step::Item(1)]));
        assert!(root.remove(&["units", "A", "baselines"].map(|key| Step::Key(key.into()))));
        assert!(root.remove(&[Step::Key("lines".into())]));
        assert_eq!(render("", &root).0, "version: 1\n\nunits:\n  A: {}\nlist: [one]\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn every_text_is_read_back_as_it_was_written(texts in prop::collection::btree_map("\\PC{1,20}|[ -~]{1,20}|[\u{0}-\u{a0}]{1,8}", "\\PC{0,20}|[ -~]{0,20}|[\u{0}-\u{a0}\u{2028}\u{feff}]{0,8}", 1..4)) {
            let mut root = Map::default();
            root.put("version", 1_u64);
            let content = json!({ "tags": texts });
            let mut policy = of("type", "tag");
            policy.put("document", &content);
            root.put("policies", of("one", policy));
            let (text, _) = render("", &root);
            let loaded = parse(vec![Input::new("a.yaml", text.clone())]);
            let spec = loaded.unwrap_or_else(|wrong| panic!("{wrong}\n{text}")).spec;
            prop_assert_eq!(spec.policies["one"].content.as_ref(), Some(&content), "{}", text);
        }
    }
}
