//! `organization.resource_policy`: statements as they were written, those that delegate
//! the management of policies, written for the operator, and those that shall go.
//!
//! Source: Organizations User Guide, orgs_delegate_policies and its examples: an account
//! that manages policies must read the organization's structure, and may work on the
//! policies of its types and attach them anywhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Expansion, account_id, management_id, resource, the_organization};
use crate::graph::edge::Edge;
use crate::model::reference::{from, join};
use crate::model::resource::Presence;
use crate::model::{Address, Kind};

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let Some(said) = &expansion.spec.organization.resource_policy else {
        return;
    };
    let mut statements = said.statements.clone();
    let mut taken = BTreeSet::new();
    for (account, types) in &said.policy_management {
        let stem = stem(account, &mut taken);
        statements.push(reading(expansion.partition, account, &stem));
        statements.push(managing(expansion.partition, account, &stem, types));
    }
    let mut wanted = resource(Address::only(Kind::ResourcePolicy), Some(&said.origin));
    let document = |statements| json!({ "Version": "2012-10-17", "Statement": statements });
    if statements.is_empty() {
        // Only statements are taken out: there is nothing to make.
        wanted.presence = Presence::MadeByAnother;
    }
    wanted.fields.insert("content".to_owned(), document(json!(statements)));
    wanted.at_creation.insert("content".to_owned(), document(json!([])));
    wanted.fields.extend(said.without.iter().map(|sid| (format!("statements.{sid}"), Value::Null)));
    expansion.graph.connect(Edge::exists(&wanted.address, &the_organization(), "organization-first"));
    expansion.graph.add(wanted);
}

/// An account's name as a statement id takes it, and no other account's.
fn stem(account: &str, taken: &mut BTreeSet<String>) -> String {
    let words = account.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    let plain: String = words.map(capital).collect();
    let mut stem = plain.clone();
    for number in 2_usize.. {
        if taken.insert(stem.clone()) {
            break;
        }
        stem = format!("{plain}{number}");
    }
    stem
}

fn principal(partition: &str, account: &str) -> Value {
    json!({ "AWS": join(vec![json!(format!("arn:{partition}:iam::")), account_id(account), json!(":root")]) })
}

fn reading(partition: &str, account: &str, stem: &str) -> Value {
    json!({
        "Sid": format!("Reading{stem}"),
        "Effect": "Allow",
        "Principal": principal(partition, account),
        "Action": [
            "organizations:DescribeAccount",
            "organizations:DescribeEffectivePolicy",
            "organizations:DescribeOrganization",
            "organizations:DescribeOrganizationalUnit",
            "organizations:DescribePolicy",
            "organizations:ListAccounts",
            "organizations:ListAccountsForParent",
            "organizations:ListChildren",
            "organizations:ListOrganizationalUnitsForParent",
            "organizations:ListParents",
            "organizations:ListPolicies",
            "organizations:ListPoliciesForTarget",
            "organizations:ListRoots",
            "organizations:ListTagsForResource",
            "organizations:ListTargetsForPolicy",
        ],
        "Resource": "*",
    })
}

fn managing(partition: &str, account: &str, stem: &str, types: &BTreeSet<String>) -> Value {
    let arn = |rest: Vec<Value>| {
        let mut parts = vec![json!(format!("arn:{partition}:organizations::")), management_id()];
        parts.extend(rest);
        join(parts)
    };
    let id = || from(&the_organization(), "id");
    let mut resources: Vec<Value> = ["root", "ou", "account"]
        .iter()
        .map(|kind| arn(vec![json!(format!(":{kind}/")), id(), json!("/*")]))
        .collect();
    resources.extend(
        types.iter().map(|kind| {
            arn(vec![json!(":policy/"), id(), json!(format!("/{}/*", kind.to_ascii_lowercase()))])
        }),
    );
    json!({
        "Sid": format!("Managing{stem}"),
        "Effect": "Allow",
        "Principal": principal(partition, account),
        "Action": [
            "organizations:AttachPolicy",
            "organizations:CreatePolicy",
            "organizations:DeletePolicy",
            "organizations:DetachPolicy",
            "organizations:UpdatePolicy",
        ],
        "Resource": resources,
        "Condition": { "StringLikeIfExists": { "organizations:PolicyType": types } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_become_alike_get_ids_of_their_own() {
        let mut taken = BTreeSet::new();
        let stems: Vec<String> =
            ["backup-admin", "backup admin", "x"].iter().map(|name| stem(name, &mut taken)).collect();
        assert_eq!(stems, ["BackupAdmin", "BackupAdmin2", "X"]);
    }
}
