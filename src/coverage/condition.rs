//! Whether what a row of evidence asks for holds of one thing.

use serde_json::Value;

use super::estate::Thing;
use crate::catalog::capabilities::Condition;

/// Whether a condition holds.
pub(super) fn holds(condition: &Condition, thing: &Thing) -> bool {
    let found = found(condition, thing);
    if found.is_empty() {
        allowed(condition, &Value::Null)
    } else {
        found.iter().any(|value| allowed(condition, value))
    }
}

/// Whether a value is one that a condition asks for.
pub(super) fn allowed(condition: &Condition, value: &Value) -> bool {
    let value = match value.pointer(&condition.pointer) {
        Some(value) if !value.is_null() => value,
        // Where something is only forbidden, nothing at all is as good.
        _ => return condition.is.is_empty() && !condition.not.is_empty(),
    };
    let mentioned = |word: &String| value.to_string().contains(word.as_str());
    let one_of = condition.is.is_empty() || condition.is.contains(value);
    one_of && !condition.not.contains(value) && condition.mentions.as_ref().is_none_or(mentioned)
}

/// The fields and keys that a condition is about; those that are null are not there.
fn found<'t>(condition: &Condition, thing: &'t Thing) -> Vec<&'t Value> {
    let fields = condition.field.iter().flat_map(|field| {
        let stem = field.strip_suffix('*');
        thing.fields.iter().filter(move |(name, _)| match stem {
            Some(stem) => name.starts_with(stem),
            None => *name == field,
        })
    });
    let keys = condition.key.iter().filter_map(|key| thing.keys.get(key));
    let values = fields.map(|(_, value)| value).chain(keys);
    values.filter(|value| !value.is_null()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn condition(row: &str) -> Condition {
        toml::from_str(row).unwrap()
    }

    fn thing() -> Thing {
        let fields = json!({ "status": "ENABLED", "several.x/audit": "1", "gone": null,
            "manifest": { "config": { "enabled": false } } });
        let keys = json!({ "type": "S3_POLICY" });
        let map = |value: serde_json::Value| value.as_object().unwrap().clone().into_iter().collect();
        Thing { fields: map(fields), keys: map(keys) }
    }

    #[test]
    fn a_value_is_asked_for_by_name_by_group_or_by_the_way_into_an_object() {
        for row in [
            "field = 'status'\nis = ['ENABLED']",
            "field = 'status'",
            "field = 'several.*'",
            "field = '*'",
            "field = 'manifest'\npointer = '/config/enabled'\nis = [false]",
            "key = 'type'\nis = ['OTHER', 'S3_POLICY']",
        ] {
            assert!(holds(&condition(row), &thing()), "{row}");
        }
        for row in
            ["field = 'status'\nis = ['DISABLED']", "field = 'gone'", "field = 'sole.*'", "key = 'none'"]
        {
            assert!(!holds(&condition(row), &thing()), "{row}");
        }
    }

    #[test]
    fn what_is_only_forbidden_may_be_absent() {
        assert!(!holds(
            &condition("field = 'manifest'\npointer = '/config/enabled'\nnot = [false]"),
            &thing()
        ));
        assert!(holds(
            &condition("field = 'manifest'\npointer = '/backup/enabled'\nnot = [false]"),
            &thing()
        ));
        assert!(holds(&condition("key = 'aws_managed'\nnot = [true]"), &thing()));
    }
}
