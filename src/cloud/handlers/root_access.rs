//! Switching centralised root access on and off: switches that may be set twice.

use super::{effect_if, unknown_verb};
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::root_access;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, Kind};

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.iam();
    match (task.address.kind, task.verb.as_str()) {
        (Kind::RootCredentialsManagement, "create") => {
            let request = || client.enable_organizations_root_credentials_management().send();
            site.call("iam:EnableOrganizationsRootCredentialsManagement", request).await?;
        }
        (Kind::RootCredentialsManagement, "delete") => {
            let request = || client.disable_organizations_root_credentials_management().send();
            site.call("iam:DisableOrganizationsRootCredentialsManagement", request).await?;
        }
        (Kind::RootSessions, "create") => {
            let request = || client.enable_organizations_root_sessions().send();
            site.call("iam:EnableOrganizationsRootSessions", request).await?;
        }
        (Kind::RootSessions, "delete") => {
            let request = || client.disable_organizations_root_sessions().send();
            site.call("iam:DisableOrganizationsRootSessions", request).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let on = root_access::features(connection).await?.contains(&task.address.kind);
    Ok(effect_if(on == (task.verb != "delete")))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, task, xml, xml_error};
    use crate::cloud::task::Performer as _;

    fn features(operation: &str, on: &[&str]) -> String {
        let members: String = on.iter().map(|name| format!("<member>{name}</member>")).collect();
        format!(
            "<{operation}Response><{operation}Result><OrganizationId>o-exampleorgid</OrganizationId>\
             <EnabledFeatures>{members}</EnabledFeatures></{operation}Result></{operation}Response>"
        )
    }

    #[tokio::test(start_paused = true)]
    async fn each_switch_has_its_own_calls_and_is_proven_by_the_list() {
        let list = |on: &[&str]| xml(&features("ListOrganizationsFeatures", on));
        let enable = "EnableOrganizationsRootSessions";
        let double = Double::new()
            .on(enable, xml(&features(enable, &["RootSessions"])))
            .on("ListOrganizationsFeatures", list(&["RootCredentialsManagement"]))
            .on("ListOrganizationsFeatures", list(&["RootCredentialsManagement", "RootSessions"]));
        let connection = double.connection().await;
        let create = task(["root_sessions", "create", ""], json!({}), json!({}), &[]);
        assert_eq!(connection.begin(&create).await.unwrap(), Progress::Done(Attributes::new()));
        assert_eq!(double.called(), [enable]);
        let look = || async { connection.look_up(&create, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, effect_if(true));
    }

    #[tokio::test(start_paused = true)]
    async fn without_trusted_access_both_switches_are_off() {
        let refused = xml_error(400, "ServiceAccessNotEnabledException", "trusted access is not enabled");
        let double = Double::new().on("ListOrganizationsFeatures", refused);
        let delete = task(["root_credentials_management", "delete", ""], json!({}), json!({}), &[]);
        let found = double.connection().await.look_up(&delete, Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(found, effect_if(true));
    }
}
