//! GuardDuty: the administrator's detector with the settings of the organization, its members,
//! and the management account's own detector.

use serde_json::json;

use super::{Service, in_region, management_first};
use crate::graph::expand::Expansion;
use crate::model::Kind;
use crate::model::region::Region;
use crate::spec::security::GuardDuty;

/// The word for whom settings reach that nobody shall get.
const NOBODY: &str = "NONE";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(said) = spec.security.as_ref().and_then(|security| security.guardduty.as_ref()) else { return };
    let Some(service) = Service::of("guardduty", &said.seat) else { return };
    for region in service.regions(expansion) {
        in_one(expansion, service, said, &region);
    }
}

fn in_one(expansion: &mut Expansion<'_>, service: Service<'_>, said: &GuardDuty, region: &Region) {
    let at = region.as_str();
    let mut wanted = service.set_by_administrator(expansion, in_region(Kind::GuardDuty, region), at);
    let reach = said.auto_enable.as_str();
    wanted.fields.insert("status".to_owned(), json!("ENABLED"));
    wanted.fields.insert("auto_enable".to_owned(), json!(reach));
    for feature in &said.features {
        wanted.fields.insert(format!("features.{feature}"), json!("ENABLED"));
        wanted.fields.insert(format!("auto_features.{feature}"), json!(reach));
    }
    for feature in &said.off {
        wanted.fields.insert(format!("features.{feature}"), json!("DISABLED"));
        wanted.fields.insert(format!("auto_features.{feature}"), json!(NOBODY));
    }
    service.reach_everybody(expansion, &mut wanted, "members");
    if !said.off.is_empty() {
        service.reach_everybody(expansion, &mut wanted, "without");
    }
    if let Some(mut detector) = service.in_management(expansion, Kind::GuardDuty, at) {
        detector.fields.insert("status".to_owned(), json!("ENABLED"));
        expansion.graph.connect(management_first(&wanted, &detector, &["enrol"]));
        expansion.graph.add(detector);
    }
    expansion.graph.add(wanted);
}
