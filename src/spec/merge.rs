//! Several files become one tree.
//!
//! Sections are joined by key and lists are appended, so each file can hold its
//! part of `accounts` or `organizational_units`. An entry is said in one file
//! only: entries are set side by side here, and the reader reports what stands
//! twice with both places. `version` may stand in every file but must agree.

use super::diagnostic::{Diagnostic, Findings};
use super::node::{Node, Value};
use super::source::Span;
use super::topic;

/// The root of the merged document.
pub(crate) fn merge(files: Vec<Node>, findings: &mut Findings) -> Node {
    let mut root: Vec<(Node, Node)> = Vec::new();
    for file in files {
        match file.value {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, value) in entries {
                    add(&mut root, key, value, findings);
                }
            }
            other => findings.push(
                Diagnostic::error(
                    topic::WRONG_TYPE.code,
                    format!("a landing-zone document is a mapping, this is {}", other.kind()),
                )
                .at(file.span, "the document starts here")
                .help("start with `version: 1`"),
            ),
        }
    }
    let span = root.first().map_or(Span { source: 0, start: 0, len: 0, line: 1, column: 1 }, |(k, _)| k.span);
    Node { span, value: Value::Map(root) }
}

fn add(root: &mut Vec<(Node, Node)>, key: Node, value: Node, findings: &mut Findings) {
    let known = root.iter().position(|(known, _)| known.text().is_some() && known.text() == key.text());
    let Some((earlier_key, earlier)) = known.and_then(|index| root.get_mut(index)) else {
        root.push((key, value));
        return;
    };
    if earlier_key.span.source == key.span.source {
        root.push((key, value));
        return;
    }
    match (&mut earlier.value, value.value) {
        (Value::Map(entries), Value::Map(more)) => entries.extend(more),
        (Value::List(items), Value::List(more)) => items.extend(more),
        (one, other) if key.text() == Some("version") => {
            if *one != other {
                findings.push(
                    Diagnostic::error(topic::DUPLICATE_KEY.code, "the files do not agree on `version`")
                        .at(value.span, "one version here")
                        .at(earlier.span, "another version here"),
                );
            }
        }
        (_, other) => root.push((key, Node { span: value.span, value: other })),
    }
}
