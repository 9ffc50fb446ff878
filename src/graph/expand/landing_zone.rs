//! `landing_zone`: one resource, and everything that must be there before it.

use serde_json::json;

use super::{
    Expansion, account, keys, manifest, resource, service_roles, the_landing_zone, the_organization, unit,
};
use crate::graph::edge::Edge;
use crate::spec::document::LandingZone;

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let Some(zone) = &expansion.spec.landing_zone else {
        return;
    };
    let mut wanted = resource(the_landing_zone(), Some(&zone.origin));
    wanted.fields.insert("version".to_owned(), json!(zone.version));
    wanted.fields.insert("manifest".to_owned(), manifest::said(expansion, zone));
    wanted.at_creation.insert("manifest".to_owned(), manifest::at_creation(expansion, zone));
    if let Some(automatic) = zone.auto_enroll {
        let types = if automatic { json!(["INHERITANCE_DRIFT"]) } else { json!([]) };
        wanted.fields.insert("remediation_types".to_owned(), types);
    }
    if let Some(unit) = zone.integration_unit.as_ref().filter(|_| zone.version.starts_with("3.")) {
        wanted.fields.insert("security_unit_name".to_owned(), json!(unit.as_str()));
    }
    wanted.fields.insert("status".to_owned(), json!("ACTIVE"));
    wanted.fields.insert("drift".to_owned(), json!("IN_SYNC"));
    wanted.keys.insert("region".to_owned(), json!(expansion.home_region.as_str()));
    prerequisites(expansion, zone);
    expansion.graph.add(wanted);
}

/// The names of the accounts that the landing zone's services live in.
pub(super) fn integration_accounts(zone: &LandingZone) -> Vec<&String> {
    let single = [&zone.centralized_logging, &zone.config, &zone.security_roles];
    let mut names: Vec<&String> =
        single.into_iter().flatten().filter(|i| i.enabled).filter_map(|i| i.account.as_ref()).collect();
    if let Some(backup) = zone.backup.as_ref().filter(|backup| backup.enabled) {
        names.extend([&backup.administrator, &backup.central].into_iter().flatten());
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn prerequisites(expansion: &mut Expansion<'_>, zone: &LandingZone) {
    let me = the_landing_zone();
    let old = zone.version.starts_with("3.");
    let mut edges = vec![Edge::settled(&me, &the_organization(), "organization-first")];
    for name in integration_accounts(zone) {
        edges.push(if old {
            Edge::exists(&me, &account(name), "integration-accounts-first")
        } else {
            Edge::settled(&me, &account(name), "integration-accounts-in-one-unit")
        });
    }
    if let Some(path) = zone.integration_unit.as_ref().filter(|_| !old) {
        edges.push(Edge::settled(&me, &unit(path), "integration-accounts-in-one-unit"));
    }
    edges.extend(
        service_roles::addresses(&zone.version).map(|role| Edge::settled(&me, &role, "service-roles-first")),
    );
    let logging = [&zone.centralized_logging, &zone.config].into_iter().flatten();
    for name in logging.filter_map(|integration| integration.key.as_ref()) {
        edges.push(Edge::settled(&me, &keys::key(name), "key-policy-first"));
    }
    if let Some(name) = zone.backup.as_ref().and_then(|backup| backup.key.as_ref()) {
        edges.push(Edge::settled(&me, &keys::key(name), "backup-key-replicas-first"));
    }
    for edge in edges {
        expansion.graph.connect(edge);
    }
}
