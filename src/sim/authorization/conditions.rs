//! Conditions of policy statements.
//!
//! In: a condition and the values its key has in the request. Out: whether it holds. Absent: which keys a request has
//! (`facts`).
//!
//! Operators: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>;
//! several values:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.

use std::collections::BTreeMap;
use std::net::IpAddr;

use jiff::Timestamp;

use super::pattern;
use crate::sim::services::iam::document::Condition;

/// Condition keys of a request, lower case, with their values. A key without an entry is not in the request.
pub(crate) type Facts = BTreeMap<String, Vec<String>>;

/// How several values of one key count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    /// No set operator: a key is meant to have one value.
    One,
    All,
    Any,
}

/// Whether a wanted value fits a given one.
type Test = fn(&str, &str, Option<&Facts>) -> bool;

/// Whether a condition holds for what the request gives; `variables` are the values that `${...}` may stand for, none
/// in documents older than version 2012-10-17. `None`: no such operator.
pub(crate) fn holds(
    condition: &Condition,
    given: Option<&[String]>,
    variables: Option<&Facts>,
) -> Option<bool> {
    let written = condition.operator.as_str();
    let (set, operator) = match written.split_once(':') {
        Some(("ForAllValues", operator)) => (Set::All, operator),
        Some(("ForAnyValue", operator)) => (Set::Any, operator),
        Some(_) => return None,
        None => (Set::One, written),
    };
    let given = given.filter(|values| !values.is_empty());
    if operator == "Null" {
        return Some(
            condition.values.iter().any(|wanted| wanted.eq_ignore_ascii_case("true") == given.is_none()),
        );
    }
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let (test, negated) = test(operator)?;
    let Some(given) = given else {
        return Some(if_exists || set == Set::All || (set == Set::One && negated));
    };
    let one =
        |value: &String| condition.values.iter().any(|wanted| test(wanted, value, variables)) != negated;
    Some(match set {
        Set::All => given.iter().all(one),
        Set::Any => given.iter().any(one),
        Set::One if negated => given.iter().all(one),
        Set::One => given.iter().any(one),
    })
}

/// The test of an operator, and whether its result is turned round.
fn test(operator: &str) -> Option<(Test, bool)> {
    Some(match operator {
        "StringEquals" => (string_equals, false),
        "StringNotEquals" => (string_equals, true),
        "StringEqualsIgnoreCase" => (string_equals_ignore_case, false),
        "StringNotEqualsIgnoreCase" => (string_equals_ignore_case, true),
        "StringLike" => (pattern::with_variables, false),
        "StringNotLike" => (pattern::with_variables, true),
        // ArnEquals and ArnLike behave alike, says the page on operators.
        "ArnEquals" | "ArnLike" => (arn_like, false),
        "ArnNotEquals" | "ArnNotLike" => (arn_like, true),
        "Bool" => (|wanted, given, _| wanted.eq_ignore_ascii_case(given), false),
        "BinaryEquals" => (|wanted, given, _| wanted == given, false),
        "NumericEquals" => (|wanted, given, _| number(wanted, given, |w, g| g == w), false),
        "NumericNotEquals" => (|wanted, given, _| number(wanted, given, |w, g| g == w), true),
        "NumericLessThan" => (|wanted, given, _| number(wanted, given, |w, g| g < w), false),
        "NumericLessThanEquals" => (|wanted, given, _| number(wanted, given, |w, g| g <= w), false),
        "NumericGreaterThan" => (|wanted, given, _| number(wanted, given, |w, g| g > w), false),
        "NumericGreaterThanEquals" => (|wanted, given, _| number(wanted, given, |w, g| g >= w), false),
        "DateEquals" => (|wanted, given, _| date(wanted, given, |w, g| g == w), false),
        "DateNotEquals" => (|wanted, given, _| date(wanted, given, |w, g| g == w), true),
        "DateLessThan" => (|wanted, given, _| date(wanted, given, |w, g| g < w), false),
        "DateLessThanEquals" => (|wanted, given, _| date(wanted, given, |w, g| g <= w), false),
        "DateGreaterThan" => (|wanted, given, _| date(wanted, given, |w, g| g > w), false),
        "DateGreaterThanEquals" => (|wanted, given, _| date(wanted, given, |w, g| g >= w), false),
        "IpAddress" => (|wanted, given, _| in_range(wanted, given).unwrap_or(false), false),
        "NotIpAddress" => (|wanted, given, _| in_range(wanted, given).unwrap_or(false), true),
        _ => return None,
    })
}

fn string_equals(wanted: &str, given: &str, variables: Option<&Facts>) -> bool {
    pattern::substitute(wanted, variables).is_some_and(|wanted| wanted == given)
}

fn string_equals_ignore_case(wanted: &str, given: &str, variables: Option<&Facts>) -> bool {
    pattern::substitute(wanted, variables).is_some_and(|wanted| wanted.to_lowercase() == given.to_lowercase())
}

/// Each of the six parts of an ARN is compared by itself, so that no `*` reaches over a colon. UNSOURCED: what is not
/// an ARN fits only the bare `*`.
fn arn_like(wanted: &str, given: &str, variables: Option<&Facts>) -> bool {
    if wanted == "*" {
        return true;
    }
    let (wanted, given): (Vec<&str>, Vec<&str>) = (arn_parts(wanted), given.splitn(6, ':').collect());
    wanted.len() == 6
        && given.len() == 6
        && wanted.iter().zip(given).all(|(wanted, given)| pattern::with_variables(wanted, given, variables))
}

/// The six parts of an ARN pattern; a colon inside `${...}` divides nothing.
fn arn_parts(arn: &str) -> Vec<&str> {
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

fn number(wanted: &str, given: &str, compare: fn(f64, f64) -> bool) -> bool {
    match (wanted.parse(), given.parse()) {
        (Ok(wanted), Ok(given)) => compare(wanted, given),
        _ => false,
    }
}

/// ISO 8601, with or without the time of day, or seconds since 1970.
fn instant(text: &str) -> Option<Timestamp> {
    let date =
        || jiff::tz::TimeZone::UTC.to_timestamp(text.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0)).ok();
    let seconds = || text.parse::<i64>().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    text.parse().ok().or_else(seconds).or_else(date)
}

fn date(wanted: &str, given: &str, compare: fn(Timestamp, Timestamp) -> bool) -> bool {
    match (instant(wanted), instant(given)) {
        (Some(wanted), Some(given)) => compare(wanted, given),
        _ => false,
    }
}

/// Whether an address is in a range in CIDR form, or is the one address.
fn in_range(range: &str, address: &str) -> Option<bool> {
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (network, Some(length.parse::<u32>().ok()?)),
        None => (range, None),
    };
    let bits = |address: IpAddr| match address {
        IpAddr::V4(four) => (u128::from(u32::from(four)) << 96, 32),
        IpAddr::V6(six) => (u128::from(six), 128),
    };
    let ((network, width), (address, other)) = (bits(network.parse().ok()?), bits(address.parse().ok()?));
    let length = length.unwrap_or(width);
    if width != other || length > width {
        return Some(false);
    }
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
    Some(network & mask == address & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(operator: &str, wanted: &[&str], given: Option<&[&str]>) -> Option<bool> {
        let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let condition = Condition { operator: operator.into(), key: "k".into(), values: own(wanted) };
        holds(&condition, given.map(own).as_deref(), Some(&Facts::new()))
    }

    #[test]
    fn every_operator_compares_as_documented() {
        for (operator, wanted, given, expected) in [
            ("StringEquals", "a*", "abc", false),
            ("StringEquals", "A", "a", false),
            ("StringNotEquals", "A", "a", true),
            ("StringEqualsIgnoreCase", "A", "a", true),
            ("StringNotEqualsIgnoreCase", "A", "a", false),
            ("StringLike", "a*?", "abc", true),
            ("StringNotLike", "a*", "abc", false),
            ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", true),
            ("ArnEquals", "arn:aws:*:role/a", "arn:aws:iam::1:role/a", false),
            ("ArnLike", "arn:aws:sns:*:*:a:b*", "arn:aws:sns:r:1:a:bc", true),
            ("ArnNotLike", "arn:aws:iam::1:role/*", "arn:aws:iam::2:role/a", true),
            ("ArnLike", "*", "anything", true),
            ("Bool", "true", "TRUE", true),
            ("Bool", "false", "true", false),
            ("NumericEquals", "10", "10.0", true),
            ("NumericNotEquals", "10", "11", true),
            ("NumericLessThan", "10", "9", true),
            ("NumericLessThanEquals", "10", "10", true),
            ("NumericGreaterThan", "10", "10", false),
            ("NumericGreaterThanEquals", "x", "10", false),
            ("DateLessThan", "2026-01-02T00:00:00Z", "2026-01-01T12:00:00Z", true),
            ("DateGreaterThan", "2026-01-01", "2026-01-01T12:00:00Z", true),
            ("DateEquals", "0", "1970-01-01T00:00:00Z", true),
            ("DateNotEquals", "0", "1970-01-01T00:00:01Z", true),
            ("IpAddress", "10.0.0.0/8", "10.1.2.3", true),
            ("IpAddress", "10.0.0.1", "10.0.0.2", false),
            ("IpAddress", "0.0.0.0/0", "10.0.0.2", true),
            ("IpAddress", "2001:db8::/32", "2001:db8::1", true),
            ("NotIpAddress", "10.0.0.0/8", "11.0.0.1", true),
            ("IpAddress", "::/0", "10.0.0.2", false),
        ] {
            assert_eq!(
                check(operator, &[wanted], Some(&[given])),
                Some(expected),
                "{operator} {wanted} {given}"
            );
        }
        assert_eq!(check("StringMatches", &["a"], Some(&["a"])), None);
        assert_eq!(check("ForSome:StringLike", &["a"], Some(&["a"])), None);
    }

    #[test]
    fn a_missing_key_fails_what_affirms_and_passes_what_denies() {
        for (operator, expected) in [
            ("StringEquals", false),
            ("StringNotEquals", true),
            ("StringEqualsIfExists", true),
            ("StringNotEqualsIfExists", true),
            ("ArnNotLike", true),
            ("NumericLessThan", false),
            ("Bool", false),
            ("BoolIfExists", true),
            ("IpAddress", false),
            ("NotIpAddress", true),
            ("ForAllValues:StringEquals", true),
            ("ForAllValues:StringNotEquals", true),
            ("ForAnyValue:StringEquals", false),
            ("ForAnyValue:StringNotEquals", false),
            ("ForAnyValue:StringEqualsIfExists", true),
        ] {
            assert_eq!(check(operator, &["a"], None), Some(expected), "{operator}");
            assert_eq!(check(operator, &["a"], Some(&[])), Some(expected), "{operator} without values");
        }
        assert_eq!(check("Null", &["true"], None), Some(true));
        assert_eq!(check("Null", &["false"], None), Some(false));
        assert_eq!(check("Null", &["false"], Some(&["a"])), Some(true));
    }

    #[test]
    fn set_operators_ask_every_value_or_any() {
        let given = Some(&["a", "b"][..]);
        assert_eq!(check("ForAllValues:StringEquals", &["a", "b", "c"], given), Some(true));
        assert_eq!(check("ForAllValues:StringEquals", &["a"], given), Some(false));
        assert_eq!(check("ForAnyValue:StringEquals", &["b"], given), Some(true));
        assert_eq!(check("ForAnyValue:StringNotEquals", &["a"], given), Some(true));
        assert_eq!(check("ForAllValues:StringNotEquals", &["a"], given), Some(false));
        assert_eq!(check("StringNotEquals", &["a"], given), Some(false));
    }
}
