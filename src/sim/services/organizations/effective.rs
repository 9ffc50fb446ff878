//! The effective management policy of an account: what its tree says, merged.
//!
//! In: the policies attached from the root down to the account. Out: one document. Absent: authorization policies,
//! which are not merged, and the validation of merged documents beyond those of backups.
//!
//! Source: <https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html>.

use serde_json::{Map, Value, json};

use super::backup_policy::{self, Fault};
use super::paging::page_of;
use super::policy_types::facts;
use super::refusal::{invalid, refuse};
use super::state::Organization;
use super::{access, state};
use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

impl Organization {
    /// The merged document of a type for an account, and when a part of it last changed; `None` if nothing is
    /// attached anywhere.
    #[must_use]
    pub fn effective_policy(&self, kind: &str, account: &str) -> Option<(Value, jiff::Timestamp)> {
        let mut line = self.ancestors(account);
        line.reverse();
        line.push(account);
        let mut merged: Option<(Node, jiff::Timestamp)> = None;
        for target in line {
            let mut here: Vec<(&str, &state::Policy)> = self
                .attached(target, kind)
                .into_iter()
                .filter_map(|id| Some((id, self.policies.get(id)?)))
                .collect();
            here.sort_by_key(|(id, _)| *id);
            for (_, policy) in here {
                let Ok(document) = serde_json::from_str::<Value>(&policy.content) else {
                    continue;
                };
                let (node, changed) = merged.get_or_insert_with(|| (Node::default(), policy.changed));
                node.merge(&document);
                *changed = (*changed).max(policy.changed);
            }
            if let Some((node, _)) = &mut merged {
                node.descend();
            }
        }
        merged.map(|(node, changed)| (node.document(), changed))
    }
}

/// One place in the merged document.
#[derive(Debug, Default, Clone)]
struct Node {
    value: Option<Value>,
    members: std::collections::BTreeMap<String, Node>,
    /// What the policies above allow this level to do; `None` allows everything.
    allowed: Option<Vec<String>>,
    /// What this level allows the levels below.
    below: Option<Vec<String>>,
}

impl Node {
    fn merge(&mut self, document: &Value) {
        let Some(object) = document.as_object() else {
            self.apply("@@assign", document);
            return;
        };
        for (key, value) in object {
            match key.as_str() {
                "@@operators_allowed_for_child_policies" => self.below = Some(names(value)),
                operator if operator.starts_with("@@") => self.apply(operator, value),
                // Keys are compared without their case along the tree.
                member => self
                    .members
                    .entry(self.spelling(member))
                    .or_insert_with(|| Self { allowed: self.allowed.clone(), ..Self::default() })
                    .merge(value),
            }
        }
    }

    fn spelling(&self, member: &str) -> String {
        self.members
            .keys()
            .find(|known| known.eq_ignore_ascii_case(member))
            .cloned()
            .unwrap_or_else(|| member.to_owned())
    }

    fn apply(&mut self, operator: &str, value: &Value) {
        let permitted = self
            .allowed
            .as_ref()
            .is_none_or(|allowed| allowed.iter().any(|name| name == operator || name == "@@all"));
        if !permitted {
            return;
        }
        let mut items: Vec<Value> = list(self.value.as_ref());
        match operator {
            "@@assign" => self.value = Some(value.clone()),
            "@@append" => {
                for item in list(Some(value)) {
                    if !items.contains(&item) {
                        items.push(item);
                    }
                }
                self.value = Some(Value::Array(items));
            }
            "@@remove" => {
                let gone = list(Some(value));
                items.retain(|item| !gone.contains(item));
                self.value = Some(Value::Array(items));
            }
            _ => {}
        }
    }

    /// Before the next level down: what was said for it now holds.
    fn descend(&mut self) {
        if let Some(below) = self.below.take() {
            self.restrict(&below);
        }
        self.members.values_mut().for_each(Self::descend);
    }

    fn restrict(&mut self, allowed: &[String]) {
        self.allowed = Some(allowed.to_vec());
        self.members.values_mut().for_each(|member| member.restrict(allowed));
    }

    fn document(&self) -> Value {
        match &self.value {
            Some(value) if self.members.is_empty() => value.clone(),
            _ => Value::Object(
                self.members.iter().map(|(key, node)| (key.clone(), node.document())).collect::<Map<_, _>>(),
            ),
        }
    }
}

fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(other) => vec![other.clone()],
    }
}

fn names(value: &Value) -> Vec<String> {
    list(Some(value)).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::member(&mut world.organizations, request)?;
    let caller = &request.caller.account;
    let target = request.text("TargetId").unwrap_or(caller);
    if !organization.is_target(target) {
        return Err(refuse("TargetNotFoundException"));
    }
    if organization.account(target).is_none() {
        return Err(invalid("TARGET_NOT_SUPPORTED"));
    }
    if target != caller && organization.management != *caller && !organization.delegated.contains_key(caller)
    {
        return Err(refuse("AccessDeniedException"));
    }
    let kind = request.required("PolicyType");
    let inherited = facts(kind).is_some_and(|facts| facts.inherited);
    let found =
        organization.effective_policy(kind, target).filter(|_| inherited && organization.type_enabled(kind));
    let (document, changed) = found.ok_or_else(|| refuse("EffectivePolicyNotFoundException"))?;
    Ok(json!({"EffectivePolicy": {
        "PolicyContent": document.to_string(),
        "LastUpdatedTimestamp": epoch(changed),
        "TargetId": target,
        "PolicyType": kind,
    }}))
}

/// What is wrong with a merged document. Of most types nothing can be: a document that does not fit its type was refused
/// when it came.
fn faults(kind: &str, document: &Value) -> Vec<Fault> {
    if kind == "BACKUP_POLICY" { backup_policy::faults(document) } else { Vec::new() }
}

pub(super) fn list_invalid(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let kind = request.required("PolicyType");
    if !organization.type_enabled(kind) {
        return Err(refuse("EffectivePolicyNotFoundException"));
    }
    let invalid = |id: &&String| {
        let effective = organization.effective_policy(kind, id);
        effective.is_some_and(|(document, _)| !faults(kind, &document).is_empty())
    };
    let accounts = organization.accounts.keys().filter(invalid).collect();
    let mut answer =
        page_of(request, "Accounts", accounts, false, |id: &String| organization.account_view(id))?;
    answer["PolicyType"] = json!(kind);
    Ok(answer)
}

pub(super) fn list_errors(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = access::reader(&mut world.organizations, request)?;
    let (account, kind) = (request.required("AccountId"), request.required("PolicyType"));
    organization.account(account).ok_or_else(|| refuse("AccountNotFoundException"))?;
    let (document, _) = organization
        .effective_policy(kind, account)
        .ok_or_else(|| refuse("EffectivePolicyNotFoundException"))?;
    let contributing = |fault: &Fault| {
        let mut line = organization.ancestors(account);
        line.push(account);
        let attached = line.into_iter().flat_map(|target| organization.attached(target, kind));
        let mut ids: Vec<&str> = attached
            .filter(|id| organization.policy_content(id).is_some_and(|text| text.contains(&fault.plan)))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        json!(ids)
    };
    let mut answer =
        page_of(request, "EffectivePolicyValidationErrors", faults(kind, &document), false, |fault| {
            json!({
                "ErrorCode": fault.code,
                "ErrorMessage": fault.words,
                "PathToError": fault.path,
                "ContributingPolicies": contributing(&fault),
            })
        })?;
    answer["AccountId"] = json!(account);
    answer["PolicyType"] = json!(kind);
    answer["Path"] = json!(organization.path(account));
    answer["EvaluationTimestamp"] = json!(epoch(request.now));
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_may_only_use_the_operators_its_parents_allow() {
        let mut node = Node::default();
        node.merge(&json!({"tags": {"Cost": {"tag_key": {"@@assign": "Cost", "@@operators_allowed_for_child_policies": ["@@none"]}, "tag_value": {"@@assign": ["a"]}}}}));
        node.descend();
        node.merge(
            &json!({"tags": {"cost": {"tag_key": {"@@assign": "COST"}, "tag_value": {"@@append": ["b"]}}}}),
        );
        assert_eq!(node.document(), json!({"tags": {"Cost": {"tag_key": "Cost", "tag_value": ["a", "b"]}}}));
        node.merge(&json!({"tags": {"Cost": {"tag_value": {"@@remove": ["a"]}}}}));
        assert_eq!(node.document()["tags"]["Cost"]["tag_value"], json!(["b"]));
    }

    use crate::sim::testing::{account, done, organization, quiet, refused};

    #[tokio::test(start_paused = true)]
    async fn an_account_inherits_from_the_root_down() {
        const ORG: &str = "organizations";
        let (sim, root) = organization(quiet()).await;
        let id = account(&sim, "app").await;
        done(&sim, ORG, "EnablePolicyType", json!({"RootId": root, "PolicyType": "TAG_POLICY"})).await;
        sim.advance(std::time::Duration::from_secs(5));
        let ask = json!({"PolicyType": "TAG_POLICY", "TargetId": id});
        assert_eq!(
            refused(&sim, ORG, "DescribeEffectivePolicy", ask.clone()).await,
            "EffectivePolicyNotFoundException"
        );
        let documents = [
            (&root, json!({"tags": {"a": {"tag_value": {"@@assign": ["1"]}}}})),
            (&id, json!({"tags": {"a": {"tag_value": {"@@append": ["2"]}}}})),
        ];
        for (target, document) in documents {
            let policy = json!({"Name": target, "Description": "", "Type": "TAG_POLICY", "Content": document.to_string()});
            let policy =
                done(&sim, ORG, "CreatePolicy", policy).await["Policy"]["PolicySummary"]["Id"].clone();
            done(&sim, ORG, "AttachPolicy", json!({"PolicyId": policy, "TargetId": target})).await;
        }
        let found = done(&sim, ORG, "DescribeEffectivePolicy", ask).await;
        let content: Value =
            serde_json::from_str(found["EffectivePolicy"]["PolicyContent"].as_str().expect("text"))
                .expect("JSON");
        assert_eq!(content, json!({"tags": {"a": {"tag_value": ["1", "2"]}}}));
        let unit = json!({"PolicyType": "TAG_POLICY", "TargetId": root});
        assert_eq!(
            refused(&sim, ORG, "DescribeEffectivePolicy", unit).await,
            "InvalidInputException/TARGET_NOT_SUPPORTED"
        );
    }
}
