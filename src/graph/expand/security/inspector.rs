//! Inspector: the administrator's own scans, those of accounts that join, its members with their
//! scans, and the management account's own.

use serde_json::json;

use super::{Service, in_region, management_first};
use crate::graph::expand::Expansion;
use crate::model::Kind;
use crate::model::region::Region;
use crate::spec::security::Inspector;

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(said) = spec.security.as_ref().and_then(|security| security.inspector.as_ref()) else { return };
    let Some(service) = Service::of("inspector", &said.seat) else { return };
    for region in service.regions(expansion) {
        in_one(expansion, service, said, &region);
    }
}

fn in_one(expansion: &mut Expansion<'_>, service: Service<'_>, said: &Inspector, region: &Region) {
    let at = region.as_str();
    let mut wanted = service.set_by_administrator(expansion, in_region(Kind::Inspector, region), at);
    let own = said.scan.iter().map(|scan| (format!("own.{scan}"), json!(true)));
    wanted.fields.extend(own.clone());
    wanted.fields.extend(said.scan.iter().map(|scan| (format!("auto_enable.{scan}"), json!(true))));
    wanted.fields.extend(said.off.iter().map(|scan| (format!("auto_enable.{scan}"), json!(false))));
    service.reach_everybody(expansion, &mut wanted, "members");
    service.reach_everybody(expansion, &mut wanted, "scanned");
    if let Some(mut management) = service.in_management(expansion, Kind::Inspector, at) {
        management.fields.extend(own);
        expansion.graph.connect(management_first(&wanted, &management, &["enrol"]));
        expansion.graph.add(management);
    }
    expansion.graph.add(wanted);
}
