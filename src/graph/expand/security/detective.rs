//! Detective: the settings of the graph that its administrator has, its further sources of data and
//! its members.

use serde_json::json;

use super::{Service, in_region};
use crate::graph::edge::Edge;
use crate::graph::expand::Expansion;
use crate::model::region::Region;
use crate::model::{Address, Kind};
use crate::spec::security::Detective;

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(said) = spec.security.as_ref().and_then(|security| security.detective.as_ref()) else { return };
    let Some(service) = Service::of("detective", &said.seat) else { return };
    for region in service.regions(expansion) {
        in_one(expansion, service, said, &region);
    }
}

fn in_one(expansion: &mut Expansion<'_>, service: Service<'_>, said: &Detective, region: &Region) {
    let mut wanted =
        service.set_by_administrator(expansion, in_region(Kind::Detective, region), region.as_str());
    wanted.fields.insert("auto_enable".to_owned(), json!(true));
    wanted.fields.extend(said.sources.iter().map(|name| (format!("sources.{name}"), json!("STARTED"))));
    wanted.whole.insert("waiting".to_owned());
    service.reach_everybody(expansion, &mut wanted, "members");
    let watched = Address::new(Kind::GuardDuty, region.as_str());
    expansion.graph.connect(Edge::settled(&wanted.address, &watched, "guardduty-before-detective"));
    expansion.graph.add(wanted);
}
