//! From a step to a call: references become values (invariant I3).
//!
//! In: the plan's known attributes and what done steps have put out. Out: tasks
//! without open references, or which reference nobody answered.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use crate::catalog::operations::Verdict;
use crate::cloud::failure::CallError;
use crate::cloud::task::Task;
use crate::model::reference::{self, Reference};
use crate::model::{Address, Attributes, Fields};
use crate::plan::{Plan, Step};

/// The code of the failure of a step whose plan does not say all it needs.
pub const UNRESOLVED: &str = "UnresolvedReference";

/// What is known so far, by address.
#[derive(Debug)]
pub(super) struct Values {
    known: BTreeMap<Address, Attributes>,
    namespace: Uuid,
}

impl Values {
    pub(super) fn new(plan: &Plan) -> Self {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, plan.id.as_bytes());
        Self { known: plan.known.clone(), namespace }
    }

    /// Takes over what a call has put out.
    pub(super) fn merge(&mut self, address: &Address, attributes: &Attributes) {
        let own = self.known.entry(address.clone()).or_default();
        own.extend(attributes.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// What is known of an address.
    pub(super) fn of(&self, address: &Address) -> Option<&Attributes> {
        self.known.get(address)
    }

    /// The call of a step. The token is drawn from plan and step, so it is the
    /// same at each sending, in this run and in one that resumes it.
    pub(super) fn task(&self, step: &Step) -> Result<Task, CallError> {
        Ok(Task {
            address: step.address.clone(),
            verb: step.verb.clone(),
            item: step.item.clone(),
            inputs: self.resolved(step, &step.inputs)?,
            keys: self.resolved(step, &step.keys)?,
            own: self.of(&step.address).cloned().unwrap_or_default(),
            token: Uuid::new_v5(&self.namespace, step.id.0.as_bytes()).to_string(),
        })
    }

    fn resolved(&self, step: &Step, fields: &Fields) -> Result<Fields, CallError> {
        let known = |wanted: &Reference| self.of(&wanted.address)?.get(&wanted.attribute).cloned();
        let mut done = Fields::new();
        for (name, value) in fields {
            let value = reference::resolve(value, &known);
            if let Some(open) = reference::references(&value).first() {
                return Err(unresolved(step, name, &format!("{} of {}", open.attribute, open.address)));
            }
            if malformed(&value) {
                return Err(unresolved(step, name, "a reference that cannot be read"));
            }
            done.insert(name.clone(), value);
        }
        Ok(done)
    }
}

/// Whether a reference or a join is left that is not one by our grammar.
fn malformed(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(malformed),
        Value::Object(map) => {
            map.contains_key("$from") || map.contains_key("$join") || map.values().any(malformed)
        }
        _ => false,
    }
}

fn unresolved(step: &Step, field: &str, what: &str) -> CallError {
    CallError {
        operation: step.operation.clone(),
        code: UNRESOLVED.to_owned(),
        message: format!(
            "internal error: field {field} of step {} needs {what}, which no step before it has put out; nothing was sent",
            step.id
        ),
        request_id: None,
        verdict: Verdict::Rejected,
        retry_after: None,
    }
}
