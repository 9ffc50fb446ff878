//! AWS Health: whether it looks at a whole organization.
//!
//! In: requests of the management account. Out: [`SERVICE`]. Source: the operations' own documentation
//! (<https://docs.aws.amazon.com/health/latest/APIReference/>): the switch is trusted access, which Organizations can take
//! back, and switching on makes the service-linked role. The support plan that the API needs is taken as given. UNSOURCED:
//! the refusal of a caller who is not the management account. Absent: events.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::service::{Service, never_due, nothing_settles};
use crate::sim::services::iam::queries;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

const PRINCIPAL: &str = "health.amazonaws.com";

/// The service.
pub static SERVICE: Service = Service {
    name: "health",
    operations: &[
        ("DescribeHealthServiceStatusForOrganization", describe),
        ("DisableHealthServiceAccessForOrganization", disable),
        ("EnableHealthServiceAccessForOrganization", enable),
    ],
    due: never_due,
    settle: nothing_settles,
};

fn managed<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Organization, AwsError> {
    let account = &request.caller.account;
    let organization = world.organizations.of_mut(account);
    organization.filter(|organization| organization.management == *account).ok_or_else(|| {
        AwsError::new("AccessDeniedException", "Only the management account of an organization can do this.")
    })
}

fn enable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    managed(world, request)?.enable_service_access(PRINCIPAL, request.now);
    queries::ensure_service_linked_role(world, &request.caller.account, PRINCIPAL, request.now);
    Ok(json!({}))
}

fn disable(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    managed(world, request)?.disable_service_access(PRINCIPAL);
    Ok(json!({}))
}

fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let trusted = managed(world, request)?.has_service_access(PRINCIPAL);
    let status = if trusted { "ENABLED" } else { "DISABLED" };
    Ok(json!({ "healthServiceAccessStatusForOrganization": status }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::testing::{account, ask_as, done, organization, quiet};

    #[tokio::test(start_paused = true)]
    async fn health_is_switched_on_by_its_own_call_and_off_by_organizations_too() {
        let (sim, _) = organization(quiet()).await;
        let status =
            async || done(&sim, "health", "DescribeHealthServiceStatusForOrganization", json!({})).await;
        let told = |status: &str| json!({ "healthServiceAccessStatusForOrganization": status });
        assert_eq!(status().await, told("DISABLED"));
        done(&sim, "health", "EnableHealthServiceAccessForOrganization", json!({})).await;
        assert_eq!(status().await, told("ENABLED"));
        let trust = json!({ "ServicePrincipal": PRINCIPAL });
        done(&sim, "organizations", "DisableAWSServiceAccess", trust).await;
        assert_eq!(status().await, told("DISABLED"));
        let member = account(&sim, "member").await;
        let operation = "EnableHealthServiceAccessForOrganization";
        let refused = ask_as(&sim, &member, None, "health", operation, json!({})).await.code();
        assert_eq!(refused.as_deref(), Some("AccessDeniedException"));
    }
}
