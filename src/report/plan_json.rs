//! A plan for machines: the plan file itself, with what it took to make it.
//!
//! What `plan --json` prints can be applied like a plan that was written with
//! `-o`: a reader of plans passes over the members added here. `format` changes
//! whenever a member changes its meaning.

use serde_json::{Value, json};

use crate::plan::Plan;
use crate::plan::control_type::{self, ControlType};

/// Calls sent to AWS, every sending counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    /// Calls that only read.
    pub read: u64,
    /// Calls that change something; planning makes none (invariant I8).
    pub write: u64,
}

impl Calls {
    /// As JSON.
    #[must_use]
    pub fn json(self) -> Value {
        json!({ "read": self.read, "write": self.write })
    }
}

/// The plan as a JSON value. `calls` were made to make it.
///
/// # Errors
/// When the plan cannot be expressed as JSON.
pub fn value(plan: &Plan, calls: Calls) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(plan)?;
    if let Some(members) = value.as_object_mut() {
        members.insert("calls".to_owned(), calls.json());
        if let Some(steps) = members.get_mut("steps").and_then(Value::as_array_mut) {
            steps.iter_mut().for_each(complete);
            for (told, step) in steps.iter_mut().zip(&plan.steps) {
                let kind = control_type::of(step).map(ControlType::word);
                told["control_type"] = json!(kind);
            }
        }
    }
    Ok(value)
}

/// Members that a plan file leaves out when they are empty are said here, so that
/// every step has the same shape.
fn complete(step: &mut Value) {
    if let Some(members) = step.as_object_mut() {
        members.entry("origin").or_insert(Value::Null);
        members.entry("consent").or_insert(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan_text::tests::{plan, step};
    use super::*;
    use crate::model::kinds::Action;

    #[test]
    fn it_can_be_read_back_as_the_same_plan() {
        let plan = plan(vec![step("account.a", "create", Action::Create, "organizations:CreateAccount")]);
        let value = value(&plan, Calls { read: 7, write: 0 }).unwrap();
        assert_eq!(value["calls"], json!({ "read": 7, "write": 0 }));
        assert_eq!(value["format"], 1);
        let step = &value["steps"][0];
        for member in ["id", "address", "action", "verb", "operation", "reasons", "needs", "lane"] {
            assert!(!step[member].is_null(), "{member}");
        }
        assert!(step["origin"].is_null() && step.get("consent").is_some());
        assert_eq!(serde_json::from_value::<Plan>(value).unwrap(), plan);
    }
}
