//! The product "AWS Control Tower Account Factory", its versions and launch paths.
//!
//! Source: <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_Operations_AWS_Service_Catalog.html>. Administrators of
//! the catalogue see it always; whoever launches sees it only through the portfolio.

use serde_json::{Value, json};

use crate::sim::clock::epoch;
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::world::World;

use super::page;
use super::portfolio::{self, admits, seen};
use super::refusal::{invalid, missing, no_launch_path};
use super::state::Portfolio;

pub(super) const NAME: &str = "AWS Control Tower Account Factory";
/// UNSOURCED: the name of its version.
pub(super) const VERSION: &str = "AWS Control Tower Account Factory";

fn summary(portfolio: &Portfolio) -> Value {
    json!({
        "Id": portfolio.path,
        "ProductId": portfolio.product,
        "Name": NAME,
        "Owner": "AWS Control Tower",
        "ShortDescription": NAME,
        "Type": "CLOUD_FORMATION_TEMPLATE",
        "Distributor": "",
        "HasDefaultPath": false,
        "SupportEmail": "",
        "SupportDescription": "",
        "SupportUrl": "",
    })
}

fn details(request: &Request, portfolio: &Portfolio) -> Value {
    let account = &request.caller.account;
    json!({
        "ProductViewSummary": summary(portfolio),
        "Status": "CREATED",
        "ProductARN": format!("arn:aws:catalog:{}:{account}:product/{}", request.region, portfolio.product),
        "CreatedTime": epoch(portfolio.made),
    })
}

/// The portfolio whose product the request names by id or name; exactly one of them.
fn named(world: &mut World, request: &Request) -> Result<Portfolio, AwsError> {
    let portfolio = seen(world, request).cloned();
    let (asked, fits) = match (request.text("Id").or(request.text("ProductId")), request.text("Name")) {
        (Some(id), None) => (id, portfolio.as_ref().is_some_and(|portfolio| portfolio.product == id)),
        (None, Some(name)) => (name, name == NAME),
        _ => return Err(invalid("Specify either a product id or a product name.")),
    };
    portfolio.filter(|_| fits).ok_or_else(|| missing("Product with name or id", asked))
}

pub(super) fn describe_as_admin(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = named(world, request)?;
    let artifact = json!({
        "Id": portfolio.artifact,
        "Name": VERSION,
        "Description": VERSION,
        "CreatedTime": epoch(portfolio.made),
    });
    Ok(json!({
        "ProductViewDetail": details(request, &portfolio),
        "ProvisioningArtifactSummaries": [artifact],
        "Tags": [],
        "TagOptions": [],
        "Budgets": [],
    }))
}

pub(super) fn describe(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = named(world, request)?;
    if !admits(world, &portfolio, &request.caller) {
        return Err(missing("Product", &portfolio.product));
    }
    let artifact = json!({
        "Id": portfolio.artifact,
        "Name": VERSION,
        "Description": VERSION,
        "CreatedTime": epoch(portfolio.made),
        "Guidance": "DEFAULT",
    });
    Ok(json!({
        "ProductViewSummary": summary(&portfolio),
        "ProvisioningArtifacts": [artifact],
        "Budgets": [],
        "LaunchPaths": [{ "Id": portfolio.path, "Name": portfolio::NAME }],
    }))
}

pub(super) fn search_as_admin(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = seen(world, request).cloned();
    let asked = request.text("PortfolioId");
    if let Some(id) = asked.filter(|id| portfolio.as_ref().is_none_or(|known| known.id != *id)) {
        return Err(missing("Portfolio", id));
    }
    let words = request.input["Filters"]["FullTextSearch"].as_array();
    let found = |_: &Portfolio| {
        words.is_none_or(|words| words.iter().filter_map(Value::as_str).all(|word| NAME.contains(word)))
    };
    let all: Vec<Portfolio> = portfolio.into_iter().filter(found).collect();
    page(request, "ProductViewDetails", all, |portfolio| details(request, &portfolio))
}

pub(super) fn artifacts(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = named(world, request)?;
    let artifact = json!({
        "Id": portfolio.artifact,
        "Name": VERSION,
        "Description": VERSION,
        "Type": "CLOUD_FORMATION_TEMPLATE",
        "CreatedTime": epoch(portfolio.made),
        "Active": true,
        "Guidance": "DEFAULT",
    });
    Ok(json!({ "ProvisioningArtifactDetails": [artifact] }))
}

pub(super) fn launch_paths(world: &mut World, request: &Request) -> Result<Value, AwsError> {
    let portfolio = named(world, request)?;
    if !admits(world, &portfolio, &request.caller) {
        return Err(no_launch_path(&portfolio.product));
    }
    page(
        request,
        "LaunchPathSummaries",
        vec![portfolio.path],
        |path| json!({ "Id": path, "ConstraintSummaries": [], "Tags": [], "Name": portfolio::NAME }),
    )
}
