//! Centralized root access: the organization-wide switches for root credentials and root sessions of member accounts.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootCredentialsManagement.html> and
//! its neighbours; the sentences of the refusals are the model's. Switching on twice succeeds: no page names an error for it.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::organizations::{FeatureSet, Organization};
use crate::sim::world::World;

const SERVICE: &str = "iam.amazonaws.com";
const CREDENTIALS: &str = "RootCredentialsManagement";
const SESSIONS: &str = "RootSessions";

/// The caller's organization, if it may manage root access.
fn organization<'w>(world: &'w World, request: &Request) -> Result<&'w Organization, AwsError> {
    let caller = request.caller.account.as_str();
    let refuse = |code: &str, words: &str| Err(AwsError::new(code, words).status(400));
    let Some(organization) = world.organizations.of(caller) else {
        return refuse(
            "OrganizationNotFoundException",
            "The request was rejected because no organization is associated with your account.",
        );
    };
    if organization.feature_set != FeatureSet::All {
        return refuse(
            "OrganizationNotInAllFeaturesModeException",
            "The request was rejected because your organization does not have All features enabled.",
        );
    }
    if !organization.service_access.contains_key(SERVICE) {
        return refuse(
            "ServiceAccessNotEnabledException",
            "The request was rejected because trusted access is not enabled for IAM in Organizations.",
        );
    }
    let delegated = organization
        .delegated
        .get(caller)
        .is_some_and(|services| services.contains_key(SERVICE));
    if organization.management != caller && !delegated {
        return refuse(
            "AccountNotManagementOrDelegatedAdministratorException",
            "The request was rejected because the account making the request is not the management account or delegated administrator account for centralized root access.",
        );
    }
    Ok(organization)
}

fn answer(world: &World, id: &str) -> Value {
    let features = world.iam.root_features.get(id).cloned().unwrap_or_default();
    json!({ "OrganizationId": id, "EnabledFeatures": features })
}

fn switch(
    world: &mut World,
    request: &Request,
    feature: &str,
    on: bool,
) -> Result<Value, AwsError> {
    let organization = organization(world, request)?;
    // Only the management account switches on; a delegated administrator may switch off.
    if on && organization.management != request.caller.account {
        let words = "The request was rejected because the account making the request is not the management account for the organization.";
        return Err(AwsError::new("CallerIsNotManagementAccountException", words).status(400));
    }
    let id = organization.id.clone();
    let features = world.iam.root_features.entry(id.clone()).or_default();
    if on {
        features.insert(feature.to_owned());
    } else {
        features.remove(feature);
    }
    Ok(answer(world, &id))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = organization(world, request)?.id.clone();
    Ok(answer(world, &id))
}

pub(super) fn enable_credentials(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, CREDENTIALS, true)
}

pub(super) fn disable_credentials(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, CREDENTIALS, false)
}

pub(super) fn enable_sessions(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, SESSIONS, true)
}

pub(super) fn disable_sessions(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    switch(world, request, SESSIONS, false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{alone, organization, session, trust_service};
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn root_access_needs_an_organization_that_trusts_iam_and_its_management_account() {
        let lonely = alone();
        let refused = ask(&lonely, "iam", "ListOrganizationsFeatures", json!({})).await;
        assert_eq!(
            refused.code().as_deref(),
            Some("OrganizationNotFoundException")
        );
        let (simulator, member) = organization().await;
        let early = ask(
            &simulator,
            "iam",
            "EnableOrganizationsRootSessions",
            json!({}),
        )
        .await;
        assert_eq!(
            early.code().as_deref(),
            Some("ServiceAccessNotEnabledException")
        );
        trust_service(&simulator, "iam.amazonaws.com").await;
        let inside = session(&simulator, &member).await;
        let foreign = inside
            .ask(
                &simulator,
                "iam",
                "EnableOrganizationsRootSessions",
                json!({}),
            )
            .await;
        assert_eq!(
            foreign.code().as_deref(),
            Some("AccountNotManagementOrDelegatedAdministratorException")
        );
        for _ in 0..2 {
            let on = ask(
                &simulator,
                "iam",
                "EnableOrganizationsRootSessions",
                json!({}),
            )
            .await;
            assert!(
                on.text.contains("<member>RootSessions</member>"),
                "{}",
                on.text
            );
        }
    }
}
