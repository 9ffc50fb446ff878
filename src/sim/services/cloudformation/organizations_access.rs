//! ActivateOrganizationsAccess, DeactivateOrganizationsAccess, DescribeOrganizationsAccess: what service-managed stack sets
//! need before anything else.
//!
//! In: requests of the management account, or of a delegated administrator who asks as such. Out: the switch. Source:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html>: it makes the
//! service-linked role of the management account; trust that Organizations gives does not. UNSOURCED: that the principal of
//! members is the one that Organizations lists afterwards (AWS's pages name two), and the words. Absent: the state
//! DISABLED_PERMANENTLY, of which AWS does not say what leads there.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

/// The principal whose trust lets stack sets deploy to members.
pub(super) const PRINCIPAL: &str = "member.org.stacksets.cloudformation.amazonaws.com";
/// The principal that assumes the role of the management account.
const ADMINISTRATION: &str = "stacksets.cloudformation.amazonaws.com";
const ROLE: &str = "AWSServiceRoleForCloudFormationStackSetsOrgAdmin";

fn invalid(words: &str) -> AwsError {
    AwsError::new("InvalidOperationException", words)
}

fn managed<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Organization, AwsError> {
    let account = &request.caller.account;
    let organization = world.organizations.of_mut(account);
    organization
        .filter(|organization| organization.management == *account)
        .ok_or_else(|| invalid("Account used is not the management account of an organization."))
}

/// Whether stack sets work with the organization: it is trusted, and the role is there.
pub(super) fn is_active(world: &World, organization: &Organization) -> bool {
    organization.has_service_access(PRINCIPAL) && world.iam.role(&organization.management, ROLE).is_some()
}

/// A second call changes nothing.
pub(super) fn activate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = managed(world, request)?;
    if !organization.all_features() {
        return Err(invalid("The organization does not have all features enabled."));
    }
    organization.enable_service_access(PRINCIPAL, request.now);
    queries::ensure_service_linked_role(world, &request.caller.account, ADMINISTRATION, request.now);
    Ok(json!({}))
}

pub(super) fn deactivate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let organization = managed(world, request)?;
    organization.disable_service_access(PRINCIPAL);
    Ok(json!({}))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    let organization = if request.text("CallAs") == Some("DELEGATED_ADMIN") {
        let delegated = |organization: &&Organization| {
            organization.delegated.get(account).is_some_and(|services| services.contains_key(PRINCIPAL))
        };
        let organization = world.organizations.of(account).filter(delegated);
        organization.ok_or_else(|| invalid("Account used is not a delegated administrator."))?
    } else {
        managed(world, request)?;
        world.organizations.of(account).ok_or_else(|| AwsError::internal("an organization vanished"))?
    };
    let status = if is_active(world, organization) { "ENABLED" } else { "DISABLED" };
    Ok(json!({ "Status": status }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::testing::{account, ask, ask_as, done, organization, quiet};

    #[tokio::test(start_paused = true)]
    async fn stack_sets_work_with_the_organization_after_their_own_call_only() {
        let (sim, _) = organization(quiet()).await;
        let member = account(&sim, "member").await;
        let status =
            async || ask(&sim, "cloudformation", "DescribeOrganizationsAccess", json!({})).await.text;
        let trust = json!({ "ServicePrincipal": PRINCIPAL });
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        assert!(status().await.contains("<Status>DISABLED</Status>"));
        let act = async |operation| ask(&sim, "cloudformation", operation, json!({})).await.code();
        assert_eq!(act("ActivateOrganizationsAccess").await, None);
        assert!(status().await.contains("<Status>ENABLED</Status>"));
        let asked = async |by: String, input| {
            ask_as(&sim, &by, None, "cloudformation", "DescribeOrganizationsAccess", input).await.code()
        };
        let refused = asked(member.clone(), json!({})).await;
        assert_eq!(refused.as_deref(), Some("InvalidOperationException"));
        let delegated = json!({ "CallAs": "DELEGATED_ADMIN" });
        assert!(asked(member.clone(), delegated.clone()).await.is_some());
        let office = json!({ "AccountId": member, "ServicePrincipal": PRINCIPAL });
        done(&sim, "organizations", "RegisterDelegatedAdministrator", office).await;
        assert_eq!(asked(member.clone(), delegated).await, None);
        assert_eq!(act("DeactivateOrganizationsAccess").await, None);
        assert!(status().await.contains("<Status>DISABLED</Status>"));
    }
}
