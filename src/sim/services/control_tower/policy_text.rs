//! What an inline policy of a role allows, as far as Control Tower's prerequisites ask.
//!
//! In: the document as text and an action. Out: yes or no. Absent: resources, conditions, denies and NotAction: a
//! prerequisite looks for a statement that allows, it does not evaluate.

use serde_json::Value;

/// Does some statement allow `action`.
pub(super) fn allows(document: &str, action: &str) -> bool {
    let statements = match serde_json::from_str::<Value>(document)
        .ok()
        .and_then(|mut policy| policy.get_mut("Statement").map(Value::take))
    {
        Some(Value::Array(all)) => all,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    statements.iter().any(|statement| {
        statement.get("Effect").and_then(Value::as_str) == Some("Allow")
            && texts(statement.get("Action")).into_iter().any(|pattern| covers(pattern, action))
    })
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Does an action pattern, as `ec2:Describe*`, cover an action, whatever the case. Only a trailing `*` is understood,
/// which is how these policies are written.
fn covers(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    match pattern.strip_suffix('*') {
        Some(prefix) => action.starts_with(prefix),
        None => pattern == action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_star_covers_and_a_deny_allows_nothing() {
        let allow = r#"{"Statement":{"Effect":"Allow","Action":["ec2:Describe*"],"Resource":"*"}}"#;
        assert!(allows(allow, "ec2:DescribeAvailabilityZones"));
        assert!(!allows(allow, "ec2:RunInstances"));
        assert!(!allows(&allow.replace("Allow", "Deny"), "ec2:DescribeAvailabilityZones"));
        assert!(!allows("not json", "ec2:DescribeAvailabilityZones"));
    }
}
