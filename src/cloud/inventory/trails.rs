//! Trails as the management account sees them from one Region: its own and those that record every
//! Region, whatever their home.

use std::collections::BTreeSet;

use aws_sdk_cloudtrail::types::Trail as Seen;
use serde_json::json;

use crate::cloud::call::Site;
use crate::cloud::failure::CallError;
use crate::model::Fields;

const DESCRIBE: &str = "cloudtrail:DescribeTrails";
const STATUS: &str = "cloudtrail:GetTrailStatus";

/// A trail.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Trail {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) home: String,
    /// Whether it records every account.
    pub(crate) organization: bool,
    /// What the document can say of it, but for whether it records.
    pub(crate) fields: Fields,
    /// What else is set, in words: the fields do not hold it.
    pub(crate) beside: BTreeSet<String>,
}

/// Every trail that is seen.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn all(site: &Site) -> Result<Vec<Trail>, CallError> {
    let client = site.clients.cloudtrail();
    let answer = site.call(DESCRIBE, || client.describe_trails().include_shadow_trails(true).send()).await?;
    Ok(answer.trail_list().iter().map(trail).collect())
}

/// Whether a trail records. It must be asked in the trail's home.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn logs(site: &Site, arn: &str) -> Result<bool, CallError> {
    let client = site.clients.cloudtrail();
    let answer = site.call(STATUS, || client.get_trail_status().name(arn).send()).await?;
    Ok(answer.is_logging().unwrap_or_default())
}

fn trail(seen: &Seen) -> Trail {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let organization = seen.is_organization_trail().unwrap_or_default();
    let mut fields = Fields::from([
        ("bucket".to_owned(), json!(seen.s3_bucket_name())),
        ("validation".to_owned(), json!(seen.log_file_validation_enabled().unwrap_or_default())),
        ("every_region".to_owned(), json!(seen.is_multi_region_trail().unwrap_or_default())),
        ("organization".to_owned(), json!(organization)),
    ]);
    let some = [("prefix", seen.s3_key_prefix()), ("key", seen.kms_key_id())];
    fields.extend(some.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
    Trail {
        name: text(seen.name()),
        arn: text(seen.trail_arn()),
        home: text(seen.home_region()),
        organization,
        fields,
        beside: beside(seen),
    }
}

fn beside(seen: &Seen) -> BTreeSet<String> {
    let some = |word: &str, value: Option<&str>| Some(format!("{word} {}", value?));
    let when = |is: bool, words: &str| is.then(|| words.to_owned());
    let single = !seen.is_multi_region_trail().unwrap_or_default();
    let words = [
        some("the topic", seen.sns_topic_arn()),
        some("the log group", seen.cloud_watch_logs_log_group_arn()),
        when(seen.has_custom_event_selectors() == Some(true), "a choice of events of its own"),
        when(seen.has_insight_selectors() == Some(true), "insights"),
        when(single && seen.include_global_service_events() == Some(false), "no events of global services"),
    ];
    words.into_iter().flatten().collect()
}
