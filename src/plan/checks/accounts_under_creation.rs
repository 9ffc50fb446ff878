//! An account that AWS is creating already is not created again.
//!
//! A second request for the same address would end as failed, since an address is
//! taken once in all of AWS, but until then it holds one of the few places in the
//! quota and can keep another account out. AWS tells the name of a request and not
//! its address (Organizations API, `CreateAccountStatus`), so the name decides.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let under_way = &situation.snapshot.facts.accounts_under_creation;
    let creates = situation.steps.iter().filter(|step| step.operation == "organizations:CreateAccount");
    for step in creates {
        let Some(name) = step.inputs.get("name").and_then(Value::as_str) else { continue };
        if under_way.contains(name) {
            notes.push(note(
                Level::Blocker,
                "account-under-creation",
                Some(&step.address),
                format!("AWS is creating an account named {name} at the moment"),
                "plan again in a few minutes",
            ));
        }
    }
}
