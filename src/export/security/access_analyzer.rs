//! `security.access_analyzer`: external access Region by Region, unused access in the home Region.

use super::{holds, regional};
use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::observe::census::security::{AccessAnalyzer, Analyzer};

/// AWS's types, with the document's words.
const EXTERNAL: (&str, &str) = ("ORGANIZATION", "external_access");
const UNUSED: (&str, &str) = ("ORGANIZATION_UNUSED_ACCESS", "unused_access");

fn find<'a>(live: &'a AccessAnalyzer, kind: &str) -> Option<&'a Analyzer> {
    live.analyzers.iter().find(|one| one.kind == kind)
}

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let census = draft.census;
    let by_region = &census.security.access_analyzer;
    let home = by_region.get(&census.home_region);
    let unused = home.and_then(|live| find(live, UNUSED.0));
    let external = by_region.values().any(|live| find(live, EXTERNAL.0).is_some());
    let mut words = Vec::new();
    words.extend(external.then_some(EXTERNAL.1));
    words.extend(unused.map(|_| UNUSED.1));
    if words.is_empty() {
        return None;
    }
    // Where only unused access is looked for no Region has to be excluded.
    let section = regional(draft, "access_analyzer", by_region, |_, live| {
        holds(!external || find(live, EXTERNAL.0).is_some(), "it has no analyzer of external access")?;
        let mut section = Map::default();
        section.put("analyzers", words.clone());
        Ok((live.administrator.clone(), section))
    });
    let days = unused.and_then(|one| one.unused_after_days).and_then(|days| u64::try_from(days).ok());
    section.map(|mut section| {
        section.put_some("unused_after_days", days);
        section
    })
}
