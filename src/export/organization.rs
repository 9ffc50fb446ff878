//! `organization`: Regions, trust, root access, its own policy.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::draft::Draft;
use super::yaml::{Map, Node};
use crate::catalog::partitions;
use crate::model::{Address, Kind};
use crate::observe::census::organization::Organization;

pub(super) fn write(draft: &mut Draft<'_>) {
    let Some(organization) = &draft.census.organization else { return };
    let mut section = Map::default();
    section.put("home_region", draft.census.home_region.as_str());
    section.put("governed_regions", draft.regions.iter().map(|region| region.as_str()).collect::<Vec<_>>());
    section.put("management_account", organization.management_account.as_str());
    section.put_filled("trusted_access", trusted(draft, organization));
    section.put_filled("root_access", root_access(organization));
    if let Some(content) = own_policy(draft, organization) {
        let mut policy = Map::default();
        policy.put("document", draft.file("policies", "organization", &content));
        section.put("resource_policy", policy);
    }
    draft.root.put("organization", section);
    if organization.feature_set != "ALL" {
        let why =
            format!("it has the feature set {}, and a document wants all features", organization.feature_set);
        draft.leave(&Address::only(Kind::Organization), why);
    }
}

fn trusted(draft: &mut Draft<'_>, organization: &Organization) -> Vec<Node> {
    let mut listed = Vec::new();
    for (principal, in_force) in organization.trusted_access.iter().flatten() {
        if !is_principal(principal) {
            draft.remark(format!("trusted access of {principal}: it is not a service principal of AWS"));
        } else if !in_force && draft.census.control_tower.is_some() {
            // Control Tower trusts in its own way, and what it trusts is its own affair.
        } else if !in_force {
            draft.remark(format!(
                "trusted access of {principal}: it was given by Organizations alone, and without the service's own \
                 call the trust does nothing"
            ));
        } else {
            listed.push(Node::from(principal));
        }
    }
    listed
}

/// Whether a text has the form of a service principal, as the document's rules have it.
fn is_principal(text: &str) -> bool {
    let service = partitions::all().iter().find_map(|row| text.strip_suffix(&format!(".{}", row.dns_suffix)));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
    service.is_some_and(|service| !service.is_empty() && service.chars().all(plain))
}

fn root_access(organization: &Organization) -> Vec<&'static str> {
    let on: &BTreeSet<Kind> = match &organization.root_access {
        Some(on) => on,
        None => return Vec::new(),
    };
    let words =
        [(Kind::RootCredentialsManagement, "credentials_management"), (Kind::RootSessions, "sessions")];
    words.into_iter().filter(|(kind, _)| on.contains(kind)).map(|(_, word)| word).collect()
}

/// The statements of the organization's policy that the document can name: each by its `Sid`.
fn own_policy(draft: &mut Draft<'_>, organization: &Organization) -> Option<Value> {
    let live = organization.resource_policy.as_ref()?;
    let all: Vec<&Value> = match live.get("Statement") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let sid = |statement: &Value| statement.get("Sid").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut seen = BTreeSet::new();
    let named: Vec<&Value> =
        all.iter().copied().filter(|one| !sid(one).is_empty() && seen.insert(sid(one))).collect();
    if named.len() < all.len() {
        let left = all.len() - named.len();
        draft.remark(format!(
            "{left} statements of the organization's resource policy: they have no `Sid` of their own"
        ));
    }
    (!named.is_empty()).then(|| {
        let version = live.get("Version").cloned().unwrap_or_else(|| json!("2012-10-17"));
        json!({ "Version": version, "Statement": named })
    })
}
