//! What CloudTrail remembers of changes in the caller's own account: its event history, which is
//! there without a trail and holds 90 days (CloudTrail User Guide, view-cloudtrail-events).

use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use jiff::Timestamp;
use serde_json::Value;

use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const LOOK_UP: &str = "cloudtrail:LookupEvents";

/// The largest page (API Reference, LookupEvents).
const PAGE: i32 = 50;

/// A change that somebody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The operation, e.g. `MoveAccount`.
    pub name: String,
    /// The ARN of who made it, else the name that CloudTrail gives.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What was asked for, as text.
    pub about: String,
}

/// Changes through one service, such as `organizations.amazonaws.com`, the youngest first, as far
/// back as so many pages reach. What AWS refused is not among them.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn made(site: &Site, source: &str, pages: usize) -> Result<Vec<Made>, CallError> {
    let client = site.clients.cloudtrail();
    let attribute =
        LookupAttribute::builder().attribute_key(LookupAttributeKey::EventSource).attribute_value(source);
    let attribute = attribute.build().map_err(|_| CallError::unreadable(LOOK_UP, "attribute"))?;
    let mut found = Vec::new();
    let mut token = None;
    for _ in 0..pages {
        let request = || {
            let request = client.lookup_events().lookup_attributes(attribute.clone());
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(LOOK_UP, || request().send()).await?;
        found.extend(answer.events().iter().filter_map(change));
        token = answer.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

/// An event as a change; none when it only reads or was refused.
fn change(event: &Event) -> Option<Made> {
    let record: Value = event.cloud_trail_event().and_then(|text| serde_json::from_str(text).ok())?;
    if event.read_only() == Some("true") || record.get("errorCode").is_some_and(|code| !code.is_null()) {
        return None;
    }
    let who = record.pointer("/userIdentity/arn").or_else(|| record.pointer("/userIdentity/invokedBy"));
    let by = who.and_then(Value::as_str).or_else(|| event.username());
    let seconds = event.event_time().map(aws_sdk_cloudtrail::primitives::DateTime::secs);
    Some(Made {
        name: event.event_name()?.to_owned(),
        by: by.unwrap_or("somebody").to_owned(),
        at: seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        about: ["requestParameters", "responseElements", "serviceEventDetails"]
            .into_iter()
            .filter_map(|part| Some(record.get(part)?.to_string()))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok};

    fn event(name: &str, read_only: &str, record: &Value) -> Value {
        json!({ "EventName": name, "ReadOnly": read_only, "EventTime": 1_772_323_200, "Username": "eve",
            "CloudTrailEvent": record.to_string() })
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_told_with_who_made_them_and_refusals_and_reads_are_not() {
        let eve = json!({ "arn": "arn:aws:iam::111111111111:user/eve" });
        let moved = json!({ "userIdentity": eve, "requestParameters": { "accountId": "222222222222" } });
        let refused = json!({ "userIdentity": eve, "errorCode": "AccessDenied" });
        let events = [
            event("MoveAccount", "false", &moved),
            event("CloseAccount", "false", &refused),
            event("ListAccounts", "true", &json!({})),
        ];
        let double = Double::new().on("LookupEvents", ok(json!({ "Events": events })));
        let site = double.connection().await.global();
        let found = made(&site, "organizations.amazonaws.com", 3).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].by.as_str()),
            ("MoveAccount", "arn:aws:iam::111111111111:user/eve")
        );
        assert!(found[0].about.contains("222222222222"));
        let asked = &double.bodies("LookupEvents")[0]["LookupAttributes"][0];
        assert_eq!(
            *asked,
            json!({ "AttributeKey": "EventSource", "AttributeValue": "organizations.amazonaws.com" })
        );
    }
}
