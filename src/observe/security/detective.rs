//! Detective of one account in one Region: its behaviour graph with settings, sources and members.
//!
//! Before GuardDuty has run its time in the account, Detective takes nobody's data (AWS's Security
//! Reference Architecture: 48 hours; MemberDetail: VOLUME_UNKNOWN), so nothing is to be done yet.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Seen;
use crate::cloud::CallError;
use crate::cloud::call::Site;
use crate::cloud::inventory::detective;
use crate::cloud::inventory::guardduty::Detector;
use crate::model::{Attributes, Fields, Live, Resource};

/// How long GuardDuty must have run.
const RUNNING: SignedDuration = SignedDuration::from_hours(48);

/// Why nothing can be done before GuardDuty is on.
pub(super) const NO_GUARDDUTY: &str =
    "Detective learns from GuardDuty how much data an account has, and GuardDuty must have run for 48 hours";

pub(super) async fn read(
    site: &Site,
    resource: &Resource,
    holds: bool,
    detector: Option<&Detector>,
) -> Result<Option<Seen>, CallError> {
    let not_yet = not_yet(site, detector);
    let Some(graph) = detective::graph(site).await?.filter(|_| holds) else {
        return Ok(not_yet.map(|why| Seen { not_yet: Some(why), ..Seen::from(Live::default()) }));
    };
    let auto_enable = detective::auto_enable(site, &graph).await?;
    let mut fields = Fields::from([("auto_enable".to_owned(), json!(auto_enable))]);
    if resource.fields.keys().any(|field| field.starts_with("sources.")) {
        let sources = detective::sources(site, &graph).await?;
        fields.extend(sources.into_iter().map(|(name, word)| (format!("sources.{name}"), json!(word))));
    }
    let members = detective::members(site, &graph).await?;
    let waiting = members.waiting.into_keys().collect();
    let reached = BTreeMap::from([("members", members.all), ("waiting", waiting)]);
    let attributes = Attributes::from([("graph".to_owned(), graph)]);
    Ok(Some(Seen { live: Live { fields, attributes }, reached, not_yet }))
}

/// Why nothing can be done yet, in words, if so.
fn not_yet(site: &Site, detector: Option<&Detector>) -> Option<String> {
    let Some(detector) = detector else { return Some(NO_GUARDDUTY.to_owned()) };
    let begun = detector.created.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
    let ready = begun.and_then(|begun| begun.checked_add(RUNNING).ok());
    ready.filter(|ready| *ready > site.connection.now()).map(|ready| {
        format!("{NO_GUARDDUTY}, which it will have at {}", ready.strftime("%Y-%m-%d %H:%M UTC"))
    })
}
