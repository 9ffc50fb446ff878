//! `security`: services that one account sets for the whole organization, one file each.

use super::draft::Draft;
use super::guardduty;
use super::yaml::{Map, Node};

/// The services by their key.
const SERVICES: &[(&str, fn(&mut Draft<'_>) -> Option<Node>)] = &[("guardduty", guardduty::section)];

pub(super) fn write(draft: &mut Draft<'_>) {
    let mut section = Map::default();
    for (word, of) in SERVICES {
        section.put_some(word, of(draft));
    }
    if !section.is_empty() {
        draft.root.put("security", section);
    }
}
