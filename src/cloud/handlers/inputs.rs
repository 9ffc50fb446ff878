//! Taking a task's inputs by name and type.
//!
//! A missing input is a mistake in the plan: nothing is sent, and the error says
//! which one.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalog::operations::Verdict;
use crate::cloud::failure::{CallError, code};
use crate::cloud::task::Task;
use crate::model::canonical;

impl Task {
    /// An input, whatever its type.
    pub(super) fn value(&self, name: &str) -> Result<&Value, CallError> {
        self.inputs.get(name).ok_or_else(|| self.lacks(name))
    }

    /// An input that is a text.
    pub(super) fn text(&self, name: &str) -> Result<&str, CallError> {
        self.value(name)?.as_str().ok_or_else(|| self.lacks(name))
    }

    /// An input that is a text, if there is one.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        self.inputs.get(name)?.as_str().map(str::to_owned)
    }

    /// An input that is a list of texts, if there is one.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let items = self.inputs.get(name)?.as_array()?;
        Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
    }

    /// An attribute that AWS has assigned to the resource.
    pub(super) fn own(&self, name: &str) -> Result<&str, CallError> {
        self.own.get(name).map(String::as_str).ok_or_else(|| self.lacks(name))
    }

    /// A natural key that is a text.
    pub(super) fn key(&self, name: &str) -> Option<&str> {
        self.keys.get(name).and_then(Value::as_str)
    }

    /// An input that is a JSON document, as compact text with its members in order.
    pub(super) fn document(&self, name: &str) -> Result<String, CallError> {
        Ok(match self.value(name)? {
            Value::String(text) => text.clone(),
            document => canonical::text(document),
        })
    }

    /// The leaves of a group of inputs, by leaf name.
    pub(super) fn leaves(&self, group: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.inputs
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(group)?.strip_prefix('.')?, value)))
    }

    /// The tags among the inputs.
    pub(super) fn tags(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.leaves("tags").map(|(key, value)| (key.to_owned(), text(value))).collect()
    }

    fn lacks(&self, name: &str) -> CallError {
        let message = format!("the step {}:{} has no usable `{name}`", self.address, self.verb);
        CallError::ours(self.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
    }
}
