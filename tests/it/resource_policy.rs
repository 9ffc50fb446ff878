//! The organization's resource policy: merged with what others wrote, never overwritten.

use std::collections::BTreeSet;

use lzctl::model::Kind;
use lzctl::plan::document::Level;
use lzctl::plan::make;
use lzctl::rehearse::{Rehearsal, rehearse};
use lzctl::sim::World;
use serde_json::{Value, json};

use super::documents::{graph, nothing_yet};
use super::rehearsal::{rehearsed, setting};

const ACCOUNT: &str = "accounts:\n  backup-admin: { email: admin@example.com }\n";

fn delegating(types: &str) -> String {
    let policy = format!("resource_policy: {{ policy_management: {{ backup-admin: [{types}] }} }}");
    format!("version: 1\norganization:\n  home_region: us-east-1\n  {policy}\n{ACCOUNT}")
}

fn again(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world.clone()), &consents, &mut |_, _, _| {}).unwrap()
}

/// The live policy's statements by `Sid`.
fn statements(rehearsal: &Rehearsal) -> Vec<(String, Value)> {
    let content = content(&rehearsal.world);
    let list = content["Statement"].as_array().cloned().unwrap_or_default();
    list.into_iter().map(|one| (one["Sid"].as_str().unwrap_or_default().to_owned(), one)).collect()
}

fn content(world: &World) -> Value {
    let saved = serde_json::to_value(world).unwrap();
    find(&saved, "resource_policy").map_or(Value::Null, |policy| {
        serde_json::from_str(policy["content"].as_str().unwrap_or("null")).unwrap_or(Value::Null)
    })
}

/// The first member of a name that is an object.
fn find(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Object(map) => match map.get(name).filter(|found| found.is_object()) {
            Some(found) => Some(found.clone()),
            None => map.values().find_map(|inner| find(inner, name)),
        },
        Value::Array(items) => items.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

#[test]
fn an_account_is_given_its_types_of_policies_by_two_statements_i4() {
    let done = rehearsed(&delegating("backup"));
    assert!(done.succeeded(), "{:#?}", done.outcome.as_ref().map(|outcome| &outcome.causes));
    let statements = statements(&done);
    let sids: Vec<&str> = statements.iter().map(|(sid, _)| sid.as_str()).collect();
    assert_eq!(BTreeSet::from_iter(sids), BTreeSet::from(["ManagingBackupAdmin", "ReadingBackupAdmin"]));
    let (_, managing) = statements.iter().find(|(sid, _)| sid == "ManagingBackupAdmin").unwrap();
    let principal = managing["Principal"]["AWS"].to_string();
    assert!(principal.contains(":root") && !principal.contains("$from"), "{principal}");
    assert!(managing["Resource"].to_string().contains("/backup_policy/*"), "{managing}");
}

#[test]
fn a_second_type_replaces_our_statement_and_the_rest_of_the_policy_stays() {
    let first = rehearsed(&delegating("backup"));
    let second = again(&delegating("backup, tag"), &first.world, &[]);
    let ids: Vec<&str> = second.plan.steps.iter().map(|step| step.id.0.as_str()).collect();
    assert_eq!(ids, ["resource_policy:update"]);
    assert!(second.succeeded(), "{:#?}", second.outcome.as_ref().map(|outcome| &outcome.causes));
    let statements = statements(&second);
    assert_eq!(statements.len(), 2);
    assert!(statements.iter().any(|(_, one)| one.to_string().contains("TAG_POLICY")));
    // A document of another account adds its statements and leaves those that are there.
    let other = delegating("tag").replace("backup-admin", "tag-admin").replace("admin@", "tags@");
    let third = again(&other, &second.world, &[]);
    assert!(third.succeeded(), "{:#?}", third.outcome.as_ref().map(|outcome| &outcome.causes));
    assert_eq!(self::statements(&third).len(), 4);
}

#[test]
fn it_is_deleted_only_with_the_consent_that_names_it_i10() {
    let world = rehearsed(&delegating("backup")).world;
    let yaml = format!(
        "version: 1\norganization: {{ home_region: us-east-1 }}\n{ACCOUNT}remove: [resource_policy]\n"
    );
    assert!(again(&yaml, &world, &[]).outcome.is_none(), "a consent is missing");
    let done = again(&yaml, &world, &["resource_policy_removal.resource_policy"]);
    assert!(done.succeeded(), "{:#?}", done.outcome.as_ref().map(|outcome| &outcome.causes));
    assert_eq!(content(&done.world), Value::Null);
}

#[test]
fn single_statements_are_taken_out_with_consent_and_the_others_stay() {
    let first = rehearsed(&delegating("backup"));
    let other = delegating("tag").replace("backup-admin", "tag-admin").replace("admin@", "tags@");
    let both = again(&other, &first.world, &[]);
    let leaving = |sids: &str| {
        let policy = format!("resource_policy: {{ without: [{sids}] }}");
        format!("version: 1\norganization:\n  home_region: us-east-1\n  {policy}\n{ACCOUNT}")
    };
    let two = leaving("ReadingBackupAdmin, ManagingBackupAdmin, NeverThere");
    assert!(again(&two, &both.world, &[]).outcome.is_none(), "a consent is missing");
    let consents = ["statement_removal.resource_policy"];
    let done = again(&two, &both.world, &consents);
    assert!(done.succeeded(), "{:#?}", done.outcome.as_ref().map(|outcome| &outcome.causes));
    let ids: Vec<&str> = done.plan.steps.iter().map(|step| step.id.0.as_str()).collect();
    assert_eq!(
        ids,
        ["resource_policy:withdraw[ManagingBackupAdmin]", "resource_policy:withdraw[ReadingBackupAdmin]"]
    );
    let left: BTreeSet<String> = statements(&done).into_iter().map(|(sid, _)| sid).collect();
    assert_eq!(left, BTreeSet::from(["ManagingTagAdmin".to_owned(), "ReadingTagAdmin".to_owned()]));
    let second = again(&two, &done.world, &consents);
    assert!(second.plan.steps.is_empty(), "{:?}", second.plan.steps);
    // AWS takes no policy without statements, so the last ones do not go this way.
    let all = again(&leaving("ReadingTagAdmin, ManagingTagAdmin"), &done.world, &consents);
    assert!(all.plan.notes.iter().any(|note| note.code == "no-statement-left"), "{:?}", all.plan.notes);
}

#[test]
fn a_statement_that_is_written_is_not_taken_out_as_well() {
    let yaml = delegating("backup")
        .replace("resource_policy: {", "resource_policy: { without: [ReadingBackupAdmin],");
    let plan = make(&graph(&yaml), &nothing_yet(), &BTreeSet::new());
    let note = plan.notes.iter().find(|note| note.code == "statement-written-and-taken-out").expect("a note");
    assert_eq!(note.level, Level::Blocker);
}

#[test]
fn a_policy_that_would_not_fit_blocks() {
    let mut graph = graph(&delegating("backup"));
    let policy = graph.resources.values_mut().find(|one| one.address.kind == Kind::ResourcePolicy).unwrap();
    let long = json!({ "Statement": [{ "Sid": "Long", "Effect": "Allow", "Action": "x".repeat(40_001) }] });
    policy.fields.insert("content".to_owned(), long);
    let plan = make(&graph, &nothing_yet(), &BTreeSet::new());
    let note = plan.notes.iter().find(|note| note.code == "resource-policy-size").expect("a note");
    assert_eq!(note.level, Level::Blocker);
}

#[test]
fn statements_of_ones_own_stand_beside_those_that_are_written() {
    let own = json!({ "Sid": "Lists", "Effect": "Allow", "Principal": { "AWS": "111122223333" },
        "Action": "organizations:List*", "Resource": "*" });
    let policy = json!({ "document": { "Version": "2012-10-17", "Statement": own },
        "policy_management": { "backup-admin": ["backup"] } });
    let yaml = format!(
        "version: 1\norganization: {{ home_region: us-east-1, resource_policy: {policy} }}\n{ACCOUNT}"
    );
    let done = rehearsed(&yaml);
    assert!(done.succeeded(), "{:#?}", done.outcome.as_ref().map(|outcome| &outcome.causes));
    assert_eq!(statements(&done).len(), 3);
}
