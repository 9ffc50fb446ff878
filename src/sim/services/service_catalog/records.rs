//! DescribeRecord, DescribeProvisionedProduct.
//!
//! In: what was begun. Out: how it stands. Source: the model. The outputs of a record are those of Account Factory's
//! product; UNSOURCED beyond the account's id.

use serde_json::{Map, Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::portfolio::seen;
use super::refusal::{invalid, missing};
use super::state::{Outcome, Provisioned, Record, Work};

/// The type of what Account Factory provisions.
pub(super) const TYPE: &str = "CONTROL_TOWER_ACCOUNT";

/// `RecordDetail`.
pub(super) fn view(world: &World, record: &Record) -> Value {
    let updated = if record.outcome == Outcome::InProgress { record.begun } else { record.ends };
    let portfolio = world.service_catalog.portfolio.as_ref();
    let errors: Vec<Value> = match &record.outcome {
        Outcome::Failed(words) => vec![json!({ "Code": "InternalFailure", "Description": words })],
        _ => Vec::new(),
    };
    let mut view = json!({
        "RecordId": record.id,
        "ProvisionedProductName": record.name,
        "Status": record.outcome.text(),
        "CreatedTime": epoch(record.begun),
        "UpdatedTime": epoch(updated),
        "ProvisionedProductType": TYPE,
        "RecordType": record.work.text(),
        "ProvisionedProductId": record.product,
        "RecordErrors": errors,
        "RecordTags": [],
    });
    if let Some(portfolio) = portfolio {
        view["ProductId"] = json!(portfolio.product);
        view["ProvisioningArtifactId"] = json!(portfolio.artifact);
        view["PathId"] = json!(portfolio.path);
    }
    view
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let id = request.required("Id");
    let here = seen(world, request).is_some();
    let record = world.service_catalog.records.get(id).filter(|_| here).cloned();
    let record = record.ok_or_else(|| missing("Record", id))?;
    let mut answer = json!({ "RecordDetail": view(world, &record), "RecordOutputs": [] });
    let account = world.service_catalog.products.get(&record.product).and_then(|one| one.account.as_ref());
    if let (Outcome::Succeeded, Some(account)) = (&record.outcome, account)
        && record.work != Work::Terminate
    {
        let output = |key: &str, value: &str| json!({ "OutputKey": key, "OutputValue": value });
        let email = record.wanted.get("AccountEmail").map(String::as_str).unwrap_or_default();
        answer["RecordOutputs"] = json!([output("AccountEmail", email), output("AccountId", account)]);
    }
    Ok(answer)
}

/// The provisioned product that a request names by id or by name.
pub(super) fn provisioned<'w>(
    world: &'w World,
    request: &Request,
    id: &str,
    name: &str,
) -> Result<&'w Provisioned, AwsError> {
    let catalog = &world.service_catalog;
    let (asked, found) = match (request.text(id), request.text(name)) {
        (Some(id), None) => (id, catalog.products.get(id)),
        (None, Some(name)) => (name, catalog.named(name)),
        _ => return Err(invalid("Specify either the id or the name of a provisioned product.")),
    };
    found.ok_or_else(|| missing("Provisioned product", asked))
}

/// What every view of a provisioned product has.
pub(super) fn common(request: &Request, product: &Provisioned) -> Map<String, Value> {
    let account = &request.caller.account;
    let mut view = Map::new();
    view.insert("Name".into(), json!(product.name));
    let arn =
        format!("arn:aws:servicecatalog:{}:{account}:stack/{}/{}", request.region, product.name, product.id);
    view.insert("Arn".into(), json!(arn));
    view.insert("Type".into(), json!(TYPE));
    view.insert("Id".into(), json!(product.id));
    view.insert("Status".into(), json!(product.status.text()));
    view.insert("CreatedTime".into(), json!(epoch(product.made)));
    view.insert("IdempotencyToken".into(), json!(product.token));
    view.insert("LastRecordId".into(), json!(product.last_record));
    let texts = [
        ("StatusMessage", &product.message),
        ("LastProvisioningRecordId", &product.last_provisioning),
        ("LastSuccessfulProvisioningRecordId", &product.last_success),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            view.insert(name.into(), json!(text));
        }
    }
    view
}

pub(super) fn describe_product(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = seen(world, request).cloned();
    let product = provisioned(world, request, "Id", "Name")?;
    let mut view = common(request, product);
    if let Some(portfolio) = portfolio {
        view.insert("ProductId".into(), json!(portfolio.product));
        view.insert("ProvisioningArtifactId".into(), json!(portfolio.artifact));
    }
    Ok(json!({ "ProvisionedProductDetail": view, "CloudWatchDashboards": [] }))
}
