//! Whether a service that Organizations trusts was switched on by its own call, too.
//!
//! In: a row of `catalog::service_access`. Out: yes or no, asked of the service, or of the
//! role that its call makes. Absent: whether Organizations trusts it.

use super::roles;
use crate::catalog::operations::Verdict;
use crate::catalog::service_access::Own;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};

const STACK_SETS: &str = "cloudformation:DescribeOrganizationsAccess";
const HEALTH: &str = "health:DescribeHealthServiceStatusForOrganization";
const LICENSES: &str = "license-manager:GetServiceSettings";
/// Health's API refuses accounts without a support plan; its console does not.
const NO_PLAN: &str = "SubscriptionRequiredException";

/// Whether the service's own call has taken effect, for a service that is trusted.
///
/// # Errors
/// When it cannot be read.
pub async fn is_on(connection: &Connection, own: &Own) -> Result<bool, CallError> {
    if let Some(role) = &own.role {
        return Ok(roles::get(&connection.global(), role).await?.is_some());
    }
    match own.field.as_str() {
        "stack_sets" => {
            let site = connection.home();
            let client = site.clients.cloudformation();
            let answer = site.call(STACK_SETS, || client.describe_organizations_access().send()).await?;
            Ok(answer.status().is_some_and(|status| status.as_str() == "ENABLED"))
        }
        "organizational_view" => {
            let site = connection.global();
            let client = site.clients.health();
            let asked = site.call(HEALTH, || client.describe_health_service_status_for_organization().send());
            match asked.await {
                Ok(answer) => Ok(answer.health_service_access_status_for_organization() == Some("ENABLED")),
                // Trust is all that such an account can show.
                Err(error) if error.code == NO_PLAN => Ok(true),
                Err(error) => Err(error),
            }
        }
        "license_link" => {
            let site = connection.home();
            let client = site.clients.licensemanager();
            let answer = site.call(LICENSES, || client.get_service_settings().send()).await?;
            Ok(answer.organization_configuration().is_some_and(|linked| linked.enable_integration()))
        }
        field => {
            let message = format!("nothing tells whether `{field}` is on");
            Err(CallError::ours(field, code::UNSENDABLE, message, Verdict::Rejected))
        }
    }
}
