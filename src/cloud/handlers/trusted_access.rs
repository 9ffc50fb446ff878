//! Trusting a service, or not any more: a switch that may be set twice.

use aws_sdk_licensemanager::types::OrganizationConfiguration;

use super::{effect_if, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::catalog::service_access;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::{organization, own_trust};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const SHARING: &str = "ram:EnableSharingWithAwsOrganization";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.global();
    let client = site.clients.organizations();
    let service = task.address.name.as_str();
    match task.verb.as_str() {
        "create" => {
            let request = || client.enable_aws_service_access().service_principal(service);
            site.call("organizations:EnableAWSServiceAccess", || request().send()).await?;
        }
        "share_resources" => {
            let client = site.clients.ram();
            let request = || client.enable_sharing_with_aws_organization();
            let answer = site.call(SHARING, || request().send()).await?;
            if answer.return_value() == Some(false) {
                let message = "RAM answered that sharing within the organization was not enabled";
                return Err(CallError::ours(SHARING, code::UNREADABLE, message.to_owned(), Verdict::Unknown));
            }
        }
        "activate_stack_sets" => {
            let site = connection.home();
            let client = site.clients.cloudformation();
            let request = || client.activate_organizations_access();
            site.call("cloudformation:ActivateOrganizationsAccess", || request().send()).await?;
        }
        "view_organization" => {
            let client = site.clients.health();
            let request = || client.enable_health_service_access_for_organization();
            site.call("health:EnableHealthServiceAccessForOrganization", || request().send()).await?;
        }
        "link_licenses" => link_licenses(connection).await?,
        "delete" => {
            let request = || client.disable_aws_service_access().service_principal(service);
            site.call("organizations:DisableAWSServiceAccess", || request().send()).await?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

/// License Manager's settings are a Region's own; it is linked in the home Region.
async fn link_licenses(connection: &Connection) -> Result<(), CallError> {
    let site = connection.home();
    let client = site.clients.licensemanager();
    let integration = OrganizationConfiguration::builder().enable_integration(true).build();
    let request = || client.update_service_settings().organization_configuration(integration.clone());
    site.call("license-manager:UpdateServiceSettings", || request().send()).await?;
    Ok(())
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let trusted = organization::trusted_services(connection).await?;
    let name = &task.address.name;
    let own =
        service_access::by_own_call(name).filter(|_| !matches!(task.verb.as_str(), "create" | "delete"));
    if let Some(own) = own.filter(|_| trusted.contains(name)) {
        return Ok(effect_if(own_trust::is_on(connection, own).await?));
    }
    let wanted = task.verb != "delete";
    Ok(effect_if(trusted.contains(name) == wanted))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, ok, task};
    use crate::cloud::task::Performer as _;

    #[tokio::test(start_paused = true)]
    async fn trust_is_taken_away_and_proven_by_the_list() {
        let listed = |services: &[&str]| {
            let entries: Vec<_> = services.iter().map(|s| json!({ "ServicePrincipal": s })).collect();
            ok(json!({ "EnabledServicePrincipals": entries }))
        };
        let double = Double::new()
            .on("DisableAWSServiceAccess", ok(json!({})))
            .on("ListAWSServiceAccessForOrganization", listed(&["ram.amazonaws.com"]))
            .on("ListAWSServiceAccessForOrganization", listed(&[]));
        let connection = double.connection().await;
        let delete = task(["trusted_access.ram.amazonaws.com", "delete", ""], json!({}), json!({}), &[]);
        assert_eq!(connection.begin(&delete).await.unwrap(), Progress::Done(Attributes::new()));
        assert_eq!(
            double.bodies("DisableAWSServiceAccess"),
            [json!({ "ServicePrincipal": "ram.amazonaws.com" })]
        );
        let look = || async { connection.look_up(&delete, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, effect_if(true));
    }
}
