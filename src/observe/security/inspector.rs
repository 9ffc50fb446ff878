//! Inspector of one account in one Region: its scans, and for the administrator the settings, members
//! and their scans.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Seen;
use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::inspector::{self, Scans};
use crate::model::{Fields, Live, Resource};

pub(super) async fn read(site: &Site, resource: &Resource, holds: bool) -> Result<Option<Seen>, CallError> {
    let own: Scans = inspector::scans(site, &[]).await?.into_values().next().unwrap_or_default();
    let on = own.keys().filter(|name| inspector::is_on(&own, name));
    let mut fields: Fields = on.map(|name| (format!("own.{name}"), json!(true))).collect();
    let mut reached = BTreeMap::new();
    // What is off tells its administrator nothing.
    let wanted = wanted(resource);
    if holds && !wanted.is_empty() && !fields.is_empty() {
        let settings = inspector::settings(site).await?;
        fields.extend(settings.into_iter().map(|(name, on)| (format!("auto_enable.{name}"), json!(on))));
        let members = inspector::members(site).await?;
        let ids: Vec<String> = members.iter().cloned().collect();
        let scans = if ids.is_empty() { BTreeMap::new() } else { inspector::scans(site, &ids).await? };
        let all = |scans: &Scans| wanted.iter().all(|name| inspector::is_on(scans, name));
        let scanned: BTreeSet<String> =
            scans.into_iter().filter(|(_, scans)| all(scans)).map(|(account, _)| account).collect();
        reached.insert("members", members);
        reached.insert("scanned", scanned);
    }
    Ok(Some(Seen { live: Live { fields, ..Live::default() }, reached, not_yet: None }))
}

/// The scans of every account.
fn wanted(resource: &Resource) -> BTreeSet<&str> {
    let on = resource.fields.iter().filter(|(_, on)| on.as_bool() == Some(true));
    on.filter_map(|(field, _)| field.strip_prefix("auto_enable.")).collect()
}
