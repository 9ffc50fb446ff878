//! `security`: services that one account sets for the whole organization, Region by Region.
//!
//! A Region that the document excludes has no resource at all, so nothing is asked or changed
//! there, and nothing elsewhere either.

use serde_json::json;

use super::{Expansion, account, account_id, management_id, resource, the_organization};
use crate::graph::edge::Edge;
use crate::model::resource::Presence;
use crate::model::{Address, Kind};
use crate::spec::security::GuardDuty;

/// The document's name for the management account.
const MANAGEMENT: &str = "management";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    if let Some(said) = spec.security.as_ref().and_then(|security| security.guardduty.as_ref()) {
        for region in expansion.regions_of("guardduty") {
            guardduty(expansion, said, region.as_str());
        }
    }
}

fn guardduty(expansion: &mut Expansion<'_>, said: &GuardDuty, region: &str) {
    let me = Address::new(Kind::GuardDuty, region);
    let own = Address::new(Kind::GuardDuty, format!("{region}/{MANAGEMENT}"));
    let office = super::delegation::administrators_of("guardduty");
    let mut wanted = resource(me.clone(), Some(&said.origin));
    let by_management = said.administrator == MANAGEMENT;
    let who = if by_management { management_id() } else { account_id(&said.administrator) };
    wanted.keys.insert("account".to_owned(), who);
    wanted.keys.insert("region".to_owned(), json!(region));
    wanted.keys.insert("members_everybody".to_owned(), json!(true));
    let reach = said.auto_enable.as_str();
    wanted.fields.insert("status".to_owned(), json!("ENABLED"));
    wanted.fields.insert("auto_enable".to_owned(), json!(reach));
    for feature in &said.features {
        wanted.fields.insert(format!("features.{feature}"), json!("ENABLED"));
        wanted.fields.insert(format!("auto_features.{feature}"), json!(reach));
    }
    for (name, member) in expansion.spec.accounts.iter().filter(|(name, _)| **name != said.administrator) {
        let one = json!({ "id": account_id(name), "email": member.email.as_str() });
        wanted.fields.insert(format!("members.{name}"), one);
    }
    let mut edges = vec![
        Edge::exists(&me, &the_organization(), "organization-first"),
        Edge::settled(&me, &office, "administrator-before-settings"),
    ];
    if !by_management {
        edges.push(Edge::settled(&me, &account(&said.administrator), "administrator-in-place-first"));
        wanted.fields.insert(format!("members.{MANAGEMENT}"), json!({ "id": management_id() }));
        let mut detector = resource(own.clone(), Some(&said.origin));
        detector.presence = Presence::Ensure;
        detector.keys.insert("region".to_owned(), json!(region));
        detector.fields.insert("status".to_owned(), json!("ENABLED"));
        edges.push(Edge::exists(&own, &the_organization(), "organization-first"));
        edges.push(Edge::settled(&own, &super::the_landing_zone(), "landing-zone-before-delegation"));
        edges.push(Edge::settled(&me, &own, "management-detector-first").only(&["enrol"]));
        expansion.graph.add(detector);
    }
    expansion.graph.add(wanted);
    for edge in edges {
        expansion.graph.connect(edge);
    }
}
