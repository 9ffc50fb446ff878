//! Trusting a service: a switch that may be set twice.

use super::{effect_if, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::organization;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    if task.verb != "create" {
        return Err(unknown_verb(task));
    }
    let site = connection.global();
    let client = site.clients.organizations();
    let request = || client.enable_aws_service_access().service_principal(&task.address.name);
    site.call("organizations:EnableAWSServiceAccess", || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let trusted = organization::trusted_services(connection).await?;
    Ok(effect_if(trusted.contains(&task.address.name)))
}
