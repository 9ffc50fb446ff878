//! `security.inspector`.

use super::{holds, reaches_everybody, regional};
use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::observe::census::security::Inspector;
use crate::spec::security::scan_word;

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let by_region = &draft.census.security.inspector;
    regional(draft, "inspector", by_region, said)
}

fn said(draft: &Draft<'_>, live: &Inspector) -> Result<(String, Map), String> {
    reaches_everybody(draft, &live.administrator, &live.members, "not among the members")?;
    let in_full = |scan: &&String| {
        live.auto_enable.get(*scan) == Some(&true)
            && live.management.contains(*scan)
            && live.members.iter().all(|id| live.scanned.get(id).is_some_and(|scans| scans.contains(*scan)))
    };
    let scans: Vec<&str> = live.own.iter().filter(in_full).filter_map(|scan| scan_word(scan)).collect();
    holds(!scans.is_empty(), "no scan is on in every account")?;
    let mut section = Map::default();
    section.put("scan", scans);
    Ok((live.administrator.clone(), section))
}
