//! IAM roles of the management account, each asked for by name.

use serde_json::{Value, json};

use super::findings::Findings;
use super::wanted::leaves;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::roles;
use crate::cloud::{CallError, Connection};
use crate::model::{Attributes, Fields, Live, Resource};

/// What was learned of each desired role, in the order of `wanted`.
pub(super) type Roles = Vec<Result<Option<Live>, CallError>>;

/// Asks for every desired role.
pub(super) async fn read(connection: &Connection, wanted: &[&Resource]) -> Roles {
    let questions = wanted.iter().map(|resource| {
        let (connection, resource) = (connection.clone(), (*resource).clone());
        async move { one(&connection, &resource).await }
    });
    fan_out(questions.collect()).await
}

async fn one(connection: &Connection, resource: &Resource) -> Result<Option<Live>, CallError> {
    let name = resource.address.name.as_str();
    let Some(role) = roles::get(connection, name).await? else {
        return Ok(None);
    };
    let mut fields = Fields::from([("path".to_owned(), json!(role.path)), ("trust".to_owned(), role.trust)]);
    if !leaves(resource, "managed_policies").is_empty() {
        let attached = roles::attached(connection, name).await?;
        fields.extend(attached.into_iter().map(|arn| (format!("managed_policies.{arn}"), Value::Bool(true))));
    }
    for policy in leaves(resource, "inline_policies") {
        if let Some(document) = roles::inline(connection, name, &policy).await? {
            fields.insert(format!("inline_policies.{policy}"), document);
        }
    }
    Ok(Some(Live { fields, attributes: Attributes::from([("arn".to_owned(), role.arn)]) }))
}

/// Fills in what was learned.
pub(super) fn observe(wanted: &[&Resource], roles: Roles, findings: &mut Findings) {
    for (resource, role) in wanted.iter().zip(roles) {
        match role {
            Ok(Some(live)) => findings.see(resource, live),
            Ok(None) => {}
            Err(error) => findings.gap(resource, &error),
        }
    }
}
