//! What an account that Control Tower shall enrol must not have.
//!
//! AWS Config of an account's own keeps it from being enrolled, and its whole unit from being
//! registered (Control Tower User Guide, existing-config-resources). The document does not speak of
//! it: wanting the account in a registered unit is wanting it gone, and the consent is asked by name.

use serde_json::json;

use super::Expansion;
use crate::model::Address;
use crate::model::region::Region;

/// The groups of an account's fields in which nothing shall be.
const GROUPS: [&str; 3] = ["channels", "recorders", "recording"];

/// Says of an account that it shall have no AWS Config of its own in the governed Regions.
pub(super) fn clear_the_way(expansion: &mut Expansion<'_>, account: &Address) {
    let mut regions: Vec<Region> = expansion.spec.organization.governed_regions.clone();
    if !regions.contains(&expansion.home_region) {
        regions.push(expansion.home_region.clone());
    }
    regions.sort();
    if let Some(wanted) = expansion.graph.resources.get_mut(account) {
        wanted.whole.extend(GROUPS.map(str::to_owned));
        wanted.keys.insert("recording_regions".to_owned(), json!(regions));
    }
}
