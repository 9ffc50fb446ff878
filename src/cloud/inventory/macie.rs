//! Macie of one account in one Region: its session, and as administrator the settings and members of
//! the organization.

use std::collections::BTreeSet;

use aws_sdk_macie2::types::RelationshipStatus;

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const SESSION: &str = "macie2:GetMacieSession";
const SETTINGS: &str = "macie2:DescribeOrganizationConfiguration";
const DISCOVERY: &str = "macie2:GetAutomatedDiscoveryConfiguration";
const MEMBERS: &str = "macie2:ListMembers";

/// The largest page of members (API Reference, ListMembers).
const PAGE: i32 = 25;

/// Macie that is on, or paused, in AWS's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// `ENABLED` or `PAUSED`.
    pub status: Option<String>,
    /// E.g. `ONE_HOUR`.
    pub finding_frequency: Option<String>,
}

/// Accounts on the list of an administrator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Ids of those that are members, paused ones too.
    pub current: BTreeSet<String>,
    /// Ids of those that were let go of.
    pub former: BTreeSet<String>,
}

/// The session; none while Macie is off.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn session(site: &Site) -> Result<Option<Session>, CallError> {
    let client = site.clients.macie2();
    match site.call(SESSION, || client.get_macie_session().send()).await {
        Ok(answer) => Ok(Some(Session {
            status: answer.status().map(|word| word.as_str().to_owned()),
            finding_frequency: answer.finding_publishing_frequency().map(|word| word.as_str().to_owned()),
        })),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether accounts that join get Macie.
///
/// # Errors
/// When it cannot be read: only the administrator may.
pub(crate) async fn auto_enable(site: &Site) -> Result<bool, CallError> {
    let client = site.clients.macie2();
    let answer = site.call(SETTINGS, || client.describe_organization_configuration().send()).await?;
    Ok(answer.auto_enable().unwrap_or_default())
}

/// Automated discovery, and for whom, in AWS's words.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn discovery(site: &Site) -> Result<(Option<String>, Option<String>), CallError> {
    let client = site.clients.macie2();
    let answer = site.call(DISCOVERY, || client.get_automated_discovery_configuration().send()).await?;
    let status = answer.status().map(|word| word.as_str().to_owned());
    Ok((status, answer.auto_enable_organization_members().map(|word| word.as_str().to_owned())))
}

/// Everybody on the list.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn members(site: &Site) -> Result<Members, CallError> {
    let client = site.clients.macie2();
    let listed = pages::all(MEMBERS, |token| async move {
        let request = || {
            let request = client.list_members().only_associated("false").max_results(PAGE);
            request.set_next_token(token.clone())
        };
        let answer = site.call(MEMBERS, || request().send()).await?;
        Ok((answer.members().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let mut found = Members::default();
    for member in listed.await? {
        let Some(id) = member.account_id().map(str::to_owned) else { continue };
        match member.relationship_status() {
            Some(RelationshipStatus::Enabled | RelationshipStatus::Paused) => found.current.insert(id),
            Some(RelationshipStatus::Removed | RelationshipStatus::Resigned) => found.former.insert(id),
            _ => false,
        };
    }
    Ok(found)
}
