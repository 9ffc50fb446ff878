//! AWS License Manager: its settings in each account and Region, and its link with an organization.
//!
//! In: GetServiceSettings, UpdateServiceSettings. Out: [`SERVICE`]. Sources:
//! <https://docs.aws.amazon.com/license-manager/latest/APIReference/API_UpdateServiceSettings.html> (for the current Region) and
//! <https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-license-manager.html> (the management
//! account links it, which gives trust and makes the roles, and nothing takes the link back). UNSOURCED: the words, and that
//! discovery across accounts is refused before the link. Absent: licenses.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::service::{Service, never_due, nothing_settles};
use crate::sim::services::iam::queries;
use crate::sim::services::regional::Regional;
use crate::sim::world::World;

const PRINCIPAL: &str = "license-manager.amazonaws.com";
const MEMBERS: &str = "license-manager.member-account.amazonaws.com";
const MANAGEMENT: &str = "license-manager.master-account.amazonaws.com";

/// The service.
pub static SERVICE: Service = Service {
    name: "license-manager",
    operations: &[("GetServiceSettings", get), ("UpdateServiceSettings", update)],
    due: never_due,
    settle: nothing_settles,
};

/// What accounts have set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    #[serde(default)]
    settings: Regional<Settings>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Settings {
    linked: bool,
    discovery: bool,
    bucket: Option<String>,
    topic: Option<String>,
}

fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let held = world.license_manager.settings.get(&request.caller.account, &request.region).cloned();
    let held = held.unwrap_or_default();
    Ok(json!({
        "S3BucketArn": held.bucket,
        "SnsTopicArn": held.topic,
        "OrganizationConfiguration": { "EnableIntegration": held.linked },
        "EnableCrossAccountsDiscovery": held.discovery,
    }))
}

fn invalid(words: &str) -> AwsError {
    AwsError::new("InvalidParameterValueException", words)
}

fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let (account, region) = (request.caller.account.as_str(), request.region.as_str());
    let mut held = world.license_manager.settings.get(account, region).cloned().unwrap_or_default();
    let asked =
        request.input.pointer("/OrganizationConfiguration/EnableIntegration").and_then(Value::as_bool);
    match asked {
        Some(true) if !held.linked => {
            link(world, request)?;
            held.linked = true;
        }
        Some(false) if held.linked => {
            return Err(invalid("The integration with AWS Organizations cannot be disabled."));
        }
        _ => {}
    }
    let discovery = request.boolean("EnableCrossAccountsDiscovery");
    if discovery == Some(true) && !held.linked {
        return Err(invalid("Cross-account discovery requires the integration with AWS Organizations."));
    }
    held.discovery = discovery.unwrap_or(held.discovery);
    held.bucket = request.text("S3BucketArn").map(str::to_owned).or(held.bucket);
    held.topic = request.text("SnsTopicArn").map(str::to_owned).or(held.topic);
    world.license_manager.settings.put(account, region, held);
    Ok(json!({}))
}

/// Gives trust and makes the roles: of the management account's own two, and one in every member.
fn link(world: &mut World, request: &Request) -> Result<(), AwsError> {
    let account = &request.caller.account;
    let organization = world.organizations.of_mut(account);
    let organization =
        organization.filter(|organization| organization.management == *account).ok_or_else(|| {
            let words = "Only the management account of an organization can do this.";
            AwsError::new("AccessDeniedException", words)
        })?;
    if !organization.all_features() {
        return Err(invalid("The organization does not have all features enabled."));
    }
    for principal in [PRINCIPAL, MEMBERS] {
        organization.enable_service_access(principal, request.now);
    }
    let members: Vec<String> = organization.accounts.keys().filter(|id| *id != account).cloned().collect();
    for principal in [PRINCIPAL, MANAGEMENT] {
        queries::ensure_service_linked_role(world, account, principal, request.now);
    }
    for member in members {
        queries::ensure_service_linked_role(world, &member, MEMBERS, request.now);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::testing::{account, ask_as, done, organization, quiet, refused};

    #[tokio::test(start_paused = true)]
    async fn the_management_account_links_it_and_nothing_takes_the_link_back() {
        let (sim, _) = organization(quiet()).await;
        let member = account(&sim, "member").await;
        let settings = async || done(&sim, "license-manager", "GetServiceSettings", json!({})).await;
        let linked = async || settings().await["OrganizationConfiguration"]["EnableIntegration"].clone();
        let wanted = |on: bool| json!({ "OrganizationConfiguration": { "EnableIntegration": on } });
        assert_eq!(linked().await, false);
        let update = "UpdateServiceSettings";
        let by_member = ask_as(&sim, &member, None, "license-manager", update, wanted(true)).await;
        assert_eq!(by_member.code().as_deref(), Some("AccessDeniedException"));
        let early = json!({ "EnableCrossAccountsDiscovery": true });
        let invalid = "InvalidParameterValueException";
        assert_eq!(refused(&sim, "license-manager", update, early).await, invalid);
        done(&sim, "license-manager", update, wanted(true)).await;
        assert_eq!(linked().await, true);
        assert_eq!(refused(&sim, "license-manager", update, wanted(false)).await, invalid);
        let listed = done(&sim, "organizations", "ListAWSServiceAccessForOrganization", json!({})).await;
        let names = listed["EnabledServicePrincipals"].to_string();
        assert!(names.contains(PRINCIPAL) && names.contains(MEMBERS), "{names}");
        let role = json!({ "RoleName": "AWSServiceRoleForAWSLicenseManagerMemberAccountRole" });
        let seen = ask_as(&sim, &member, None, "iam", "GetRole", role).await;
        assert_eq!(seen.code(), None);
    }
}
