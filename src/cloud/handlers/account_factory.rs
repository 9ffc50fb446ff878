//! Account Factory enrols one account, forgets what it could not finish, and lets go of an account
//! that is to be closed.
//!
//! In: an account with the unit where it shall be governed, and who gets access to it, or a product.
//! Out: a record of Service Catalog, followed to its end. The account is moved by Control Tower
//! itself, straight into the unit, or to the root when it is let go of. Absent: making accounts.

use aws_sdk_servicecatalog::types::ProvisioningParameter;
use serde_json::Value;

use super::{effect_if, known, unknown_verb};
use crate::catalog::operations::Verdict;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;
use crate::cloud::inventory::account_factory::{self, Product};
use crate::cloud::task::{Found, Progress, Task};
use crate::model::Attributes;

const PROVISION: &str = "servicecatalog:ProvisionProduct";
const TERMINATE: &str = "servicecatalog:TerminateProvisionedProduct";
/// AWS's word for a product that something is being done with.
const UNDER_CHANGE: &str = "UNDER_CHANGE";
/// The parameters of the product, all of them required, by the member of the key `factory` that has
/// each (Control Tower User Guide, automated-provisioning-walkthrough). The unit is one of its own.
const PARAMETERS: [(&str, &str); 5] = [
    ("AccountEmail", "email"),
    ("AccountName", "name"),
    ("SSOUserEmail", "user_email"),
    ("SSOUserFirstName", "first_name"),
    ("SSOUserLastName", "last_name"),
];

pub(super) async fn begin(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    match task.verb.as_str() {
        "enrol" => provision(connection, task).await,
        "discard_product" | "leave_factory" => terminate(connection, task).await,
        _ => Err(unknown_verb(task)),
    }
}

/// The name of what is provisioned for an account: one for each, and never another.
fn name(task: &Task) -> Result<String, CallError> {
    Ok(format!("account-{}", task.own("id")?))
}

fn parameters(task: &Task) -> Result<Vec<ProvisioningParameter>, CallError> {
    let said = |member: &str| {
        let value = task.keys.get("factory").and_then(|said| said.get(member)).and_then(Value::as_str);
        value.ok_or_else(|| CallError::unreadable(PROVISION, member))
    };
    let one = |key: &str, value: &str| ProvisioningParameter::builder().key(key).value(value).build();
    let mut all = Vec::new();
    for (key, member) in PARAMETERS {
        all.push(one(key, said(member)?));
    }
    let unit = format!("{} ({})", said("unit")?, task.text("factory_unit")?);
    all.push(one("ManagedOrganizationalUnit", &unit));
    Ok(all)
}

async fn provision(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let (product, version) = account_factory::product(connection).await?;
    let (name, parameters) = (name(task)?, parameters(task)?);
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let request = || {
        let request = client.provision_product().product_id(&product).provisioning_artifact_id(&version);
        let request = request.provisioned_product_name(&name).provision_token(&task.token);
        request.set_provisioning_parameters(Some(parameters.clone()))
    };
    let answer = site.call(PROVISION, || request().send()).await?;
    running(PROVISION, answer.record_detail().and_then(|record| record.record_id()))
}

/// Ends a product, or follows its end if a run whose journal is lost has begun it: AWS refuses to
/// change what is under change.
async fn terminate(connection: &Connection, task: &Task) -> Result<Progress, CallError> {
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let request = || {
        let request = client.terminate_provisioned_product().provisioned_product_id(&task.item);
        request.terminate_token(&task.token)
    };
    match site.call(TERMINATE, || request().send()).await {
        Ok(answer) => running(TERMINATE, answer.record_detail().and_then(|record| record.record_id())),
        Err(error) if error.verdict == Verdict::Rejected => match ending(connection, task).await? {
            Some(record) => running(TERMINATE, Some(&record)),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// The record of a product's end that is under way.
async fn ending(connection: &Connection, task: &Task) -> Result<Option<String>, CallError> {
    let products = account_factory::products(connection).await?;
    let own = products.into_iter().find(|product| product.id == task.item && product.status == UNDER_CHANGE);
    let Some(last) = own.and_then(|product| product.last_record) else { return Ok(None) };
    Ok(account_factory::record(connection, &last).await?.ends.then_some(last))
}

fn running(operation: &str, record: Option<&str>) -> Result<Progress, CallError> {
    let record = record.ok_or_else(|| CallError::unreadable(operation, "RecordId"))?;
    Ok(Progress::Running { operation: record.to_owned(), attributes: Attributes::new() })
}

pub(super) async fn poll(connection: &Connection, task: &Task, record: &str) -> Result<Progress, CallError> {
    let operation = if task.verb == "enrol" { PROVISION } else { TERMINATE };
    let found = account_factory::record(connection, record).await?;
    match found.status.as_str() {
        "SUCCEEDED" => Ok(Progress::Done(done(task)?)),
        "FAILED" => Err(CallError::operation_failed(operation, found.reason)),
        _ => Ok(Progress::Running { operation: record.to_owned(), attributes: Attributes::new() }),
    }
}

fn done(task: &Task) -> Result<Attributes, CallError> {
    Ok(if task.verb == "enrol" {
        known([("parent_id", task.text("factory_unit")?)])
    } else {
        Attributes::new()
    })
}

pub(super) async fn look_up(connection: &Connection, task: &Task) -> Result<Found, CallError> {
    let products = account_factory::products(connection).await?;
    if task.verb != "enrol" {
        return Ok(effect_if(!products.iter().any(|product| product.id == task.item)));
    }
    let name = name(task)?;
    let own = products.into_iter().find(|product| product.name == name);
    Ok(match own {
        Some(Product { status, .. }) if status == "AVAILABLE" => Found::Effect(Progress::Done(done(task)?)),
        Some(Product { status, last_record: Some(record), .. }) if status == UNDER_CHANGE => {
            Found::Effect(Progress::Running { operation: record, attributes: Attributes::new() })
        }
        _ => Found::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::doubles::{Double, error, ok, task};
    use crate::cloud::task::Performer as _;

    fn enrolling() -> Task {
        let factory = json!({ "email": "app@example.com", "name": "app", "unit": "Workloads",
            "user_email": "ops@example.com", "first_name": "On", "last_name": "Call" });
        let at = ["account.app", "enrol", ""];
        let inputs = json!({ "factory_unit": "ou-1" });
        task(at, inputs, json!({ "factory": factory }), &[("id", "222222222222")])
    }

    fn aws() -> Double {
        let view = json!({ "ProductViewSummary": { "ProductId": "prod-1" } });
        let shown = json!({ "ProductViewDetail": view, "ProvisioningArtifactSummaries": [{ "Id": "pa-1" }] });
        Double::new()
            .on("DescribeProductAsAdmin", ok(shown))
            .on("ProvisionProduct", ok(json!({ "RecordDetail": { "RecordId": "rec-1" } })))
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_is_asked_for_with_its_unit_by_name_and_id_and_followed_by_its_record() {
        let double = aws();
        let progress = double.connection().await.begin(&enrolling()).await.unwrap();
        assert!(matches!(progress, Progress::Running { operation, .. } if operation == "rec-1"));
        let sent = &double.bodies("ProvisionProduct")[0];
        assert_eq!((&sent["ProductId"], &sent["ProvisioningArtifactId"]), (&json!("prod-1"), &json!("pa-1")));
        assert_eq!(sent["ProvisionedProductName"], "account-222222222222");
        assert_eq!(sent["ProvisionToken"], "token-1");
        let unit = json!({ "Key": "ManagedOrganizationalUnit", "Value": "Workloads (ou-1)" });
        assert!(sent["ProvisioningParameters"].as_array().unwrap().contains(&unit), "{sent}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_product_that_a_lost_run_has_begun_is_followed_and_not_asked_for_again() {
        let product =
            json!({ "Id": "pp-1", "Name": "old", "Status": "UNDER_CHANGE", "LastRecordId": "rec-9" });
        let record = |kind: &str| {
            ok(
                json!({ "RecordDetail": { "RecordId": "rec-9", "Status": "IN_PROGRESS", "RecordType": kind } }),
            )
        };
        let busy = "The provisioned product old is under change.";
        let aws = |kind: &str| {
            Double::new()
                .on("TerminateProvisionedProduct", error(400, "InvalidParametersException", busy))
                .on("SearchProvisionedProducts", ok(json!({ "ProvisionedProducts": [product] })))
                .on("DescribeRecord", record(kind))
        };
        let leaving = task(["account.old", "leave_factory", "pp-1"], json!({}), json!({}), &[]);
        let progress = aws("TERMINATE_PROVISIONED_PRODUCT").connection().await.begin(&leaving).await.unwrap();
        assert!(
            matches!(&progress, Progress::Running { operation, .. } if operation == "rec-9"),
            "{progress:?}"
        );
        // Another's change is not waited for as if it were the end.
        let other = aws("UPDATE_PROVISIONED_PRODUCT").connection().await.begin(&leaving).await.unwrap_err();
        assert!(other.message.contains(busy), "{other}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_that_failed_is_told_in_its_own_words() {
        let errors = json!([{ "Code": "InternalFailure", "Description": "the role can't be assumed" }]);
        let record = json!({ "RecordDetail": { "Status": "FAILED", "RecordErrors": errors } });
        let double = Double::new().on("DescribeRecord", ok(record));
        let error = double.connection().await.poll(&enrolling(), "rec-1").await.unwrap_err();
        assert!(error.message.contains("the role can't be assumed"), "{error}");
    }
}
