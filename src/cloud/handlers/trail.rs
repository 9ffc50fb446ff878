//! Trails of the organization: made in the home Region of the document, changed in their own.

use serde_json::Value;

use super::{effect_if, known, place, says, unknown_verb};
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::trails;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;
use crate::model::region::Region;

const CREATE: &str = "cloudtrail:CreateTrail";
const UPDATE: &str = "cloudtrail:UpdateTrail";
const START: &str = "cloudtrail:StartLogging";
const DELETE: &str = "cloudtrail:DeleteTrail";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = home(connection, task).await?;
    let client = site.clients.cloudtrail();
    match task.verb.as_str() {
        "create" => return create(&site, task).await,
        "update" => {
            let arn = task.own("arn")?;
            let request = || {
                let request = client.update_trail().name(arn).set_s3_bucket_name(task.said("bucket"));
                let request = request.set_s3_key_prefix(task.said("prefix")).set_kms_key_id(task.said("key"));
                let request = request.set_enable_log_file_validation(flag(task, "validation"));
                let request = request.set_is_multi_region_trail(flag(task, "every_region"));
                // A trail of every Region must record what belongs to none.
                let request =
                    request.set_include_global_service_events(flag(task, "every_region").filter(|on| *on));
                request.set_is_organization_trail(flag(task, "organization"))
            };
            site.call(UPDATE, || request().send()).await?;
        }
        "start" => {
            let arn = task.own("arn")?;
            site.call(START, || client.start_logging().name(arn).send()).await?;
        }
        "delete" => {
            let arn = task.own("arn")?;
            site.call(DELETE, || client.delete_trail().name(arn).send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = home(connection, task).await?;
    let all = trails::all(&site).await?;
    let found = all.iter().find(|trail| trail.name == task.address.name);
    Ok(match (task.verb.as_str(), found) {
        ("create", Some(trail)) if says(&trail.fields, task) => {
            Found::Effect(Progress::Done(known([("arn", &trail.arn), ("home", &trail.home)])))
        }
        ("update", Some(trail)) => effect_if(says(&trail.fields, task)),
        ("start", Some(trail)) => effect_if(trails::logs(&site, &trail.arn).await?),
        ("delete", found) => effect_if(found.is_none()),
        ("create" | "update" | "start", _) => Found::Nothing,
        _ => return Err(unknown_verb(task)),
    })
}

/// Where the trail is at home; where it shall be, as long as there is none.
async fn home(connection: &Connection, task: &Task) -> Result<Site, CallError> {
    match task.own.get("home").and_then(|home| home.parse::<Region>().ok()) {
        Some(region) => connection.site_in(None, &region).await,
        None => place(connection, task).await,
    }
}

fn flag(task: &Task, name: &str) -> Option<bool> {
    task.inputs.get(name).and_then(Value::as_bool)
}

async fn create(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (name, bucket) = (&task.address.name, task.text("bucket")?);
    let client = site.clients.cloudtrail();
    let request = || {
        let request = client.create_trail().name(name).s3_bucket_name(bucket).is_organization_trail(true);
        let request = request.set_s3_key_prefix(task.said("prefix")).set_kms_key_id(task.said("key"));
        let request = request.set_enable_log_file_validation(flag(task, "validation"));
        request.set_is_multi_region_trail(flag(task, "every_region")).include_global_service_events(true)
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let arn = answer.trail_arn().ok_or_else(|| CallError::unreadable(CREATE, "TrailARN"))?;
    let home = task.key("region").unwrap_or_default();
    Ok(Progress::Done(known([("arn", arn), ("home", home)])))
}
