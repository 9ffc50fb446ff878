//! ProvisionProduct, UpdateProvisionedProduct, TerminateProvisionedProduct: what begins here ends later (`factory`).
//!
//! Sources: <https://docs.aws.amazon.com/controltower/latest/userguide/automated-provisioning-walkthrough.html> (the
//! parameters), <https://docs.aws.amazon.com/controltower/latest/userguide/troubleshooting.html> (the root user cannot;
//! no launch paths; no tag options or notifications), the model (tokens, names). The same token gives the same record.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::control_tower;
use crate::sim::world::World;

use super::portfolio::{self, admits, seen};
use super::product::{NAME, VERSION};
use super::records;
use super::refusal::{duplicate, invalid, missing, no_launch_path};
use super::state::{Outcome, Portfolio, Provisioned, Record, Status, Work};

/// What every account is asked for with; all of them are required.
const PARAMETERS: [&str; 6] = [
    "AccountEmail",
    "AccountName",
    "ManagedOrganizationalUnit",
    "SSOUserEmail",
    "SSOUserFirstName",
    "SSOUserLastName",
];

fn parameters(request: &Request) -> Result<BTreeMap<String, String>, AwsError> {
    let mut given = BTreeMap::new();
    for entry in request.list("ProvisioningParameters") {
        let (key, value) = (entry["Key"].as_str().unwrap_or_default(), entry["Value"].as_str());
        if !PARAMETERS.contains(&key) {
            return Err(invalid(format!("Parameters: [{key}] do not exist in the template")));
        }
        given.extend(value.map(|value| (key.to_owned(), value.to_owned())));
    }
    Ok(given)
}

/// The product that is launched, for a caller who may.
fn launched(world: &mut World, request: &Request) -> Result<Portfolio, AwsError> {
    let (id, name) = (request.text("ProductId"), request.text("ProductName"));
    let portfolio = seen(world, request).cloned();
    let asked = id.or(name).ok_or_else(|| invalid("Specify either a product id or a product name."))?;
    let is =
        |known: &Portfolio| id.is_none_or(|id| id == known.product) && name.is_none_or(|name| name == NAME);
    let portfolio = portfolio.filter(is).ok_or_else(|| missing("Product", asked))?;
    let (artifact, version) =
        (request.text("ProvisioningArtifactId"), request.text("ProvisioningArtifactName"));
    let known =
        artifact.is_none_or(|id| id == portfolio.artifact) && version.is_none_or(|name| name == VERSION);
    if !known || (artifact.is_none() && version.is_none()) {
        return Err(missing("ProvisioningArtifact", artifact.or(version).unwrap_or_default()));
    }
    let (path, named) = (request.text("PathId"), request.text("PathName"));
    let fits = path.is_none_or(|id| id == portfolio.path) && named.is_none_or(|name| name == portfolio::NAME);
    if request.caller.arn.ends_with(":root") || !fits || !admits(world, &portfolio, &request.caller) {
        return Err(no_launch_path(&portfolio.product));
    }
    Ok(portfolio)
}

pub(super) fn provision(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let token = request.required("ProvisionToken");
    if let Some(record) = by_token(world, token, Work::Provision) {
        return Ok(json!({ "RecordDetail": records::view(world, &record) }));
    }
    launched(world, request)?;
    let wanted = parameters(request)?;
    let lacking: Vec<&str> = PARAMETERS.into_iter().filter(|name| !wanted.contains_key(*name)).collect();
    if !lacking.is_empty() {
        return Err(invalid(format!("Parameters: [{}] must have values", lacking.join(", "))));
    }
    if !request.list("NotificationArns").is_empty() {
        return Err(invalid("Notifications are not supported for this product."));
    }
    let name = request.required("ProvisionedProductName");
    if world.service_catalog.named(name).is_some() {
        return Err(duplicate(name));
    }
    let id = format!("pp-{}", world.ids.alphanumeric(13));
    let product = Provisioned {
        id: id.clone(),
        name: name.to_owned(),
        status: Status::UnderChange,
        message: None,
        made: request.now,
        token: token.to_owned(),
        user: request.caller.arn.clone(),
        account: None,
        parameters: wanted.clone(),
        last_record: String::new(),
        last_provisioning: None,
        last_success: None,
    };
    world.service_catalog.products.insert(id.clone(), product);
    Ok(begin(world, request, Work::Provision, &id, token, wanted))
}

pub(super) fn update(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let token = request.required("UpdateToken");
    if let Some(record) = by_token(world, token, Work::Update) {
        return Ok(json!({ "RecordDetail": records::view(world, &record) }));
    }
    let product = at_rest(world, request)?;
    let portfolio = seen(world, request).cloned().ok_or_else(|| missing("Product", NAME))?;
    if !admits(world, &portfolio, &request.caller) {
        return Err(no_launch_path(&portfolio.product));
    }
    let mut wanted = product.parameters;
    wanted.extend(parameters(request)?);
    Ok(begin(world, request, Work::Update, &product.id, token, wanted))
}

pub(super) fn terminate(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let token = request.required("TerminateToken");
    if let Some(record) = by_token(world, token, Work::Terminate) {
        return Ok(json!({ "RecordDetail": records::view(world, &record) }));
    }
    let product = at_rest(world, request)?;
    Ok(begin(world, request, Work::Terminate, &product.id, token, product.parameters))
}

fn by_token(world: &World, token: &str, work: Work) -> Option<Record> {
    let mut all = world.service_catalog.records.values();
    all.find(|record| record.token == token && record.work == work).cloned()
}

/// The provisioned product that the request names, if nothing is under way with it.
fn at_rest(world: &World, request: &Request) -> Result<Provisioned, AwsError> {
    let product = records::provisioned(world, request, "ProvisionedProductId", "ProvisionedProductName")?;
    if product.status == Status::UnderChange {
        return Err(invalid(format!("The provisioned product {} is under change.", product.name)));
    }
    Ok(product.clone())
}

fn begin(
    world: &mut World,
    request: &Request,
    work: Work,
    product: &str,
    token: &str,
    wanted: BTreeMap<String, String>,
) -> Value {
    let id = format!("rec-{}", world.ids.alphanumeric(13));
    let ends = world.end_of(request.now, control_tower::usual("ACCOUNT_FACTORY"));
    world.service_catalog.serial += 1;
    let serial = world.service_catalog.serial;
    let mut name = String::new();
    if let Some(known) = world.service_catalog.products.get_mut(product) {
        known.status = Status::UnderChange;
        known.last_record.clone_from(&id);
        if work != Work::Terminate {
            known.last_provisioning = Some(id.clone());
        }
        name.clone_from(&known.name);
    }
    let record = Record {
        id: id.clone(),
        serial,
        work,
        product: product.to_owned(),
        name,
        token: token.to_owned(),
        begun: request.now,
        ends,
        outcome: Outcome::InProgress,
        doomed: None,
        wanted,
    };
    let view = records::view(world, &record);
    world.service_catalog.records.insert(id, record);
    json!({ "RecordDetail": view })
}
