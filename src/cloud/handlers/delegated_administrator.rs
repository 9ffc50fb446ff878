//! Appointing and dismissing the administrators of a service: by Organizations, or by the
//! service's own call in each Region.
//!
//! An item is `place/who` (see the kind); the id of the account is the step's input.

use super::{appointments, departure, effect_if, unknown_verb};
use crate::catalog::services;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::administrators;
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;
use crate::model::kinds::{self, Action};
use crate::model::region::Region;

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    if departure::is_one(task) {
        return departure::begin(connection, task).await;
    }
    let (place, account) = (place(task)?, account(task)?);
    match task.verb.as_str() {
        "register" | "appoint" => {
            let site = connection.global();
            let client = site.clients.organizations();
            let request =
                || client.register_delegated_administrator().account_id(account).service_principal(place);
            site.call("organizations:RegisterDelegatedAdministrator", || request().send()).await?;
        }
        "deregister" | "release" | "withdraw" | "unseat" => {
            let site = connection.global();
            let client = site.clients.organizations();
            let request =
                || client.deregister_delegated_administrator().account_id(account).service_principal(place);
            site.call("organizations:DeregisterDelegatedAdministrator", || request().send()).await?;
        }
        verb => {
            let region = region(connection, task)?;
            let service = services::by_own_way(group(task)?);
            let steps_down = !appoints(task)? && service.is_some_and(|service| service.steps_down);
            let own = steps_down.then_some(account);
            let site = connection.site_in(own, &region).await?;
            if !appointments::begin(&site, verb, account).await? {
                return Err(unknown_verb(task));
            }
            if service.is_some_and(|service| service.takes_minutes) {
                return Ok(running(account));
            }
        }
    }
    Ok(Progress::Done(Attributes::new()))
}

/// Firewall Manager gives no id to ask about: it tells how its administrator stands. It
/// appoints nobody before the former one is gone.
pub(super) async fn poll(connection: &Connection, task: &Task, account: &str) -> Result<Progress, CallError> {
    let standing = administrators::of_firewall_manager(connection, &region(connection, task)?).await?;
    let status = standing.filter(|(holder, _)| holder == account).map(|(_, status)| status);
    let done = if appoints(task)? { status.as_deref() == Some("READY") } else { status.is_none() };
    Ok(if done { Progress::Done(Attributes::new()) } else { running(account) })
}

/// Whether the step appoints, and does not dismiss.
fn appoints(task: &Task) -> Result<bool, CallError> {
    let verb = kinds::info(task.address.kind).verb(&task.verb).ok_or_else(|| unknown_verb(task))?;
    Ok(verb.action == Action::Create)
}

fn running(account: &str) -> Progress {
    Progress::Running { operation: account.to_owned(), attributes: Attributes::new() }
}

/// The lists tell whether it has happened.
pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    if departure::is_one(task) {
        return departure::look_up(connection, task).await;
    }
    let account = account(task)?;
    let way = group(task)?;
    let holders = match place(task)?.parse() {
        Ok(region) => administrators::appointed(connection, way, &region).await?,
        Err(_) => administrators::registered(connection, Some(place(task)?)).await?,
    };
    let holds = holders.iter().any(|holder| holder == account);
    let as_wanted = holds == appoints(task)?;
    if as_wanted && services::by_own_way(way).is_some_and(|service| service.takes_minutes) {
        return Ok(Found::Effect(running(account)));
    }
    Ok(effect_if(as_wanted))
}

/// The Region or the service principal.
fn place(task: &Task) -> Result<&str, CallError> {
    task.item.split_once('/').map(|(place, _)| place).ok_or_else(|| unknown_verb(task))
}

/// The input that the step is about: the field of its item.
fn field(task: &Task) -> Result<&str, CallError> {
    let named = task.inputs.keys().find(|name| name.ends_with(&format!(".{}", task.item)));
    named.map(String::as_str).ok_or_else(|| unknown_verb(task))
}

fn account(task: &Task) -> Result<&str, CallError> {
    task.text(field(task)?)
}

/// The way of appointing, which is the group of the field.
fn group(task: &Task) -> Result<&str, CallError> {
    field(task)?.split('.').next().ok_or_else(|| unknown_verb(task))
}

/// Where the call is sent: the Region of the office, or home for an office without one.
fn region(connection: &Connection, task: &Task) -> Result<Region, CallError> {
    Ok(place(task)?.parse().unwrap_or_else(|_| connection.home_region().clone()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::catalog::operations::Verdict;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn at(service: &str, verb: &str, item: &str, field: &str) -> Task {
        let address = format!("delegated_administrator.{service}");
        task([&address, verb, item], json!({ field: "222222222222" }), json!({}), &[])
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_is_registered_for_the_principal_and_proven_by_the_list() {
        let listed = |ids: &[&str]| {
            let all: Vec<_> = ids.iter().map(|id| json!({ "Id": id })).collect();
            ok(json!({ "DelegatedAdministrators": all }))
        };
        let double = Double::new()
            .on("RegisterDelegatedAdministrator", ok(json!({})))
            .on("ListDelegatedAdministrators", listed(&["333333333333"]))
            .on("ListDelegatedAdministrators", listed(&["333333333333", "222222222222"]));
        let connection = double.connection().await;
        let place = "config.amazonaws.com/audit";
        let register = at("config", "register", place, "several.config.amazonaws.com/audit");
        assert_eq!(connection.begin(&register).await.unwrap(), Progress::Done(Attributes::new()));
        let sent = json!({ "AccountId": "222222222222", "ServicePrincipal": "config.amazonaws.com" });
        assert_eq!(double.bodies("RegisterDelegatedAdministrator"), [sent]);
        let look = || async { connection.look_up(&register, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, effect_if(true));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_being_dismissed_is_no_administrator_any_more() {
        let admin = |status: &str| {
            let one = json!({ "adminAccountId": "222222222222", "adminStatus": status });
            ok(json!({ "adminAccounts": [one] }))
        };
        let double = Double::new()
            .on("/admin/disable", ok(json!({})))
            .on("/admin", admin("ENABLED"))
            .on("/admin", admin("DISABLE_IN_PROGRESS"));
        let connection = double.connection().await;
        let item = "eu-west-1/222222222222";
        let disable = at("guardduty", "disable_guardduty", item, "guardduty.eu-west-1/222222222222");
        connection.begin(&disable).await.unwrap();
        let look = || async { connection.look_up(&disable, Timestamp::UNIX_EPOCH).await.unwrap() };
        assert_eq!(look().await, Found::Nothing);
        assert_eq!(look().await, effect_if(true));
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_not_spread_yet_is_waited_for_and_what_is_so_already_is_read_back() {
        let double = Double::new()
            .on(
                "/admin/enable",
                error(400, "BadRequestException", "the service-linked role cannot be created"),
            )
            .on(
                "/admin/enable",
                error(400, "BadRequestException", "the account is already the administrator"),
            );
        let connection = double.connection().await;
        let enable = at("guardduty", "enable_guardduty", "eu-west-1/audit", "guardduty.eu-west-1/audit");
        assert_eq!(connection.begin(&enable).await.unwrap_err().verdict, Verdict::NotReady);
        assert_eq!(connection.begin(&enable).await.unwrap_err().verdict, Verdict::Satisfied);
    }

    #[tokio::test(start_paused = true)]
    async fn an_item_without_a_place_sends_nothing() {
        let double = Double::new();
        let odd = at("guardduty", "enable_guardduty", "nowhere", "guardduty.nowhere");
        assert_eq!(double.connection().await.begin(&odd).await.unwrap_err().verdict, Verdict::Rejected);
        assert!(double.called().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_item_of_a_departure_without_an_administrator_sends_nothing() {
        let double = Double::new();
        let connection = double.connection().await;
        for verb in ["reach_none_guardduty", "let_go_guardduty", "forget_guardduty", "let_go_macie2"] {
            let odd = at("guardduty", verb, "us-east-1/x/0", "guardduty_members.us-east-1/x/0");
            assert_eq!(connection.begin(&odd).await.unwrap_err().verdict, Verdict::Rejected, "{verb}");
        }
        assert!(double.called().is_empty());
    }
}
