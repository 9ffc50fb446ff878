//! Regions as one account has them: enabled, or not.

use std::collections::BTreeMap;

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "account:ListRegions";
/// The largest page (API Reference, ListRegions).
const PAGE: i32 = 50;

/// AWS's word for each Region of a member account, such as `ENABLED_BY_DEFAULT`.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn list(
    connection: &Connection,
    account: &str,
) -> Result<BTreeMap<String, String>, CallError> {
    let site = connection.global();
    let client = site.clients.account();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || {
            let request = client.list_regions().account_id(account).max_results(PAGE);
            request.set_next_token(token.clone())
        };
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.regions().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let one = |region: &aws_sdk_account::types::Region| {
        Some((region.region_name()?.to_owned(), region.region_opt_status()?.as_str().to_owned()))
    };
    Ok(found.await?.iter().filter_map(one).collect())
}
