//! `security.macie`.

use super::{holds, is_on, reaches_everybody, regional};
use crate::export::draft::Draft;
use crate::export::yaml::Map;
use crate::observe::census::security::Macie;
use crate::spec::security::frequency_word;

pub(super) fn section(draft: &mut Draft<'_>) -> Option<Map> {
    let by_region = &draft.census.security.macie;
    regional(draft, "macie", by_region, said)
}

fn said(draft: &Draft<'_>, live: &Macie) -> Result<(String, Map), String> {
    let by_management = draft.census.is_management(&live.administrator);
    holds(is_on(live.status.as_ref()), "it is not on in the administrator's account")?;
    holds(by_management || is_on(live.management_status.as_ref()), "it is not on in the management account")?;
    holds(live.auto_enable, "accounts that join do not get it")?;
    holds(live.former.is_empty(), "accounts that were let go of are still on the list")?;
    reaches_everybody(draft, &live.administrator, &live.members, "not among the members")?;
    let mut section = Map::default();
    section.put_some("finding_frequency", live.finding_frequency.as_deref().and_then(frequency_word));
    let discovery = match (live.discovery.0.as_deref(), live.discovery.1.as_deref()) {
        (Some("ENABLED"), Some("ALL")) => Some(true),
        (Some("DISABLED"), Some("NONE")) => Some(false),
        _ => None,
    };
    section.put_some("automated_discovery", discovery);
    Ok((live.administrator.clone(), section))
}
