//! What the member sessions of a run are held to.
//!
//! In: a plan. Out: a session policy for each member account that its steps and its
//! planning enter, and one for accounts whose ids the plan does not know yet. A
//! session can do what its role allows and its session policy allows, so even an
//! administrator's role is no more than the steps at hand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::needs::Needed;
use super::{Request, plan_needs, statements};
use crate::cloud::session::{LIMIT, Narrowing, everywhere};
use crate::plan::Plan;

/// The session policies for carrying out a plan.
#[must_use]
pub fn narrowing(plan: &Plan) -> Narrowing {
    let needs = plan_needs(plan, Request { read_only: false, access_role: None });
    // One account may go by several names: that of the document, and its id.
    let mut by_account: BTreeMap<&str, Vec<Needed>> = BTreeMap::new();
    let mut unborn = Vec::new();
    for place in needs.members() {
        let of_it = match &place.1 {
            Some(id) => by_account.entry(id).or_default(),
            None => &mut unborn,
        };
        of_it.extend(needs.of(Some(place)).iter().cloned());
    }
    let policy = |needed: &[Needed]| text(&statements::document(&statements::merged(needed)));
    Narrowing {
        by_account: by_account.iter().map(|(id, needed)| ((*id).to_owned(), policy(needed))).collect(),
        otherwise: (!unborn.is_empty()).then(|| policy(&unborn)),
    }
}

/// A document as STS takes it. One that is too long keeps its actions and gives up
/// its ARNs, which all lie in the session's own account anyway.
fn text(document: &Value) -> String {
    let exact = document.to_string();
    if exact.len() <= LIMIT {
        return exact;
    }
    let statements = document["Statement"].as_array().map(Vec::as_slice).unwrap_or_default();
    let actions = statements.iter().filter_map(|s| s["Action"].as_array()).flatten();
    everywhere(actions.filter_map(Value::as_str).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_session_policy_that_would_be_too_long_keeps_its_actions() {
        let arns: Vec<String> = (0..100).map(|n| format!("arn:aws:kms:us-east-1:1:key/{n:036}")).collect();
        let statement = json!({ "Effect": "Allow", "Action": ["kms:DescribeKey"], "Resource": arns });
        let short = text(&json!({ "Version": "2012-10-17", "Statement": [statement] }));
        assert!(short.len() < LIMIT && short.contains("kms:DescribeKey"), "{short}");
    }
}
