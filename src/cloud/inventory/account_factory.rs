//! Control Tower's Account Factory in Service Catalog: its portfolio, product and what it provisioned.

use std::collections::BTreeSet;

use aws_sdk_servicecatalog::types::{
    AccessLevelFilter, AccessLevelFilterKey, ProvisionedProductViewFilterBy,
};

use super::pages;
use crate::cloud::connection::Connection;
use crate::cloud::failure::CallError;

const PORTFOLIOS: &str = "servicecatalog:ListPortfolios";
const PRINCIPALS: &str = "servicecatalog:ListPrincipalsForPortfolio";
const PRODUCT: &str = "servicecatalog:DescribeProductAsAdmin";
const SEARCH: &str = "servicecatalog:SearchProvisionedProducts";
const RECORD: &str = "servicecatalog:DescribeRecord";
/// The names that Control Tower gives them (Control Tower User Guide, shared-account-resources).
const PORTFOLIO_NAME: &str = "AWS Control Tower Account Factory Portfolio";
const PRODUCT_NAME: &str = "AWS Control Tower Account Factory";
/// The sort of provisioned product that is an account (AFT, service_catalog.py).
const ACCOUNTS: &str = "type:CONTROL_TOWER_ACCOUNT";

/// AWS's word for a record that ends a product (Service Catalog API Reference, RecordDetail).
const ENDING: &str = "TERMINATE_PROVISIONED_PRODUCT";

/// An account that was provisioned, or tried to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// AWS's word for its status, e.g. `TAINTED`.
    pub status: String,
    /// Why, in AWS's words.
    pub message: Option<String>,
    /// The account, once AWS knows it.
    pub account: Option<String>,
    /// The record of what was done with it last.
    pub last_record: Option<String>,
    /// Whether it was ever finished.
    pub finished: bool,
}

impl Product {
    /// Whether it was begun and never finished: terminating it lets no account go.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.status == "ERROR" && !self.finished
    }
}

/// How something that Service Catalog was asked for stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// AWS's word, e.g. `IN_PROGRESS`.
    pub(crate) status: String,
    /// Why it failed, in AWS's words.
    pub(crate) reason: String,
    /// Whether it ends the product.
    pub(crate) ends: bool,
}

/// The record of a request.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn record(connection: &Connection, id: &str) -> Result<Record, CallError> {
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let answer = site.call(RECORD, || client.describe_record().id(id).send()).await?;
    let detail = answer.record_detail().ok_or_else(|| CallError::unreadable(RECORD, "RecordDetail"))?;
    let status = detail.status().ok_or_else(|| CallError::unreadable(RECORD, "Status"))?;
    let reasons: Vec<&str> = detail.record_errors().iter().filter_map(|error| error.description()).collect();
    let reason =
        if reasons.is_empty() { "Account Factory gives no reason".to_owned() } else { reasons.join("; ") };
    let ends = detail.record_type() == Some(ENDING);
    Ok(Record { status: status.as_str().to_owned(), reason, ends })
}

/// The id of the portfolio; none where there is none.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn portfolio(connection: &Connection) -> Result<Option<String>, CallError> {
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let site = &site;
    let found = pages::all(PORTFOLIOS, |token| async move {
        let answer =
            site.call(PORTFOLIOS, || client.list_portfolios().set_page_token(token.clone()).send()).await?;
        Ok((answer.portfolio_details().to_vec(), answer.next_page_token().map(str::to_owned)))
    });
    let found = found.await?;
    let own = found.iter().find(|portfolio| portfolio.display_name() == Some(PORTFOLIO_NAME));
    Ok(own.and_then(|portfolio| portfolio.id()).map(str::to_owned))
}

/// Who may launch from a portfolio: ARNs, and patterns of them.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn principals(
    connection: &Connection,
    portfolio: &str,
) -> Result<BTreeSet<String>, CallError> {
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let site = &site;
    let found = pages::all(PRINCIPALS, |token| async move {
        let request = || {
            let request = client.list_principals_for_portfolio().portfolio_id(portfolio);
            request.set_page_token(token.clone())
        };
        let answer = site.call(PRINCIPALS, || request().send()).await?;
        Ok((answer.principals().to_vec(), answer.next_page_token().map(str::to_owned)))
    });
    Ok(found.await?.iter().filter_map(|principal| principal.principal_arn().map(str::to_owned)).collect())
}

/// Every account that anybody has provisioned.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn products(connection: &Connection) -> Result<Vec<Product>, CallError> {
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let site = &site;
    let level = AccessLevelFilter::builder().key(AccessLevelFilterKey::Account).value("self").build();
    let level = &level;
    let found = pages::all(SEARCH, |token| async move {
        let request = || {
            let request = client.search_provisioned_products().access_level_filter(level.clone());
            let by = ProvisionedProductViewFilterBy::SearchQuery;
            request.filters(by, vec![ACCOUNTS.to_owned()]).set_page_token(token.clone())
        };
        let answer = site.call(SEARCH, || request().send()).await?;
        Ok((answer.provisioned_products().to_vec(), answer.next_page_token().map(str::to_owned)))
    });
    let one = |from: &aws_sdk_servicecatalog::types::ProvisionedProductAttribute| {
        Some(Product {
            id: from.id()?.to_owned(),
            name: from.name().unwrap_or_default().to_owned(),
            status: from.status()?.as_str().to_owned(),
            message: from.status_message().map(str::to_owned),
            account: from.physical_id().map(str::to_owned),
            last_record: from.last_record_id().map(str::to_owned),
            finished: from.last_successful_provisioning_record_id().is_some(),
        })
    };
    Ok(found.await?.iter().filter_map(one).collect())
}

/// The ids of the product and of its version.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn product(connection: &Connection) -> Result<(String, String), CallError> {
    let site = connection.home();
    let client = site.clients.servicecatalog();
    let answer = site.call(PRODUCT, || client.describe_product_as_admin().name(PRODUCT_NAME).send()).await?;
    let view = answer.product_view_detail().and_then(|detail| detail.product_view_summary());
    let id =
        view.and_then(|view| view.product_id()).ok_or_else(|| CallError::unreadable(PRODUCT, "ProductId"))?;
    let versions = answer.provisioning_artifact_summaries();
    let newest = versions.iter().max_by_key(|version| version.created_time().map(|time| time.secs()));
    let version = newest.and_then(|version| version.id());
    let version = version.ok_or_else(|| CallError::unreadable(PRODUCT, "ProvisioningArtifactSummaries"))?;
    Ok((id.to_owned(), version.to_owned()))
}
