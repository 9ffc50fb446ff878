//! GuardDuty of one account in one Region: its detector, and as administrator the settings and
//! members of the organization.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_guardduty::types::{
    DetectorFeatureConfigurationResult, Member, MemberFeaturesConfigurationResult,
    OrganizationFeatureConfigurationResult,
};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const DETECTORS: &str = "guardduty:ListDetectors";
const DETECTOR: &str = "guardduty:GetDetector";
const SETTINGS: &str = "guardduty:DescribeOrganizationConfiguration";
const MEMBERS: &str = "guardduty:ListMembers";
const MEMBER_DETECTORS: &str = "guardduty:GetMemberDetectors";

/// The largest page of members, and the most that can be asked about (API Reference, ListMembers
/// and GetMemberDetectors).
const PAGE: i32 = 50;

/// What a detector or an organization's settings say of features: AWS's word by feature, a
/// further switch as `FEATURE/SWITCH`.
pub type Features = BTreeMap<String, String>;

/// A detector.
#[derive(Debug, Clone)]
pub(crate) struct Detector {
    pub(crate) id: String,
    /// AWS's word.
    pub(crate) status: Option<String>,
    /// When it was made, in AWS's form.
    pub(crate) created: Option<String>,
    pub(crate) features: Features,
}

/// The id of the detector; an account has at most one in a Region.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn detector(site: &Site) -> Result<Option<String>, CallError> {
    let client = site.clients.guardduty();
    let found = pages::all(DETECTORS, |token| async move {
        let answer =
            site.call(DETECTORS, || client.list_detectors().set_next_token(token.clone()).send()).await?;
        Ok((answer.detector_ids().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.into_iter().next())
}

/// The detector with its status and features, if there is one.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn whole(site: &Site) -> Result<Option<Detector>, CallError> {
    match detector(site).await? {
        Some(id) => Ok(Some(details(site, id).await?)),
        None => Ok(None),
    }
}

/// A detector by its id.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn details(site: &Site, id: String) -> Result<Detector, CallError> {
    let client = site.clients.guardduty();
    let answer = site.call(DETECTOR, || client.get_detector().detector_id(&id).send()).await?;
    let status = answer.status().map(|status| status.as_str().to_owned());
    let created = answer.created_at().map(str::to_owned);
    let features = answer.features().iter().flat_map(of_detector).collect();
    Ok(Detector { id, status, created, features })
}

fn of_detector(feature: &DetectorFeatureConfigurationResult) -> Vec<(String, String)> {
    let Some(name) = feature.name().map(|name| name.as_str()) else { return Vec::new() };
    let mut found: Vec<(String, String)> =
        feature.status().map(|word| (name.to_owned(), word.as_str().to_owned())).into_iter().collect();
    let switches = feature.additional_configuration().iter();
    found.extend(switches.filter_map(|switch| {
        let word = switch.status()?.as_str().to_owned();
        Some((format!("{name}/{}", switch.name()?.as_str()), word))
    }));
    found
}

/// Whom the organization's settings reach, and with which features.
///
/// # Errors
/// When they cannot be read: only the administrator may.
pub(crate) async fn settings(site: &Site, id: &str) -> Result<(Option<String>, Features), CallError> {
    let client = site.clients.guardduty();
    let request = || client.describe_organization_configuration().detector_id(id);
    let answer = site.call(SETTINGS, || request().send()).await?;
    let reach = answer.auto_enable_organization_members().map(|reach| reach.as_str().to_owned());
    Ok((reach, answer.features().iter().flat_map(of_organization).collect()))
}

fn of_organization(feature: &OrganizationFeatureConfigurationResult) -> Vec<(String, String)> {
    let Some(name) = feature.name().map(|name| name.as_str()) else { return Vec::new() };
    let mut found: Vec<(String, String)> =
        feature.auto_enable().map(|word| (name.to_owned(), word.as_str().to_owned())).into_iter().collect();
    let switches = feature.additional_configuration().iter();
    found.extend(switches.filter_map(|switch| {
        let word = switch.auto_enable()?.as_str().to_owned();
        Some((format!("{name}/{}", switch.name()?.as_str()), word))
    }));
    found
}

/// The ids of the accounts that are members and watched: `Enabled` is the only such word.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn members(site: &Site, id: &str) -> Result<BTreeSet<String>, CallError> {
    let enabled = |member: &&Member| stands(member, &["enabled"]);
    let found = list(site, id, None).await?;
    Ok(found.iter().filter(enabled).filter_map(|member| member.account_id().map(str::to_owned)).collect())
}

/// The ids of all accounts on the administrator's list, each with whether it is still associated.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn listed(site: &Site, id: &str) -> Result<BTreeMap<String, bool>, CallError> {
    let found = list(site, id, Some("false")).await?;
    let one =
        |member: &Member| Some((member.account_id()?.to_owned(), stands(member, &["enabled", "disabled"])));
    Ok(found.iter().filter_map(one).collect())
}

fn stands(member: &Member, words: &[&str]) -> bool {
    let stands = |word: &str| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    member.relationship_status().is_some_and(stands)
}

async fn list(site: &Site, id: &str, associated: Option<&str>) -> Result<Vec<Member>, CallError> {
    let client = site.clients.guardduty();
    let found = pages::all(MEMBERS, |token| async move {
        let request = || {
            let request = client.list_members().detector_id(id).max_results(PAGE);
            request.set_only_associated(associated.map(str::to_owned)).set_next_token(token.clone())
        };
        let answer = site.call(MEMBERS, || request().send()).await?;
        Ok((answer.members().to_vec(), answer.next_token().map(str::to_owned)))
    });
    found.await
}

/// The features in the detectors of members, as the administrator sees them. A member that cannot
/// be looked at is left out.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn member_features(
    site: &Site,
    id: &str,
    members: &BTreeSet<String>,
) -> Result<BTreeMap<String, Features>, CallError> {
    let client = site.clients.guardduty();
    let members: Vec<String> = members.iter().cloned().collect();
    let mut found = BTreeMap::new();
    for some in members.chunks(usize::try_from(PAGE).unwrap_or(1)) {
        let request = || client.get_member_detectors().detector_id(id).set_account_ids(Some(some.to_vec()));
        let answer = site.call(MEMBER_DETECTORS, || request().send()).await?;
        found.extend(answer.member_data_source_configurations().iter().filter_map(|one| {
            let features = one.features().iter().flat_map(of_member).collect();
            Some((one.account_id()?.to_owned(), features))
        }));
    }
    Ok(found)
}

fn of_member(feature: &MemberFeaturesConfigurationResult) -> Vec<(String, String)> {
    let Some(name) = feature.name().map(|name| name.as_str()) else { return Vec::new() };
    let mut found: Vec<(String, String)> =
        feature.status().map(|word| (name.to_owned(), word.as_str().to_owned())).into_iter().collect();
    let switches = feature.additional_configuration().iter();
    found.extend(switches.filter_map(|switch| {
        let word = switch.status()?.as_str().to_owned();
        Some((format!("{name}/{}", switch.name()?.as_str()), word))
    }));
    found
}
