//! Security Hub CSPM of one account in one Region: its hub, and as administrator what links
//! Regions and how the organization is configured.

use std::collections::BTreeSet;

use aws_sdk_securityhub::types::{
    AssociationFilters, AssociationType, ConfigurationPolicyAssociationStatus,
    ConfigurationPolicyAssociationSummary, OrganizationConfigurationConfigurationType,
    OrganizationConfigurationStatus, Policy as SdkPolicy, SecurityControlsConfiguration,
};

use serde::{Deserialize, Serialize};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const HUB: &str = "securityhub:DescribeHub";
const AGGREGATORS: &str = "securityhub:ListFindingAggregators";
const AGGREGATOR: &str = "securityhub:GetFindingAggregator";
const CONFIGURATION: &str = "securityhub:DescribeOrganizationConfiguration";
const POLICIES: &str = "securityhub:ListConfigurationPolicies";
const POLICY: &str = "securityhub:GetConfigurationPolicy";
const ASSOCIATIONS: &str = "securityhub:ListConfigurationPolicyAssociations";

/// What sends findings of other Regions to its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregator {
    /// Its ARN.
    pub arn: String,
    /// The Region it lives in.
    pub home: String,
    /// AWS's word for which Regions it links.
    pub mode: String,
    /// The Regions that the mode speaks of.
    pub regions: BTreeSet<String>,
}

/// How the organization is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    central: bool,
    /// Whether AWS is still at work on it.
    pub pending: bool,
    /// Why it does not work, in AWS's words.
    pub trouble: Option<String>,
}

impl Configuration {
    /// Whether central configuration is there: configuration policies can be listed.
    #[must_use]
    pub const fn is_central(&self) -> bool {
        self.central && !self.pending && self.trouble.is_none()
    }
}

/// A configuration policy. It stands so in the files of a census.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// AWS's id.
    pub id: String,
    /// Its name, unique.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Whether it switches Security Hub on.
    pub enabled: bool,
    /// ARNs of its standards.
    pub standards: Option<BTreeSet<String>>,
    /// Controls that are off.
    pub disabled_controls: Option<BTreeSet<String>>,
    /// Controls that alone are on.
    pub enabled_controls: Option<BTreeSet<String>>,
}

/// What follows a policy by a word of its own, not by that of something above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// The id of a root, unit or account.
    pub target: String,
    /// The id of a policy, or `SELF_MANAGED_SECURITY_HUB`.
    pub policy: String,
    /// Why it has not reached everything, in AWS's words.
    pub trouble: Option<String>,
}

/// Whether Security Hub is on.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn is_on(site: &Site) -> Result<bool, CallError> {
    let client = site.clients.securityhub();
    match site.call(HUB, || client.describe_hub().send()).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_missing() => Ok(false),
        Err(error) => Err(error),
    }
}

/// The aggregator of the account, wherever it lives; there is at most one.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn aggregator(site: &Site) -> Result<Option<Aggregator>, CallError> {
    let client = site.clients.securityhub();
    let listed = pages::all(AGGREGATORS, |token| async move {
        let request = || client.list_finding_aggregators().set_next_token(token.clone());
        let answer = site.call(AGGREGATORS, || request().send()).await?;
        Ok((answer.finding_aggregators().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let found = listed.await?;
    let Some(arn) = found.first().and_then(|one| one.finding_aggregator_arn()) else { return Ok(None) };
    let answer =
        site.call(AGGREGATOR, || client.get_finding_aggregator().finding_aggregator_arn(arn).send()).await?;
    Ok(Some(Aggregator {
        arn: arn.to_owned(),
        home: answer.finding_aggregation_region().unwrap_or_default().to_owned(),
        mode: answer.region_linking_mode().unwrap_or_default().to_owned(),
        regions: answer.regions().iter().cloned().collect(),
    }))
}

/// How the organization is configured.
///
/// # Errors
/// When it cannot be read: only the administrator may.
pub(crate) async fn configuration(site: &Site) -> Result<Configuration, CallError> {
    let client = site.clients.securityhub();
    let answer = site.call(CONFIGURATION, || client.describe_organization_configuration().send()).await?;
    let told = answer.organization_configuration();
    let central = OrganizationConfigurationConfigurationType::Central;
    let status = told.and_then(|told| told.status());
    let trouble = match status {
        Some(OrganizationConfigurationStatus::Failed) => {
            Some(told.and_then(|told| told.status_message()).unwrap_or("it failed").to_owned())
        }
        // A word that this SDK does not know yet.
        Some(other) if other.as_str() == "DISABLED" => {
            Some("it is switched off, because policies of the organization set Security Hub".to_owned())
        }
        _ => None,
    };
    Ok(Configuration {
        central: told.and_then(|told| told.configuration_type()) == Some(&central),
        pending: status == Some(&OrganizationConfigurationStatus::Pending),
        trouble,
    })
}

/// The configuration policies with the names that are asked about.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn policies(
    site: &Site,
    asked: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Vec<Policy>, CallError> {
    let client = site.clients.securityhub();
    let listed = pages::all(POLICIES, |token| async move {
        let request = || client.list_configuration_policies().set_next_token(token.clone());
        let answer = site.call(POLICIES, || request().send()).await?;
        Ok((answer.configuration_policy_summaries().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let mut found = Vec::new();
    for one in listed.await? {
        if let Some(id) = one.id().filter(|_| one.name().is_some_and(asked)) {
            found.extend(policy(site, id).await?.map(|(policy, _)| policy));
        }
    }
    Ok(found)
}

/// One policy, and what it says in AWS's form; none when it is gone.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn policy(
    site: &Site,
    id: &str,
) -> Result<Option<(Policy, Option<SecurityControlsConfiguration>)>, CallError> {
    let client = site.clients.securityhub();
    let answer = match site.call(POLICY, || client.get_configuration_policy().identifier(id).send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let said = match answer.configuration_policy() {
        Some(SdkPolicy::SecurityHub(said)) => Some(said),
        _ => None,
    };
    let set = |list: Option<&Vec<String>>| list.map(|list| list.iter().cloned().collect::<BTreeSet<_>>());
    let controls = said.and_then(|said| said.security_controls_configuration());
    let policy = Policy {
        id: id.to_owned(),
        name: answer.name().unwrap_or_default().to_owned(),
        description: answer.description().map(str::to_owned),
        enabled: said.and_then(|said| said.service_enabled()).unwrap_or_default(),
        standards: set(said.and_then(|said| said.enabled_standard_identifiers.as_ref())),
        disabled_controls: set(controls.and_then(|c| c.disabled_security_control_identifiers.as_ref())),
        enabled_controls: set(controls.and_then(|c| c.enabled_security_control_identifiers.as_ref())),
    };
    Ok(Some((policy, controls.cloned())))
}

/// What follows a configuration by a word of its own.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn associations(site: &Site) -> Result<Vec<Association>, CallError> {
    let client = site.clients.securityhub();
    let own = AssociationFilters::builder().association_type(AssociationType::Applied).build();
    let listed = pages::all(ASSOCIATIONS, |token| {
        let own = own.clone();
        async move {
            let request = || {
                let request = client.list_configuration_policy_associations().filters(own.clone());
                request.set_next_token(token.clone())
            };
            let answer = site.call(ASSOCIATIONS, || request().send()).await?;
            let found = answer.configuration_policy_association_summaries().to_vec();
            Ok((found, answer.next_token().map(str::to_owned)))
        }
    });
    Ok(listed.await?.iter().filter_map(association).collect())
}

fn association(seen: &ConfigurationPolicyAssociationSummary) -> Option<Association> {
    let failed = seen.association_status() == Some(&ConfigurationPolicyAssociationStatus::Failed);
    let why = seen.association_status_message().unwrap_or("no reason given");
    Some(Association {
        target: seen.target_id()?.to_owned(),
        policy: seen.configuration_policy_id()?.to_owned(),
        trouble: failed.then(|| why.to_owned()),
    })
}
