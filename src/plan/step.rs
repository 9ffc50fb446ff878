//! One step of a plan: exactly one mutating AWS operation.
//!
//! Every input is known or names an attribute that an earlier step puts out
//! (invariant I3); `needs` lists the steps that must be done before, each with
//! its reason.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::kinds::Action;
use crate::model::{Address, Fields, Origin};

/// A step's name within its plan: `address:verb` or `address:verb[item]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl StepId {
    /// The id of a verb on a resource.
    #[must_use]
    pub fn of(address: &Address, verb: &str, item: &str) -> Self {
        if item.is_empty() {
            Self(format!("{address}:{verb}"))
        } else {
            Self(format!("{address}:{verb}[{item}]"))
        }
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One mutating call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its name.
    pub id: StepId,
    /// What it changes.
    pub address: Address,
    /// How the reader sees it.
    pub action: Action,
    /// The verb of the resource's kind.
    pub verb: String,
    /// The leaf of a field group, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item: String,
    /// The operation's row in the operation table.
    pub operation: String,
    /// Field values for the call; may hold references to attributes of resources
    /// whose steps come before.
    pub inputs: Fields,
    /// Natural keys, as in the resource.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub keys: Fields,
    /// What differs, field by field; empty for a resource that is simply missing.
    pub changes: Vec<FieldChange>,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The place in the documents that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What must be done before.
    pub needs: Vec<Need>,
    /// The lane whose width it occupies, or its operation's own rate lane.
    pub lane: String,
    /// Further lanes of width that it occupies, e.g. one move per unit at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Seconds the whole step usually takes.
    pub usual_seconds: u64,
    /// The consent it needs, `class.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
}

/// One field's difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's name.
    pub field: String,
    /// What is live; none when it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// What it shall be.
    pub to: Value,
}

/// A step that must be done before, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    /// The earlier step.
    pub step: StepId,
    /// The id of the rule in the catalogue's ordering table.
    pub rule: String,
}
