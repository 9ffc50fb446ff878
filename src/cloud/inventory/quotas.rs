//! Quotas that a plan must know before it starts.

use std::collections::BTreeMap;

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const LIST: &str = "servicequotas:ListServiceQuotas";
/// Part of the quota's name. AWS warns that quota codes may change and says to go
/// by the name (Organizations User Guide, quotas).
const ACCOUNTS: &str = "maximum number of accounts";

/// The quotas of Organizations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quotas(BTreeMap<String, u64>);

impl Quotas {
    /// The value of the quota with this part of a name, in lower case; none when
    /// AWS lists no such quota.
    #[must_use]
    pub fn named(&self, part: &str) -> Option<u64> {
        self.0.iter().find(|(name, _)| name.contains(part)).map(|(_, value)| *value)
    }

    /// How many accounts the organization may have.
    #[must_use]
    pub fn accounts(&self) -> Option<u64> {
        self.named(ACCOUNTS)
    }
}

/// Every quota of Organizations.
///
/// # Errors
/// When quotas cannot be read.
pub async fn organizations(connection: &Connection) -> Result<Quotas, CallError> {
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
    let value = |quota: &aws_sdk_servicequotas::types::ServiceQuota| {
        let value = quota.value().filter(|value| *value >= 0.0)?;
        Some((quota.quota_name()?.to_ascii_lowercase(), whole(value)))
    };
    Ok(Quotas(quotas.iter().filter_map(value).collect()))
}

/// The whole part; quotas are counts that AWS sends as floating-point numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, not negative")]
fn whole(value: f64) -> u64 {
    value as u64
}
