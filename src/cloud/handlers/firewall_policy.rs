//! Policies of Firewall Manager: put and taken away in the account of its administrator.
//!
//! An update carries the token of the version that was seen, so it never writes over what somebody
//! else has put since. What a policy has made in accounts stays when the policy goes.

use aws_sdk_fms::types::{
    CustomerPolicyScopeIdType, Policy, ResourceTag, SecurityServicePolicyData, SecurityServiceType,
};
use serde_json::Value;

use super::{effect_if, known, place, says, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::firewall_policies::{self as inventory, SEVERAL};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, canonical};

const PUT: &str = "fms:PutPolicy";
const DELETE: &str = "fms:DeletePolicy";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "create" => put(&site, task, None).await,
        "update" => put(&site, task, Some((task.own("id")?, task.own("token")?))).await,
        "delete" => {
            let (client, id) = (site.clients.fms(), task.own("id")?);
            let request = || client.delete_policy().policy_id(id).delete_all_policy_resources(false);
            site.call(DELETE, || request().send()).await?;
            Ok(Progress::Done(Attributes::new()))
        }
        _ => Err(unknown_verb(task)),
    }
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    let all = inventory::ids(&site).await?;
    let id = all.get(task.key("name").unwrap_or_default());
    match (task.verb.as_str(), id) {
        ("delete", id) => Ok(effect_if(id.is_none())),
        ("create" | "update", None) => Ok(Found::Nothing),
        ("create" | "update", Some(id)) => {
            let live = inventory::get(&site, id).await?;
            // AWS may add to the settings, so they prove nothing; an update that is lost is sent again.
            let mut rest = task.clone();
            rest.inputs.remove("data");
            let same = task.verb == "create" || says(&live.fields, &rest);
            Ok(if same { Found::Effect(done(&live)) } else { Found::Nothing })
        }
        _ => Err(unknown_verb(task)),
    }
}

fn done(live: &inventory::Found) -> Progress {
    Progress::Done(known([("id", &live.id), ("token", &live.token)]))
}

async fn put(site: &Site, task: &Task, version: Option<(&str, &str)>) -> Result<Progress, CallError> {
    let policy = policy(task, version)?;
    let client = site.clients.fms();
    let answer = site.call(PUT, || client.put_policy().policy(policy.clone()).send()).await?;
    let put = answer.policy().ok_or_else(|| CallError::unreadable(PUT, "Policy"))?;
    let id = put.policy_id().ok_or_else(|| CallError::unreadable(PUT, "PolicyId"))?;
    Ok(done(&inventory::found(id, put)))
}

fn unusable(task: &Task) -> CallError {
    let message = format!("{} has settings that cannot be sent", task.address);
    CallError::ours("fms", code::UNSENDABLE, message, Verdict::Rejected)
}

fn policy(task: &Task, version: Option<(&str, &str)>) -> Result<Policy, CallError> {
    let data = SecurityServicePolicyData::builder()
        .r#type(SecurityServiceType::from(task.text("type")?))
        .managed_service_data(canonical::text(task.value("data")?))
        .build()
        .map_err(|_| unusable(task))?;
    let flag = |name: &str| task.inputs.get(name).and_then(Value::as_bool).unwrap_or_default();
    let mut policy = Policy::builder()
        .policy_name(task.key("name").unwrap_or(&task.address.name))
        .security_service_policy_data(data)
        .set_policy_description(task.said("description"))
        .exclude_resource_tags(!flag("tagged"))
        .remediation_enabled(flag("remediate"))
        .delete_unused_fm_managed_resources(flag("clean_up"));
    if let Some((id, token)) = version {
        policy = policy.policy_id(id).policy_update_token(token);
    }
    let resources = task.texts("resources").unwrap_or_default();
    policy = match resources.as_slice() {
        [one] => policy.resource_type(one),
        several => policy.resource_type(SEVERAL).set_resource_type_list(Some(several.to_vec())),
    };
    for (key, value) in task.inputs.get("tags").and_then(Value::as_object).into_iter().flatten() {
        let tag = ResourceTag::builder().key(key).value(value.as_str().unwrap_or_default()).build();
        policy = policy.resource_tags(tag.map_err(|_| unusable(task))?);
    }
    let ids = |field: &str| task.texts(field).filter(|ids| !ids.is_empty());
    for (kind, included, excluded) in [
        (CustomerPolicyScopeIdType::Account, "accounts", "except_accounts"),
        (CustomerPolicyScopeIdType::OrgUnit, "units", "except_units"),
    ] {
        if let Some(ids) = ids(included) {
            policy = policy.include_map(kind.clone(), ids);
        }
        if let Some(ids) = ids(excluded) {
            policy = policy.exclude_map(kind, ids);
        }
    }
    policy.build().map_err(|_| unusable(task))
}
