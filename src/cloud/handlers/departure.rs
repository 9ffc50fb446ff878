//! What an administrator of GuardDuty or Macie lets go of before it is dismissed, called in its own
//! account.
//!
//! Accounts that join meanwhile are still reached: GuardDuty's settings that reached everybody reach
//! the new ones from then on, and Macie lets go of the management account alone.

use aws_sdk_guardduty::types::{
    AutoEnableMembers, OrgFeature, OrgFeatureAdditionalConfiguration, OrgFeatureStatus,
    OrganizationAdditionalConfiguration, OrganizationFeatureConfiguration, UnprocessedAccount,
};
use serde_json::Value;

use super::{effect_if, reached, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::cloud::inventory::{guardduty as inventory, macie};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;
use crate::model::region::Region;

const SETTINGS: &str = "guardduty:UpdateOrganizationConfiguration";
const LET_GO: &str = "guardduty:DisassociateMembers";
const FORGET: &str = "guardduty:DeleteMembers";
const MACIE_LETS_GO: &str = "macie2:DisassociateMember";

/// AWS's words for settings that reach every account, and for those that reach new ones.
const EVERYBODY: &str = "ALL";
const NEW: &str = "NEW";

/// Whether a step is one of a departure.
pub(super) fn is_one(task: &Task) -> bool {
    of_macie(task)
        || matches!(task.verb.as_str(), "reach_none_guardduty" | "let_go_guardduty" | "forget_guardduty")
}

fn of_macie(task: &Task) -> bool {
    task.verb == "let_go_macie2"
}

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let (site, members) = subject(connection, task).await?;
    if of_macie(task) {
        let client = site.clients.macie2();
        for id in &members {
            site.call(MACIE_LETS_GO, || client.disassociate_member().id(id).send()).await?;
        }
        return Ok(Progress::Done(Attributes::new()));
    }
    let id = inventory::detector(&site).await?.ok_or_else(|| unusable(task))?;
    let client = site.clients.guardduty();
    match task.verb.as_str() {
        "reach_none_guardduty" => reach_new(&site, &id).await?,
        "let_go_guardduty" => {
            let request =
                || client.disassociate_members().detector_id(&id).set_account_ids(Some(members.clone()));
            let answer = site.call(LET_GO, || request().send()).await?;
            reached::all_done(LET_GO, answer.unprocessed_accounts().iter().map(left_out))?;
        }
        "forget_guardduty" => {
            let request = || client.delete_members().detector_id(&id).set_account_ids(Some(members.clone()));
            let answer = site.call(FORGET, || request().send()).await?;
            reached::all_done(FORGET, answer.unprocessed_accounts().iter().map(left_out))?;
        }
        _ => return Err(unknown_verb(task)),
    }
    Ok(Progress::Done(Attributes::new()))
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let (site, members) = subject(connection, task).await?;
    if of_macie(task) {
        let current = macie::members(&site).await?.current;
        return Ok(effect_if(members.iter().all(|member| !current.contains(member))));
    }
    let Some(id) = inventory::detector(&site).await? else { return Ok(effect_if(true)) };
    if task.verb == "reach_none_guardduty" {
        let (reach, features) = inventory::settings(&site, &id).await?;
        return Ok(effect_if(!reach.iter().chain(features.values()).any(|word| word == EVERYBODY)));
    }
    let listed = inventory::listed(&site, &id).await?;
    let gone = |member: &String| match task.verb.as_str() {
        "let_go_guardduty" => listed.get(member) != Some(&true),
        _ => !listed.contains_key(member),
    };
    Ok(effect_if(members.iter().all(gone)))
}

/// Where the administrator is called, and the members that the step is about.
async fn subject(connection: &Connection, task: &Task) -> Result<(Site, Vec<String>), CallError> {
    let leaf = task.inputs.iter().find(|(name, _)| name.ends_with(&format!(".{}", task.item)));
    let (_, leaf) = leaf.ok_or_else(|| unusable(task))?;
    let region: Option<Region> = task.item.split('/').next().and_then(|region| region.parse().ok());
    let (region, holder) = region.zip(leaf["administrator"].as_str()).ok_or_else(|| unusable(task))?;
    let members = leaf["members"].as_array().into_iter().flatten();
    let members = members.filter_map(Value::as_str).map(str::to_owned).collect();
    Ok((connection.site_in(Some(holder), &region).await?, members))
}

fn unusable(task: &Task) -> CallError {
    let message = format!("the step {}:{} names no administrator and Region", task.address, task.verb);
    CallError::ours(task.address.kind.name(), code::UNSENDABLE, message, Verdict::Rejected)
}

fn left_out(one: &UnprocessedAccount) -> (Option<String>, Option<String>) {
    (one.account_id().map(str::to_owned), one.result().map(str::to_owned))
}

/// What reaches everybody reaches new accounts only.
async fn reach_new(site: &Site, id: &str) -> Result<(), CallError> {
    let (reach, features) = inventory::settings(site, id).await?;
    let members = match reach.as_deref() {
        Some(EVERYBODY) | None => AutoEnableMembers::New,
        Some(other) => AutoEnableMembers::from(other),
    };
    let narrowed = features.iter().filter(|(_, word)| *word == EVERYBODY);
    let features: Vec<OrganizationFeatureConfiguration> = narrowed
        .map(|(name, _)| match name.split_once('/') {
            None => OrganizationFeatureConfiguration::builder()
                .name(OrgFeature::from(name.as_str()))
                .auto_enable(OrgFeatureStatus::from(NEW))
                .build(),
            Some((of, switch)) => OrganizationFeatureConfiguration::builder()
                .name(OrgFeature::from(of))
                .additional_configuration(
                    OrganizationAdditionalConfiguration::builder()
                        .name(OrgFeatureAdditionalConfiguration::from(switch))
                        .auto_enable(OrgFeatureStatus::from(NEW))
                        .build(),
                )
                .build(),
        })
        .collect();
    let client = site.clients.guardduty();
    let request = || {
        let request = client.update_organization_configuration().detector_id(id);
        let request = request.auto_enable_organization_members(members.clone());
        request.set_features((!features.is_empty()).then(|| features.clone()))
    };
    site.call(SETTINGS, || request().send()).await?;
    Ok(())
}
