//! Quotas that a plan must know before it starts.

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "servicequotas:ListServiceQuotas";
/// Part of the quota's name. AWS warns that quota codes may change and says to go
/// by the name (Organizations User Guide, quotas).
const ACCOUNTS: &str = "maximum number of accounts";

/// How many accounts the organization may have; none when AWS lists no such quota.
///
/// # Errors
/// When quotas cannot be read.
pub async fn accounts(connection: &Connection) -> Result<Option<u64>, CallError> {
    let site = connection.global();
    let client = site.clients.servicequotas();
    let site = &site;
    let found = pages::all(LIST, |token| async move {
        let request =
            || client.list_service_quotas().service_code("organizations").set_next_token(token.clone());
        let answer = site.call(LIST, || request().send()).await?;
        Ok((answer.quotas().to_vec(), answer.next_token().map(str::to_owned)))
    });
    let quotas = found.await?;
    let named = |name: &str| name.to_ascii_lowercase().contains(ACCOUNTS);
    let quota = quotas.iter().find(|quota| quota.quota_name().is_some_and(named));
    Ok(quota.and_then(|quota| quota.value()).filter(|value| *value >= 0.0).map(whole))
}

/// The whole part; quotas are counts that AWS sends as floating-point numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, not negative")]
fn whole(value: f64) -> u64 {
    value as u64
}
