//! Conditions of statements, as far as the request is known.
//!
//! Operators: IAM User Guide, reference_policies_elements_condition_operators; several
//! values: reference_policies_condition-single-vs-multi-valued-context-keys. Dates and
//! addresses are answered with "perhaps": when and from where a request will come, a
//! plan cannot know.

use super::pattern;
use super::truth::Truth;
use super::{Fact, Facts};

/// One operator on one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    /// As written, e.g. `ForAnyValue:StringLikeIfExists`.
    pub(super) operator: String,
    /// In lower case.
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

/// How several values of one key count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    One,
    All,
    Any,
}

/// Whether a wanted value fits a given one.
type Test = fn(&str, &str, &Facts) -> Truth;

impl Condition {
    /// Whether it holds.
    pub(super) fn holds(&self, facts: &Facts) -> Truth {
        let (set, operator) = match self.operator.split_once(':') {
            Some(("ForAllValues", operator)) => (Set::All, operator),
            Some(("ForAnyValue", operator)) => (Set::Any, operator),
            Some(_) => return Truth::Perhaps,
            None => (Set::One, self.operator.as_str()),
        };
        let Some(fact) = facts.get(&self.key) else {
            return Truth::Perhaps;
        };
        let given: &[String] = match fact {
            Fact::Absent => &[],
            Fact::Known(values) => values,
        };
        if operator == "Null" {
            let wants = |value: &String| value.eq_ignore_ascii_case("true") == given.is_empty();
            return Truth::from(self.values.iter().any(wants));
        }
        let (operator, if_exists) = match operator.strip_suffix("IfExists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let Some((test, negated)) = test(operator) else {
            return Truth::Perhaps;
        };
        if given.is_empty() {
            return Truth::from(if_exists || set == Set::All || (set == Set::One && negated));
        }
        let one = |value: &String| {
            let fits = Truth::any(self.values.iter().map(|wanted| test(wanted, value, facts)));
            if negated { fits.not() } else { fits }
        };
        match set {
            Set::All => Truth::all(given.iter().map(one)),
            Set::One if negated => Truth::all(given.iter().map(one)),
            Set::Any | Set::One => Truth::any(given.iter().map(one)),
        }
    }
}

/// The test of an operator, and whether its result is turned round; none for what is
/// not judged here.
fn test(operator: &str) -> Option<(Test, bool)> {
    Some(match operator {
        "StringEquals" => (equals, false),
        "StringNotEquals" => (equals, true),
        "StringEqualsIgnoreCase" => (equals_ignoring_case, false),
        "StringNotEqualsIgnoreCase" => (equals_ignoring_case, true),
        "StringLike" => (pattern::fits_with, false),
        "StringNotLike" => (pattern::fits_with, true),
        // Both behave alike, says the page on operators.
        "ArnEquals" | "ArnLike" => (arn, false),
        "ArnNotEquals" | "ArnNotLike" => (arn, true),
        "Bool" => (equals_ignoring_case, false),
        "NumericEquals" => (|w, g, _| number(w, g, |w, g| g == w), false),
        "NumericNotEquals" => (|w, g, _| number(w, g, |w, g| g == w), true),
        "NumericLessThan" => (|w, g, _| number(w, g, |w, g| g < w), false),
        "NumericLessThanEquals" => (|w, g, _| number(w, g, |w, g| g <= w), false),
        "NumericGreaterThan" => (|w, g, _| number(w, g, |w, g| g > w), false),
        "NumericGreaterThanEquals" => (|w, g, _| number(w, g, |w, g| g >= w), false),
        _ => return None,
    })
}

fn equals(wanted: &str, given: &str, facts: &Facts) -> Truth {
    if wanted.contains("${") {
        // What else is in the text is literal; a star in it would be taken for a run.
        let fits = pattern::fits_with(wanted, given, facts);
        return if wanted.contains('*') { fits.min(Truth::Perhaps) } else { fits };
    }
    pattern::is(wanted, given)
}

fn equals_ignoring_case(wanted: &str, given: &str, facts: &Facts) -> Truth {
    equals(&wanted.to_lowercase(), &given.to_lowercase(), facts)
}

/// Part by part: a star does not reach over a colon before the sixth part. A given ARN
/// whose parts are not even known leaves the answer open.
fn arn(wanted: &str, given: &str, facts: &Facts) -> Truth {
    if wanted == "*" {
        return Truth::Yes;
    }
    if given == "*" {
        return Truth::Perhaps;
    }
    let (wanted, given) = (parts(wanted), parts(given));
    if wanted.len() != 6 || given.len() != 6 {
        return Truth::No;
    }
    Truth::all(wanted.iter().zip(&given).map(|(wanted, given)| pattern::fits_with(wanted, given, facts)))
}

/// The six parts of an ARN; a colon inside `${...}` divides nothing.
fn parts(arn: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, letter) in arn.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && parts.len() < 5 => {
                parts.push(arn.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(arn.get(start..).unwrap_or_default());
    parts
}

fn number(wanted: &str, given: &str, compare: fn(f64, f64) -> bool) -> Truth {
    if given.contains('*') {
        return Truth::Perhaps;
    }
    match (wanted.parse(), given.parse()) {
        (Ok(wanted), Ok(given)) => Truth::from(compare(wanted, given)),
        _ => Truth::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operator: &str, wanted: &[&str], fact: Option<Fact>) -> Truth {
        let values = wanted.iter().map(|value| (*value).to_owned()).collect();
        let condition = Condition { operator: operator.into(), key: "k".into(), values };
        condition.holds(&fact.into_iter().map(|fact| ("k".to_owned(), fact)).collect())
    }

    fn known(values: &[&str]) -> Option<Fact> {
        Some(Fact::Known(values.iter().map(|value| (*value).to_owned()).collect()))
    }

    #[test]
    fn every_operator_compares_as_documented() {
        for (operator, wanted, given, expected) in [
            ("StringEquals", "a*", "abc", false),
            ("StringNotEquals", "A", "a", true),
            ("StringEqualsIgnoreCase", "A", "a", true),
            ("StringLike", "a*?", "abc", true),
            ("StringNotLike", "a*", "abc", false),
            ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", true),
            ("ArnLike", "arn:aws:*:role/a", "arn:aws:iam::1:role/a", false),
            ("ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/a", true),
            ("Bool", "true", "TRUE", true),
            ("NumericLessThan", "10", "9", true),
            ("NumericGreaterThanEquals", "x", "10", false),
        ] {
            assert_eq!(check(operator, &[wanted], known(&[given])), expected.into(), "{operator} {wanted}");
        }
    }

    #[test]
    fn a_missing_key_fails_what_affirms_and_passes_what_denies() {
        for (operator, expected) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("StringEqualsIfExists", true),
            ("BoolIfExists", true),
            ("ForAllValues:StringEquals", true),
            ("ForAnyValue:StringNotEquals", false),
        ] {
            assert_eq!(check(operator, &["a"], Some(Fact::Absent)), expected.into(), "{operator}");
        }
        assert_eq!(check("Null", &["true"], Some(Fact::Absent)), Truth::Yes);
        assert_eq!(check("Null", &["true"], known(&["a"])), Truth::No);
    }

    #[test]
    fn what_nobody_knows_is_left_open() {
        assert_eq!(check("StringEquals", &["a"], None), Truth::Perhaps);
        assert_eq!(check("Null", &["true"], None), Truth::Perhaps);
        assert_eq!(check("IpAddress", &["10.0.0.0/8"], known(&["10.0.0.1"])), Truth::Perhaps);
        assert_eq!(check("StringMatches", &["a"], known(&["a"])), Truth::Perhaps);
        assert_eq!(check("StringEquals", &["111"], known(&["1*"])), Truth::Perhaps);
        assert_eq!(check("StringNotEquals", &["211"], known(&["1*"])), Truth::Yes);
    }
}
