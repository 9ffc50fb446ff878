//! Macie's session, the settings of the organization and its members, each called as the account that
//! the resource lives in.

use aws_sdk_macie2::types::{
    AccountDetail, AutoEnableMode, AutomatedDiscoveryStatus, FindingPublishingFrequency, MacieStatus,
};
use serde_json::Value;

use super::{effect_if, place, reached, unknown_verb};
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::macie as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const ENABLE: &str = "macie2:EnableMacie";
const UPDATE: &str = "macie2:UpdateMacieSession";
const CONFIGURE: &str = "macie2:UpdateOrganizationConfiguration";
const DISCOVER: &str = "macie2:UpdateAutomatedDiscoveryConfiguration";
const FORGET: &str = "macie2:DeleteMember";
const ENROL: &str = "macie2:CreateMember";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let client = site.clients.macie2();
    let frequency = text(task, "finding_frequency").map(FindingPublishingFrequency::from);
    match task.verb.as_str() {
        "create" => {
            let request = || {
                let request = client.enable_macie().status(MacieStatus::Enabled).client_token(&task.token);
                request.set_finding_publishing_frequency(frequency.clone())
            };
            site.call(ENABLE, || request().send()).await?;
        }
        "update" => {
            let status = text(task, "status").map(MacieStatus::from);
            let request = || {
                let request = client.update_macie_session().set_status(status.clone());
                request.set_finding_publishing_frequency(frequency.clone())
            };
            site.call(UPDATE, || request().send()).await?;
        }
        "configure" => {
            let auto = task.inputs.get("auto_enable").and_then(Value::as_bool).unwrap_or_default();
            let request = || client.update_organization_configuration().auto_enable(auto);
            site.call(CONFIGURE, || request().send()).await?;
        }
        "discover" => {
            let status = AutomatedDiscoveryStatus::from(task.text("discovery")?);
            let reach = AutoEnableMode::from(task.text("discovery_reach")?);
            let request = || {
                let request = client.update_automated_discovery_configuration().status(status.clone());
                request.auto_enable_organization_members(reach.clone())
            };
            site.call(DISCOVER, || request().send()).await?;
        }
        "forget" => {
            for id in reached::ids(task, "former", FORGET)? {
                site.call(FORGET, || client.delete_member().id(&id).send()).await?;
            }
        }
        "enrol" => enrol(connection, &site, task).await?,
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "create" | "update" => {
            let live = inventory::session(&site).await?;
            let alike = |name: &str, live: &Option<String>| {
                task.inputs.get(name).is_none_or(|wanted| wanted.as_str() == live.as_deref())
            };
            Ok(effect_if(live.is_some_and(|live| {
                alike("status", &live.status) && alike("finding_frequency", &live.finding_frequency)
            })))
        }
        "configure" => {
            let live = inventory::auto_enable(&site).await?;
            Ok(effect_if(task.inputs.get("auto_enable").and_then(Value::as_bool) == Some(live)))
        }
        "discover" => {
            let (status, reach) = inventory::discovery(&site).await?;
            let wanted = (text(task, "discovery"), text(task, "discovery_reach"));
            Ok(effect_if((status.as_deref(), reach.as_deref()) == wanted))
        }
        "forget" => {
            let live = inventory::members(&site).await?;
            Ok(effect_if(reached::ids(task, "former", FORGET)?.iter().all(|id| !live.former.contains(id))))
        }
        "enrol" => {
            let live = inventory::members(&site).await?;
            Ok(effect_if(reached::ids(task, "members", ENROL)?.iter().all(|id| live.current.contains(id))))
        }
        _ => Err(unknown_verb(task)),
    }
}

fn text<'t>(task: &'t Task, name: &str) -> Option<&'t str> {
    task.inputs.get(name).and_then(Value::as_str)
}

async fn enrol(connection: &Connection, site: &Site, task: &Task) -> Result<(), CallError> {
    let client = site.clients.macie2();
    for (account, email) in reached::addressed(connection, task, "members", ENROL).await? {
        let detail = AccountDetail::builder().account_id(account).email(email).build();
        site.call(ENROL, || client.create_member().account(detail.clone()).send()).await?;
    }
    Ok(())
}
