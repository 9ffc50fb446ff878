//! Inspector of one account in one Region: its scans, and as administrator the settings and members
//! of the organization.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_inspector2::types::{
    AccountState, AutoEnable, Member, RelationshipStatus, ResourceState, Status,
};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const STATUS: &str = "inspector2:BatchGetAccountStatus";
const SETTINGS: &str = "inspector2:DescribeOrganizationConfiguration";
const MEMBERS: &str = "inspector2:ListMembers";
const MEMBER: &str = "inspector2:GetMember";

/// The most accounts in a question, and the largest page of members (API Reference).
const MANY: usize = 100;
const PAGE: i32 = 50;

/// AWS's word for each scan of an account, by the name of the scan, e.g. `EC2`.
pub type Scans = BTreeMap<&'static str, Status>;

/// The scans of accounts; of the site's own account when none is named. An account that cannot be
/// looked at is left out.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn scans(site: &Site, accounts: &[String]) -> Result<BTreeMap<String, Scans>, CallError> {
    let client = site.clients.inspector2();
    let mut found = BTreeMap::new();
    let all: Vec<&[String]> =
        if accounts.is_empty() { vec![accounts] } else { accounts.chunks(MANY).collect() };
    for some in all {
        let named = (!some.is_empty()).then(|| some.to_vec());
        let request = || client.batch_get_account_status().set_account_ids(named.clone());
        let answer = site.call(STATUS, || request().send()).await?;
        found.extend(answer.accounts().iter().map(account));
    }
    Ok(found)
}

fn account(seen: &AccountState) -> (String, Scans) {
    let scans = seen.resource_state().map(of_account).unwrap_or_default();
    (seen.account_id().to_owned(), scans)
}

fn of_account(seen: &ResourceState) -> Scans {
    let all = [
        ("EC2", seen.ec2()),
        ("ECR", seen.ecr()),
        ("LAMBDA", seen.lambda()),
        ("LAMBDA_CODE", seen.lambda_code()),
        ("CODE_REPOSITORY", seen.code_repository()),
    ];
    all.into_iter().filter_map(|(name, state)| Some((name, state?.status().clone()))).collect()
}

/// Whether a scan is on, or on the way to be.
#[must_use]
pub fn is_on(scans: &Scans, name: &str) -> bool {
    matches!(scans.get(name), Some(Status::Enabled | Status::Enabling))
}

/// Whether a scan is on.
#[must_use]
pub fn is_ready(scans: &Scans, name: &str) -> bool {
    matches!(scans.get(name), Some(Status::Enabled))
}

/// Which scans accounts get that join, by the name of the scan.
///
/// # Errors
/// When they cannot be read: only the administrator may.
pub(crate) async fn settings(site: &Site) -> Result<BTreeMap<&'static str, bool>, CallError> {
    let client = site.clients.inspector2();
    let answer = site.call(SETTINGS, || client.describe_organization_configuration().send()).await?;
    Ok(answer.auto_enable().map(of_settings).unwrap_or_default())
}

fn of_settings(seen: &AutoEnable) -> BTreeMap<&'static str, bool> {
    let optional = [
        ("LAMBDA", seen.lambda()),
        ("LAMBDA_CODE", seen.lambda_code()),
        ("CODE_REPOSITORY", seen.code_repository()),
    ];
    let required = [("EC2", seen.ec2()), ("ECR", seen.ecr())];
    let optional = optional.into_iter().map(|(name, on)| (name, on.unwrap_or_default()));
    required.into_iter().chain(optional).collect()
}

/// The ids of the accounts that are members, or on the way to be.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn members(site: &Site) -> Result<BTreeSet<String>, CallError> {
    let client = site.clients.inspector2();
    let found = pages::all(MEMBERS, |token| async move {
        let request = || {
            let request = client.list_members().only_associated(true).max_results(PAGE);
            request.set_next_token(token.clone())
        };
        let answer = site.call(MEMBERS, || request().send()).await?;
        Ok((answer.members().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let counts = |member: &&Member| {
        matches!(
            member.relationship_status(),
            Some(RelationshipStatus::Enabled | RelationshipStatus::Created)
        )
    };
    let found = found.await?;
    Ok(found.iter().filter(counts).filter_map(|member| member.account_id().map(str::to_owned)).collect())
}

/// AWS's word for how an account stands to its administrator; none when it is no member.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn standing(site: &Site, account: &str) -> Result<Option<RelationshipStatus>, CallError> {
    let client = site.clients.inspector2();
    match site.call(MEMBER, || client.get_member().account_id(account).send()).await {
        Ok(answer) => Ok(answer.member().and_then(|member| member.relationship_status()).cloned()),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}
