//! GuardDuty of one account in one Region: its detector, and for the administrator the settings
//! and members of the organization.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Seen;
use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::guardduty::{self, Detector, Features};
use crate::model::{Attributes, Fields, Live, Resource};

/// A detector with what is asked about it.
pub(super) async fn read(
    site: &Site,
    resource: &Resource,
    holds: bool,
    detector: Option<Detector>,
) -> Result<Option<Seen>, CallError> {
    let Some(Detector { id, status, features, .. }) = detector else { return Ok(None) };
    let mut fields: Fields = status.map(|word| ("status".to_owned(), json!(word))).into_iter().collect();
    fields.extend(features.into_iter().map(|(name, word)| (format!("features.{name}"), json!(word))));
    let mut reached = BTreeMap::new();
    if holds && resource.fields.contains_key("auto_enable") {
        let (reach, features) = guardduty::settings(site, &id).await?;
        fields.extend(reach.map(|word| ("auto_enable".to_owned(), json!(word))));
        fields
            .extend(features.into_iter().map(|(name, word)| (format!("auto_features.{name}"), json!(word))));
        let members = guardduty::members(site, &id).await?;
        if resource.everybody().any(|group| group == "without") {
            reached.insert("without", without(site, &id, resource, &members).await?);
        }
        reached.insert("members", members);
    }
    let attributes = Attributes::from([("detector".to_owned(), id)]);
    Ok(Some(Seen { live: Live { fields, attributes }, reached, not_yet: None }))
}

/// The members in whose detectors everything is off that shall be.
async fn without(
    site: &Site,
    id: &str,
    resource: &Resource,
    members: &BTreeSet<String>,
) -> Result<BTreeSet<String>, CallError> {
    let off: Vec<&str> = resource
        .fields
        .iter()
        .filter(|(_, word)| word.as_str() == Some("DISABLED"))
        .filter_map(|(field, _)| field.strip_prefix("features."))
        .collect();
    let is_off =
        |seen: &Features| off.iter().all(|name| seen.get(*name).is_none_or(|word| word != "ENABLED"));
    let seen = guardduty::member_features(site, id, members).await?;
    Ok(seen.into_iter().filter(|(_, features)| is_off(features)).map(|(account, _)| account).collect())
}
