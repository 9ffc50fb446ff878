//! The event history: what was changed in an account, for 90 days, with or without a trail.
//!
//! In: every change as the engine carries it out, and what somebody else does behind the clients' backs. Out: LookupEvents
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>), the youngest first. Absent:
//! events that only read, all of a request but what names things, insights, and what AWS takes until an event is there.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::log;
use crate::sim::request::Request;
use crate::sim::shared::Shared;
use crate::sim::world::World;

use super::trails::refuse;

/// How long the history is kept.
const KEPT: Duration = Duration::from_secs(90 * 86_400);
/// The largest page, and the usual one.
const PAGE: i64 = 50;

/// One change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    id: String,
    at: Timestamp,
    account: String,
    region: String,
    /// E.g. `organizations`.
    service: String,
    name: String,
    /// ARN of who asked.
    by: String,
    key: String,
    /// What of the request names things.
    about: Map<String, Value>,
    /// AWS's refusal, if it was one.
    error: Option<String>,
}

/// Notes a change that was asked for.
pub(crate) fn note(world: &mut World, request: &Request, error: Option<&AwsError>) {
    let event = Event {
        id: id(world),
        at: request.now,
        account: request.caller.account.clone(),
        region: request.region.clone(),
        service: request.service.to_owned(),
        name: request.operation.clone(),
        by: request.caller.arn.clone(),
        key: request.caller.access_key.clone(),
        about: log::named(&request.input),
        error: error.map(|error| error.code.clone()),
    };
    world.cloudtrail.events.push(event.into());
}

/// Notes what somebody in the management account has done at a console.
pub(crate) fn note_other(world: &mut World, (service, name): (&str, &str), about: Value, now: Timestamp) {
    let account = world.account.clone();
    let event = Event {
        id: id(world),
        at: now,
        region: "us-east-1".to_owned(),
        service: service.to_owned(),
        name: name.to_owned(),
        by: format!("arn:aws:iam::{account}:user/somebody"),
        key: "ASIASOMEBODY00000000".to_owned(),
        about: about.as_object().cloned().unwrap_or_default(),
        error: None,
        account,
    };
    world.cloudtrail.events.push(event.into());
}

/// An id by the number of the event, so that the ids of everything else stay as they are without a history.
fn id(world: &World) -> String {
    let number = world.cloudtrail.events.len();
    format!("{number:08x}-0000-4000-8000-{number:012x}")
}

impl Event {
    fn source(&self) -> String {
        let service = if self.service == "sso-admin" { "sso" } else { &self.service };
        format!("{service}.amazonaws.com")
    }

    fn user(&self) -> &str {
        self.by.rsplit('/').next().unwrap_or(&self.by)
    }

    fn has(&self, attribute: &Value) -> bool {
        let wanted = attribute["AttributeValue"].as_str().unwrap_or_default();
        match attribute["AttributeKey"].as_str().unwrap_or_default() {
            "EventId" => self.id == wanted,
            "EventName" => self.name == wanted,
            "EventSource" => self.source() == wanted,
            "ReadOnly" => wanted == "false",
            "Username" => self.user() == wanted,
            "AccessKeyId" => self.key == wanted,
            "ResourceName" => self.about.values().any(|value| value == wanted),
            // No event here tells types of resources.
            _ => false,
        }
    }

    fn view(&self) -> Value {
        let record = json!({
            "eventVersion": "1.11",
            "userIdentity": { "arn": self.by, "accountId": self.account, "accessKeyId": self.key },
            "eventTime": self.at.to_string(),
            "eventSource": self.source(),
            "eventName": self.name,
            "awsRegion": self.region,
            "errorCode": self.error,
            "requestParameters": self.parameters(),
            "eventID": self.id,
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        });
        json!({
            "EventId": self.id,
            "EventName": self.name,
            "ReadOnly": "false",
            "AccessKeyId": self.key,
            "EventTime": epoch(self.at),
            "EventSource": self.source(),
            "Username": self.user(),
            "Resources": [],
            "CloudTrailEvent": record.to_string(),
        })
    }

    /// CloudTrail writes the names of members with a small letter at their beginning.
    fn parameters(&self) -> Map<String, Value> {
        let small = |name: &String| {
            let mut letters = name.chars();
            letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        };
        self.about.iter().map(|(name, value)| (small(name), value.clone())).collect()
    }
}

pub(super) fn look_up(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let attributes = request.list("LookupAttributes");
    if attributes.len() > 1 {
        return Err(refuse("InvalidLookupAttributes", "Only one lookup attribute is allowed."));
    }
    let bound = |member: &str| request.input.get(member).and_then(Value::as_f64);
    let (from, to) = (bound("StartTime"), bound("EndTime"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(refuse("InvalidTimeRange", "The start time is after the end time."));
    }
    let most = request.integer("MaxResults").unwrap_or(PAGE);
    if !(1..=PAGE).contains(&most) {
        return Err(refuse("InvalidMaxResults", "The value of MaxResults must be between 1 and 50."));
    }
    let fits = |event: &&Shared<Event>| {
        event.account == request.caller.account
            && event.region == request.region
            && later(event.at, KEPT) > request.now
            && from.is_none_or(|from| epoch(event.at) >= from)
            && to.is_none_or(|to| epoch(event.at) <= to)
            && attributes.iter().all(|attribute| event.has(attribute))
    };
    let skipped = match request.text("NextToken").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(skipped)) => skipped,
        Some(Err(_)) => return Err(refuse("InvalidNextToken", "The token is not valid.")),
    };
    let most = usize::try_from(most).unwrap_or_default();
    let mut found = world.cloudtrail.events.iter().rev().filter(fits).skip(skipped);
    let page: Vec<Value> = found.by_ref().take(most).map(|event| event.view()).collect();
    let more = found.next().is_some().then(|| (skipped + page.len()).to_string());
    Ok(json!({ "Events": page, "NextToken": more }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{ask, done, organization, quiet};

    #[tokio::test(start_paused = true)]
    async fn changes_are_told_the_youngest_first_with_who_made_them_and_refusals_too() {
        let (sim, root) = organization(quiet()).await;
        for name in ["A", "B", "A"] {
            ask(&sim, "organizations", "CreateOrganizationalUnit", json!({ "ParentId": root, "Name": name }))
                .await;
        }
        done(&sim, "organizations", "ListRoots", json!({})).await;
        let by = |value: &str| json!([{ "AttributeKey": "EventSource", "AttributeValue": value }]);
        let asked = json!({ "LookupAttributes": by("organizations.amazonaws.com"), "MaxResults": 3 });
        let page = done(&sim, "cloudtrail", "LookupEvents", asked.clone()).await;
        let names: Vec<&str> = page["Events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["EventName"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["CreateOrganizationalUnit"; 3]);
        let record: serde_json::Value =
            serde_json::from_str(page["Events"][0]["CloudTrailEvent"].as_str().unwrap()).unwrap();
        assert_eq!(record["errorCode"], "DuplicateOrganizationalUnitException");
        assert_eq!(
            (&record["requestParameters"]["parentId"], &record["awsRegion"]),
            (&json!(root), &json!("us-east-1"))
        );
        let mut rest = asked;
        rest["NextToken"] = page["NextToken"].clone();
        let rest = done(&sim, "cloudtrail", "LookupEvents", rest).await;
        assert_eq!(
            (&rest["Events"][0]["EventName"], &rest["NextToken"]),
            (&json!("CreateOrganization"), &json!(null))
        );
        let none = json!({ "LookupAttributes": by("iam.amazonaws.com") });
        assert_eq!(done(&sim, "cloudtrail", "LookupEvents", none).await["Events"], json!([]));
        sim.advance(super::KEPT);
        let gone = json!({ "LookupAttributes": by("organizations.amazonaws.com") });
        assert_eq!(done(&sim, "cloudtrail", "LookupEvents", gone).await["Events"], json!([]));
    }
}
