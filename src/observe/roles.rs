//! IAM roles, each asked for by name: those of the management account beside everything else,
//! those of member accounts once it is known which accounts there are.

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::{key, leaves};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::roles;
use crate::cloud::{CallError, Connection};
use crate::model::{Attributes, Fields, Live, Resource};

/// What was learned of each desired role, in the order of `wanted`.
pub(super) type Roles = Vec<Result<Option<Live>, CallError>>;

/// Whether a role is of a member account.
fn abroad(resource: &Resource) -> bool {
    resource.keys.contains_key("account")
}

/// Asks for every desired role of the management account.
pub(super) async fn read(connection: &Connection, wanted: &[&Resource]) -> Roles {
    let questions = wanted.iter().filter(|resource| !abroad(resource)).map(|resource| {
        let (connection, resource) = (connection.clone(), (*resource).clone());
        async move { one(&connection, &resource, None).await }
    });
    fan_out(questions.collect()).await
}

async fn one(
    connection: &Connection,
    resource: &Resource,
    account: Option<&str>,
) -> Result<Option<Live>, CallError> {
    let site = connection.site_in(account, &connection.partition().global_region).await?;
    let name = key(resource, "name").unwrap_or(&resource.address.name);
    let Some(role) = roles::get(&site, name).await? else {
        return Ok(None);
    };
    let mut fields = Fields::from([("path".to_owned(), json!(role.path)), ("trust".to_owned(), role.trust)]);
    if !leaves(resource, "managed_policies").is_empty() {
        let attached = roles::attached(&site, name).await?;
        fields.extend(attached.into_iter().map(|arn| (format!("managed_policies.{arn}"), Value::Bool(true))));
    }
    for policy in leaves(resource, "inline_policies") {
        if let Some(document) = roles::inline(&site, name, &policy).await? {
            fields.insert(format!("inline_policies.{policy}"), document);
        }
    }
    Ok(Some(Live { fields, attributes: Attributes::from([("arn".to_owned(), role.arn)]) }))
}

/// Fills in what was learned of the roles of the management account.
pub(super) fn observe(wanted: &[&Resource], roles: Roles, findings: &mut Findings) {
    for (resource, role) in wanted.iter().filter(|resource| !abroad(resource)).zip(roles) {
        note(resource, role, findings);
    }
}

/// Asks for the roles of member accounts, as far as the accounts exist.
pub(super) async fn observe_abroad(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let questions = wanted.iter().filter_map(|resource| {
        let account = findings.resolved(resource.keys.get("account")?)?.as_str()?.to_owned();
        let (connection, resource) = (connection.clone(), (*resource).clone());
        Some(async move {
            let role = one(&connection, &resource, Some(&account)).await;
            (resource, role)
        })
    });
    for (resource, role) in fan_out(questions.collect()).await {
        note(&resource, role, findings);
    }
}

fn note(resource: &Resource, role: Result<Option<Live>, CallError>, findings: &mut Findings) {
    match role {
        Ok(Some(live)) => findings.see(resource, live),
        Ok(None) => {}
        Err(error) => findings.gap(resource, &error),
    }
}
