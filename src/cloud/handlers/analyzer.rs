//! Analyzers of the organization: made, changed and deleted in the account of its administrator.

use aws_sdk_accessanalyzer::types::{AnalyzerConfiguration, Type, UnusedAccessConfiguration};
use serde_json::Value;

use super::{effect_if, known, place, unknown_verb};
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::analyzers;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const CREATE: &str = "accessanalyzer:CreateAnalyzer";
const UPDATE: &str = "accessanalyzer:UpdateAnalyzer";
const DELETE: &str = "accessanalyzer:DeleteAnalyzer";

/// AWS's word for an analyzer of unused access.
const UNUSED: &str = "ORGANIZATION_UNUSED_ACCESS";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let client = site.clients.accessanalyzer();
    match task.verb.as_str() {
        "create" => return create(&site, task).await,
        "update" => {
            let (name, configuration) = (task.own("name")?, configuration(task));
            let request =
                || client.update_analyzer().analyzer_name(name).set_configuration(configuration.clone());
            site.call(UPDATE, || request().send()).await?;
        }
        "delete" => {
            let name = task.own("name")?;
            let request = || client.delete_analyzer().analyzer_name(name).client_token(&task.token);
            site.call(DELETE, || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    match task.verb.as_str() {
        "create" => {
            let found = analyzers::of_type(&site, task.text("type")?).await?;
            let made = found.iter().find(|one| Some(one.name.as_str()) == task.key("name") && one.works);
            Ok(made.map_or(Found::Nothing, |one| {
                Found::Effect(Progress::Done(known([("name", &one.name), ("arn", &one.arn)])))
            }))
        }
        "update" => {
            let name = task.own("name")?;
            let found = analyzers::of_type(&site, UNUSED).await?;
            let live = found.iter().find(|one| one.name == name).and_then(|one| one.unused_after_days);
            Ok(effect_if(live == days(task)))
        }
        "delete" => {
            let name = task.own("name")?;
            let kind = task.key("type").unwrap_or(UNUSED);
            let found = analyzers::of_type(&site, kind).await?;
            Ok(effect_if(found.iter().all(|one| one.name != name)))
        }
        _ => Err(unknown_verb(task)),
    }
}

async fn create(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (kind, name) = (task.text("type")?, task.key("name").unwrap_or(&task.address.name));
    let configuration = configuration(task).filter(|_| kind == UNUSED);
    let client = site.clients.accessanalyzer();
    let request = || {
        let request = client.create_analyzer().analyzer_name(name).r#type(Type::from(kind));
        request.set_configuration(configuration.clone()).client_token(&task.token)
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let arn = answer.arn().ok_or_else(|| CallError::unreadable(CREATE, "arn"))?;
    Ok(Progress::Done(known([("name", name), ("arn", arn)])))
}

/// Days after which access counts as unused.
fn days(task: &Task) -> Option<i32> {
    task.inputs.get("unused_after_days").and_then(Value::as_i64).and_then(|days| i32::try_from(days).ok())
}

fn configuration(task: &Task) -> Option<AnalyzerConfiguration> {
    let unused = UnusedAccessConfiguration::builder().unused_access_age(days(task)?).build();
    Some(AnalyzerConfiguration::UnusedAccess(unused))
}
