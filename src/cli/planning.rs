//! From documents and a session to a plan, as `plan` and `apply` make it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::aws::{Session, Wanted};
use super::error::CliError;
use crate::apply::Experience;
use crate::catalog::operations;
use crate::graph;
use crate::model::{Resource, canonical};
use crate::observe::{self, Snapshot};
use crate::plan::{self, Plan, Step, bound};
use crate::report::plan_json::Calls;
use crate::spec::Spec;

/// What a session is opened with for a document.
pub(super) fn wanted(spec: &Spec) -> Wanted {
    Wanted {
        home_region: spec.organization.home_region.clone(),
        access_role: spec.organization.access_role.clone(),
        management_account: spec.organization.management_account.clone(),
        accounts: u32::try_from(spec.accounts.len()).unwrap_or(u32::MAX).saturating_add(1),
    }
}

/// The plan of a document against what is live. Changes nothing.
pub(super) async fn make(
    spec: &Spec,
    session: &Session,
    consents: &BTreeSet<String>,
) -> Result<Plan, CliError> {
    let graph = graph::expand(spec, Some(session.connection.home_region()))?;
    let resources: Vec<Resource> = graph.resources.values().cloned().collect();
    let snapshot = survey(session, &resources).await?;
    let given = spec.consents.union(consents).cloned().collect();
    Ok(plan::make(&graph, &snapshot, &given))
}

/// The digest of what a document wants, as its plans carry it.
pub(super) fn digest(spec: &Spec, session: &Session) -> Result<String, CliError> {
    let graph = graph::expand(spec, Some(session.connection.home_region()))?;
    let resources: Vec<&Resource> = graph.resources.values().collect();
    canonical::digest(&resources).map_err(CliError::Json)
}

/// What is live of some resources.
pub(super) async fn survey(session: &Session, resources: &[Resource]) -> Result<Snapshot, CliError> {
    // The future of a survey is large and deep; on the heap it burdens nobody's layout.
    let surveyed = Box::pin(observe::survey(&session.connection, resources)).await;
    surveyed.map_err(|error| session.observing(error))
}

/// The least time that a plan takes when each step takes as long as usual, or as long
/// as former runs have found.
pub(super) fn estimate(plan: &Plan, known: &Experience) -> Duration {
    let expected = |step: &Step| known.expected(&step.operation, Duration::from_secs(step.usual_seconds));
    let bound = bound::lower_bound(&plan.steps, &expected, operations::table(), Duration::from_millis(100));
    Duration::try_from_secs_f64(bound.seconds).unwrap_or_default()
}

/// Calls that a session has sent so far.
pub(super) fn calls(session: &Session) -> Calls {
    let counts = session.connection.counts();
    Calls { read: counts.reads, write: counts.writes }
}
