//! The IAM roles that the landing zone's version requires, and the one that AWS Backup works with.

use serde_json::{Value, json};

use super::{Expansion, resource};
use crate::catalog::service_roles::{ServiceRole, of_backup as backup_role, path, required_by};
use crate::model::{Address, Kind, Origin, Resource};

/// The addresses of the roles that a landing-zone version requires.
pub(super) fn addresses(landing_zone: &str) -> impl Iterator<Item = Address> {
    required_by(landing_zone).map(|role| Address::new(Kind::ServiceRole, role.name.as_str()))
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let Some(zone) = &expansion.spec.landing_zone else {
        return;
    };
    for role in required_by(&zone.version) {
        let address = Address::new(Kind::ServiceRole, role.name.as_str());
        let wanted = wanted(expansion.partition, address, role, path(), Some(&zone.origin));
        expansion.graph.add(wanted);
    }
}

/// The role that AWS Backup works with, wherever the caller places it. Its ARN stands in
/// policies with no path, so it has none.
pub(super) fn of_backup(partition: &str, address: Address, origin: Option<&Origin>) -> Resource {
    wanted(partition, address, backup_role(), "/", origin)
}

fn wanted(
    partition: &str,
    address: Address,
    role: &ServiceRole,
    path: &str,
    origin: Option<&Origin>,
) -> Resource {
    let mut wanted = resource(address, origin);
    let fields = &mut wanted.fields;
    fields.insert("path".to_owned(), json!(path));
    fields.insert("trust".to_owned(), trust(role));
    for policy in &role.managed_policies {
        let arn = policy.replace("{partition}", partition);
        fields.insert(format!("managed_policies.{arn}"), json!(true));
    }
    if let Some(inline) = &role.inline_policy {
        let document = statement(&inline.action, &inline.resource.replace("{partition}", partition));
        fields.insert(format!("inline_policies.{}", inline.name), document);
    }
    wanted
}

fn trust(role: &ServiceRole) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": role.principal },
            "Action": "sts:AssumeRole",
        }],
    })
}

fn statement(action: &str, on: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": action, "Resource": on }],
    })
}
