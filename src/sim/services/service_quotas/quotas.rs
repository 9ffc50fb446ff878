//! Reading quotas: applied values, AWS's defaults, and the services that have some.
//!
//! Sources: <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html> and its neighbours. The
//! sentences of the refusals are the model's.

use serde_json::{Map, Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::table::{self, Quota};

/// The quota of accounts in an organization: Organizations itself keeps and enforces its value.
pub(super) const ACCOUNTS: (&str, &str) = ("organizations", "L-E619E033");

pub(super) fn missing() -> AwsError {
    AwsError::new(
        "NoSuchResourceException",
        "The specified service or quota does not exist.",
    )
}

/// The value in force for an account in a Region.
pub(super) fn applied(world: &World, account: &str, region: &str, quota: &Quota) -> f64 {
    if (quota.service.as_str(), quota.code.as_str()) == ACCOUNTS {
        return f64::from(world.organizations.account_quota);
    }
    let key = super::key(account, region, quota);
    world
        .service_quotas
        .granted
        .get(&key)
        .copied()
        .unwrap_or(quota.value)
}

fn row(quota: &Quota, arn_account: &str, region: &str, value: f64) -> Value {
    let mut out = Map::new();
    out.insert("ServiceCode".into(), json!(quota.service));
    out.insert(
        "ServiceName".into(),
        json!(table::service(&quota.service).map_or("", |row| &row.name)),
    );
    out.insert(
        "QuotaArn".into(),
        json!(super::arn(quota, arn_account, region)),
    );
    out.insert("QuotaCode".into(), json!(quota.code));
    out.insert("QuotaName".into(), json!(quota.name));
    out.insert("Value".into(), json!(value));
    out.insert("Unit".into(), json!("None"));
    out.insert("Adjustable".into(), json!(quota.adjustable));
    out.insert("GlobalQuota".into(), json!(quota.global));
    out.insert("QuotaAppliedAtLevel".into(), json!("ACCOUNT"));
    Value::Object(out)
}

/// The quota that a request names.
pub(super) fn named(request: &Request) -> Result<&'static Quota, AwsError> {
    let quota = table::quota(
        request.required("ServiceCode"),
        request.required("QuotaCode"),
    );
    quota
        .filter(|quota| quota.listed_in(&request.region))
        .ok_or_else(missing)
}

/// The quotas of the service that a request names.
fn of_service(request: &Request) -> Result<impl Iterator<Item = &'static Quota>, AwsError> {
    let service = table::service(request.required("ServiceCode")).ok_or_else(missing)?;
    let only = request.text("QuotaCode").map(str::to_owned);
    let region = request.region.clone();
    Ok(table::quotas().iter().filter(move |quota| {
        quota.service == service.code
            && quota.listed_in(&region)
            && only.as_ref().is_none_or(|only| *only == quota.code)
    }))
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let quota = named(request)?;
    let account = &request.caller.account;
    let value = applied(world, account, &request.region, quota);
    Ok(json!({ "Quota": row(quota, account, &request.region, value) }))
}

pub(super) fn get_default(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let quota = named(request)?;
    Ok(json!({ "Quota": row(quota, "", &request.region, quota.value) }))
}

pub(super) fn list(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let account = &request.caller.account;
    // No simulated quota is kept per resource.
    let shown = request.text("QuotaAppliedAtLevel") != Some("RESOURCE");
    let items = of_service(request)?
        .filter(|_| shown)
        .map(|quota| {
            let value = applied(world, account, &request.region, quota);
            (
                quota.code.clone(),
                row(quota, account, &request.region, value),
            )
        })
        .collect();
    page(request, "Quotas", items)
}

pub(super) fn list_defaults(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let items = of_service(request)?
        .map(|quota| {
            (
                quota.code.clone(),
                row(quota, "", &request.region, quota.value),
            )
        })
        .collect();
    page(request, "Quotas", items)
}

pub(super) fn list_services(_: &mut World, request: &Request) -> Result<Value, AwsError> {
    let row = |row: &table::ServiceRow| {
        (
            row.code.clone(),
            json!({ "ServiceCode": row.code, "ServiceName": row.name }),
        )
    };
    page(
        request,
        "Services",
        table::services().iter().map(row).collect(),
    )
}

/// One page of `items` under the member `name`, in order of their keys; the token is the key of the last item shown, in
/// hexadecimal, which stays within the token's pattern.
///
/// # Errors
/// `InvalidPaginationTokenException` for a token that no page gave out.
pub(super) fn page(
    request: &Request,
    name: &str,
    mut items: Vec<(String, Value)>,
) -> Result<Value, AwsError> {
    items.sort_by(|a, b| a.0.cmp(&b.0));
    let after = match request.text("NextToken") {
        None => None,
        Some(token) => {
            let key = hex::decode(token)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            Some(key.ok_or_else(|| {
                AwsError::new(
                    "InvalidPaginationTokenException",
                    "Invalid input was provided.",
                )
            })?)
        }
    };
    let size = request
        .integer("MaxResults")
        .and_then(|size| usize::try_from(size).ok())
        .unwrap_or(100);
    let rest: Vec<_> = items
        .into_iter()
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after))
        .collect();
    let mut out = Map::new();
    if let Some((key, _)) = rest
        .get(size.saturating_sub(1))
        .filter(|_| rest.len() > size)
    {
        out.insert("NextToken".into(), json!(hex::encode(key)));
    }
    out.insert(
        name.into(),
        rest.into_iter()
            .take(size)
            .map(|(_, value)| value)
            .collect(),
    );
    Ok(Value::Object(out))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sim::services::iam::testing::alone;
    use crate::sim::services::service_quotas::value;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn the_accounts_quota_is_the_one_organizations_enforces() {
        let simulator = alone();
        simulator.change(|world| world.organizations.account_quota = 7);
        let asked = json!({"ServiceCode": "organizations", "QuotaCode": "L-E619E033"});
        let applied = ask(
            &simulator,
            "service-quotas",
            "GetServiceQuota",
            asked.clone(),
        )
        .await
        .json();
        assert_eq!(applied["Quota"]["Value"], 7.0);
        let default = ask(
            &simulator,
            "service-quotas",
            "GetAWSDefaultServiceQuota",
            asked,
        )
        .await
        .json();
        assert_eq!(default["Quota"]["Value"], 10.0);
        assert_eq!(
            default["Quota"]["QuotaArn"],
            "arn:aws:servicequotas:us-east-1::organizations/L-E619E033"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_quotas_of_a_service_come_in_pages_and_those_of_an_unknown_one_not_at_all() {
        let simulator = alone();
        let mut codes = Vec::new();
        let mut asked = json!({"ServiceCode": "organizations", "MaxResults": 2});
        loop {
            let page = ask(
                &simulator,
                "service-quotas",
                "ListServiceQuotas",
                asked.clone(),
            )
            .await
            .json();
            codes.extend(
                page["Quotas"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|quota| quota["QuotaCode"].clone()),
            );
            if page["NextToken"].is_null() {
                break;
            }
            asked["NextToken"] = page["NextToken"].clone();
        }
        assert_eq!(
            codes.len(),
            super::table::quotas()
                .iter()
                .filter(|quota| quota.service == "organizations")
                .count()
        );
        let unknown = ask(
            &simulator,
            "service-quotas",
            "ListServiceQuotas",
            json!({"ServiceCode": "nothing"}),
        )
        .await;
        assert_eq!(unknown.code().as_deref(), Some("NoSuchResourceException"));
        assert_eq!(
            value(
                &simulator.world(),
                "111122223333",
                "eu-west-1",
                "controltower",
                "L-04D09B14"
            ),
            Some(5.0)
        );
    }
}
