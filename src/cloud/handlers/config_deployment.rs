//! Rules and conformance packs of AWS Config that an administrator deploys to its organization,
//! and its aggregators.
//!
//! AWS takes the call and then goes from account to account. An account in which that fails is
//! never taken for a success: the step fails with AWS's reason for each, and the accounts in
//! which it went well keep what they got.

use aws_sdk_config::types::{
    ConformancePackInputParameter, MaximumExecutionFrequency, OrganizationAggregationSource,
    OrganizationConfigRuleTriggerTypeNoSn, OrganizationCustomPolicyRuleMetadata,
    OrganizationManagedRuleMetadata, Tag,
};
use serde_json::Value;

use super::{effect_if, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::config as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::region::Region;
use crate::model::{Attributes, Kind, canonical};

const PUT_PACK: &str = "config:PutOrganizationConformancePack";
const PUT_RULE: &str = "config:PutOrganizationConfigRule";
const PUT_AGGREGATOR: &str = "config:PutConfigurationAggregator";
const DELETE_PACK: &str = "config:DeleteOrganizationConformancePack";
const DELETE_RULE: &str = "config:DeleteOrganizationConfigRule";
const DELETE_AGGREGATOR: &str = "config:DeleteConfigurationAggregator";
const MARK: &str = "config:TagResource";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = site(connection, task).await?;
    match (task.address.kind, task.verb.as_str()) {
        (Kind::ConformancePack, "create" | "update" | "repair") => put_pack(&site, task).await,
        (Kind::ConformancePack, "mark") => mark(&site, task).await,
        (Kind::ConfigRule, "create" | "update" | "repair") => put_rule(&site, task).await,
        (Kind::ConfigAggregator, "create" | "update") => put_aggregator(&site, task).await,
        (_, "delete") => delete(&site, task).await,
        _ => Err(unknown_verb(task)),
    }
}

/// How far the accounts are.
pub(super) async fn poll(
    connection: &Connection,
    task: &Task,
    operation: &str,
) -> Result<Progress, CallError> {
    let site = site(connection, task).await?;
    let name = name(task)?;
    let statuses = match task.address.kind {
        Kind::ConformancePack => inventory::pack_statuses(&site).await?,
        _ => inventory::rule_statuses(&site).await?,
    };
    let own = || known([("arn", operation)]);
    let Some(status) = statuses.get(name) else {
        // What was being deleted is gone; what was being put cannot be, unless somebody took it away.
        if task.verb == "delete" {
            return Ok(Progress::Done(Attributes::new()));
        }
        let message = format!("{name} is no longer there");
        return Err(CallError::operation_failed(put_of(task.address.kind), message));
    };
    if status.ends_with("_IN_PROGRESS") {
        return Ok(Progress::Running { operation: operation.to_owned(), attributes: own() });
    }
    if status.ends_with("_FAILED") {
        return Err(failure(&site, task, name, status).await?);
    }
    Ok(Progress::Done(own()))
}

async fn failure(site: &Site, task: &Task, name: &str, status: &str) -> Result<CallError, CallError> {
    let failed = match task.address.kind {
        Kind::ConformancePack => inventory::pack_failures(site, name).await?,
        _ => inventory::rule_failures(site, name).await?,
    };
    let told: Vec<String> = failed.iter().map(|(account, why)| format!("{account}: {why}")).collect();
    let message = format!("{status} in {} accounts: {}", told.len(), told.join("; "));
    let operation =
        if task.verb == "delete" { delete_of(task.address.kind) } else { put_of(task.address.kind) };
    Ok(CallError::operation_failed(operation, message))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = site(connection, task).await?;
    let name = name(task)?;
    match (task.address.kind, task.verb.as_str()) {
        (Kind::ConfigAggregator, verb) => {
            let live = inventory::aggregators(&site).await?;
            let found = live.get(name);
            Ok(match found {
                None if verb == "delete" => Found::Effect(Progress::Done(Attributes::new())),
                Some(found) if verb != "delete" && found.role.as_deref() == task.text("role").ok() => {
                    Found::Effect(Progress::Done(known([("arn", &found.arn)])))
                }
                _ => Found::Nothing,
            })
        }
        (Kind::ConformancePack, "mark") => {
            let wanted = task.text("mark")?;
            let live = inventory::mark(&site, task.own("arn")?).await?;
            Ok(effect_if(live.as_deref() == Some(wanted)))
        }
        (kind, verb) => {
            let live = match kind {
                Kind::ConformancePack => inventory::packs(&site).await?,
                _ => inventory::rules(&site).await?,
            };
            Ok(match (live.get(name), verb) {
                (None, "delete") => Found::Effect(Progress::Done(Attributes::new())),
                (Some(found), "delete") if deleting(found) => running(&found.arn),
                (Some(found), "create") => running(&found.arn),
                // A second putting of the same changes nothing, so a lost one is sent again.
                _ => Found::Nothing,
            })
        }
    }
}

fn deleting(found: &inventory::Deployed) -> bool {
    found.status.as_deref().is_some_and(|status| status.starts_with("DELETE_"))
}

fn running(arn: &str) -> Found {
    Found::Effect(Progress::Running { operation: arn.to_owned(), attributes: known([("arn", arn)]) })
}

const fn put_of(kind: Kind) -> &'static str {
    match kind {
        Kind::ConformancePack => PUT_PACK,
        Kind::ConfigAggregator => PUT_AGGREGATOR,
        _ => PUT_RULE,
    }
}

const fn delete_of(kind: Kind) -> &'static str {
    match kind {
        Kind::ConformancePack => DELETE_PACK,
        Kind::ConfigAggregator => DELETE_AGGREGATOR,
        _ => DELETE_RULE,
    }
}

fn unusable(task: &Task, what: &str) -> CallError {
    let message = format!("{} has no usable {what}", task.address);
    CallError::ours("config", code::UNSENDABLE, message, Verdict::Rejected)
}

async fn site(connection: &Connection, task: &Task) -> Result<Site, CallError> {
    let region = task.key("region").and_then(|region| region.parse::<Region>().ok());
    connection.site_in(task.key("account"), &region.ok_or_else(|| unusable(task, "Region"))?).await
}

fn name(task: &Task) -> Result<&str, CallError> {
    task.key("name").ok_or_else(|| unusable(task, "name"))
}

fn excluded(task: &Task) -> Option<Vec<String>> {
    let listed = task.inputs.get("excluded").and_then(Value::as_array).into_iter().flatten();
    let ids: Vec<String> = listed.filter_map(|id| id.as_str().map(str::to_owned)).collect();
    (!ids.is_empty()).then_some(ids)
}

fn begun(arn: &str) -> Progress {
    Progress::Running { operation: arn.to_owned(), attributes: known([("arn", arn)]) }
}

async fn put_pack(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (name, template) = (name(task)?, task.text("template")?);
    let mut parameters = Vec::new();
    for (key, value) in task.inputs.get("parameters").and_then(Value::as_object).into_iter().flatten() {
        let parameter = ConformancePackInputParameter::builder()
            .parameter_name(key)
            .parameter_value(value.as_str().unwrap_or_default())
            .build();
        parameters.push(parameter.map_err(|_| unusable(task, "parameter"))?);
    }
    // Tags are taken at creation only, and ignored afterwards.
    let mark = task.inputs.get("digest").and_then(Value::as_str);
    let tag = mark.map(|mark| Tag::builder().key(inventory::MARK).value(mark).build());
    let client = site.clients.config();
    let request = || {
        let request = client.put_organization_conformance_pack().organization_conformance_pack_name(name);
        let request = request.template_body(template).set_excluded_accounts(excluded(task));
        let request = request
            .set_conformance_pack_input_parameters((!parameters.is_empty()).then(|| parameters.clone()));
        request.set_tags(tag.clone().map(|tag| vec![tag]))
    };
    let answer = site.call(PUT_PACK, || request().send()).await?;
    let arn = answer.organization_conformance_pack_arn();
    arn.map(begun).ok_or_else(|| CallError::unreadable(PUT_PACK, "OrganizationConformancePackArn"))
}

async fn mark(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (arn, mark) = (task.own("arn")?, task.text("mark")?);
    let client = site.clients.config();
    let tag = Tag::builder().key(inventory::MARK).value(mark).build();
    let request = || client.tag_resource().resource_arn(arn).tags(tag.clone());
    site.call(MARK, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn put_rule(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let name = name(task)?;
    let definition = task.value("definition")?;
    let managed = match definition.get(inventory::MANAGED) {
        Some(metadata) => Some(managed(metadata).ok_or_else(|| unusable(task, "definition"))?),
        None => None,
    };
    let guard = match definition.get(inventory::GUARD) {
        Some(metadata) => Some(guard(metadata).ok_or_else(|| unusable(task, "definition"))?),
        None => None,
    };
    let client = site.clients.config();
    let request = || {
        let request = client.put_organization_config_rule().organization_config_rule_name(name);
        let request = request.set_organization_managed_rule_metadata(managed.clone());
        let request = request.set_organization_custom_policy_rule_metadata(guard.clone());
        request.set_excluded_accounts(excluded(task))
    };
    let answer = site.call(PUT_RULE, || request().send()).await?;
    let arn = answer.organization_config_rule_arn();
    arn.map(begun).ok_or_else(|| CallError::unreadable(PUT_RULE, "OrganizationConfigRuleArn"))
}

fn text(metadata: &Value, member: &str) -> Option<String> {
    metadata.get(member).and_then(Value::as_str).map(str::to_owned)
}

fn list(metadata: &Value, member: &str) -> Option<Vec<String>> {
    let items = metadata.get(member)?.as_array()?;
    Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}

fn often(metadata: &Value) -> Option<MaximumExecutionFrequency> {
    text(metadata, "MaximumExecutionFrequency").map(|word| word.as_str().into())
}

fn managed(metadata: &Value) -> Option<OrganizationManagedRuleMetadata> {
    OrganizationManagedRuleMetadata::builder()
        .set_description(text(metadata, "Description"))
        .set_rule_identifier(text(metadata, "RuleIdentifier"))
        .set_input_parameters(text(metadata, "InputParameters"))
        .set_maximum_execution_frequency(often(metadata))
        .set_resource_types_scope(list(metadata, "ResourceTypesScope"))
        .build()
        .ok()
}

fn guard(metadata: &Value) -> Option<OrganizationCustomPolicyRuleMetadata> {
    let triggers = list(metadata, "OrganizationConfigRuleTriggerTypes").map(|words| {
        words.iter().map(|word| OrganizationConfigRuleTriggerTypeNoSn::from(word.as_str())).collect()
    });
    OrganizationCustomPolicyRuleMetadata::builder()
        .set_description(text(metadata, "Description"))
        .set_input_parameters(text(metadata, "InputParameters"))
        .set_maximum_execution_frequency(often(metadata))
        .set_resource_types_scope(list(metadata, "ResourceTypesScope"))
        .set_organization_config_rule_trigger_types(triggers)
        .set_policy_runtime(text(metadata, "PolicyRuntime"))
        .set_policy_text(text(metadata, "PolicyText"))
        .build()
        .ok()
}

async fn put_aggregator(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (name, role) = (name(task)?, task.text("role")?);
    let regions = task.value("regions")?;
    let all = canonical::text(regions) == r#"["all"]"#;
    let listed: Vec<String> =
        regions.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    let source = OrganizationAggregationSource::builder()
        .role_arn(role)
        .set_all_aws_regions(all.then_some(true))
        .set_aws_regions((!all).then_some(listed))
        .build()
        .map_err(|_| unusable(task, "role"))?;
    let client = site.clients.config();
    let request = || {
        let request = client.put_configuration_aggregator().configuration_aggregator_name(name);
        request.organization_aggregation_source(source.clone())
    };
    let answer = site.call(PUT_AGGREGATOR, || request().send()).await?;
    let arn = answer.configuration_aggregator().and_then(|one| one.configuration_aggregator_arn());
    let arn = arn.ok_or_else(|| CallError::unreadable(PUT_AGGREGATOR, "ConfigurationAggregatorArn"))?;
    Ok(Progress::Done(known([("arn", arn)])))
}

async fn delete(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let name = name(task)?;
    let client = site.clients.config();
    match task.address.kind {
        Kind::ConformancePack => {
            let request =
                || client.delete_organization_conformance_pack().organization_conformance_pack_name(name);
            site.call(DELETE_PACK, || request().send()).await?;
        }
        Kind::ConfigRule => {
            let request = || client.delete_organization_config_rule().organization_config_rule_name(name);
            site.call(DELETE_RULE, || request().send()).await?;
        }
        _ => {
            let request = || client.delete_configuration_aggregator().configuration_aggregator_name(name);
            site.call(DELETE_AGGREGATOR, || request().send()).await?;
            return Ok(Progress::Done(Attributes::new()));
        }
    }
    let arn = task.own("arn").unwrap_or(name);
    Ok(Progress::Running { operation: arn.to_owned(), attributes: Attributes::new() })
}
