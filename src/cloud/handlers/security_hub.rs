//! Security Hub: hubs, the finding aggregator, central configuration, its policies and what
//! follows them, each called as the account and in the Region that the resource lives in.
//!
//! Central configuration is waited for. An association is not: it may take AWS a day to reach
//! every account (User Guide, view-policy), and nothing of a plan depends on it.

use std::collections::BTreeSet;

use aws_sdk_securityhub::types::{
    AutoEnableStandards, ControlFindingGenerator, OrganizationConfiguration,
    OrganizationConfigurationConfigurationType, Policy, SecurityControlsConfiguration, SecurityHubPolicy,
    Target,
};
use serde_json::Value;

use super::{effect_if, known, place, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::security_hub as inventory;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::{Attributes, Kind};

const ENABLE: &str = "securityhub:EnableSecurityHub";
const LINK: &str = "securityhub:CreateFindingAggregator";
const RELINK: &str = "securityhub:UpdateFindingAggregator";
const CONFIGURE: &str = "securityhub:UpdateOrganizationConfiguration";
const CREATE: &str = "securityhub:CreateConfigurationPolicy";
const UPDATE: &str = "securityhub:UpdateConfigurationPolicy";
const DELETE: &str = "securityhub:DeleteConfigurationPolicy";
const ASSOCIATE: &str = "securityhub:StartConfigurationPolicyAssociation";
const DISASSOCIATE: &str = "securityhub:StartConfigurationPolicyDisassociation";

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    match (task.address.kind, task.verb.as_str()) {
        (Kind::SecurityHub, "create") => enable(&site).await,
        (Kind::FindingAggregator, "create") => link(&site, task).await,
        (Kind::FindingAggregator, "update") => relink(&site, task).await,
        (Kind::SecurityHubConfiguration, "create") => configure(&site).await,
        (Kind::SecurityHubPolicy, "create") => create(&site, task).await,
        (Kind::SecurityHubPolicy, "update") => update(&site, task).await,
        (Kind::SecurityHubPolicy, "delete") => delete(&site, task).await,
        (Kind::SecurityHubAssociations, "associate") => associate(&site, task).await,
        (Kind::SecurityHubAssociations, "disassociate") => disassociate(&site, task).await,
        _ => Err(unknown_verb(task)),
    }
}

/// How far central configuration has come.
pub(super) async fn poll(connection: &Connection, task: &Task, id: &str) -> Result<Progress, CallError> {
    let site = place(connection, task).await?;
    let configuration = inventory::configuration(&site).await?;
    if let Some(why) = configuration.trouble {
        return Err(CallError::operation_failed(CONFIGURE, why));
    }
    if configuration.pending {
        return Ok(Progress::Running { operation: id.to_owned(), attributes: Attributes::new() });
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let site = place(connection, task).await?;
    match (task.address.kind, task.verb.as_str()) {
        (Kind::SecurityHub, "create") => Ok(effect_if(inventory::is_on(&site).await?)),
        (Kind::FindingAggregator, _) => {
            let live = inventory::aggregator(&site).await?.filter(|live| live.home == site.region);
            let so =
                live.filter(|live| live.mode == text(task, "mode") && live.regions == set(task, "regions"));
            Ok(so.map_or(Found::Nothing, |live| Found::Effect(Progress::Done(known([("arn", &live.arn)])))))
        }
        (Kind::SecurityHubConfiguration, "create") => {
            let live = inventory::configuration(&site).await?;
            let running = Progress::Running { operation: CENTRAL.to_owned(), attributes: Attributes::new() };
            Ok(match live.is_central() {
                true => effect_if(true),
                false if live.pending => Found::Effect(running),
                false => Found::Nothing,
            })
        }
        (Kind::SecurityHubPolicy, "create") => {
            let name = text(task, "name");
            let found = inventory::policies(&site, &|other| other == name).await?;
            Ok(found
                .first()
                .map_or(Found::Nothing, |one| Found::Effect(Progress::Done(known([("id", &one.id)])))))
        }
        (Kind::SecurityHubPolicy, "update") => {
            let live = inventory::policy(&site, task.own("id")?).await?;
            Ok(effect_if(live.is_some_and(|(live, _)| says(task, &live))))
        }
        (Kind::SecurityHubPolicy, "delete") => {
            Ok(effect_if(inventory::policy(&site, task.own("id")?).await?.is_none()))
        }
        (Kind::SecurityHubAssociations, verb @ ("associate" | "disassociate")) => {
            let (target, policy) = followed(task)?;
            let live = inventory::associations(&site).await?;
            let follows = live.iter().any(|one| one.target == target && one.policy == policy);
            Ok(effect_if(follows == (verb == "associate")))
        }
        _ => Err(unknown_verb(task)),
    }
}

/// What the one asynchronous operation goes by; AWS gives it no id.
const CENTRAL: &str = "central-configuration";

async fn enable(site: &Site) -> Result<Progress, CallError> {
    let client = site.clients.securityhub();
    let request = || {
        let request = client.enable_security_hub().enable_default_standards(false);
        request.control_finding_generator(ControlFindingGenerator::SecurityControl)
    };
    site.call(ENABLE, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn link(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let client = site.clients.securityhub();
    let (mode, regions) = (task.text("mode")?, list(task, "regions"));
    let request =
        || client.create_finding_aggregator().region_linking_mode(mode).set_regions(regions.clone());
    let answer = site.call(LINK, || request().send()).await?;
    let arn = answer.finding_aggregator_arn();
    let arn = arn.ok_or_else(|| CallError::unreadable(LINK, "FindingAggregatorArn"))?;
    Ok(Progress::Done(known([("arn", arn)])))
}

async fn relink(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let client = site.clients.securityhub();
    let (arn, mode, regions) = (task.own("arn")?, task.text("mode")?, list(task, "regions"));
    let request = || {
        let request = client.update_finding_aggregator().finding_aggregator_arn(arn);
        request.region_linking_mode(mode).set_regions(regions.clone())
    };
    site.call(RELINK, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn configure(site: &Site) -> Result<Progress, CallError> {
    let client = site.clients.securityhub();
    let central = OrganizationConfiguration::builder()
        .configuration_type(OrganizationConfigurationConfigurationType::Central)
        .build();
    let request = || {
        let request = client.update_organization_configuration().auto_enable(false);
        let request = request.auto_enable_standards(AutoEnableStandards::None);
        request.organization_configuration(central.clone())
    };
    site.call(CONFIGURE, || request().send()).await?;
    Ok(Progress::Running { operation: CENTRAL.to_owned(), attributes: Attributes::new() })
}

async fn create(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let client = site.clients.securityhub();
    let (name, policy) = (task.text("name")?, policy(task, None));
    let description = task.inputs.get("description").and_then(Value::as_str).map(str::to_owned);
    let request = || {
        let request = client.create_configuration_policy().name(name);
        request.set_description(description.clone()).configuration_policy(policy.clone())
    };
    let answer = site.call(CREATE, || request().send()).await?;
    let id = answer.id().ok_or_else(|| CallError::unreadable(CREATE, "Id"))?;
    Ok(Progress::Done(known([("id", id)])))
}

async fn update(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let id = task.own("id")?;
    // The call replaces the policy, and parameters of controls are left as they are.
    let live = inventory::policy(site, id).await?.and_then(|(_, controls)| controls);
    let policy = policy(task, live);
    let client = site.clients.securityhub();
    let text = |name: &str| task.inputs.get(name).and_then(Value::as_str).map(str::to_owned);
    let (name, description) = (text("name"), text("description"));
    let request = || {
        let request = client.update_configuration_policy().identifier(id).set_name(name.clone());
        request.set_description(description.clone()).configuration_policy(policy.clone())
    };
    site.call(UPDATE, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn delete(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (id, client) = (task.own("id")?, site.clients.securityhub());
    site.call(DELETE, || client.delete_configuration_policy().identifier(id).send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn associate(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (target, policy) = followed(task)?;
    let client = site.clients.securityhub();
    let request = || {
        let request = client.start_configuration_policy_association();
        request.configuration_policy_identifier(policy).target(target_of(target))
    };
    site.call(ASSOCIATE, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

async fn disassociate(site: &Site, task: &Task) -> Result<Progress, CallError> {
    let (target, policy) = followed(task)?;
    let client = site.clients.securityhub();
    let request = || {
        let request = client.start_configuration_policy_disassociation();
        request.configuration_policy_identifier(policy).target(target_of(target))
    };
    site.call(DISASSOCIATE, || request().send()).await?;
    Ok(Progress::Done(Attributes::new()))
}

/// The target and the policy of the step.
fn followed(task: &Task) -> Result<(&str, &str), CallError> {
    let one = task.leaves("targets").next().map(|(_, one)| one);
    let found = one.and_then(|one| Some((one["target"].as_str()?, one["policy"].as_str()?)));
    found.ok_or_else(|| {
        let message = format!("the step {}:{} names no target and policy", task.address, task.verb);
        CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
    })
}

fn target_of(id: &str) -> Target {
    match id.split('-').next() {
        Some("r") => Target::RootId(id.to_owned()),
        Some("ou") => Target::OrganizationalUnitId(id.to_owned()),
        _ => Target::AccountId(id.to_owned()),
    }
}

/// What a policy shall say, with the parameters of controls that it has.
fn policy(task: &Task, live: Option<SecurityControlsConfiguration>) -> Policy {
    let enabled = task.inputs.get("enabled").and_then(Value::as_bool).unwrap_or(true);
    let mut said = SecurityHubPolicy::builder().service_enabled(enabled);
    if enabled {
        let parameters = live.and_then(|live| live.security_control_custom_parameters);
        let controls = SecurityControlsConfiguration::builder()
            .set_enabled_security_control_identifiers(list(task, "enabled_controls"))
            .set_disabled_security_control_identifiers(list(task, "disabled_controls"))
            .set_security_control_custom_parameters(parameters)
            .build();
        said = said.set_enabled_standard_identifiers(Some(list(task, "standards").unwrap_or_default()));
        said = said.security_controls_configuration(controls);
    }
    Policy::SecurityHub(said.build())
}

/// Whether a live policy has everything that the task sets.
fn says(task: &Task, live: &inventory::Policy) -> bool {
    let lists = [
        ("standards", live.standards.as_ref()),
        ("disabled_controls", live.disabled_controls.as_ref()),
        ("enabled_controls", live.enabled_controls.as_ref()),
    ];
    let alike = |name: &str, live: Option<&str>| task.inputs.get(name).is_none_or(|one| one.as_str() == live);
    alike("name", Some(&live.name))
        && alike("description", live.description.as_deref())
        && task.inputs.get("enabled").is_none_or(|on| on.as_bool() == Some(live.enabled))
        && lists.iter().all(|(name, live)| {
            !task.inputs.contains_key(*name) || set(task, name) == live.cloned().unwrap_or_default()
        })
}

fn text<'t>(task: &'t Task, name: &str) -> &'t str {
    task.inputs.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(task: &Task, name: &str) -> Option<Vec<String>> {
    let items = task.inputs.get(name)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn set(task: &Task, name: &str) -> BTreeSet<String> {
    list(task, name).unwrap_or_default().into_iter().collect()
}
