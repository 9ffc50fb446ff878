//! Patterns of policies: `*` for any run of characters, `?` for one, `${...}` for a value of the request.
//!
//! In: a pattern and a text. Out: whether they fit. Absent: what the text is.
//! Variables: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::conditions::Facts;

/// One place of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Letter {
    Any,
    One,
    Exactly(char),
}

/// Whether a text fits a pattern without variables.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    fits(&letters(pattern).collect::<Vec<_>>(), text)
}

/// Whether an action fits a pattern; AWS compares actions without regard to case
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).
pub(crate) fn action(pattern: &str, action: &str) -> bool {
    glob(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// Whether a text fits a pattern whose variables stand for values of the request. A pattern with a variable that the
/// request has no value for fits nothing. What a variable stands for is taken literally.
pub(crate) fn with_variables(pattern: &str, text: &str, facts: Option<&Facts>) -> bool {
    let Some(facts) = facts.filter(|_| pattern.contains("${")) else {
        return glob(pattern, text);
    };
    compile(pattern, facts).is_some_and(|letters| fits(&letters, text))
}

/// A text with its variables replaced; `None` if the request has no value for one of them.
pub(crate) fn substitute(text: &str, facts: Option<&Facts>) -> Option<String> {
    let Some(facts) = facts.filter(|_| text.contains("${")) else {
        return Some(text.to_owned());
    };
    let mut out = String::new();
    pieces(text, |piece| match piece {
        Piece::Plain(plain) => {
            out.push_str(plain);
            Some(())
        }
        Piece::Variable(name) => value(name, facts).map(|value| out.push_str(&value)),
    })?;
    Some(out)
}

fn compile(pattern: &str, facts: &Facts) -> Option<Vec<Letter>> {
    let mut out = Vec::new();
    pieces(pattern, |piece| match piece {
        Piece::Plain(plain) => {
            out.extend(letters(plain));
            Some(())
        }
        Piece::Variable(name) => {
            value(name, facts).map(|value| out.extend(value.chars().map(Letter::Exactly)))
        }
    })?;
    Some(out)
}

enum Piece<'a> {
    Plain(&'a str),
    Variable(&'a str),
}

fn pieces<'a>(text: &'a str, mut each: impl FnMut(Piece<'a>) -> Option<()>) -> Option<()> {
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        each(Piece::Plain(plain))?;
        each(Piece::Variable(name))?;
        rest = after;
    }
    each(Piece::Plain(rest))
}

/// `${*}`, `${?}` and `${$}` stand for the characters themselves; `${key, 'default'}` has a default.
fn value(name: &str, facts: &Facts) -> Option<String> {
    if ["*", "?", "$"].contains(&name) {
        return Some(name.to_owned());
    }
    let (key, default) = match name.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().trim_matches('\'').to_owned())),
        None => (name, None),
    };
    match facts.get(&key.trim().to_ascii_lowercase()).map(Vec::as_slice) {
        Some([one]) => Some(one.clone()),
        // A key with several values cannot stand for one.
        Some([_, _, ..]) => None,
        Some([]) | None => default,
    }
}

fn letters(pattern: &str) -> impl Iterator<Item = Letter> {
    pattern.chars().map(|letter| match letter {
        '*' => Letter::Any,
        '?' => Letter::One,
        other => Letter::Exactly(other),
    })
}

fn fits(pattern: &[Letter], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(Letter::Any) => {
                star = Some((p, t));
                p += 1;
            }
            Some(Letter::One) => {
                p += 1;
                t += 1;
            }
            Some(Letter::Exactly(wanted)) if Some(wanted) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|rest| *rest == Letter::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_fit_any_run_of_characters() {
        for (pattern, text, expected) in [
            ("sts:*", "sts:assumerole", true),
            ("a*b?d", "axxbcd", true),
            ("a*b?d", "axxbd", false),
            ("*", "", true),
            ("?", "", false),
            ("", "", true),
            ("", "a", false),
            ("a**b", "ab", true),
            ("*a*a*", "banana", true),
            ("abc", "abcd", false),
            ("*d", "abcd", true),
            ("arn:aws:iam::*:role/x?", "arn:aws:iam::111122223333:role/x", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
        assert!(action("ORGANIZATIONS:describe*", "organizations:DescribeAccount"));
    }

    #[test]
    fn a_variable_is_literal_and_a_missing_one_fits_nothing() {
        let facts = Facts::from([
            ("aws:username".to_owned(), vec!["a*".to_owned()]),
            ("aws:tagkeys".to_owned(), vec!["x".to_owned(), "y".to_owned()]),
        ]);
        for (pattern, text, expected) in [
            ("home/${aws:UserName}/*", "home/a*/x", true),
            ("home/${aws:username}", "home/abc", false),
            ("home/${aws:userid}", "home/", false),
            ("home/${aws:userid, 'guest'}", "home/guest", true),
            ("${aws:TagKeys}", "x", false),
            ("a${*}b", "a*b", true),
            ("a${*}b", "axb", false),
            ("open${", "open${", true),
        ] {
            assert_eq!(with_variables(pattern, text, Some(&facts)), expected, "{pattern} {text}");
        }
        assert!(with_variables("${aws:username}", "${aws:username}", None), "no variables before 2012-10-17");
        assert_eq!(substitute("${aws:username}!", Some(&facts)).as_deref(), Some("a*!"));
    }
}
