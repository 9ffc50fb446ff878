//! Needed actions as the statements and documents of IAM policies.
//!
//! Same resources and conditions make one statement, so a document is as short as
//! it can be without allowing more. Statements are divided over documents by the
//! size that a managed policy may have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::needs::{Conditions, Needed, Purpose};
use crate::catalog::permissions::Forwarded;

/// Characters that a managed policy may have, white space not counted (IAM User
/// Guide, "IAM and AWS STS quotas").
pub(super) const LIMIT: usize = 6144;
/// More ARNs that differ only in their last part are put as one pattern, so that a
/// large organization still fits in the policies that an identity can have.
const MANY: usize = 20;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) purpose: Purpose,
    pub(super) actions: BTreeSet<String>,
    pub(super) resources: BTreeSet<String>,
    pub(super) conditions: Conditions,
}

/// Everything needed in one account as statements, in the order of purposes.
pub(super) fn merged(needed: &[Needed]) -> Vec<Statement> {
    // Values of a single condition key may stand in one list; several keys would
    // allow combinations that nobody needs.
    type Shape = (Purpose, String, BTreeSet<String>, Vec<(String, String)>, Conditions);
    let mut by_shape: BTreeMap<Shape, Conditions> = BTreeMap::new();
    for one in needed {
        let keys: Vec<(String, String)> = keys(&one.conditions);
        let apart = if keys.len() > 1 { one.conditions.clone() } else { Conditions::new() };
        let shape = (one.purpose, one.action.clone(), one.resources.clone(), keys, apart);
        unite(by_shape.entry(shape).or_default(), &one.conditions);
    }
    let mut by_action: BTreeMap<(Purpose, String, Conditions), BTreeSet<String>> = BTreeMap::new();
    for ((purpose, action, resources, ..), conditions) in by_shape {
        by_action.entry((purpose, action, conditions)).or_default().extend(resources);
    }
    let mut by_resources: BTreeMap<(Purpose, BTreeSet<String>, Conditions), BTreeSet<String>> =
        BTreeMap::new();
    for ((purpose, action, conditions), resources) in &by_action {
        let resources = collapsed(resources);
        let allowed_before = by_action.iter().any(|((other, same, condition), wider)| {
            other < purpose
                && same == action
                && condition.is_empty()
                && resources.iter().all(|arn| wider.contains(arn) || wider.contains("*"))
        });
        if !allowed_before {
            by_resources.entry((*purpose, resources, conditions.clone())).or_default().insert(action.clone());
        }
    }
    let statement =
        |((purpose, resources, conditions), actions)| Statement { purpose, actions, resources, conditions };
    by_resources.into_iter().map(statement).collect()
}

fn keys(conditions: &Conditions) -> Vec<(String, String)> {
    let of = |(operator, keys): (&String, &BTreeMap<String, BTreeSet<String>>)| {
        keys.keys().map(|key| (operator.clone(), key.clone())).collect::<Vec<_>>()
    };
    conditions.iter().flat_map(of).collect()
}

fn unite(all: &mut Conditions, more: &Conditions) {
    for (operator, keys) in more {
        for (key, values) in keys {
            let held = all.entry(operator.clone()).or_default().entry(key.clone()).or_default();
            held.extend(values.iter().cloned());
        }
    }
}

/// ARNs that a pattern among them covers are left out, and many of one sort become
/// a pattern.
fn collapsed(resources: &BTreeSet<String>) -> BTreeSet<String> {
    let stem = |arn: &str| arn.rsplit_once('/').map(|(stem, _)| format!("{stem}/"));
    let mut of_stem: BTreeMap<String, usize> = BTreeMap::new();
    for arn in resources {
        *of_stem.entry(stem(arn).unwrap_or_default()).or_default() += 1;
    }
    let open = |stem: &String| resources.contains(&format!("{stem}*"));
    let many = |stem: &String| !stem.is_empty() && (of_stem.get(stem) > Some(&MANY) || open(stem));
    let wide = |arn: &String| stem(arn).filter(many).map_or_else(|| arn.clone(), |stem| format!("{stem}*"));
    resources.iter().map(wide).collect()
}

/// Statements as one document, without ids.
pub(super) fn document(statements: &[Statement]) -> Value {
    let all: Vec<Value> = statements.iter().map(|statement| statement.value(None)).collect();
    json!({ "Version": "2012-10-17", "Statement": all })
}

/// Statements as documents that each fit in a managed policy.
pub(super) fn documents(statements: &[Statement]) -> Vec<Value> {
    let mut total: BTreeMap<Purpose, usize> = BTreeMap::new();
    for statement in statements {
        *total.entry(statement.purpose).or_default() += 1;
    }
    let mut seen: BTreeMap<Purpose, usize> = BTreeMap::new();
    let mut documents: Vec<Vec<Value>> = Vec::new();
    for statement in statements {
        let number = seen.entry(statement.purpose).or_default();
        *number += 1;
        let many = total.get(&statement.purpose) > Some(&1);
        let sid = statement.purpose.sid();
        let value = statement.value(Some(if many { format!("{sid}{number}") } else { sid.to_owned() }));
        match documents.last_mut() {
            Some(last) if size(last) + size(std::slice::from_ref(&value)) <= LIMIT => last.push(value),
            _ => documents.push(vec![value]),
        }
    }
    documents.into_iter().map(|all| json!({ "Version": "2012-10-17", "Statement": all })).collect()
}

/// Characters of a document of these statements, white space not counted.
fn size(statements: &[Value]) -> usize {
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    text.chars().filter(|letter| !letter.is_whitespace()).count()
}

impl Statement {
    fn value(&self, sid: Option<String>) -> Value {
        let mut statement = Map::new();
        statement.extend(sid.map(|sid| ("Sid".to_owned(), json!(sid))));
        statement.insert("Effect".to_owned(), json!("Allow"));
        statement.insert("Action".to_owned(), json!(self.actions));
        statement.insert("Resource".to_owned(), json!(self.resources));
        if !self.conditions.is_empty() {
            statement.insert("Condition".to_owned(), json!(self.conditions));
        }
        Value::Object(statement)
    }
}

/// The document for what Control Tower does in the caller's name.
pub(super) fn forwarded(facts: &Forwarded) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "ControlTowerActsAsTheCaller",
            "Effect": "Allow",
            "Action": facts.actions,
            "Resource": "*",
        }],
    })
}

/// The actions that are needed on `*`, with the reason.
pub(super) fn everywhere<'n>(needed: impl Iterator<Item = &'n Needed>) -> BTreeMap<String, String> {
    needed.filter_map(|one| Some((one.action.clone(), one.everywhere.clone()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(purpose: Purpose, action: &str, resources: &[&str], principal: Option<&str>) -> Needed {
        let set = |value: &str| BTreeSet::from([value.to_owned()]);
        let condition = |value: &str| {
            let keys = BTreeMap::from([("organizations:ServicePrincipal".to_owned(), set(value))]);
            Conditions::from([("StringEquals".to_owned(), keys)])
        };
        Needed {
            purpose,
            action: action.to_owned(),
            resources: resources.iter().map(|arn| (*arn).to_owned()).collect(),
            conditions: principal.map(condition).unwrap_or_default(),
            everywhere: None,
        }
    }

    #[test]
    fn values_of_one_condition_key_share_a_statement_and_resources_of_other_actions_do_not() {
        let all = [
            needed(Purpose::Change, "o:Enable", &["*"], Some("a")),
            needed(Purpose::Change, "o:Enable", &["*"], Some("b")),
            needed(Purpose::Change, "o:Move", &["x"], None),
            needed(Purpose::Change, "o:Tag", &["x"], None),
            needed(Purpose::Change, "o:Delete", &["y"], None),
        ];
        let document = document(&merged(&all));
        let statements = document["Statement"].as_array().unwrap();
        assert_eq!(statements.len(), 3, "{document:#}");
        assert!(statements.iter().any(|s| s["Action"] == json!(["o:Move", "o:Tag"])));
        let principals = json!({ "StringEquals": { "organizations:ServicePrincipal": ["a", "b"] } });
        assert!(statements.iter().any(|s| s["Condition"] == principals));
    }

    #[test]
    fn what_is_read_anyway_is_not_allowed_a_second_time_for_proof() {
        let all = [
            needed(Purpose::Read, "o:List", &["*"], None),
            needed(Purpose::Prove, "o:List", &["*"], None),
            needed(Purpose::Prove, "o:Other", &["*"], None),
        ];
        let ids: Vec<Value> = documents(&merged(&all))
            .iter()
            .flat_map(|d| d["Statement"].as_array().unwrap().clone())
            .map(|s| s["Action"].clone())
            .collect();
        assert_eq!(ids, [json!(["o:List"]), json!(["o:Other"])]);
    }

    #[test]
    fn a_large_organization_fits_in_documents_of_the_size_that_iam_takes() {
        let ids: Vec<String> = (0..400).map(|n| format!("arn:aws:o::1:{n}/x/{n:012}")).collect();
        let all: Vec<Needed> =
            ids.iter().map(|id| needed(Purpose::Change, &format!("o:Act{id}"), &[id], None)).collect();
        let documents = documents(&merged(&all));
        assert!(documents.len() > 5);
        for document in documents {
            assert!(document.to_string().len() <= LIMIT, "{}", document.to_string().len());
        }
        let many: BTreeSet<String> = (0..21).map(|n| format!("arn:aws:o::1:account/o-1/{n}")).collect();
        assert_eq!(collapsed(&many), BTreeSet::from(["arn:aws:o::1:account/o-1/*".to_owned()]));
    }
}
