//! Values and their differences as lines for people.
//!
//! In: canonical JSON values as plans carry them. Out: one line for what is
//! scalar, a nested difference for policies and manifests in which equal parts
//! are only counted. References read as `<id of account.audit>`. Long texts and
//! long differences are folded unless everything is asked for.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::reference;

/// Longer texts are cut when not everything is asked for.
const LONG_TEXT: usize = 100;
/// More lines than this are folded when not everything is asked for.
const MANY_LINES: usize = 16;

/// The lines that tell how a field changes; none of them is indented further than
/// its nesting within the value. A field without a live value shows only what it
/// becomes.
#[must_use]
pub fn change(name: &str, from: Option<&Value>, to: &Value, verbose: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let (from, to) = (from.map(|value| with_keys(value, verbose)), with_keys(to, verbose));
    differ(name, from.as_ref(), &to, 0, verbose, &mut lines);
    fold(lines, verbose)
}

/// A value in which objects whose keys are not known yet have them in words.
fn with_keys(value: &Value, verbose: bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| with_keys(item, verbose)).collect(),
        Value::Object(map) => match map.get("$object").and_then(Value::as_array) {
            Some(members) => {
                let members = members.iter().filter_map(Value::as_array).filter_map(|pair| {
                    let key = inline(pair.first()?, verbose);
                    Some((key.trim_matches('"').to_owned(), with_keys(pair.get(1)?, verbose)))
                });
                Value::Object(members.collect())
            }
            None => map.iter().map(|(key, item)| (key.clone(), with_keys(item, verbose))).collect(),
        },
        plain => plain.clone(),
    }
}

/// A value on one line.
#[must_use]
pub fn inline(value: &Value, verbose: bool) -> String {
    if let Some(reference) = reference::as_reference(value) {
        return format!("<{} of {}>", reference.attribute, reference.address);
    }
    match value {
        Value::String(text) => quoted(text, verbose),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(item, verbose)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => match joined(map) {
            Some(text) => text,
            None => {
                let members: Vec<String> =
                    map.iter().map(|(key, item)| format!("{key}: {}", inline(item, verbose))).collect();
                format!("{{{}}}", members.join(", "))
            }
        },
        // A leaf that is taken away becomes nothing.
        Value::Null => "nothing".to_owned(),
        plain => plain.to_string(),
    }
}

fn quoted(text: &str, verbose: bool) -> String {
    let length = text.chars().count();
    if verbose || length <= LONG_TEXT {
        return format!("\"{text}\"");
    }
    let head: String = text.chars().take(LONG_TEXT).collect();
    format!("\"{head}...\" ({length} characters)")
}

/// A join of texts and references, with the references standing in it.
fn joined(map: &Map<String, Value>) -> Option<String> {
    let parts = map.get("$join").filter(|_| map.len() == 1)?.as_array()?;
    let part = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => inline(other, false),
    };
    Some(format!("\"{}\"", parts.iter().map(part).collect::<String>()))
}

fn differ(
    name: &str,
    from: Option<&Value>,
    to: &Value,
    depth: usize,
    verbose: bool,
    lines: &mut Vec<String>,
) {
    let indent = "  ".repeat(depth);
    match (from, to) {
        (Some(from), to) if from == to => {}
        (Some(Value::Object(old)), Value::Object(new)) if plain(old) && plain(new) => {
            lines.push(format!("{indent}{name}:"));
            members(old, new, depth + 1, verbose, lines);
        }
        (Some(Value::Array(old)), Value::Array(new)) => {
            lines.push(format!("{indent}{name}:"));
            items(old, new, depth + 1, verbose, lines);
        }
        (Some(from), to) => {
            lines.push(format!("{indent}{name}: {} -> {}", inline(from, verbose), inline(to, verbose)));
        }
        (None, to) => spread(&format!("{indent}{name}"), to, depth, verbose, lines),
    }
}

fn members(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    depth: usize,
    verbose: bool,
    lines: &mut Vec<String>,
) {
    let indent = "  ".repeat(depth);
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut equal = 0;
    for key in keys {
        match (old.get(key), new.get(key)) {
            (Some(from), Some(to)) if from == to => equal += 1,
            (Some(from), Some(to)) => differ(key, Some(from), to, depth, verbose, lines),
            (None, Some(to)) => spread(&format!("{indent}+ {key}"), to, depth + 1, verbose, lines),
            (Some(from), None) => lines.push(format!("{indent}- {key}: {}", inline(from, verbose))),
            (None, None) => {}
        }
    }
    unchanged(&indent, equal, lines);
}

/// A list's difference: entries with a `Sid` are matched by it, others by value; of those that
/// are left, objects are held against the one that they are most like.
fn items(old: &[Value], new: &[Value], depth: usize, verbose: bool, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    let named = |list: &'_ [Value], sid: &str| list.iter().position(|item| sid_of(item) == Some(sid));
    let mut left: Vec<&Value> = old.iter().filter(|item| !new.contains(item)).collect();
    let mut equal = 0;
    for (place, item) in new.iter().enumerate() {
        if old.contains(item) {
            equal += 1;
            continue;
        }
        let by_sid = sid_of(item).and_then(|sid| named(old, sid)).map(|at| &old[at]);
        let former = by_sid.or_else(|| most_like(item, &left));
        let Some(former) = former else {
            lines.push(format!("{indent}+ {}", inline(item, verbose)));
            continue;
        };
        left.retain(|other| *other != former);
        let name = sid_of(item).map_or_else(|| format!("[{}]", place + 1), str::to_owned);
        differ(&name, Some(former), item, depth, verbose, lines);
    }
    lines.extend(left.iter().map(|item| format!("{indent}- {}", inline(item, verbose))));
    unchanged(&indent, equal, lines);
}

/// The object without a `Sid` that shares most members with one without; none that shares less
/// than half.
fn most_like<'o>(item: &Value, among: &[&'o Value]) -> Option<&'o Value> {
    let members = item.as_object().filter(|_| sid_of(item).is_none())?;
    let shared = |other: &Value| {
        let other = other.as_object().filter(|map| !map.contains_key("Sid"))?;
        let same = members.iter().filter(|(key, value)| other.get(*key) == Some(value)).count();
        (same * 2 >= members.len()).then_some(same)
    };
    let alike = among.iter().filter_map(|other| Some((shared(other)?, *other)));
    // The first of equals, so that the order of the document decides.
    alike.rev().max_by_key(|(same, _)| *same).map(|(_, other)| other)
}

fn sid_of(item: &Value) -> Option<&str> {
    item.get("Sid").and_then(Value::as_str)
}

fn unchanged(indent: &str, equal: usize, lines: &mut Vec<String>) {
    if equal > 0 {
        lines.push(format!("{indent}({equal} unchanged)"));
    }
}

/// A value that was not there before, member by member when it is deep.
fn spread(head: &str, value: &Value, depth: usize, verbose: bool, lines: &mut Vec<String>) {
    let line = inline(value, verbose);
    match value {
        Value::Object(map) if plain(map) && line.len() > LONG_TEXT => {
            lines.push(format!("{head}:"));
            let indent = "  ".repeat(depth + 1);
            for (key, member) in map {
                spread(&format!("{indent}{key}"), member, depth + 1, verbose, lines);
            }
        }
        Value::Array(list) if line.len() > LONG_TEXT => {
            lines.push(format!("{head}:"));
            let indent = "  ".repeat(depth + 1);
            for (at, member) in list.iter().enumerate() {
                match (sid_of(member), member) {
                    (Some(sid), _) => spread(&format!("{indent}- {sid}"), member, depth + 1, verbose, lines),
                    (None, Value::Object(_) | Value::Array(_)) => {
                        spread(&format!("{indent}- [{at}]"), member, depth + 1, verbose, lines);
                    }
                    (None, scalar) => lines.push(format!("{indent}- {}", inline(scalar, verbose))),
                }
            }
        }
        _ => lines.push(format!("{head}: {line}")),
    }
}

/// Whether an object is data and not a reference.
fn plain(map: &Map<String, Value>) -> bool {
    !map.contains_key("$from") && !map.contains_key("$join")
}

fn fold(mut lines: Vec<String>, verbose: bool) -> Vec<String> {
    if !verbose && lines.len() > MANY_LINES {
        let more = lines.len() - (MANY_LINES - 1);
        lines.truncate(MANY_LINES - 1);
        lines.push(format!("  ... {more} more lines (-v shows them)"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(from: &Value, to: &Value) -> String {
        change("manifest", Some(from), to, false).join("\n")
    }

    #[test]
    fn a_nested_difference_shows_the_way_to_what_differs_and_counts_the_rest() {
        let from = json!({ "regions": ["a"], "logging": { "days": 365, "key": "k" }, "old": 1 });
        let to = json!({ "regions": ["a", "b"], "logging": { "days": 400, "key": "k" }, "new": true });
        let expected = "manifest:\n  logging:\n    days: 365 -> 400\n    (1 unchanged)\n  + new: true\n  - old: 1\n  regions:\n    + \"b\"\n    (1 unchanged)";
        assert_eq!(told(&from, &to), expected);
    }

    #[test]
    fn statements_are_matched_by_their_sid() {
        let from = json!([{ "Sid": "A", "Effect": "Allow" }, { "Sid": "B", "Effect": "Deny" }]);
        let to = json!([{ "Sid": "B", "Effect": "Deny" }, { "Sid": "A", "Effect": "Deny" }]);
        assert_eq!(
            told(&from, &to),
            "manifest:\n  A:\n    Effect: \"Allow\" -> \"Deny\"\n    (1 unchanged)\n  (1 unchanged)"
        );
    }

    #[test]
    fn statements_without_a_sid_are_held_against_the_one_that_they_are_most_like() {
        let deny = |action: Value| json!({ "Effect": "Deny", "Action": action, "Resource": "*" });
        let from = json!([deny(json!("s3:*")), deny(json!(["a:B", "a:C"]))]);
        let to = json!([deny(json!("s3:*")), deny(json!(["a:B", "a:D"]))]);
        let told = told(&from, &to);
        assert!(told.contains("  [2]:\n    Action:\n      + \"a:D\"\n      - \"a:C\"\n"), "{told}");
        assert!(told.contains("(1 unchanged)"), "{told}");
    }

    #[test]
    fn a_reference_reads_as_what_it_stands_for() {
        let id = reference::from(&"account.audit".parse().unwrap(), "id");
        assert_eq!(inline(&id, false), "<id of account.audit>");
        let arn = reference::join(vec![json!("arn:"), id, json!(":root")]);
        assert_eq!(inline(&arn, false), "\"arn:<id of account.audit>:root\"");
    }

    #[test]
    fn long_values_are_folded_unless_everything_is_asked_for() {
        let list: Vec<String> = (0..40).map(|n| format!("a-rather-long-action:{n}")).collect();
        let folded = change("actions", None, &json!(list), false);
        assert_eq!(folded.len(), MANY_LINES);
        assert!(folded.last().unwrap().contains("more lines"));
        assert_eq!(change("actions", None, &json!(list), true).len(), 41);
    }
}
