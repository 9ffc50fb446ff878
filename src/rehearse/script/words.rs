//! A line as words, and named values as what the simulated AWS understands.
//!
//! In: text such as `fault organizations:CreateAccount throttle times=3`. Out: words, and a fault or an act by
//! its name and its `KEY=VALUE` pairs. A value is JSON where it reads as such, else a text; double quotes keep
//! words together, and what begins with a brace or a bracket is taken whole up to its last. The names and keys are those of the simulator's own types, so a new fault needs no word here.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The words of a line. A `#` outside quotes begins a comment.
///
/// # Errors
/// When a quote is not closed.
pub(super) fn of(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    // What is still open of a JSON value: the last first.
    let mut open: Vec<char> = Vec::new();
    for c in line.chars() {
        if let Some(last) = open.last().copied() {
            match c {
                _ if c == last => drop(open.pop()),
                '"' if last != '"' => open.push('"'),
                '{' if last != '"' => open.push('}'),
                '[' if last != '"' => open.push(']'),
                _ => {}
            }
            word.get_or_insert_default().push(c);
            continue;
        }
        match c {
            '{' | '[' if !quoted && word.as_ref().is_some_and(|word| word.ends_with('=')) => {
                open.push(if c == '{' { '}' } else { ']' });
                word.get_or_insert_default().push(c);
            }
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '#' if !quoted && word.is_none() => break,
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    if let Some(last) = open.first() {
        return Err(format!("a value lacks its `{last}`"));
    }
    words.extend(word);
    Ok(words)
}

/// A value of the simulator by its name and its named members.
///
/// # Errors
/// What is not known of it, in words.
pub(super) fn named<T: DeserializeOwned>(name: &str, pairs: &[String]) -> Result<T, String> {
    let members = members(pairs)?;
    let plain = Value::String(name.to_owned());
    if members.is_empty()
        && let Ok(unit) = serde_json::from_value(plain)
    {
        return Ok(unit);
    }
    let whole = Value::Object(Map::from_iter([(name.to_owned(), Value::Object(members))]));
    serde_json::from_value(whole).map_err(|error| error.to_string())
}

/// `KEY=VALUE` pairs as members of an object.
///
/// # Errors
/// When one is none.
pub(super) fn members(pairs: &[String]) -> Result<Map<String, Value>, String> {
    let member = |pair: &String| {
        let (key, text) = pair.split_once('=').ok_or_else(|| format!("`{pair}` is not KEY=VALUE"))?;
        let value = serde_json::from_str(text).ok().filter(|value| !is_id(value));
        Ok((key.to_owned(), value.unwrap_or_else(|| Value::String(text.to_owned()))))
    };
    pairs.iter().map(member).collect()
}

/// Account ids are digits and are texts all the same.
fn is_id(value: &Value) -> bool {
    value.as_u64().is_some_and(|number| number >= 100_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Act, Fault};

    #[test]
    fn quotes_keep_words_together_and_a_comment_ends_the_line() {
        assert_eq!(of("drift tag key=\"a b\" # why").unwrap(), ["drift", "tag", "key=a b"]);
        assert_eq!(of("  # nothing").unwrap(), Vec::<String>::new());
        assert!(of("plan \"").is_err());
    }

    #[test]
    fn a_value_in_braces_is_one_word_with_its_quotes() {
        let words = of(r#"seed tags={"a b": "}"} list=["x", 1] text="{" # why"#).unwrap();
        assert_eq!(words, ["seed", r#"tags={"a b": "}"}"#, r#"list=["x", 1]"#, "text={"]);
        let members = members(&words[1..3]).unwrap();
        assert_eq!(members["tags"], serde_json::json!({ "a b": "}" }));
        assert_eq!(members["list"], serde_json::json!(["x", 1]));
        assert_eq!(of(r#"seed tags={"a": 1"#).unwrap_err(), "a value lacks its `}`");
    }

    #[test]
    fn faults_and_acts_are_called_by_the_simulators_own_names() {
        let pairs = |text: &str| of(text).unwrap();
        assert_eq!(named("throttle", &pairs("times=3")), Ok(Fault::Throttle { times: 3, retry_after: None }));
        assert_eq!(named("lost-answer", &[]), Ok(Fault::LostAnswer));
        assert_eq!(named("conflict", &[]), Ok(Fault::Conflict { times: 1 }));
        let act = Act::MoveAccount { account: "111122223333".to_owned(), to: "Old".to_owned() };
        assert_eq!(named("move-account", &pairs("account=111122223333 to=Old")), Ok(act));
        assert!(named::<Fault>("throtle", &[]).unwrap_err().contains("unknown variant"));
    }
}
