//! The organization's resource policy must fit, statements of others included, and what is
//! taken out of it must not be what the document writes, nor all there is.
//!
//! Source: Organizations API Reference, PutResourcePolicy: at most 40,000 characters, and a
//! policy has statements.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::policy::{statement, without};
use crate::model::{Kind, Resource, canonical};

/// Characters that it may have.
const LIMIT: usize = 40_000;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let policies = situation.graph.resources.values().filter(|one| one.address.kind == Kind::ResourcePolicy);
    notes.extend(policies.flat_map(|policy| withdrawn(situation, policy)));
    let of_ours = situation.steps.iter().filter(|step| step.address.kind == Kind::ResourcePolicy);
    for step in of_ours {
        let Some(content) = step.inputs.get("content") else { continue };
        let length = canonical::text(content).chars().count();
        if length > LIMIT {
            notes.push(note(
                Level::Blocker,
                "resource-policy-size",
                Some(&step.address),
                format!(
                    "the organization's resource policy would have {length} characters; AWS takes {LIMIT}"
                ),
                "delegate to fewer accounts, or remove statements of others that are not needed any more",
            ));
        }
    }
}

/// Statements that the document takes out.
fn withdrawn(situation: &Situation<'_>, policy: &Resource) -> Vec<Note> {
    let asked: Vec<&str> = policy.fields.keys().filter_map(|name| name.strip_prefix("statements.")).collect();
    let written = policy.fields.get("content");
    let both = asked.iter().find(|sid| written.is_some_and(|content| statement(content, sid).is_some()));
    let blocker = |code: &str, message: String, hint: &str| {
        note(Level::Blocker, code, Some(&policy.address), message, hint)
    };
    if let Some(sid) = both {
        let message =
            format!("the statement {sid} of the organization's policy is both written and taken out");
        let hint = "take it out of `without`, or out of `document` and `policy_management`";
        return vec![blocker("statement-written-and-taken-out", message, hint)];
    }
    let live = situation.snapshot.live.get(&policy.address).and_then(|live| live.fields.get("content"));
    let has_none =
        |content: &Value| content.get("Statement").and_then(Value::as_array).is_some_and(Vec::is_empty);
    let emptied = live.filter(|_| written.is_none_or(has_none) && !asked.is_empty()).is_some_and(|content| {
        has_none(&asked.iter().fold(content.clone(), |rest, sid| without(&rest, sid)))
    });
    if !emptied {
        return Vec::new();
    }
    let message =
        "no statement of the organization's policy would be left, and AWS takes no empty one".to_owned();
    vec![blocker("no-statement-left", message, "to delete the policy write `remove: [resource_policy]`")]
}
