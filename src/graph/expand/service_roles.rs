//! The IAM roles that the landing zone's version requires.

use serde_json::{Value, json};

use super::{Expansion, resource};
use crate::catalog::service_roles::{ServiceRole, path, required_by};
use crate::model::{Address, Kind};

/// The addresses of the roles that a landing-zone version requires.
pub(super) fn addresses(landing_zone: &str) -> impl Iterator<Item = Address> {
    required_by(landing_zone).map(|role| Address::new(Kind::ServiceRole, role.name.as_str()))
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let Some(zone) = &expansion.spec.landing_zone else {
        return;
    };
    for role in required_by(&zone.version) {
        let mut wanted = resource(Address::new(Kind::ServiceRole, role.name.as_str()), Some(&zone.origin));
        let fields = &mut wanted.fields;
        fields.insert("path".to_owned(), json!(path()));
        fields.insert("trust".to_owned(), trust(role));
        for policy in &role.managed_policies {
            let arn = policy.replace("{partition}", expansion.partition);
            fields.insert(format!("managed_policies.{arn}"), json!(true));
        }
        if let Some(inline) = &role.inline_policy {
            let document =
                statement(&inline.action, &inline.resource.replace("{partition}", expansion.partition));
            fields.insert(format!("inline_policies.{}", inline.name), document);
        }
        expansion.graph.add(wanted);
    }
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
