//! Policies of Firewall Manager, by name, as their administrator sees them.

use std::collections::BTreeMap;

use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::firewall_policies;
use crate::model::{Attributes, Live, Resource};

/// The policy of the wanted name. An account that administers nothing has none, and AWS would not tell.
pub(super) async fn read(site: &Site, resource: &Resource, holds: bool) -> Result<Option<Live>, CallError> {
    if !holds {
        return Ok(None);
    }
    let name = resource.keys.get("name").and_then(|name| name.as_str()).unwrap_or_default();
    let all = firewall_policies::ids(site).await?;
    let Some(id) = all.get(name) else { return Ok(None) };
    let found = firewall_policies::get(site, id).await?;
    let attributes = BTreeMap::from([("id", found.id), ("token", found.token)]);
    let attributes: Attributes =
        attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(Some(Live { fields: found.fields, attributes }))
}
