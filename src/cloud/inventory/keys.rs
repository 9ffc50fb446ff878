//! KMS keys of one account in one Region.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fan_out::fan_out;
use super::pages;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::policy;
use crate::model::region::Region;

const ALIASES: &str = "kms:ListAliases";
const KEYS: &str = "kms:ListKeys";
const TAGS: &str = "kms:ListResourceTags";
const DESCRIBE: &str = "kms:DescribeKey";
const POLICY: &str = "kms:GetKeyPolicy";
const ROTATION: &str = "kms:GetKeyRotationStatus";

/// The one name that a key policy can have (KMS API reference, `PutKeyPolicy`).
pub(crate) const POLICY_NAME: &str = "default";
/// The tag that says which alias a key was created for. A key gets its alias by a
/// second call, so between the two nothing else tells whose it is.
pub(crate) const ALIAS_TAG: &str = "lzctl:alias";
/// The largest page of keys and aliases that we ask for.
const PAGE: i32 = 100;

/// One key, or one replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// AWS's word for its state, e.g. `Enabled` or `Creating`.
    pub state: String,
    /// Whether it is multi-Region.
    pub multi_region: bool,
    /// The Regions of its replicas.
    pub replicas: BTreeSet<String>,
    /// Whether AWS keeps it for a service.
    pub of_aws: bool,
}

/// The target key id of each alias, by alias name.
///
/// # Errors
/// When the account cannot be entered or the aliases cannot be read.
pub async fn aliases(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
) -> Result<BTreeMap<String, String>, CallError> {
    let site = connection.site_in(account, region).await?;
    let client = site.clients.kms();
    let site = &site;
    let found = pages::all(ALIASES, |marker| async move {
        let request = || client.list_aliases().limit(PAGE).set_marker(marker.clone());
        let answer = site.call(ALIASES, || request().send()).await?;
        Ok((answer.aliases().to_vec(), answer.next_marker().map(str::to_owned)))
    });
    let pair = |alias: &aws_sdk_kms::types::AliasListEntry| {
        // An alias that AWS keeps for itself may have no key yet.
        Some((alias.alias_name()?.to_owned(), alias.target_key_id()?.to_owned()))
    };
    Ok(found.await?.iter().filter_map(pair).collect())
}

/// One key by id or ARN; none when it is not there.
///
/// # Errors
/// When the account cannot be entered or the key cannot be read.
pub async fn describe(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
    id: &str,
) -> Result<Option<Key>, CallError> {
    of_site(&connection.site_in(account, region).await?, id).await
}

/// The same, in an account that was entered already.
///
/// # Errors
/// When the key cannot be read.
pub(crate) async fn of_site(site: &Site, id: &str) -> Result<Option<Key>, CallError> {
    let client = site.clients.kms();
    let answer = match site.call(DESCRIBE, || client.describe_key().key_id(id).send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let key = answer.key_metadata().ok_or_else(|| CallError::unreadable(DESCRIBE, "KeyMetadata"))?;
    Ok(Some(Key::of(key)))
}

impl Key {
    /// The values of a key in an answer.
    pub(crate) fn of(key: &aws_sdk_kms::types::KeyMetadata) -> Self {
        let replicas = key.multi_region_configuration().map(|regions| regions.replica_keys());
        let region = |replica: &aws_sdk_kms::types::MultiRegionKey| replica.region().map(str::to_owned);
        Self {
            id: key.key_id().to_owned(),
            arn: key.arn().unwrap_or_default().to_owned(),
            state: key.key_state().map_or("", |state| state.as_str()).to_owned(),
            multi_region: key.multi_region().unwrap_or_default(),
            replicas: replicas.unwrap_or_default().iter().filter_map(region).collect(),
            of_aws: key.key_manager() == Some(&aws_sdk_kms::types::KeyManagerType::Aws),
        }
    }
}

/// The key policy in canonical form; none when the key is not there.
///
/// # Errors
/// When the account cannot be entered or the policy cannot be read.
pub async fn key_policy(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
    id: &str,
) -> Result<Option<Value>, CallError> {
    let site = connection.site_in(account, region).await?;
    let client = site.clients.kms();
    let request = || client.get_key_policy().key_id(id).policy_name(POLICY_NAME);
    let answer = match site.call(POLICY, || request().send()).await {
        Ok(answer) => answer,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    let text = answer.policy().ok_or_else(|| CallError::unreadable(POLICY, "Policy"))?;
    let value: Value =
        serde_json::from_str(text).map_err(|_| CallError::unreadable(POLICY, "usable policy document"))?;
    Ok(Some(policy::canonical(&value)))
}

/// After how many days the key gets new material; none while it does not rotate by itself, or is not there.
///
/// # Errors
/// When the account cannot be entered or the rotation cannot be read.
pub async fn rotation(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
    id: &str,
) -> Result<Option<i32>, CallError> {
    let site = connection.site_in(account, region).await?;
    let client = site.clients.kms();
    match site.call(ROTATION, || client.get_key_rotation_status().key_id(id).send()).await {
        Ok(answer) => Ok(answer.rotation_period_in_days().filter(|_| answer.key_rotation_enabled())),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The key that was created for an alias and has not got it, because a run broke off
/// between the two calls; none when there is none that can be used.
///
/// # Errors
/// As [`made_for`].
pub async fn awaiting(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
    alias: &str,
    aliases: &BTreeMap<String, String>,
) -> Result<Option<Key>, CallError> {
    Ok(made_for(connection, account, region, alias, aliases).await?.into_iter().next())
}

/// Every key that was created for an alias and has none. Searched key by key, since KMS
/// has no search by tag. Keys whose tags may not be read (of AWS's own) are passed over,
/// and so are those that have an alias or that somebody has given up.
///
/// # Errors
/// When the account cannot be entered or its keys cannot be listed.
pub async fn made_for(
    connection: &Connection,
    account: Option<&str>,
    region: &Region,
    alias: &str,
    aliases: &BTreeMap<String, String>,
) -> Result<Vec<Key>, CallError> {
    let site = connection.site_in(account, region).await?;
    let client = site.clients.kms();
    let asking = &site;
    let keys = pages::all(KEYS, |marker| async move {
        let request = || client.list_keys().limit(PAGE).set_marker(marker.clone());
        let answer = asking.call(KEYS, || request().send()).await?;
        Ok((answer.keys().to_vec(), answer.next_marker().map(str::to_owned)))
    });
    let keys = keys.await?;
    let named: BTreeSet<&str> = aliases.values().map(String::as_str).collect();
    let ids = keys.iter().filter_map(|key| key.key_id()).filter(|id| !named.contains(id));
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    let questions = ids.into_iter().map(|id| {
        let (site, tag) = (site.clone(), (ALIAS_TAG.to_owned(), alias.to_owned()));
        async move { carries(&site, &id, &tag).await.map(|yes| yes.then_some(id)) }
    });
    let mut found = Vec::new();
    for answer in fan_out(questions.collect()).await {
        let Some(id) = answer? else { continue };
        let live = describe(connection, account, region, &id).await?;
        found.extend(live.filter(|key| key.state == "Enabled"));
    }
    Ok(found)
}

async fn carries(site: &Site, id: &str, tag: &(String, String)) -> Result<bool, CallError> {
    use crate::catalog::operations::Verdict;
    let client = site.clients.kms();
    let found = pages::all(TAGS, |marker| async move {
        let request = || client.list_resource_tags().key_id(id).set_marker(marker.clone());
        let answer = site.call(TAGS, || request().send()).await?;
        Ok((answer.tags().to_vec(), answer.next_marker().map(str::to_owned)))
    });
    match found.await {
        Ok(tags) => Ok(tags.iter().any(|t| t.tag_key() == tag.0 && t.tag_value() == tag.1)),
        Err(error) if matches!(error.verdict, Verdict::Denied | Verdict::Missing) => Ok(false),
        Err(error) => Err(error),
    }
}
