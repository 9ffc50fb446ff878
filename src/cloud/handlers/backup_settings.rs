//! AWS Backup's switches and opt-ins.
//!
//! Whether AWS takes a map that names some of them as the whole map is not said (UNSOURCED), so
//! all are read first and sent back with what changes.

use std::collections::{BTreeMap, HashMap};

use super::{effect_if, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::backup_settings as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::region::Region;
use crate::model::{Attributes, Kind};

const SET: &str = "backup:UpdateGlobalSettings";
const OPT_IN: &str = "backup:UpdateRegionSettings";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "set" => {
            let mut all: HashMap<String, String> =
                inventory::switches(connection).await?.into_iter().collect();
            all.extend(switches(task).map(|(name, on)| (name.to_owned(), on.to_string())));
            let site = connection.home();
            let client = site.clients.backup();
            let request = || client.update_global_settings().set_global_settings(Some(all.clone()));
            site.call(SET, || request().send()).await?;
        }
        "opt_in" => {
            let region = region(task)?;
            let seen = inventory::opt_ins(connection, &region).await?;
            let laid = |live: BTreeMap<String, bool>, group: &'static str| -> HashMap<String, bool> {
                live.into_iter().chain(wanted(task, group)).collect()
            };
            let types = laid(seen.types, "types");
            let managed = laid(seen.full_management, "full_management");
            let site = connection.own(&region);
            let client = site.clients.backup();
            let request = || {
                let request = client.update_region_settings();
                request
                    .set_resource_type_opt_in_preference(Some(types.clone()))
                    .set_resource_type_management_preference(Some(managed.clone()))
            };
            site.call(OPT_IN, || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    if task.address.kind == Kind::BackupSettings {
        let live = inventory::switches(connection).await?;
        return Ok(effect_if(switches(task).all(|(name, on)| live.get(name) == Some(&on.to_string()))));
    }
    let live = inventory::opt_ins(connection, &region(task)?).await?;
    let has = |live: &BTreeMap<String, bool>, group| {
        wanted(task, group).all(|(name, on)| live.get(&name) == Some(&on))
    };
    Ok(effect_if(has(&live.types, "types") && has(&live.full_management, "full_management")))
}

/// The switches among the inputs, by AWS's names.
fn switches(task: &Task) -> impl Iterator<Item = (&'static str, bool)> {
    let value = |field: &str| task.inputs.get(field).and_then(serde_json::Value::as_bool);
    inventory::SWITCH_NAMES.iter().filter_map(move |(field, name)| Some((*name, value(field)?)))
}

/// The wanted opt-ins of a group.
fn wanted(task: &Task, group: &'static str) -> impl Iterator<Item = (String, bool)> {
    task.leaves(group).filter_map(|(name, on)| Some((name.to_owned(), on.as_bool()?)))
}

fn region(task: &Task) -> Result<Region, CallError> {
    let region = task.key("region").and_then(|region| region.parse().ok());
    region.ok_or_else(|| {
        let message = format!("{} has no usable Region", task.address);
        CallError::ours(OPT_IN, code::UNSENDABLE, message, Verdict::Rejected)
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    #[tokio::test(start_paused = true)]
    async fn switches_that_are_not_said_are_sent_back_as_they_are() {
        let live =
            json!({ "GlobalSettings": { "isCrossAccountBackupEnabled": "false", "isMpaEnabled": "true" } });
        let double = Double::new().on("/global-settings", ok(live)).on("/global-settings", ok(json!({})));
        let connection = double.connection().await;
        let set = task(["backup_settings", "set", ""], json!({ "cross_account": true }), json!({}), &[]);
        connection.begin(&set).await.unwrap();
        let sent = &double.bodies("/global-settings")[1]["GlobalSettings"];
        assert_eq!(*sent, json!({ "isCrossAccountBackupEnabled": "true", "isMpaEnabled": "true" }));
    }

    #[tokio::test(start_paused = true)]
    async fn opt_ins_are_laid_over_what_is_live_and_proven_by_it() {
        let live = |ebs: bool| {
            ok(json!({ "ResourceTypeOptInPreference": { "EBS": ebs, "EFS": true },
                "ResourceTypeManagementPreference": { "EFS": true } }))
        };
        let double = Double::new()
            .on("/account-settings", live(false))
            .on("/account-settings", ok(json!({})))
            .on("/account-settings", live(false))
            .on("/account-settings", live(true));
        let connection = double.connection().await;
        let keys = json!({ "region": "eu-west-1" });
        let opt_in = task(["backup_opt_in.eu-west-1", "opt_in", ""], json!({ "types.EBS": true }), keys, &[]);
        connection.begin(&opt_in).await.unwrap();
        let sent = &double.bodies("/account-settings")[1];
        assert_eq!(sent["ResourceTypeOptInPreference"], json!({ "EBS": true, "EFS": true }));
        assert_eq!(sent["ResourceTypeManagementPreference"], json!({ "EFS": true }));
        let look = || async { connection.look_up(&opt_in, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, effect_if(true));
    }
}
