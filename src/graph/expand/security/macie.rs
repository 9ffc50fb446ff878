//! Macie: the administrator's own with the settings of the organization, its members, and the
//! management account's own.

use serde_json::json;

use super::{Service, in_region, management_first};
use crate::graph::expand::Expansion;
use crate::model::Kind;
use crate::model::region::Region;
use crate::spec::security::Macie;

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let Some(said) = spec.security.as_ref().and_then(|security| security.macie.as_ref()) else { return };
    let Some(service) = Service::of("macie", &said.seat) else { return };
    for region in service.regions(expansion) {
        in_one(expansion, service, said, &region);
    }
}

fn in_one(expansion: &mut Expansion<'_>, service: Service<'_>, said: &Macie, region: &Region) {
    let at = region.as_str();
    let mut wanted = service.set_by_administrator(expansion, in_region(Kind::Macie, region), at);
    let fields = &mut wanted.fields;
    fields.insert("status".to_owned(), json!("ENABLED"));
    fields.extend(said.finding_frequency.iter().map(|word| ("finding_frequency".to_owned(), json!(word))));
    fields.insert("auto_enable".to_owned(), json!(true));
    if let Some(on) = said.automated_discovery {
        let (status, reach) = if on { ("ENABLED", "ALL") } else { ("DISABLED", "NONE") };
        fields.insert("discovery".to_owned(), json!(status));
        fields.insert("discovery_reach".to_owned(), json!(reach));
    }
    wanted.whole.insert("former".to_owned());
    service.reach_everybody(expansion, &mut wanted, "members");
    if let Some(mut own) = service.in_management(expansion, Kind::Macie, at) {
        own.fields.insert("status".to_owned(), json!("ENABLED"));
        expansion.graph.connect(management_first(&wanted, &own, &["enrol"]));
        expansion.graph.add(own);
    }
    expansion.graph.add(wanted);
}
