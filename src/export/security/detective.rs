//! `security.detective`.

use super::{holds, reaches_everybody, regional};
use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::observe::census::security::Detective;
use crate::spec::security::source_word;

/// AWS's word for a source of data that flows.
const STARTED: &str = "STARTED";

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let by_region = &draft.census.security.detective;
    regional(draft, "detective", by_region, said)
}

fn said(draft: &Draft<'_>, live: &Detective) -> Result<(String, Map), String> {
    holds(live.graph.is_some(), "the administrator has no behaviour graph")?;
    holds(live.auto_enable, "accounts that join do not get it")?;
    holds(live.waiting.is_empty(), "it does not take the data of every member")?;
    reaches_everybody(draft, &live.administrator, &live.members, "not among the members")?;
    let started = live.sources.iter().filter(|(_, word)| *word == STARTED);
    let sources: Vec<&str> = started.filter_map(|(name, _)| source_word(name)).collect();
    let mut section = Map::default();
    section.put_filled("sources", sources);
    Ok((live.administrator.clone(), section))
}
