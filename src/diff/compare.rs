//! How two values of a field are held against each other, and laid over each other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::manifest;
use crate::model::canonical::text;
use crate::model::kinds::Compare;
use crate::model::policy;

/// Whether the live value already says what is wanted.
pub(super) fn agree(how: Compare, live: &Value, wanted: &Value) -> bool {
    match how {
        Compare::CreateOnly => true,
        Compare::Exact | Compare::Fixed => text(live) == text(wanted),
        Compare::Set => as_set(live) == as_set(wanted),
        Compare::Condition => in_passing(live) || as_set(live) == as_set(wanted),
        Compare::PolicySame => policy::same(live, wanted),
        Compare::PolicyCovers => policy::covers(live, wanted),
        Compare::Manifest => manifest::covers(live, wanted),
    }
}

/// The wanted value laid over a base, where the comparison leaves other parts alone.
pub(super) fn overlay(how: Compare, base: Option<&Value>, wanted: &Value) -> Value {
    match (how, base) {
        (Compare::PolicyCovers, Some(base)) => policy::merged(base, wanted),
        (Compare::Manifest, Some(base)) => manifest::laid_over(base, wanted),
        _ => wanted.clone(),
    }
}

/// Whether AWS is still at work on it: what it will be is not known yet, and a
/// repair started now would be refused or would start the work again.
fn in_passing(live: &Value) -> bool {
    const WORDS: [&str; 3] = ["PROCESSING", "UNDER_CHANGE", "IN_PROGRESS"];
    live.as_str().is_some_and(|word| WORDS.contains(&word))
}

fn as_set(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Null => BTreeSet::new(),
        single => BTreeSet::from([text(single)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_set_has_no_order_and_no_repeats() {
        assert!(agree(Compare::Set, &json!(["a", "b", "a"]), &json!(["b", "a"])));
        assert!(!agree(Compare::Set, &json!(["a"]), &json!(["a", "b"])));
        assert!(agree(Compare::Set, &Value::Null, &json!([])));
    }

    #[test]
    fn what_aws_is_still_at_work_on_is_no_difference_and_what_failed_is() {
        let healthy = json!("ACTIVE");
        assert!(agree(Compare::Condition, &json!("PROCESSING"), &healthy));
        assert!(!agree(Compare::Condition, &json!("FAILED"), &healthy));
        assert!(!agree(Compare::Condition, &json!(["111122223333"]), &json!([])));
    }

    #[test]
    fn what_is_set_only_at_creation_never_differs() {
        assert!(agree(Compare::CreateOnly, &json!("x"), &json!("y")));
    }
}
