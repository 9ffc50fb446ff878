//! Patterns held against texts of which parts are not known.
//!
//! In a pattern `*` stands for any run of characters and `?` for one; in a text `*`
//! stands for a run that nobody knows yet, an id mostly, in which no colon stands. A
//! pattern fits for certain when it fits
//! whatever the unknown runs turn out to be, and perhaps when it fits for some.

use super::truth::Truth;
use super::{Fact, Facts};

/// One place of a pattern or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Any,
    One,
    Exactly(char),
}

/// Whether a pattern fits a text.
pub(super) fn fits(pattern: &str, text: &str) -> Truth {
    if pattern == "*" {
        return Truth::Yes;
    }
    held(&glob(pattern), text)
}

/// Whether a text is this one, in which no character is special.
pub(super) fn is(wanted: &str, text: &str) -> Truth {
    let letters: Vec<Letter> = wanted.chars().map(Letter::Exactly).collect();
    held(&letters, text)
}

/// Whether a pattern with variables such as `${aws:PrincipalAccount}` fits a text. A
/// variable whose value is not known leaves the answer open unless nothing could fit.
pub(super) fn fits_with(pattern: &str, text: &str, facts: &Facts) -> Truth {
    let Some(filled) = filled(pattern, facts) else {
        return fits(pattern, text);
    };
    match filled {
        Filled::Nothing => Truth::No,
        Filled::Letters(letters, true) => held(&letters, text),
        Filled::Letters(letters, false) => held(&letters, text).min(Truth::Perhaps),
    }
}

enum Filled {
    /// A variable of it has no value, so that it fits nothing.
    Nothing,
    /// The pattern, and whether every value in it is known.
    Letters(Vec<Letter>, bool),
}

/// The pattern with its variables replaced; none when it has none. What a variable
/// stands for is taken literally.
fn filled(pattern: &str, facts: &Facts) -> Option<Filled> {
    let (mut letters, mut certain, mut rest, mut found) = (Vec::new(), true, pattern, false);
    while let Some((plain, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        found = true;
        letters.extend(glob(plain));
        if matches!(name, "*" | "?" | "$") {
            letters.extend(name.chars().map(Letter::Exactly));
        } else {
            let (key, default) = match name.split_once(',') {
                Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
                None => (name.trim(), None),
            };
            match (facts.get(&key.to_ascii_lowercase()), default) {
                (Some(Fact::Known(values)), _) if values.len() == 1 => {
                    certain &= !values[0].contains('*');
                    letters.extend(unknown(&values[0]));
                }
                (Some(Fact::Absent), Some(default)) => letters.extend(default.chars().map(Letter::Exactly)),
                // A key with several values cannot stand for one.
                (Some(_), _) => return Some(Filled::Nothing),
                (None, _) => {
                    certain = false;
                    letters.push(Letter::Any);
                }
            }
        }
        rest = after;
    }
    letters.extend(glob(rest));
    found.then_some(Filled::Letters(letters, certain))
}

fn glob(pattern: &str) -> Vec<Letter> {
    let letter = |c| match c {
        '*' => Letter::Any,
        '?' => Letter::One,
        other => Letter::Exactly(other),
    };
    pattern.chars().map(letter).collect()
}

/// A text: only `*` is special in it.
fn unknown(text: &str) -> Vec<Letter> {
    text.chars().map(|c| if c == '*' { Letter::Any } else { Letter::Exactly(c) }).collect()
}

fn held(pattern: &[Letter], text: &str) -> Truth {
    let text = unknown(text);
    if meet(pattern, &text, false) {
        Truth::Yes
    } else if text.contains(&Letter::Any) && meet(pattern, &text, true) {
        Truth::Perhaps
    } else {
        Truth::No
    }
}

/// Whether pattern and text meet: for some value of the text's unknown runs when they
/// are `free`, else only where a `*` of the pattern takes in the whole run.
fn meet(pattern: &[Letter], text: &[Letter], free: bool) -> bool {
    // `row[j]`: the pattern so far meets the first `j` places of the text.
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for (j, letter) in text.iter().enumerate() {
        row[j + 1] = row[j] && free && *letter == Letter::Any;
    }
    for wanted in pattern {
        let mut next = vec![false; text.len() + 1];
        next[0] = row[0] && *wanted == Letter::Any;
        for (j, letter) in text.iter().enumerate() {
            let run = *letter == Letter::Any;
            next[j + 1] = if *wanted == Letter::Any {
                // It takes in nothing, or this place too.
                row[j + 1] || next[j]
            } else {
                let one = !run && (*wanted == Letter::One || wanted == letter);
                // A free run is empty, or one character of it is the wanted one.
                let within = *wanted != Letter::Exactly(':') && row[j + 1];
                (one && row[j]) || (run && free && (next[j] || within))
            };
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wholly_known_fits_or_does_not() {
        for (pattern, text, expected) in [
            ("sts:*", "sts:assumerole", true),
            ("a*b?d", "axxbcd", true),
            ("a*b?d", "axxbd", false),
            ("*a*a*", "banana", true),
            ("?", "", false),
            ("", "", true),
            ("abc", "abcd", false),
            ("arn:aws:iam::*:role/AWSControlTower*", "arn:aws:iam::1:role/AWSControlTowerExecution", true),
        ] {
            assert_eq!(fits(pattern, text), Truth::from(expected), "{pattern} {text}");
        }
    }

    #[test]
    fn an_unknown_run_fits_for_certain_only_where_a_star_takes_it_in() {
        for (pattern, text, expected) in [
            ("arn:aws:kms:*:*:key/*", "arn:aws:kms:us-east-1:1:key/*", Truth::Yes),
            ("arn:aws:kms:*:*:key/mrk-*", "arn:aws:kms:us-east-1:1:key/*", Truth::Perhaps),
            ("arn:aws:s3:::*", "arn:aws:kms:us-east-1:1:key/*", Truth::No),
            ("arn:aws:iam::*:role/x", "arn:aws:iam::*:role/x", Truth::Yes),
            ("arn:aws:iam::111122223333:role/x", "arn:aws:iam::*:role/x", Truth::Perhaps),
            ("arn:aws:iam::*:role/y", "arn:aws:iam::*:role/x", Truth::No),
            ("a?c", "a*", Truth::Perhaps),
            ("?", "*", Truth::Perhaps),
            ("*", "*", Truth::Yes),
            ("", "*", Truth::Perhaps),
            ("b*", "*a", Truth::Perhaps),
            ("*b", "*a", Truth::No),
            ("arn:aws:iam::*:role/Admin*", "arn:aws:iam::1:role/aws-controltower-*", Truth::No),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_variable_stands_for_what_is_known_and_leaves_open_what_is_not() {
        let facts = Facts::from([
            ("aws:principalaccount".to_owned(), Fact::Known(vec!["111122223333".to_owned()])),
            ("aws:username".to_owned(), Fact::Absent),
        ]);
        for (pattern, text, expected) in [
            ("arn:aws:iam::${aws:PrincipalAccount}:role/x", "arn:aws:iam::111122223333:role/x", Truth::Yes),
            ("arn:aws:iam::${aws:PrincipalAccount}:role/x", "arn:aws:iam::9:role/x", Truth::No),
            ("home/${aws:username}", "home/a", Truth::No),
            ("home/${aws:username, 'guest'}", "home/guest", Truth::Yes),
            ("home/${aws:userid}", "home/a", Truth::Perhaps),
            ("home/${aws:userid}", "work/a", Truth::No),
            ("a${*}b", "a-b", Truth::No),
        ] {
            assert_eq!(fits_with(pattern, text, &facts), expected, "{pattern} {text}");
        }
    }
}
