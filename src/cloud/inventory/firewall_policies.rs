//! Policies of Firewall Manager that one administrator has in one Region.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_fms::types::{CustomerPolicyScopeIdType, Policy, PolicySummary, ResourceTagLogicalOperator};
use serde_json::{Map, Value, json};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::model::Fields;

const LIST: &str = "fms:ListPolicies";
const GET: &str = "fms:GetPolicy";

/// What stands for a list where a policy is about several types of resources.
pub(crate) const SEVERAL: &str = "ResourceTypeList";

/// A policy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) id: String,
    /// Of the version that was seen.
    pub(crate) token: String,
    /// What the document can say of it.
    pub(crate) fields: Fields,
    /// What else is set, in words: the fields do not hold it, and a call that sets everything would
    /// take it away.
    pub(crate) beside: BTreeSet<String>,
}

/// The ids of all policies, by name. Of several of one name the first by id.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn ids(site: &Site) -> Result<BTreeMap<String, String>, CallError> {
    let mut pairs = listed(site).await?;
    // The first of a name is put in last.
    pairs.reverse();
    Ok(pairs.into_iter().collect())
}

/// Name and id of every policy, in their order.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn listed(site: &Site) -> Result<Vec<(String, String)>, CallError> {
    let client = site.clients.fms();
    let found = pages::all(LIST, |token| async move {
        let answer = site.call(LIST, || client.list_policies().set_next_token(token.clone()).send()).await?;
        Ok((answer.policy_list().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let mut pairs: Vec<(String, String)> = found.await?.iter().filter_map(pair).collect();
    pairs.sort();
    Ok(pairs)
}

fn pair(summary: &PolicySummary) -> Option<(String, String)> {
    Some((summary.policy_name()?.to_owned(), summary.policy_id()?.to_owned()))
}

/// A policy with everything that it says.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn get(site: &Site, id: &str) -> Result<Found, CallError> {
    let client = site.clients.fms();
    let answer = site.call(GET, || client.get_policy().policy_id(id).send()).await?;
    let policy = answer.policy().ok_or_else(|| CallError::unreadable(GET, "Policy"))?;
    Ok(found(id, policy))
}

pub(crate) fn found(id: &str, policy: &Policy) -> Found {
    let data = policy.security_service_policy_data();
    let kind = data.map(|data| data.r#type().as_str().to_owned()).unwrap_or_default();
    let text = data.and_then(|data| data.managed_service_data());
    let settings = text.and_then(|text| serde_json::from_str(text).ok());
    let listed = policy.resource_type_list();
    let resources = if policy.resource_type() == SEVERAL || !listed.is_empty() {
        json!(listed)
    } else {
        json!([policy.resource_type()])
    };
    let tags: Map<String, Value> = policy
        .resource_tags()
        .iter()
        .map(|tag| (tag.key().to_owned(), json!(tag.value().unwrap_or_default())))
        .collect();
    let scope = |map: Option<&std::collections::HashMap<CustomerPolicyScopeIdType, Vec<String>>>, key| {
        json!(map.and_then(|map| map.get(&key)).cloned().unwrap_or_default())
    };
    let (include, exclude) = (policy.include_map(), policy.exclude_map());
    let mut fields = Fields::from([
        ("data".to_owned(), settings.unwrap_or_else(|| json!({ "type": kind }))),
        ("type".to_owned(), json!(kind)),
        ("resources".to_owned(), resources),
        ("tags".to_owned(), Value::Object(tags)),
        ("tagged".to_owned(), json!(!policy.exclude_resource_tags())),
        ("remediate".to_owned(), json!(policy.remediation_enabled())),
        ("clean_up".to_owned(), json!(policy.delete_unused_fm_managed_resources())),
        ("accounts".to_owned(), scope(include, CustomerPolicyScopeIdType::Account)),
        ("units".to_owned(), scope(include, CustomerPolicyScopeIdType::OrgUnit)),
        ("except_accounts".to_owned(), scope(exclude, CustomerPolicyScopeIdType::Account)),
        ("except_units".to_owned(), scope(exclude, CustomerPolicyScopeIdType::OrgUnit)),
    ]);
    let description = policy.policy_description().filter(|text| !text.is_empty());
    fields.extend(description.map(|text| ("description".to_owned(), json!(text))));
    Found {
        id: id.to_owned(),
        token: policy.policy_update_token().unwrap_or_default().to_owned(),
        fields,
        beside: beside(policy),
    }
}

fn beside(policy: &Policy) -> BTreeSet<String> {
    let data = policy.security_service_policy_data();
    let text = data.and_then(|data| data.managed_service_data());
    let readable = text.is_none_or(|text| serde_json::from_str::<Value>(text).is_ok());
    let some = |is: bool, words: &str| is.then(|| words.to_owned());
    let words = [
        some(!policy.resource_set_ids().is_empty(), "sets of resources"),
        some(
            policy.resource_tag_logical_operator() == Some(&ResourceTagLogicalOperator::Or),
            "any of its tags",
        ),
        some(data.is_some_and(|data| data.policy_option().is_some()), "options of its type"),
        some(!readable, "settings that are no JSON"),
    ];
    words.into_iter().flatten().collect()
}
