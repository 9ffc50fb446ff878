//! Macie of one account in one Region: its session, and for the administrator the settings and members
//! of the organization.

use std::collections::BTreeMap;

use serde_json::json;

use super::Seen;
use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::macie;
use crate::model::{Fields, Live, Resource};

pub(super) async fn read(site: &Site, resource: &Resource, holds: bool) -> Result<Option<Seen>, CallError> {
    let Some(session) = macie::session(site).await? else { return Ok(None) };
    let words = [("status", session.status), ("finding_frequency", session.finding_frequency)];
    let mut fields: Fields =
        words.into_iter().filter_map(|(name, word)| Some((name.to_owned(), json!(word?)))).collect();
    let mut reached = BTreeMap::new();
    if holds && resource.fields.contains_key("auto_enable") {
        fields.insert("auto_enable".to_owned(), json!(macie::auto_enable(site).await?));
        if resource.fields.contains_key("discovery") {
            let (status, reach) = macie::discovery(site).await?;
            fields.extend(status.map(|word| ("discovery".to_owned(), json!(word))));
            fields.extend(reach.map(|word| ("discovery_reach".to_owned(), json!(word))));
        }
        let members = macie::members(site).await?;
        reached.insert("members", members.current);
        reached.insert("former", members.former);
    }
    Ok(Some(Seen { live: Live { fields, ..Live::default() }, reached, not_yet: None }))
}
