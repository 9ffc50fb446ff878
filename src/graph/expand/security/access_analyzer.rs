//! IAM Access Analyzer: an analyzer of external access in each Region, since it sees the resources
//! of its own, and one of unused access in the home Region, since roles and users are everywhere
//! the same and each analyzer is billed (that one is enough is UNSOURCED).

use serde_json::json;

use super::Service;
use crate::graph::expand::Expansion;
use crate::model::resource::Presence;
use crate::model::{Address, Kind};
use crate::spec::security::AccessAnalyzer;

/// AWS's types of analyzers, with the words that they go by in addresses and names.
const EXTERNAL: (&str, &str) = ("ORGANIZATION", "external_access");
const UNUSED: (&str, &str) = ("ORGANIZATION_UNUSED_ACCESS", "unused_access");

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = expansion.spec;
    let said = spec.security.as_ref().and_then(|security| security.access_analyzer.as_ref());
    let Some(said) = said else { return };
    let Some(service) = Service::of("access_analyzer", &said.seat) else { return };
    if said.analyzers.contains(EXTERNAL.0) {
        for region in service.regions(expansion) {
            analyzer(expansion, service, said, EXTERNAL, region.as_str());
        }
    }
    if said.analyzers.contains(UNUSED.0) {
        let home = expansion.home_region.to_string();
        analyzer(expansion, service, said, UNUSED, &home);
    }
    for (address, origin) in super::going(expansion, Kind::Analyzer) {
        let Some((region, word)) = address.name.split_once('/') else { continue };
        let kind = [EXTERNAL, UNUSED].into_iter().find(|(_, known)| *known == word);
        if let Some((kind, _)) = kind {
            let mut unwanted = service.set_by_administrator(expansion, address.clone(), region);
            unwanted.fields.insert("type".to_owned(), json!(kind));
            unwanted.keys.insert("type".to_owned(), json!(kind));
            (unwanted.presence, unwanted.origin) = (Presence::Remove, Some(origin));
            expansion.graph.add(unwanted);
        }
    }
}

fn analyzer(
    expansion: &mut Expansion<'_>,
    service: Service<'_>,
    said: &AccessAnalyzer,
    (kind, word): (&str, &str),
    region: &str,
) {
    let address = Address::new(Kind::Analyzer, format!("{region}/{word}"));
    let mut wanted = service.set_by_administrator(expansion, address, region);
    wanted.keys.insert("name".to_owned(), json!(format!("organization-{}", word.replace('_', "-"))));
    wanted.fields.insert("type".to_owned(), json!(kind));
    if let Some(days) = said.unused_after_days.filter(|_| kind == UNUSED.0) {
        wanted.fields.insert("unused_after_days".to_owned(), json!(days));
    }
    expansion.graph.add(wanted);
}
