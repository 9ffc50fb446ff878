//! Detective of one account in one Region: its behaviour graph, and as administrator the settings,
//! sources of data and members.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_detective::types::{MemberDetail, MemberStatus};

use super::pages;
use crate::cloud::call::Site;
use crate::cloud::failure::CallError;

const GRAPHS: &str = "detective:ListGraphs";
const SETTINGS: &str = "detective:DescribeOrganizationConfiguration";
const SOURCES: &str = "detective:ListDatasourcePackages";
const MEMBERS: &str = "detective:ListMembers";

/// The accounts of a graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// Ids of all of them.
    pub all: BTreeSet<String>,
    /// Of those whose data Detective does not take, why not, in AWS's word.
    pub waiting: BTreeMap<String, String>,
}

/// The ARN of the account's graph; there is at most one.
///
/// # Errors
/// When it cannot be read.
pub(crate) async fn graph(site: &Site) -> Result<Option<String>, CallError> {
    let client = site.clients.detective();
    let found = pages::all(GRAPHS, |token| async move {
        let answer = site.call(GRAPHS, || client.list_graphs().set_next_token(token.clone()).send()).await?;
        Ok((answer.graph_list().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.into_iter().find_map(|graph| graph.arn().map(str::to_owned)))
}

/// Whether accounts that join become members.
///
/// # Errors
/// When it cannot be read: only the administrator may.
pub(crate) async fn auto_enable(site: &Site, graph: &str) -> Result<bool, CallError> {
    let client = site.clients.detective();
    let request = || client.describe_organization_configuration().graph_arn(graph);
    Ok(site.call(SETTINGS, || request().send()).await?.auto_enable())
}

/// AWS's word for each source of data.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn sources(site: &Site, graph: &str) -> Result<BTreeMap<String, String>, CallError> {
    let client = site.clients.detective();
    let found = pages::all(SOURCES, |token| async move {
        let request = || client.list_datasource_packages().graph_arn(graph).set_next_token(token.clone());
        let answer = site.call(SOURCES, || request().send()).await?;
        let page: Vec<(String, String)> = answer
            .datasource_packages()
            .into_iter()
            .flatten()
            .filter_map(|(name, detail)| {
                let word = detail.datasource_package_ingest_state()?.as_str().to_owned();
                Some((name.as_str().to_owned(), word))
            })
            .collect();
        Ok((page, answer.next_token().map(str::to_owned)))
    });
    Ok(found.await?.into_iter().collect())
}

/// The accounts of a graph.
///
/// # Errors
/// When they cannot be read.
pub(crate) async fn members(site: &Site, graph: &str) -> Result<Members, CallError> {
    let client = site.clients.detective();
    let listed = pages::all(MEMBERS, |token| async move {
        let request = || client.list_members().graph_arn(graph).set_next_token(token.clone());
        let answer = site.call(MEMBERS, || request().send()).await?;
        Ok((answer.member_details().to_vec(), answer.next_token().map(str::to_owned)))
    });
    Ok(of(&listed.await?))
}

/// What AWS says of accounts: those that are members or about to be, and why some wait.
pub(crate) fn of(details: &[MemberDetail]) -> Members {
    let mut found = Members::default();
    for one in details {
        let Some(id) = one.account_id() else { continue };
        match one.status() {
            Some(MemberStatus::Enabled) => {}
            Some(MemberStatus::AcceptedButDisabled) => {
                let why = one.disabled_reason().map_or("no reason given", |why| why.as_str());
                found.waiting.insert(id.to_owned(), why.to_owned());
            }
            _ => continue,
        }
        found.all.insert(id.to_owned());
    }
    found
}
