//! SearchProvisionedProducts.
//!
//! Source: <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_SearchProvisionedProducts.html>: without an access
//! level one sees what one has provisioned oneself, with `Account` and `self` everything in the account; a search query
//! is `field:value`.

use serde_json::{Value, json};

use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::portfolio::seen;
use super::records::{TYPE, common};
use super::refusal::invalid;
use super::state::Provisioned;
use super::{page, product};

/// The fields that one can search by, as the model's documentation lists them.
const FIELDS: [&str; 15] = [
    "arn",
    "createdTime",
    "id",
    "lastProvisioningRecordId",
    "lastRecordId",
    "lastSuccessfulProvisioningRecordId",
    "name",
    "physicalId",
    "productId",
    "productName",
    "provisioningArtifactId",
    "provisioningArtifactName",
    "status",
    "type",
    "userArn",
];

/// Whether a product answers one query; a field that cannot be searched by is refused.
fn answers(product: &Provisioned, query: &str) -> Result<bool, AwsError> {
    let (field, value) = query.split_once(':').unwrap_or(("name", query));
    if !FIELDS.contains(&field) {
        return Err(invalid(format!("Unsupported search field {field}.")));
    }
    let value = value.trim_matches('"');
    let own = match field {
        "id" => product.id.as_str(),
        "name" => product.name.as_str(),
        "physicalId" => product.account.as_deref().unwrap_or_default(),
        "productName" => product::NAME,
        "status" => product.status.text(),
        "type" => TYPE,
        "userArn" => product.user.as_str(),
        "lastRecordId" => product.last_record.as_str(),
        _ => return Ok(true),
    };
    Ok(own == value)
}

pub(super) fn search(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = seen(world, request).cloned();
    let level = &request.input["AccessLevelFilter"];
    let everything = level["Key"].as_str() == Some("Account");
    if level.is_object() && level["Value"].as_str() != Some("self") {
        return Err(invalid("The only supported access level value is self."));
    }
    let queries = request.input["Filters"]["SearchQuery"].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    if portfolio.is_some() {
        for one in world.service_catalog.products.values() {
            let mut fits = everything || one.user == request.caller.arn;
            for query in queries.iter().filter_map(Value::as_str) {
                fits &= answers(one, query)?;
            }
            if fits {
                found.push(one);
            }
        }
    }
    let total = found.len();
    let mut answer = page(request, "ProvisionedProducts", found, |one| {
        let mut view = common(request, one);
        view.insert("UserArn".into(), json!(one.user));
        view.insert("UserArnSession".into(), json!(one.user));
        view.insert("ProductName".into(), json!(product::NAME));
        view.insert("ProvisioningArtifactName".into(), json!(product::VERSION));
        if let Some(portfolio) = &portfolio {
            view.insert("ProductId".into(), json!(portfolio.product));
            view.insert("ProvisioningArtifactId".into(), json!(portfolio.artifact));
        }
        if let Some(account) = &one.account {
            view.insert("PhysicalId".into(), json!(account));
        }
        Value::Object(view)
    })?;
    answer["TotalResultsCount"] = json!(total);
    Ok(answer)
}
