//! What a request needs: actions on resources.
//!
//! In: `actions.toml`, one row per group of operations, and a request. Out: [`Need`]s. An operation without a row needs
//! `service:Operation` on `*`. Absent: whether the caller has it (`decision`).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::resources;
use crate::sim::request::Request;
use crate::sim::world::World;

/// One row.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    service: String,
    operations: Vec<String>,
    /// Another action than the operation's name.
    action: Option<String>,
    /// Templates as in `resources`; each must be allowed.
    #[serde(default)]
    resources: Vec<String>,
    /// The member that carries tags or tag keys.
    pub(super) tags: Option<String>,
    /// The action that tags in the same request need besides, and on what.
    tagging: Option<Also>,
    /// Further actions, when the member is given.
    #[serde(default)]
    also: Vec<Also>,
    /// Condition key to the member whose value it has.
    #[serde(default)]
    pub(super) keys: BTreeMap<String, String>,
    /// Whether it is allowed whatever policies say.
    #[serde(default)]
    pub(super) free: bool,
    /// Where AWS says so.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    action: String,
    resource: String,
    when: Option<String>,
    /// Only when a member account asks, or only when the management account does.
    by_member: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Rows {
    rule: Vec<Row>,
}

/// One action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) action: String,
    pub(super) resource: String,
}

/// The table; empty if the compiled-in file were wrong, which a test excludes.
fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        toml::from_str::<Rows>(include_str!("actions.toml")).map(|file| file.rule).unwrap_or_default()
    })
}

/// The row of an operation.
pub(super) fn row(service: &str, operation: &str) -> Option<&'static Row> {
    rows().iter().find(|row| row.service == service && row.operations.iter().any(|name| name == operation))
}

/// The prefix of a service's actions.
pub(super) fn prefix(service: &str) -> &str {
    match service {
        "service-quotas" => "servicequotas",
        "sso-admin" => "sso",
        "accessanalyzer" => "access-analyzer",
        other => other,
    }
}

fn is_given(request: &Request, member: &str) -> bool {
    match request.input.get(member) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(entries)) => !entries.is_empty(),
        Some(_) => true,
    }
}

/// Everything a request needs.
pub(super) fn needs(world: &World, request: &Request) -> Vec<Need> {
    let plain = format!("{}:{}", prefix(request.service), request.operation);
    let Some(row) = row(request.service, &request.operation) else {
        return vec![Need { action: plain, resource: "*".to_owned() }];
    };
    let action = row.action.clone().unwrap_or(plain);
    let mut found: Vec<String> =
        row.resources.iter().filter_map(|template| resources::arn(world, request, template)).collect();
    if found.is_empty() {
        found.push("*".to_owned());
    }
    let mut needs: Vec<Need> =
        found.into_iter().map(|resource| Need { action: action.clone(), resource }).collect();
    let tagging =
        row.tagging.as_ref().filter(|_| row.tags.as_ref().is_some_and(|tags| is_given(request, tags)));
    let caller = &request.caller.account;
    let manages = world.organizations.of(caller).is_some_and(|one| one.management == *caller);
    let also = row.also.iter().filter(|also| {
        also.when.as_ref().is_none_or(|member| is_given(request, member))
            && also.by_member.is_none_or(|by_member| by_member != manages)
    });
    for further in also.chain(tagging) {
        let resource = resources::arn(world, request, &further.resource).unwrap_or_else(|| "*".to_owned());
        needs.push(Need { action: further.action.clone(), resource });
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::shapes;

    #[test]
    fn every_row_names_operations_and_members_of_the_model_and_templates_that_exist() {
        let file: Rows = toml::from_str(include_str!("actions.toml")).expect("actions.toml");
        let mut seen = std::collections::BTreeSet::new();
        for row in &file.rule {
            let table = shapes::table(&row.service).expect("a service");
            assert!(row._source.starts_with("https://docs.aws.amazon.com/"), "{:?}", row.operations);
            for name in &row.operations {
                assert!(seen.insert((row.service.clone(), name.clone())), "{name} twice");
                let operation = table.operations.get(name).unwrap_or_else(|| panic!("{name}"));
                let input = table.input(operation);
                let keys = row.keys.values().filter(|member| !member.starts_with('='));
                let members =
                    row.tags.iter().chain(keys).chain(row.also.iter().filter_map(|a| a.when.as_ref()));
                for member in members {
                    let member = member.rsplit(':').next().unwrap_or(member);
                    let known = input.is_some_and(|shape| shape.members.contains_key(member));
                    assert!(known || row.operations.len() > 1, "{name}.{member}");
                }
                let templates = row
                    .resources
                    .iter()
                    .chain(row.also.iter().chain(&row.tagging).map(|also| &also.resource));
                for template in templates {
                    assert!(resources::is_template(template), "{template}");
                }
            }
        }
    }
}
