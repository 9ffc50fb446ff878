//! AWS Config as the administrator of the organization sees it in one Region: its aggregators, and
//! the rules and conformance packs that it deploys, with the accounts in which they failed.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_config::types::{
    OrganizationConfigRule, OrganizationResourceDetailedStatusFilters, StatusDetailFilters,
};
use serde_json::{Map, Value, json};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const AGGREGATORS: &str = "config:DescribeConfigurationAggregators";
const PACKS: &str = "config:DescribeOrganizationConformancePacks";
const PACK_STATUSES: &str = "config:DescribeOrganizationConformancePackStatuses";
const PACK_DETAILS: &str = "config:GetOrganizationConformancePackDetailedStatus";
const RULES: &str = "config:DescribeOrganizationConfigRules";
const RULE_STATUSES: &str = "config:DescribeOrganizationConfigRuleStatuses";
const RULE_DETAILS: &str = "config:GetOrganizationConfigRuleDetailedStatus";
const RULE_TEXT: &str = "config:GetOrganizationCustomRulePolicy";
const TAGS: &str = "config:ListTagsForResource";

/// The tag that tells which template a pack was put with last: AWS gives the template itself to
/// nobody.
pub(crate) const MARK: &str = "lzctl:template";

/// The metadata of a rule in Guard, as the API names it.
pub(crate) const GUARD: &str = "OrganizationCustomPolicyRuleMetadata";
/// The metadata of one of AWS's rules.
pub(crate) const MANAGED: &str = "OrganizationManagedRuleMetadata";

/// What is deployed under a name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Deployed {
    pub(crate) arn: String,
    pub(crate) excluded: BTreeSet<String>,
    /// A pack's parameters, or a rule's definition.
    pub(crate) body: Value,
    /// AWS's word for the whole, such as `CREATE_SUCCESSFUL`.
    pub(crate) status: Option<String>,
    /// The bucket that a pack delivers to, if it says so.
    pub(crate) bucket: Option<String>,
}

/// Who deploys nothing here is told so: an account that is no administrator (yet).
pub(crate) fn is_no_administrator(error: &CallError) -> bool {
    matches!(error.code.as_str(), "OrganizationAccessDeniedException" | "NoAvailableOrganizationException")
}

/// An aggregator.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aggregator {
    pub(crate) arn: String,
    pub(crate) role: Option<String>,
    /// `all`, or the Regions by name.
    pub(crate) regions: Vec<String>,
    /// The service that made it, if one did.
    pub(crate) made_by: Option<String>,
}

/// The aggregators of the account in this Region, by name.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn aggregators(site: &Site) -> Result<BTreeMap<String, Aggregator>, CallError> {
    let client = site.clients.config();
    let found = pages::all(AGGREGATORS, |token| async move {
        let request = || client.describe_configuration_aggregators().set_next_token(token.clone());
        let answer = site.call(AGGREGATORS, || request().send()).await?;
        Ok((answer.configuration_aggregators().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let one = |found: &aws_sdk_config::types::ConfigurationAggregator| {
        let source = found.organization_aggregation_source();
        let all = source.is_some_and(aws_sdk_config::types::OrganizationAggregationSource::all_aws_regions);
        let listed = source.map(|source| source.aws_regions().to_vec()).unwrap_or_default();
        let aggregator = Aggregator {
            arn: found.configuration_aggregator_arn().unwrap_or_default().to_owned(),
            role: source.map(|source| source.role_arn().to_owned()),
            regions: if all { vec!["all".to_owned()] } else { listed },
            made_by: found.created_by().map(str::to_owned),
        };
        Some((found.configuration_aggregator_name()?.to_owned(), aggregator))
    };
    Ok(found.await?.iter().filter_map(one).collect())
}

/// The conformance packs of the organization that this account deploys, by name.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn packs(site: &Site) -> Result<BTreeMap<String, Deployed>, CallError> {
    let client = site.clients.config();
    let found = pages::all(PACKS, |token| async move {
        let request = || client.describe_organization_conformance_packs().set_next_token(token.clone());
        let answer = site.call(PACKS, || request().send()).await?;
        Ok((answer.organization_conformance_packs().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let found = found.await?;
    let statuses = if found.is_empty() { BTreeMap::new() } else { pack_statuses(site).await? };
    let one = |pack: &aws_sdk_config::types::OrganizationConformancePack| {
        let parameters = pack.conformance_pack_input_parameters().iter();
        let parameters =
            parameters.map(|one| (one.parameter_name().to_owned(), json!(one.parameter_value())));
        let name = pack.organization_conformance_pack_name().to_owned();
        let deployed = Deployed {
            arn: pack.organization_conformance_pack_arn().to_owned(),
            excluded: pack.excluded_accounts().iter().cloned().collect(),
            body: Value::Object(parameters.collect()),
            status: statuses.get(&name).cloned(),
            bucket: pack.delivery_s3_bucket().filter(|name| !name.is_empty()).map(str::to_owned),
        };
        (name, deployed)
    };
    Ok(found.iter().map(one).collect())
}

/// AWS's word for each pack.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn pack_statuses(site: &Site) -> Result<BTreeMap<String, String>, CallError> {
    let client = site.clients.config();
    let found = pages::all(PACK_STATUSES, |token| async move {
        let request =
            || client.describe_organization_conformance_pack_statuses().set_next_token(token.clone());
        let answer = site.call(PACK_STATUSES, || request().send()).await?;
        let statuses = answer.organization_conformance_pack_statuses().to_vec();
        Ok((statuses, answer.next_token().map(str::to_owned)))
    });
    let word = |one: &aws_sdk_config::types::OrganizationConformancePackStatus| {
        (one.organization_conformance_pack_name().to_owned(), one.status().as_str().to_owned())
    };
    Ok(found.await?.iter().map(word).collect())
}

/// The accounts in which a pack failed, with AWS's reason.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn pack_failures(site: &Site, name: &str) -> Result<BTreeMap<String, String>, CallError> {
    let client = site.clients.config();
    let found = pages::all(PACK_DETAILS, |token| async move {
        let request = || {
            let request = client.get_organization_conformance_pack_detailed_status();
            let request = request.organization_conformance_pack_name(name);
            request
                .filters(OrganizationResourceDetailedStatusFilters::builder().build())
                .set_next_token(token.clone())
        };
        let answer = site.call(PACK_DETAILS, || request().send()).await?;
        let details = answer.organization_conformance_pack_detailed_statuses().to_vec();
        Ok((details, answer.next_token().map(str::to_owned)))
    });
    let failed = |one: &aws_sdk_config::types::OrganizationConformancePackDetailedStatus| {
        let why = reason(one.error_code(), one.error_message());
        one.status().as_str().ends_with("_FAILED").then(|| (one.account_id().to_owned(), why))
    };
    Ok(found.await?.iter().filter_map(failed).collect())
}

fn reason(code: Option<&str>, message: Option<&str>) -> String {
    [code, message].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

/// The digest of the template with which a pack was put last, if it says so.
///
/// # Errors
/// When its tags cannot be read.
pub(crate) async fn mark(site: &Site, arn: &str) -> Result<Option<String>, CallError> {
    let client = site.clients.config();
    let found = pages::all(TAGS, |token| async move {
        let request = || client.list_tags_for_resource().resource_arn(arn).set_next_token(token.clone());
        let answer = site.call(TAGS, || request().send()).await?;
        Ok((answer.tags().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let tags = found.await?;
    let ours = tags.iter().find(|tag| tag.key() == Some(MARK));
    Ok(ours.and_then(|tag| tag.value()).map(str::to_owned))
}

/// The rules of the organization that this account deploys, by name. Those in Guard lack their text.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn rules(site: &Site) -> Result<BTreeMap<String, Deployed>, CallError> {
    let client = site.clients.config();
    let found = pages::all(RULES, |token| async move {
        let request = || client.describe_organization_config_rules().set_next_token(token.clone());
        let answer = site.call(RULES, || request().send()).await?;
        Ok((answer.organization_config_rules().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let found = found.await?;
    let statuses = if found.is_empty() { BTreeMap::new() } else { rule_statuses(site).await? };
    let one = |rule: &OrganizationConfigRule| {
        let name = rule.organization_config_rule_name().to_owned();
        let deployed = Deployed {
            arn: rule.organization_config_rule_arn().to_owned(),
            excluded: rule.excluded_accounts().iter().cloned().collect(),
            body: definition(rule),
            status: statuses.get(&name).cloned(),
            bucket: None,
        };
        (name, deployed)
    };
    Ok(found.iter().map(one).collect())
}

/// AWS's word for each rule.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn rule_statuses(site: &Site) -> Result<BTreeMap<String, String>, CallError> {
    let client = site.clients.config();
    let found = pages::all(RULE_STATUSES, |token| async move {
        let request = || client.describe_organization_config_rule_statuses().set_next_token(token.clone());
        let answer = site.call(RULE_STATUSES, || request().send()).await?;
        let statuses = answer.organization_config_rule_statuses().to_vec();
        Ok((statuses, answer.next_token().map(str::to_owned)))
    });
    let word = |one: &aws_sdk_config::types::OrganizationConfigRuleStatus| {
        (one.organization_config_rule_name().to_owned(), one.organization_rule_status().as_str().to_owned())
    };
    Ok(found.await?.iter().map(word).collect())
}

/// The accounts in which a rule failed, with AWS's reason.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn rule_failures(site: &Site, name: &str) -> Result<BTreeMap<String, String>, CallError> {
    let client = site.clients.config();
    let found = pages::all(RULE_DETAILS, |token| async move {
        let request = || {
            let request = client.get_organization_config_rule_detailed_status();
            let request = request.organization_config_rule_name(name);
            request.filters(StatusDetailFilters::builder().build()).set_next_token(token.clone())
        };
        let answer = site.call(RULE_DETAILS, || request().send()).await?;
        let details = answer.organization_config_rule_detailed_status().to_vec();
        Ok((details, answer.next_token().map(str::to_owned)))
    });
    let failed = |one: &aws_sdk_config::types::MemberAccountStatus| {
        let why = reason(one.error_code(), one.error_message());
        let bad = one.member_account_rule_status().as_str().ends_with("_FAILED");
        bad.then(|| (one.account_id().to_owned(), why))
    };
    Ok(found.await?.iter().filter_map(failed).collect())
}

/// The text of a rule in Guard.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn rule_text(site: &Site, name: &str) -> Result<Option<String>, CallError> {
    let client = site.clients.config();
    let request = || client.get_organization_custom_rule_policy().organization_config_rule_name(name);
    let answer = site.call(RULE_TEXT, || request().send()).await?;
    Ok(answer.policy_text().map(str::to_owned))
}

/// A rule's metadata in the form in which the document's are.
fn definition(rule: &OrganizationConfigRule) -> Value {
    let mut metadata = Map::new();
    let mut put = |member: &str, value: Option<Value>| {
        metadata.extend(value.map(|value| (member.to_owned(), value)));
    };
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(|text| json!(text));
    let list = |mut items: Vec<String>| {
        items.sort();
        (!items.is_empty()).then(|| json!(items))
    };
    let kind = if let Some(managed) = rule.organization_managed_rule_metadata() {
        put("Description", text(managed.description()));
        put("RuleIdentifier", Some(json!(managed.rule_identifier())));
        put("InputParameters", text(managed.input_parameters()));
        put(
            "MaximumExecutionFrequency",
            text(managed.maximum_execution_frequency().map(|often| often.as_str())),
        );
        put("ResourceTypesScope", list(managed.resource_types_scope().to_vec()));
        put("ResourceIdScope", text(managed.resource_id_scope()));
        put("TagKeyScope", text(managed.tag_key_scope()));
        put("TagValueScope", text(managed.tag_value_scope()));
        MANAGED
    } else if let Some(guard) = rule.organization_custom_policy_rule_metadata() {
        let triggers = guard.organization_config_rule_trigger_types().iter();
        put("Description", text(guard.description()));
        put("InputParameters", text(guard.input_parameters()));
        put(
            "MaximumExecutionFrequency",
            text(guard.maximum_execution_frequency().map(|often| often.as_str())),
        );
        put("ResourceTypesScope", list(guard.resource_types_scope().to_vec()));
        put("ResourceIdScope", text(guard.resource_id_scope()));
        put("TagKeyScope", text(guard.tag_key_scope()));
        put("TagValueScope", text(guard.tag_value_scope()));
        put("DebugLogDeliveryAccounts", list(guard.debug_log_delivery_accounts().to_vec()));
        put("PolicyRuntime", text(guard.policy_runtime()));
        put(
            "OrganizationConfigRuleTriggerTypes",
            list(triggers.map(|trigger| trigger.as_str().to_owned()).collect()),
        );
        GUARD
    } else {
        "OrganizationCustomRuleMetadata"
    };
    json!({ kind: metadata })
}
