//! What an account shares by AWS Resource Access Manager in a Region.

use std::collections::BTreeSet;

use aws_sdk_ram::types::{
    ResourceOwner, ResourceShareAssociation, ResourceShareAssociationType, ResourceShareStatus,
};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const SHARES: &str = "ram:GetResourceShares";
const ASSOCIATIONS: &str = "ram:GetResourceShareAssociations";

/// The largest page (API Reference, GetResourceShares).
const PAGE: i32 = 500;

/// One share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) arn: String,
    /// Whether principals outside the organization are allowed.
    pub(crate) external: bool,
    /// ARNs.
    pub(crate) resources: BTreeSet<String>,
    /// Ids of accounts, ARNs of units and organizations.
    pub(crate) principals: BTreeSet<String>,
}

/// The live share of that name, the oldest if there are several; none when there is none.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn named(site: &Site, name: &str) -> Result<Option<Share>, CallError> {
    let client = site.clients.ram();
    let found = pages::all(SHARES, |token| async move {
        let request = || {
            let request = client.get_resource_shares().resource_owner(ResourceOwner::SelfValue).name(name);
            let request = request.resource_share_status(ResourceShareStatus::Active);
            request.max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(SHARES, || request().send()).await?;
        Ok((answer.resource_shares().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let mut found = found.await?;
    found.sort_by(|a, b| a.creation_time().cmp(&b.creation_time()));
    let Some((share, arn)) = found.iter().find_map(|share| Some((share, share.resource_share_arn()?))) else {
        return Ok(None);
    };
    Ok(Some(Share {
        arn: arn.to_owned(),
        external: share.allow_external_principals().unwrap_or_default(),
        resources: associated(site, arn, ResourceShareAssociationType::Resource).await?,
        principals: associated(site, arn, ResourceShareAssociationType::Principal).await?,
    }))
}

/// What is or is being associated with a share.
async fn associated(
    site: &Site,
    arn: &str,
    sort: ResourceShareAssociationType,
) -> Result<BTreeSet<String>, CallError> {
    let (client, sort) = (site.clients.ram(), &sort);
    let found = pages::all(ASSOCIATIONS, |token| async move {
        let request = || {
            let request = client.get_resource_share_associations().association_type(sort.clone());
            request.resource_share_arns(arn).max_results(PAGE).set_next_token(token.clone())
        };
        let answer = site.call(ASSOCIATIONS, || request().send()).await?;
        Ok((answer.resource_share_associations().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let there = |one: &&ResourceShareAssociation| {
        one.status().is_some_and(|status| matches!(status.as_str(), "ASSOCIATING" | "ASSOCIATED"))
    };
    let found = found.await?;
    Ok(found.iter().filter(there).filter_map(|one| one.associated_entity().map(str::to_owned)).collect())
}
