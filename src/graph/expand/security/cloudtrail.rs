//! Trails of the organization: in the management account, which has them whoever makes them.
//!
//! A trail needs CloudTrail's trusted access. It comes after the landing zone, which switches that
//! on itself.

use serde_json::json;

use crate::graph::edge::Edge;
use crate::graph::expand::{Expansion, organization, resource, the_landing_zone, the_organization};
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Resource};

const PRINCIPAL: &str = "cloudtrail.amazonaws.com";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let trails = spec.security.iter().flat_map(|security| &security.trails);
    for (name, said) in trails {
        let mut wanted = resource(Address::new(Kind::Trail, name), Some(&said.origin));
        let mut put = |field: &str, value: serde_json::Value| {
            wanted.fields.insert(field.to_owned(), value);
        };
        put("bucket", json!(said.bucket));
        for (field, text) in [("prefix", &said.prefix), ("key", &said.key)] {
            if let Some(text) = text {
                put(field, json!(text));
            }
        }
        put("validation", json!(said.validation));
        put("every_region", json!(said.every_region));
        put("organization", json!(true));
        put("logging", json!(true));
        place(expansion, &mut wanted);
        let me = wanted.address.clone();
        let access = organization::needed(expansion, PRINCIPAL, &said.origin);
        let graph = &mut expansion.graph;
        graph.connect(Edge::settled(&access, &the_landing_zone(), "landing-zone-before-delegation"));
        graph.connect(Edge::settled(&me, &access, "trust-before-delegation"));
        graph.add(wanted);
    }
}

/// One that shall go.
pub(in crate::graph::expand) fn removal(expansion: &mut Expansion<'_>, mut unwanted: Resource) {
    unwanted.presence = Presence::Remove;
    place(expansion, &mut unwanted);
    expansion.graph.add(unwanted);
}

fn place(expansion: &mut Expansion<'_>, trail: &mut Resource) {
    trail.keys.insert("region".to_owned(), json!(expansion.home_region));
    let me = &trail.address;
    expansion.graph.connect(Edge::exists(me, &the_organization(), "organization-first"));
    expansion.graph.connect(Edge::settled(me, &the_landing_zone(), "landing-zone-before-delegation"));
}
