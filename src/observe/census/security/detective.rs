//! Detective of the organization: its behaviour graph.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::cloud::CallError;
use crate::cloud::inventory::detective;

/// Detective in one Region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detective {
    /// The account that administers it.
    pub administrator: String,
    /// The ARN of its graph, if it has one.
    pub graph: Option<String>,
    /// Whether accounts that join are members by themselves.
    pub auto_enable: bool,
    /// AWS's word for each source of data.
    pub sources: BTreeMap<String, String>,
    /// Ids of the members.
    pub members: BTreeSet<String>,
    /// Of those whose data it does not take, why not, in AWS's word.
    pub waiting: BTreeMap<String, String>,
}

pub(super) async fn read(desk: Desk) -> Result<Detective, CallError> {
    let mut seen = Detective { administrator: desk.administrator, ..Detective::default() };
    let Some(graph) = detective::graph(&desk.site).await? else { return Ok(seen) };
    seen.auto_enable = detective::auto_enable(&desk.site, &graph).await?;
    seen.sources = detective::sources(&desk.site, &graph).await?;
    let members = detective::members(&desk.site, &graph).await?;
    (seen.members, seen.waiting) = (members.all, members.waiting);
    seen.graph = Some(graph);
    Ok(seen)
}
