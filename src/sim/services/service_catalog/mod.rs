//! AWS Service Catalog, as far as Control Tower's Account Factory is in it.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]: one portfolio with one product, in the management
//! account and home Region of a landing zone with Config; what is provisioned from it are accounts. Absent: portfolios and
//! products of anybody else, plans, tag options, constraints.

mod factory;
mod portfolio;
mod product;
mod provisioning;
mod records;
mod refusal;
#[cfg(test)]
mod scenarios;
mod search;
mod state;

pub use state::State;

use serde_json::Value;

use crate::sim::error::AwsError;
use crate::sim::paging::Paging;
use crate::sim::request::Request;
use crate::sim::service::Service;

/// Pages of 20, the model's `PageSize`.
const PAGING: Paging = Paging {
    size: "PageSize",
    token: "PageToken",
    usual: 20,
    stale: || refusal::invalid("Invalid page token."),
};

/// A page; Service Catalog names the next token otherwise than the one it takes.
fn page<T>(
    request: &Request,
    name: &str,
    items: Vec<T>,
    view: impl FnMut(T) -> Value,
) -> Result<Value, AwsError> {
    let mut answer = PAGING.page(request, name, items, view)?;
    if let Some(token) = answer.as_object_mut().and_then(|answer| answer.remove("PageToken")) {
        answer["NextPageToken"] = token;
    }
    Ok(answer)
}

/// The service.
pub static SERVICE: Service = Service {
    name: "servicecatalog",
    operations: &[
        ("AssociatePrincipalWithPortfolio", portfolio::associate),
        ("DescribeProduct", product::describe),
        ("DescribeProductAsAdmin", product::describe_as_admin),
        ("DescribeProvisionedProduct", records::describe_product),
        ("DescribeRecord", records::describe),
        ("DisassociatePrincipalFromPortfolio", portfolio::disassociate),
        ("ListLaunchPaths", product::launch_paths),
        ("ListPortfolios", portfolio::list),
        ("ListPrincipalsForPortfolio", portfolio::principals),
        ("ListProvisioningArtifacts", product::artifacts),
        ("ProvisionProduct", provisioning::provision),
        ("SearchProductsAsAdmin", product::search_as_admin),
        ("SearchProvisionedProducts", search::search),
        ("TerminateProvisionedProduct", provisioning::terminate),
        ("UpdateProvisionedProduct", provisioning::update),
    ],
    due: factory::due,
    settle: factory::settle,
};
