//! Input against its shapes: required members, lengths, values, patterns, enums.
//!
//! In: input by member names. Out: the refusal AWS gives, in the code and words of the service.
//! Absent: rules beyond the shape table (each service has its own).

use serde_json::Value;

use super::Call;
use crate::sim::error::AwsError;
use crate::sim::shapes::{Kind, Protocol, Shape, Table};

/// One broken constraint.
#[derive(Debug, Clone, PartialEq)]
struct Violation {
    /// Where, as AWS writes it: `tags.1.member.key`.
    path: String,
    /// The value as AWS writes it: `null` or `'text'`.
    value: String,
    /// What was asked, as AWS writes it.
    constraint: String,
    /// The `Reason` that Organizations gives.
    reason: &'static str,
}

/// Refuses an input that breaks its shapes.
pub(super) fn check(call: &Call, shape: &Shape, input: &Value) -> Result<(), AwsError> {
    let mut found = Vec::new();
    walk(call.table, shape, input, "", &mut found);
    let Some(first) = found.first() else {
        return Ok(());
    };
    let declares = |code: &str| call.operation.errors.iter().any(|error| error == code);
    if declares("InvalidInputException")
        && call
            .table
            .errors
            .get("InvalidInputException")
            .and_then(|error| call.table.shape(&error.shape))
            .is_some_and(|shape| shape.members.contains_key("Reason"))
    {
        return Err(
            AwsError::new("InvalidInputException", sentence(first.reason)).field("Reason", first.reason)
        );
    }
    let code = match call.table.protocol {
        Protocol::Query => "ValidationError",
        Protocol::Json | Protocol::RestJson => "ValidationException",
    };
    Err(AwsError::new(code, message(&found)).status(400))
}

/// The words of the validation that AWS's services share, one clause per violation, as quoted in
/// <https://github.com/awslabs/aws-transit-vpc/issues/32> and <https://github.com/humanmade/cf-to-tf/issues/5>.
fn message(found: &[Violation]) -> String {
    let count = found.len();
    let plural = if count == 1 { "error" } else { "errors" };
    let clause = |violation: &Violation| {
        let Violation { path, value, constraint, .. } = violation;
        format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}")
    };
    let clauses: Vec<String> = found.iter().map(clause).collect();
    format!("{count} validation {plural} detected: {}", clauses.join("; "))
}

/// The words Organizations gives for a reason.
fn sentence(reason: &str) -> &'static str {
    match reason {
        "INPUT_REQUIRED" => "You must provide a value for the required parameter.",
        "INVALID_PATTERN" => "You provided a value that does not match the required pattern.",
        "INVALID_ENUM" => "You specified a value that is not in the list of valid values.",
        "MAX_LENGTH_EXCEEDED" => "You specified a value that is longer than the maximum length.",
        "MIN_LENGTH_EXCEEDED" => "You specified a value that is shorter than the minimum length.",
        "MAX_VALUE_EXCEEDED" => "You specified a value that is larger than the maximum value.",
        "MIN_VALUE_EXCEEDED" => "You specified a value that is smaller than the minimum value.",
        _ => "You specified an invalid value.",
    }
}

fn walk(table: &Table, shape: &Shape, value: &Value, path: &str, found: &mut Vec<Violation>) {
    match shape.kind {
        Kind::Structure => structure(table, shape, value, path, found),
        Kind::List => {
            let items = value.as_array().map_or(&[][..], Vec::as_slice);
            length(shape, items.len(), &shown(shape, value), path, found);
            if let Some(inner) = shape.item.as_ref().and_then(|place| table.shape(&place.shape)) {
                for (index, item) in items.iter().enumerate() {
                    walk(table, inner, item, &format!("{path}.{}.member", index + 1), found);
                }
            }
        }
        Kind::Map => {
            let Some(entries) = value.as_object() else {
                return;
            };
            length(shape, entries.len(), &shown(shape, value), path, found);
            let inner = |place: &Option<crate::sim::shapes::Reference>| {
                place.as_ref().and_then(|place| table.shape(&place.shape))
            };
            for (key, value) in entries {
                if let Some(shape) = inner(&shape.key) {
                    walk(table, shape, &Value::from(key.as_str()), path, found);
                }
                if let Some(shape) = inner(&shape.value) {
                    walk(table, shape, value, &format!("{path}.{key}.member"), found);
                }
            }
        }
        Kind::String => text(shape, value, path, found),
        Kind::Blob => {
            let bytes = value
                .as_str()
                .and_then(|text| aws_smithy_types::base64::decode(text).ok())
                .unwrap_or_default();
            length(shape, bytes.len(), "java.nio.HeapByteBuffer", path, found);
        }
        Kind::Integer | Kind::Long | Kind::Float | Kind::Double => {
            number(shape, value, path, found);
        }
        Kind::Boolean | Kind::Timestamp | Kind::Document => {}
    }
}

fn structure(table: &Table, shape: &Shape, value: &Value, path: &str, found: &mut Vec<Violation>) {
    let join = |member: &str| {
        let mut letters = member.chars();
        let lower: String =
            letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
        if path.is_empty() { lower } else { format!("{path}.{lower}") }
    };
    for member in shape.required.iter().filter(|member| value.get(member.as_str()).is_none()) {
        found.push(Violation {
            path: join(member),
            value: "null".to_owned(),
            constraint: "Member must not be null".to_owned(),
            reason: "INPUT_REQUIRED",
        });
    }
    for (member, place) in &shape.members {
        if let (Some(inner), Some(value)) = (table.shape(&place.shape), value.get(member)) {
            walk(table, inner, value, &join(member), found);
        }
    }
}

fn text(shape: &Shape, value: &Value, path: &str, found: &mut Vec<Violation>) {
    let text = value.as_str().unwrap_or_default();
    if let Some(values) = &shape.values
        && !values.iter().any(|allowed| allowed == text)
    {
        let constraint = format!("Member must satisfy enum value set: [{}]", values.join(", "));
        found.push(Violation {
            path: path.to_owned(),
            value: shown(shape, value),
            constraint,
            reason: "INVALID_ENUM",
        });
    }
    length(shape, text.chars().count(), &shown(shape, value), path, found);
    if let (Some(regex), Some(pattern)) = (shape.regex(), &shape.pattern)
        && !regex.is_match(text)
    {
        let constraint = format!("Member must satisfy regular expression pattern: {pattern}");
        found.push(Violation {
            path: path.to_owned(),
            value: shown(shape, value),
            constraint,
            reason: "INVALID_PATTERN",
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "lengths of requests are far below 2^53")]
fn length(shape: &Shape, length: usize, shown: &str, path: &str, found: &mut Vec<Violation>) {
    let mut broken = |words: &str, bound: f64, reason| {
        let constraint = format!("Member must have length {words} than or equal to {bound}");
        found.push(Violation { path: path.to_owned(), value: shown.to_owned(), constraint, reason });
    };
    if let Some(min) = shape.min.filter(|min| (length as f64) < *min) {
        broken("greater", min, "MIN_LENGTH_EXCEEDED");
    }
    if let Some(max) = shape.max.filter(|max| (length as f64) > *max) {
        broken("less", max, "MAX_LENGTH_EXCEEDED");
    }
}

fn number(shape: &Shape, value: &Value, path: &str, found: &mut Vec<Violation>) {
    let given = value.as_f64().unwrap_or_default();
    let mut broken = |words: &str, bound: f64, reason| {
        let constraint = format!("Member must have value {words} than or equal to {bound}");
        found.push(Violation { path: path.to_owned(), value: shown(shape, value), constraint, reason });
    };
    if let Some(min) = shape.min.filter(|min| given < *min) {
        broken("greater", min, "MIN_VALUE_EXCEEDED");
    }
    if let Some(max) = shape.max.filter(|max| given > *max) {
        broken("less", max, "MAX_VALUE_EXCEEDED");
    }
}

/// A value as AWS prints it; a sensitive one is hidden.
fn shown(shape: &Shape, value: &Value) -> String {
    if shape.sensitive {
        return "'***'".to_owned();
    }
    match value {
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            format!("'[{}]'", items.join(", "))
        }
        other => format!("'{other}'"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::shapes::table;

    fn refuse(service: &str, operation: &str, input: &Value) -> AwsError {
        let table = table(service).expect("a table");
        let op = &table.operations[operation];
        let call = Call { table, name: operation.to_owned(), operation: op, labels: Vec::new(), cbor: false };
        check(&call, table.input(op).expect("an input"), input).expect_err("a refusal")
    }

    #[test]
    fn organizations_names_the_reason() {
        let error = refuse("organizations", "DescribeAccount", &json!({"AccountId": "12"}));
        assert_eq!(error.code, "InvalidInputException");
        assert_eq!(error.fields["Reason"], "INVALID_PATTERN");
        assert_eq!(refuse("organizations", "DescribeAccount", &json!({})).fields["Reason"], "INPUT_REQUIRED");
        assert_eq!(
            refuse("organizations", "ListAccounts", &json!({"MaxResults": 21})).fields["Reason"],
            "MAX_VALUE_EXCEEDED"
        );
    }

    #[test]
    fn other_services_say_it_in_the_common_words() {
        let error = refuse("controltower", "GetLandingZone", &json!({}));
        assert_eq!(error.code, "ValidationException");
        assert_eq!(
            error.message,
            "1 validation error detected: Value null at 'landingZoneIdentifier' failed to satisfy constraint: Member must not be null"
        );
        let error = refuse("iam", "GetRole", &json!({"RoleName": ""}));
        assert_eq!(error.code, "ValidationError");
        assert!(
            error.message.contains("Member must have length greater than or equal to 1"),
            "{}",
            error.message
        );
    }
}
