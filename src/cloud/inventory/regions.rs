//! Regions as accounts have them: those that the calling account can use, and how each stands in a member.

use std::collections::BTreeMap;

use aws_sdk_account::types::RegionOptStatus;

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::model::region::Region;

const LIST: &str = "account:ListRegions";
/// The largest page (API Reference, ListRegions).
const PAGE: i32 = 50;

/// The Regions that are on in the calling account, by itself or by choice.
///
/// # Errors
/// When they cannot be read.
pub async fn usable(connection: &Connection) -> Result<Vec<Region>, CallError> {
    let site = connection.global();
    let client = site.clients.account();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request = || {
            let request = client.list_regions().max_results(PAGE).set_next_token(token.clone());
            request
                .region_opt_status_contains(RegionOptStatus::Enabled)
                .region_opt_status_contains(RegionOptStatus::EnabledByDefault)
        };
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.regions().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|region| region.region_name()?.parse().ok()).collect())
}

/// AWS's word for each Region of a member account, such as `ENABLED_BY_DEFAULT`, asked from outside.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn of_member(
    connection: &Connection,
    account: &str,
) -> Result<BTreeMap<String, String>, CallError> {
    words(&connection.global(), Some(account)).await
}

/// The same, asked inside the account, which takes no trust in Account Management.
///
/// # Errors
/// When the account cannot be entered, or they cannot be read.
pub(crate) async fn of_entered(
    connection: &Connection,
    account: &str,
) -> Result<BTreeMap<String, String>, CallError> {
    words(&connection.global_site_in(account).await?, None).await
}

async fn words(site: &Site, account: Option<&str>) -> Result<BTreeMap<String, String>, CallError> {
    let client = site.clients.account();
    let found = pages::all(LIST, |token| async move {
        let request = || {
            let request = client.list_regions().set_account_id(account.map(str::to_owned)).max_results(PAGE);
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::Double;

    #[tokio::test(start_paused = true)]
    async fn regions_that_are_on_are_told_over_all_pages() {
        let double = Double::new().by("/listRegions", |body| match body["NextToken"].as_str() {
            None => {
                json!({ "Regions": [{ "RegionName": "us-east-1", "RegionOptStatus": "ENABLED_BY_DEFAULT" }],
                "NextToken": "2" })
            }
            Some(_) => json!({ "Regions": [{ "RegionName": "ap-east-1", "RegionOptStatus": "ENABLED" }] }),
        });
        let found = usable(&double.connection().await).await.unwrap();
        assert_eq!(found.iter().map(Region::as_str).collect::<Vec<_>>(), ["us-east-1", "ap-east-1"]);
        let asked = &double.bodies("/listRegions")[0];
        assert_eq!(asked["RegionOptStatusContains"], json!(["ENABLED", "ENABLED_BY_DEFAULT"]));
    }
}
