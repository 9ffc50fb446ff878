//! From documents and a session to a plan and to coverage, as several commands make them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::aws::{Session, Wanted};
use super::error::CliError;
use super::exit::Exit;
use crate::apply::Experience;
use crate::coverage::{self, Coverage, Estate};
use crate::diff::{ChangeSet, compare_all};
use crate::export;
use crate::graph::{self, ResourceGraph};
use crate::model::region::Region;
use crate::model::{Resource, canonical};
use crate::observe::{self, Snapshot, census};
use crate::plan::estimate::Estimate;
use crate::plan::{self, Plan, Step};
use crate::report::plan_json::Calls;
use crate::spec::{self, Input, Spec};

/// What a session is opened with for a document.
pub(super) fn wanted(spec: &Spec) -> Wanted {
    Wanted {
        home_region: spec.organization.home_region.clone(),
        access_role: spec.organization.access_role.clone(),
        management_account: spec.organization.management_account.clone(),
        accounts: u32::try_from(spec.accounts.len()).unwrap_or(u32::MAX).saturating_add(1),
    }
}

/// A document beside what is live of it.
#[derive(Debug)]
pub(super) struct Look {
    graph: ResourceGraph,
    snapshot: Snapshot,
    /// The Regions that count: the governed ones, or the home Region alone.
    regions: Vec<Region>,
    /// Consents in the document.
    consents: BTreeSet<String>,
}

impl Look {
    /// Looks. Changes nothing.
    pub(super) async fn at(spec: &Spec, session: &Session) -> Result<Self, CliError> {
        let home = session.connection.home_region();
        let graph = graph::expand(spec, Some(home))?;
        let resources: Vec<Resource> = graph.resources.values().cloned().collect();
        let snapshot = survey(session, &resources).await?;
        let governed = &spec.organization.governed_regions;
        let regions = if governed.is_empty() { vec![home.clone()] } else { governed.clone() };
        Ok(Self { graph, snapshot, regions, consents: spec.consents.clone() })
    }

    /// Looks at everything that a census reads, by a document of it; none where there is no
    /// organization.
    pub(super) async fn whole(session: &Session) -> Result<Option<Self>, CliError> {
        // The future of a census is large and deep; on the heap it burdens nobody's layout.
        let census = Box::pin(census::take(&session.connection, &[])).await;
        let census = census.map_err(|error| session.observing(error))?;
        let Some(exported) = export::document(&census) else { return Ok(None) };
        let mut file = |path: &str| match exported.files.get(path) {
            Some(text) => Input::new(path, text.as_bytes()),
            None => Input::unreadable(path, "there is no such file"),
        };
        let document = vec![file(export::DOCUMENT)];
        let loaded = spec::parse_with(document, &mut file);
        let loaded = loaded.map_err(|wrong| CliError::Document(wrong.to_string()))?;
        Self::at(&loaded.spec, session).await.map(Some)
    }

    /// The plan, with the consents of the document and these.
    pub(super) fn plan(&self, consents: &BTreeSet<String>) -> Plan {
        let given = self.consents.union(consents).cloned().collect();
        plan::make(&self.graph, &self.snapshot, &given)
    }

    /// What the document comes to.
    pub(super) const fn graph(&self) -> &ResourceGraph {
        &self.graph
    }

    /// What was seen.
    pub(super) const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// How each resource stands.
    pub(super) fn changes(&self) -> ChangeSet {
        compare_all(&graph::settled(&self.graph, &self.snapshot.facts.controls), &self.snapshot)
    }

    /// What protects the organization, now and after an apply. `mappings` are those of the
    /// Control Catalog's frameworks, where they matter.
    pub(super) fn coverage(&self, mappings: &[(String, String)]) -> Coverage {
        self.coverage_beside(None, mappings)
    }

    /// The same, where the whole organization was looked at as well.
    pub(super) fn coverage_beside(&self, whole: Option<&Self>, mappings: &[(String, String)]) -> Coverage {
        let settled = graph::settled(&self.graph, &self.snapshot.facts.controls);
        let now = Estate::now(&settled, &self.snapshot, self.regions.clone());
        let now = match whole {
            Some(whole) => now.beside(whole.estate(), census::READS),
            None => now,
        };
        let after = Estate::after(&now, &settled, &compare_all(&settled, &self.snapshot));
        let mut coverage = coverage::cover(&now, Some(&after));
        coverage.frameworks = coverage::frameworks(mappings, &now, Some(&after));
        coverage
    }

    /// What protects the organization as it is, when this is a look at the whole of it.
    pub(super) fn coverage_now(&self, mappings: &[(String, String)]) -> Coverage {
        let now = self.estate().beside(self.estate(), census::READS);
        let mut coverage = coverage::cover(&now, None);
        coverage.frameworks = coverage::frameworks(mappings, &now, None);
        coverage
    }

    fn estate(&self) -> Estate {
        let settled = graph::settled(&self.graph, &self.snapshot.facts.controls);
        Estate::now(&settled, &self.snapshot, self.regions.clone())
    }
}

/// The plan of a document against what is live. Changes nothing.
pub(super) async fn make(
    spec: &Spec,
    session: &Session,
    consents: &BTreeSet<String>,
) -> Result<Plan, CliError> {
    Ok(Look::at(spec, session).await?.plan(consents))
}

/// The digest of what a document wants, as its plans carry it.
pub(super) fn digest(spec: &Spec, session: &Session) -> Result<String, CliError> {
    digest_of(&graph::expand(spec, Some(session.connection.home_region()))?)
}

/// The plan of what a command wants by itself, without a document. Changes nothing.
pub(super) async fn of_graph(
    graph: &ResourceGraph,
    session: &Session,
    consents: &BTreeSet<String>,
) -> Result<Plan, CliError> {
    let resources: Vec<Resource> = graph.resources.values().cloned().collect();
    let snapshot = survey(session, &resources).await?;
    Ok(plan::make(graph, &snapshot, consents))
}

/// The digest of what a graph wants.
pub(super) fn digest_of(graph: &ResourceGraph) -> Result<String, CliError> {
    let resources: Vec<&Resource> = graph.resources.values().collect();
    canonical::digest(&resources).map_err(CliError::Json)
}

/// What is live of some resources.
pub(super) async fn survey(session: &Session, resources: &[Resource]) -> Result<Snapshot, CliError> {
    // The future of a survey is large and deep; on the heap it burdens nobody's layout.
    let surveyed = Box::pin(observe::survey(&session.connection, resources)).await;
    surveyed.map_err(|error| session.observing(error))
}

/// What a plan will take when each step takes as long as usual, or as long as former runs
/// have found.
pub(super) fn estimate(plan: &Plan, known: &Experience) -> Estimate {
    let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
    let expected = |step: &Step| known.expected(&step.operation, usual(step));
    Estimate::of(plan, &expected, &|step| known.slow(&step.operation, usual(step)))
}

/// What `--exit-code` tells of a plan. That nothing has to be done is known only where everything was
/// read, and where no blocker keeps a step from being planned: `apply` would refuse that one.
pub(super) fn exit(plan: &Plan) -> Exit {
    if !plan.steps.is_empty() {
        Exit::Changes
    } else if plan.blockers().next().is_some() {
        Exit::Refused
    } else if plan.unread() > 0 {
        Exit::Failed
    } else {
        Exit::Done
    }
}

/// Calls that a session has sent so far.
pub(super) fn calls(session: &Session) -> Calls {
    let counts = session.connection.counts();
    Calls { read: counts.reads, write: counts.writes }
}
