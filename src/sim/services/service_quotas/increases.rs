//! Requests for a higher quota: asked, decided after a while, and in force from then on.
//!
//! Source: <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html>. How long AWS takes is
//! published nowhere; the simulator takes two hours of virtual time.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::quotas::{ACCOUNTS, applied, named, page};
use super::table::{self, Quota};

const DECISION: Duration = Duration::from_secs(2 * 3600);
/// A request is shown for this long.
const HISTORY: Duration = Duration::from_secs(90 * 86_400);

/// One request for a higher quota.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Increase {
    pub(crate) account: String,
    pub(crate) requester: String,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) quota: String,
    pub(crate) value: f64,
    pub(crate) created: Timestamp,
    pub(crate) decided: Timestamp,
    pub(crate) status: String,
}

fn illegal(words: &str) -> AwsError {
    AwsError::new("IllegalArgumentException", words)
}

pub(super) fn request(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let quota = named(request)?;
    let value = request
        .input
        .get("DesiredValue")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    let account = request.caller.account.as_str();
    if !quota.adjustable {
        return Err(illegal("The quota is not adjustable."));
    }
    // Only the management account may ask for more accounts
    // (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
    let leads = world
        .organizations
        .of(account)
        .is_none_or(|organization| organization.management == account);
    if (quota.service.as_str(), quota.code.as_str()) == ACCOUNTS && !leads {
        let words = "You do not have sufficient permission to perform this action.";
        return Err(AwsError::new("AccessDeniedException", words));
    }
    if value <= applied(world, account, &request.region, quota) {
        return Err(illegal(
            "You must provide a quota value greater than the current quota value.",
        ));
    }
    let same = |other: &&Increase| {
        other.account == account
            && other.quota == quota.code
            && (quota.global || other.region == request.region)
    };
    if world
        .service_quotas
        .increases
        .values()
        .filter(same)
        .any(|other| other.status == "PENDING")
    {
        let words = "Only one open service quota increase request is allowed per quota.";
        return Err(AwsError::new("ResourceAlreadyExistsException", words));
    }
    let increase = Increase {
        account: account.to_owned(),
        requester: request.caller.arn.clone(),
        region: request.region.clone(),
        service: quota.service.clone(),
        quota: quota.code.clone(),
        value,
        created: request.now,
        decided: world.end_of(request.now, DECISION),
        status: "PENDING".to_owned(),
    };
    let id = world.ids.of("0123456789abcdefghijklmnopqrstuvwxyz", 32);
    let answer = row(&id, &increase);
    world.service_quotas.increases.insert(id, increase);
    Ok(json!({ "RequestedQuota": answer }))
}

fn row(id: &str, increase: &Increase) -> Value {
    let quota = table::quota(&increase.service, &increase.quota);
    let arn = quota.map(|quota| super::arn(quota, &increase.account, &increase.region));
    let updated = if increase.status == "PENDING" {
        increase.created
    } else {
        increase.decided
    };
    json!({
        "Id": id,
        "ServiceCode": increase.service,
        "ServiceName": table::service(&increase.service).map_or("", |row| &row.name),
        "QuotaCode": increase.quota,
        "QuotaName": quota.map_or("", |quota| &quota.name),
        "DesiredValue": increase.value,
        "Status": increase.status,
        "Created": epoch(increase.created),
        "LastUpdated": epoch(updated),
        "Requester": json!({ "accountId": increase.account, "callerArn": increase.requester }).to_string(),
        "QuotaArn": arn.unwrap_or_default(),
        "GlobalQuota": quota.is_some_and(|quota| quota.global),
        "Unit": "None",
        "QuotaRequestedAtLevel": "ACCOUNT",
    })
}

pub(super) fn get(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("RequestId");
    let increase = world.service_quotas.increases.get(id);
    let increase = increase.filter(|increase| increase.account == request.caller.account);
    let increase = increase.ok_or_else(super::quotas::missing)?;
    Ok(json!({ "RequestedQuota": row(id, increase) }))
}

pub(super) fn history(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let wanted = |member: &str, is: &str| request.text(member).is_none_or(|text| text == is);
    let items = world
        .service_quotas
        .increases
        .iter()
        .filter(|(_, increase)| increase.account == request.caller.account)
        .filter(|(_, increase)| later(increase.created, HISTORY) > request.now)
        .filter(|(_, increase)| in_region(increase, &request.region))
        .filter(|(_, increase)| {
            wanted("ServiceCode", &increase.service) && wanted("Status", &increase.status)
        })
        .filter(|(_, increase)| wanted("QuotaCode", &increase.quota))
        .map(|(id, increase)| (id.clone(), row(id, increase)))
        .collect();
    page(request, "RequestedQuotas", items)
}

fn in_region(increase: &Increase, region: &str) -> bool {
    let quota = table::quota(&increase.service, &increase.quota);
    quota
        .is_some_and(|quota| quota.listed_in(region) && (quota.global || increase.region == region))
}

pub(super) fn history_of_quota(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    named(request)?;
    history(world, request)
}

/// When the next request is decided.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let open = world
        .service_quotas
        .increases
        .values()
        .filter(|increase| increase.status == "PENDING");
    open.map(|increase| increase.decided).min()
}

/// Decides every request that is due: granted up to the quota's maximum, refused beyond it.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let mut granted = Vec::new();
    for increase in world.service_quotas.increases.values_mut() {
        if increase.status != "PENDING" || increase.decided > now {
            continue;
        }
        let quota = table::quota(&increase.service, &increase.quota);
        let fits = quota.filter(|quota| increase.value <= quota.max);
        increase.status = if fits.is_some() {
            "APPROVED"
        } else {
            "NOT_APPROVED"
        }
        .to_owned();
        granted.extend(fits.map(|quota| (quota, increase.clone())));
    }
    for (quota, increase) in granted {
        grant(world, quota, &increase);
    }
}

fn grant(world: &mut World, quota: &Quota, increase: &Increase) {
    if (quota.service.as_str(), quota.code.as_str()) == ACCOUNTS {
        // The table's maximum keeps the value far inside 32 bits.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 50,000"
        )]
        let value = increase.value as u32;
        world.organizations.account_quota = world.organizations.account_quota.max(value);
        return;
    }
    let key = super::key(&increase.account, &increase.region, quota);
    world.service_quotas.granted.insert(key, increase.value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DECISION;
    use crate::sim::services::iam::testing::{MANAGEMENT, organization, session};
    use crate::sim::services::service_quotas::value;
    use crate::sim::testing::ask;

    #[tokio::test(start_paused = true)]
    async fn a_request_is_decided_after_a_while_and_raises_what_organizations_enforces() {
        let (simulator, member) = organization().await;
        let asked =
            json!({"ServiceCode": "organizations", "QuotaCode": "L-E619E033", "DesiredValue": 50});
        let inside = session(&simulator, &member).await;
        let foreign = inside
            .ask(
                &simulator,
                "service-quotas",
                "RequestServiceQuotaIncrease",
                asked.clone(),
            )
            .await;
        assert_eq!(foreign.code().as_deref(), Some("AccessDeniedException"));
        let made = ask(
            &simulator,
            "service-quotas",
            "RequestServiceQuotaIncrease",
            asked.clone(),
        )
        .await
        .json();
        assert_eq!(made["RequestedQuota"]["Status"], "PENDING");
        let twice = ask(
            &simulator,
            "service-quotas",
            "RequestServiceQuotaIncrease",
            asked,
        )
        .await;
        assert_eq!(
            twice.code().as_deref(),
            Some("ResourceAlreadyExistsException")
        );
        assert_eq!(simulator.world().organizations.account_quota, 10);
        simulator.advance(DECISION);
        let id = json!({"RequestId": made["RequestedQuota"]["Id"]});
        let decided = ask(
            &simulator,
            "service-quotas",
            "GetRequestedServiceQuotaChange",
            id,
        )
        .await
        .json();
        assert_eq!(decided["RequestedQuota"]["Status"], "APPROVED");
        assert_eq!(simulator.world().organizations.account_quota, 50);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quota_is_granted_in_its_region_up_to_its_maximum() {
        let (simulator, _) = organization().await;
        let asked = |value: i32| json!({"ServiceCode": "controltower", "QuotaCode": "L-04D09B14", "DesiredValue": value});
        let too_low = ask(
            &simulator,
            "service-quotas",
            "RequestServiceQuotaIncrease",
            asked(5),
        )
        .await;
        assert_eq!(too_low.code().as_deref(), Some("IllegalArgumentException"));
        ask(
            &simulator,
            "service-quotas",
            "RequestServiceQuotaIncrease",
            asked(11),
        )
        .await;
        simulator.advance(DECISION);
        let granted = |region: &str| {
            value(
                &simulator.world(),
                MANAGEMENT,
                region,
                "controltower",
                "L-04D09B14",
            )
        };
        assert_eq!(granted("us-east-1"), Some(5.0));
        ask(
            &simulator,
            "service-quotas",
            "RequestServiceQuotaIncrease",
            asked(10),
        )
        .await;
        simulator.advance(DECISION);
        assert_eq!(
            (granted("us-east-1"), granted("eu-west-1")),
            (Some(10.0), Some(5.0))
        );
        let history = ask(
            &simulator,
            "service-quotas",
            "ListRequestedServiceQuotaChangeHistory",
            json!({}),
        )
        .await
        .json();
        let mut states: Vec<_> = history["RequestedQuotas"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|row| row["Status"].clone())
            .collect();
        states.sort_by_key(ToString::to_string);
        assert_eq!(states, ["APPROVED", "NOT_APPROVED"]);
    }
}
