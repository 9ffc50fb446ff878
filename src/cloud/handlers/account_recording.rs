//! AWS Config of an account's own goes, so that Control Tower can enrol the account. Each Region is
//! a leaf of its own: the recorder is stopped, then its channel goes, then the recorder.

use super::{effect_if, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::recording;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;
use crate::model::region::Region;

const STOP: &str = "config:StopConfigurationRecorder";
const DELETE_CHANNEL: &str = "config:DeleteDeliveryChannel";
const DELETE_RECORDER: &str = "config:DeleteConfigurationRecorder";

/// The account in the Region that the task is about.
async fn site(connection: &Connection, task: &Task) -> Result<Site, CallError> {
    let unusable = || {
        let message = format!("`{}` is no Region", task.item);
        CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
    };
    let region: Region = task.item.parse().map_err(|_| unusable())?;
    connection.site_in(Some(task.own("id")?), &region).await
}

/// The name of what the task is about.
fn named<'t>(task: &'t Task, group: &str) -> Result<&'t str, CallError> {
    task.text(&format!("{group}.{}", task.item))
}

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = site(connection, task).await?;
    let client = site.clients.config();
    match task.verb.as_str() {
        "stop_recorder" => {
            let name = named(task, "recording")?;
            let request = || client.stop_configuration_recorder().configuration_recorder_name(name);
            site.call(STOP, || request().send()).await?;
        }
        "delete_channel" => {
            let name = named(task, "channels")?;
            let request = || client.delete_delivery_channel().delivery_channel_name(name);
            site.call(DELETE_CHANNEL, || request().send()).await?;
        }
        "delete_recorder" => {
            let name = named(task, "recorders")?;
            let request = || client.delete_configuration_recorder().configuration_recorder_name(name);
            site.call(DELETE_RECORDER, || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = site(connection, task).await?;
    match task.verb.as_str() {
        "stop_recorder" => {
            let name = named(task, "recording")?;
            let all = recording::recorders(&site).await?;
            Ok(effect_if(!all.iter().any(|recorder| recorder.name == name && recorder.recording)))
        }
        "delete_channel" => {
            let name = named(task, "channels")?;
            Ok(effect_if(!recording::channels(&site).await?.iter().any(|channel| channel == name)))
        }
        "delete_recorder" => {
            let name = named(task, "recorders")?;
            let all = recording::recorders(&site).await?;
            Ok(effect_if(!all.iter().any(|recorder| recorder.name == name)))
        }
        _ => Err(unknown_verb(task)),
    }
}
