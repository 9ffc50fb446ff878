//! Service Quotas: what the quotas are, and requests for more.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]; [`value`] for services that enforce a quota.
//! Absent: usage metrics, templates for new accounts, automatic management, tags.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod increases;
mod quotas;
mod table;

use crate::sim::service::Service;
use crate::sim::world::World;

/// What Service Quotas knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Granted values by account, Region and quota, see [`key`].
    pub(crate) granted: BTreeMap<String, f64>,
    /// Requests by id.
    pub(crate) increases: BTreeMap<String, increases::Increase>,
}

/// `account/region/service/code`; the Region of a global quota is `global`.
fn key(account: &str, region: &str, quota: &table::Quota) -> String {
    let region = if quota.global { "global" } else { region };
    format!("{account}/{region}/{}/{}", quota.service, quota.code)
}

/// A default has no account in its ARN.
fn arn(quota: &table::Quota, account: &str, region: &str) -> String {
    format!(
        "arn:aws:servicequotas:{region}:{account}:{}/{}",
        quota.service, quota.code
    )
}

/// The value of a quota that is in force for an account in a Region, e.g. `controltower`, `L-04D09B14`. `None`: no such
/// quota is known.
#[must_use]
pub fn value(world: &World, account: &str, region: &str, service: &str, code: &str) -> Option<f64> {
    table::quota(service, code).map(|quota| quotas::applied(world, account, region, quota))
}

/// The service.
pub static SERVICE: Service = Service {
    name: "service-quotas",
    operations: &[
        ("GetAWSDefaultServiceQuota", quotas::get_default),
        ("GetRequestedServiceQuotaChange", increases::get),
        ("GetServiceQuota", quotas::get),
        ("ListAWSDefaultServiceQuotas", quotas::list_defaults),
        ("ListRequestedServiceQuotaChangeHistory", increases::history),
        (
            "ListRequestedServiceQuotaChangeHistoryByQuota",
            increases::history_of_quota,
        ),
        ("ListServiceQuotas", quotas::list),
        ("ListServices", quotas::list_services),
        ("RequestServiceQuotaIncrease", increases::request),
    ],
    due: increases::due,
    settle: increases::settle,
};
