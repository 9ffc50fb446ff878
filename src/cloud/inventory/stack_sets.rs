//! Service-managed stack sets, as the account that manages them sees them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::{
    CallAs, PermissionModels, StackInstanceFilter, StackInstanceFilterName, StackSetOperationSummary,
    StackSetStatus, StackSetSummary,
};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const LIST: &str = "cloudformation:ListStackSets";
const DESCRIBE: &str = "cloudformation:DescribeStackSet";
const INSTANCES: &str = "cloudformation:ListStackInstances";
const TARGETS: &str = "cloudformation:ListStackSetAutoDeploymentTargets";
const OPERATIONS: &str = "cloudformation:ListStackSetOperations";
const RESULTS: &str = "cloudformation:ListStackSetOperationResults";

/// A stack set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StackSet {
    pub(crate) id: String,
    pub(crate) template: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) capabilities: BTreeSet<String>,
    pub(crate) auto_deployment: bool,
    pub(crate) retain: bool,
    /// What else is set, in words.
    pub(crate) beside: BTreeSet<String>,
}

/// A stack of a stack set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Instance {
    /// The target that it is there for.
    pub(crate) unit: String,
    pub(crate) account: String,
    pub(crate) region: String,
}

/// Whether a refusal says that the organization does not let stack sets in: there are none then.
pub(crate) fn is_not_let_in(error: &CallError) -> bool {
    error.message.contains("must enable organizations access")
}

/// The names of every service-managed stack set of the organization in this Region.
///
/// # Errors
/// When they cannot be listed.
pub(crate) async fn names(site: &Site) -> Result<Vec<String>, CallError> {
    let client = site.clients.cloudformation();
    let found = pages::all(LIST, |token| async move {
        let request =
            || client.list_stack_sets().status(StackSetStatus::Active).set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.summaries().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let managed = |one: &&StackSetSummary| one.permission_model() == Some(&PermissionModels::ServiceManaged);
    let found = match found.await {
        Err(error) if is_not_let_in(&error) => Vec::new(),
        found => found?,
    };
    Ok(found.iter().filter(managed).filter_map(|one| one.stack_set_name().map(str::to_owned)).collect())
}

/// As whom a stack set is managed: by the management account itself, or by its delegate.
pub(crate) fn call_as(delegated: bool) -> Option<CallAs> {
    delegated.then_some(CallAs::DelegatedAdmin)
}

/// A stack set; none when there is none of that name.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn describe(
    site: &Site,
    name: &str,
    delegated: bool,
) -> Result<Option<StackSet>, CallError> {
    let client = site.clients.cloudformation();
    let request = || client.describe_stack_set().stack_set_name(name).set_call_as(call_as(delegated));
    match site.call(DESCRIBE, || request().send()).await {
        Ok(answer) => Ok(answer.stack_set().map(plain)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

fn plain(found: &aws_sdk_cloudformation::types::StackSet) -> StackSet {
    let auto = found.auto_deployment();
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let pair = |key: Option<&str>, value: Option<&str>| Some((key?.to_owned(), value?.to_owned()));
    let retain = auto.and_then(|auto| auto.retain_stacks_on_account_removal());
    StackSet {
        id: found.stack_set_id().unwrap_or_default().to_owned(),
        template: text(found.template_body()),
        description: text(found.description()),
        parameters: found
            .parameters()
            .iter()
            .filter_map(|one| pair(one.parameter_key(), one.parameter_value()))
            .collect(),
        tags: found.tags().iter().filter_map(|one| pair(one.key(), one.value())).collect(),
        capabilities: found.capabilities().iter().map(|one| one.as_str().to_owned()).collect(),
        auto_deployment: auto.and_then(|auto| auto.enabled()).unwrap_or_default(),
        retain: retain.unwrap_or_default(),
        beside: beside(found),
    }
}

fn beside(found: &aws_sdk_cloudformation::types::StackSet) -> BTreeSet<String> {
    let managed = found.managed_execution().and_then(|one| one.active()).unwrap_or_default();
    let managed = managed.then(|| "managed execution".to_owned());
    let before = found.auto_deployment().map(|auto| auto.depends_on()).unwrap_or_default();
    let before = before.iter().map(|other| format!("{other} before it"));
    managed.into_iter().chain(before).collect()
}

/// The Regions of each target of auto-deployment.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn auto_targets(
    site: &Site,
    name: &str,
    delegated: bool,
) -> Result<BTreeMap<String, BTreeSet<String>>, CallError> {
    let client = site.clients.cloudformation();
    let found = pages::all(TARGETS, |token| async move {
        let request = || {
            let request = client.list_stack_set_auto_deployment_targets().stack_set_name(name);
            request.set_call_as(call_as(delegated)).set_next_token(token.clone())
        };
        let answer = site.call(TARGETS, || request().send()).await?;
        Ok((answer.summaries().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let mut targets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in found.await? {
        let unit = one.organizational_unit_id().unwrap_or_default().to_owned();
        targets.entry(unit).or_default().extend(one.regions().iter().cloned());
    }
    Ok(targets)
}

/// The stacks, of which only those in one detailed status when it is given.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn instances(
    site: &Site,
    name: &str,
    delegated: bool,
    status: Option<&str>,
) -> Result<Vec<Instance>, CallError> {
    let client = site.clients.cloudformation();
    let found = pages::all(INSTANCES, |token| async move {
        let request = || {
            let filter = status.map(|status| {
                StackInstanceFilter::builder()
                    .name(StackInstanceFilterName::DetailedStatus)
                    .values(status)
                    .build()
            });
            let request = client.list_stack_instances().stack_set_name(name);
            let request = request.set_call_as(call_as(delegated)).set_next_token(token.clone());
            request.set_filters(filter.map(|filter| vec![filter]))
        };
        let answer = site.call(INSTANCES, || request().send()).await?;
        Ok((answer.summaries().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let plain = |one: &aws_sdk_cloudformation::types::StackInstanceSummary| {
        Some(Instance {
            unit: one.organizational_unit_id()?.to_owned(),
            account: one.account()?.to_owned(),
            region: one.region()?.to_owned(),
        })
    };
    Ok(found.await?.iter().filter_map(plain).collect())
}

/// The operations on a stack set, the last one first.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn operations(
    site: &Site,
    name: &str,
    delegated: bool,
) -> Result<Vec<StackSetOperationSummary>, CallError> {
    let client = site.clients.cloudformation();
    pages::all(OPERATIONS, |token| async move {
        let request = || {
            let request = client.list_stack_set_operations().stack_set_name(name);
            request.set_call_as(call_as(delegated)).set_next_token(token.clone())
        };
        let answer = site.call(OPERATIONS, || request().send()).await?;
        Ok((answer.summaries().to_vec(), answer.next_token().map(str::to_owned)))
    })
    .await
}

/// The accounts in which an operation failed, with AWS's reason: `ACCOUNT in REGION: reason`.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn failures(
    site: &Site,
    name: &str,
    delegated: bool,
    operation: &str,
) -> Result<Vec<String>, CallError> {
    let client = site.clients.cloudformation();
    let found = pages::all(RESULTS, |token| async move {
        let request = || {
            let request = client.list_stack_set_operation_results().stack_set_name(name);
            let request = request.operation_id(operation).set_call_as(call_as(delegated));
            request.set_next_token(token.clone())
        };
        let answer = site.call(RESULTS, || request().send()).await?;
        Ok((answer.summaries().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let failed = |one: &aws_sdk_cloudformation::types::StackSetOperationResultSummary| {
        let bad = one.status().is_some_and(|status| status.as_str() == "FAILED");
        bad.then(|| {
            let (account, region) = (one.account().unwrap_or("?"), one.region().unwrap_or("?"));
            format!("{account} in {region}: {}", one.status_reason().unwrap_or("no reason given"))
        })
    };
    Ok(found.await?.iter().filter_map(failed).collect())
}

/// Whether an operation on a stack set waits or runs.
///
/// # Errors
/// When its operations cannot be read.
pub(crate) async fn is_busy(site: &Site, name: &str, delegated: bool) -> Result<bool, CallError> {
    Ok(operations(site, name, delegated).await?.iter().any(is_open))
}

/// Whether an operation waits or runs.
pub(crate) fn is_open(operation: &StackSetOperationSummary) -> bool {
    operation.status().is_some_and(|status| matches!(status.as_str(), "RUNNING" | "QUEUED" | "STOPPING"))
}
