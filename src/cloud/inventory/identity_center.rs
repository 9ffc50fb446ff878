//! Where IAM Identity Center is: the one organization instance.
//!
//! It lives in the home Region of the landing zone, except that Control Tower takes an
//! instance in us-east-1 whatever the home Region (Control Tower User Guide,
//! getting-started-prereqs). It cannot be made through the API (single sign-on API,
//! CreateInstance: rejected in a management account). What was found is kept by the
//! connection, since every call names it.

use super::pages;
use crate::catalog::operations::Verdict;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::{CallError, code};
use crate::model::region::Region;

const LIST: &str = "sso-admin:ListInstances";

/// The organization instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its ARN.
    pub arn: String,
    /// The identity store that holds its users and groups.
    pub store: String,
    /// Where it is.
    pub region: Region,
}

impl Instance {
    /// The caller's own account in the instance's Region.
    pub(crate) fn site(&self, connection: &Connection) -> Site {
        connection.own(&self.region)
    }
}

/// The organization instance, if there is one.
///
/// # Errors
/// When it cannot be looked for.
pub async fn instance(connection: &Connection) -> Result<Option<Instance>, CallError> {
    if let Some(known) = connection.known_instance() {
        return Ok(Some(known));
    }
    let home = connection.home_region().clone();
    let elsewhere = connection.partition().global_region.clone();
    let mut found = instance_in(connection, &home).await?;
    if found.is_none() && elsewhere != home {
        found = instance_in(connection, &elsewhere).await?;
    }
    if let Some(found) = &found {
        connection.keep_instance(found.clone());
    }
    Ok(found)
}

/// The organization instance, for a call that cannot do without.
///
/// # Errors
/// When it cannot be looked for, or is not there yet.
pub(crate) async fn required(connection: &Connection) -> Result<Instance, CallError> {
    instance(connection).await?.ok_or_else(|| {
        let message = "there is no organization instance of IAM Identity Center";
        CallError::ours(LIST, code::UNREADABLE, message, Verdict::NotReady)
    })
}

/// The instance that the caller's account owns in a Region. Member accounts may have
/// instances of their own, which are not the organization's.
async fn instance_in(connection: &Connection, region: &Region) -> Result<Option<Instance>, CallError> {
    let owner = connection.caller().await?.account.clone();
    let site = connection.own(region);
    let client = site.clients.ssoadmin();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let answer = site.call(LIST, || client.list_instances().set_next_token(token.clone()).send()).await?;
        Ok((answer.instances().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let ours = |one: &aws_sdk_ssoadmin::types::InstanceMetadata| {
        let own = one.owner_account_id().is_none_or(|account| account == owner.as_str());
        let active = one.status().is_none_or(|status| status.as_str() == "ACTIVE");
        own.then_some(one).filter(|_| active).and_then(|one| {
            Some(Instance {
                arn: one.instance_arn()?.to_owned(),
                store: one.identity_store_id()?.to_owned(),
                region: region.clone(),
            })
        })
    };
    Ok(found.await?.iter().find_map(ours))
}
