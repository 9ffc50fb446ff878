//! The delegated administrators of CloudTrail, up to three, the same in all Regions.
//!
//! In: requests of the management account. Out: registrations with Organizations, which keeps them. Sources: the errors of
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_RegisterOrganizationDelegatedAdmin.html> and
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeregisterOrganizationDelegatedAdmin.html>; their
//! words are UNSOURCED. Absent: the service-linked role that the call makes.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::Organization;
use crate::sim::world::World;

use super::PRINCIPAL;

fn organization<'w>(world: &'w mut World, request: &Request) -> Result<&'w mut Organization, AwsError> {
    let organization = world.organizations.of_mut(&request.caller.account).ok_or_else(|| {
        AwsError::new("OrganizationsNotInUseException", "The account is not a member of an organization.")
    })?;
    if organization.management != request.caller.account {
        let words = "Only the management account of the organization can do this.";
        return Err(AwsError::new("NotOrganizationManagementAccountException", words));
    }
    if !organization.has_service_access(PRINCIPAL) {
        let words = "Trusted access for CloudTrail is not enabled in the organization.";
        return Err(AwsError::new("CloudTrailAccessNotEnabledException", words));
    }
    Ok(organization)
}

/// What Organizations refuses, in CloudTrail's codes.
fn translated(error: AwsError) -> AwsError {
    let reason = error.fields.get("Reason").and_then(Value::as_str).unwrap_or_default();
    let code = match (error.code.as_str(), reason) {
        ("AccountAlreadyRegisteredException", _) => "AccountRegisteredException",
        ("AccountNotRegisteredException", _) => "AccountNotRegisteredException",
        ("AccountNotFoundException", _) => "AccountNotFoundException",
        (_, "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR") => {
            "CannotDelegateManagementAccountException"
        }
        (_, "MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED") => {
            "DelegatedAdminAccountLimitExceededException"
        }
        (_, "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE") => "OrganizationNotInAllFeaturesModeException",
        _ => "OperationNotPermittedException",
    };
    AwsError::new(code, error.message)
}

pub(super) fn register(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("MemberAccountId");
    let organization = organization(world, request)?;
    organization.register_delegated_administrator(account, PRINCIPAL, request.now).map_err(translated)?;
    Ok(json!({}))
}

pub(super) fn deregister(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = request.required("DelegatedAdminAccountId");
    organization(world, request)?
        .deregister_delegated_administrator(account, PRINCIPAL)
        .map_err(translated)?;
    Ok(json!({}))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::testing::{account, done, organization, quiet, refused};

    const CLOUDTRAIL: &str = "cloudtrail";
    const REGISTER: &str = "RegisterOrganizationDelegatedAdmin";

    #[tokio::test(start_paused = true)]
    async fn every_refusal_has_the_code_that_the_service_declares() {
        let (sim, _) = organization(quiet()).await;
        let audit = account(&sim, "audit").await;
        let member = |account: &str| json!({"MemberAccountId": account});
        let untrusted = refused(&sim, CLOUDTRAIL, REGISTER, member(&audit)).await;
        assert_eq!(untrusted, "CloudTrailAccessNotEnabledException");
        let trust = json!({"ServicePrincipal": "cloudtrail.amazonaws.com"});
        done(&sim, "organizations", "EnableAWSServiceAccess", trust).await;
        done(&sim, CLOUDTRAIL, REGISTER, member(&audit)).await;
        for (account, code) in [
            (audit.as_str(), "AccountRegisteredException"),
            ("111122223333", "CannotDelegateManagementAccountException"),
            ("999999999999", "AccountNotFoundException"),
        ] {
            assert_eq!(refused(&sim, CLOUDTRAIL, REGISTER, member(account)).await, code);
        }
        let former = json!({"DelegatedAdminAccountId": audit});
        done(&sim, CLOUDTRAIL, "DeregisterOrganizationDelegatedAdmin", former.clone()).await;
        let again = refused(&sim, CLOUDTRAIL, "DeregisterOrganizationDelegatedAdmin", former).await;
        assert_eq!(again, "AccountNotRegisteredException");
    }
}
