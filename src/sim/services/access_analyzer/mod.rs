//! IAM Access Analyzer: analyzers of accounts and of organizations.
//!
//! In: requests of its shape table. Out: its [`State`] and [`SERVICE`]. Absent: findings, archive rules, policy checks.

mod analyzers;
mod state;

pub use state::State;

use crate::sim::paging::Paging;
use crate::sim::service::{Service, never_due, nothing_settles};

/// UNSOURCED: how many items a page has if the request does not say.
const PAGING: Paging = Paging {
    size: "maxResults",
    token: "nextToken",
    usual: 100,
    stale: || analyzers::invalid("The provided nextToken is not valid."),
};

/// The service.
pub static SERVICE: Service = Service {
    name: "accessanalyzer",
    operations: &[
        ("CreateAnalyzer", analyzers::create),
        ("DeleteAnalyzer", analyzers::delete),
        ("GetAnalyzer", analyzers::get),
        ("ListAnalyzers", analyzers::list),
        ("UpdateAnalyzer", analyzers::update),
    ],
    due: never_due,
    settle: nothing_settles,
};
