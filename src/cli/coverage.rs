//! `lzctl coverage`: what protects the organization, and what would after an apply?

use super::aws::{AwsArgs, Session};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::{interrupt, planning};
use crate::cloud::inventory::control_catalog;
use crate::coverage::{self, Coverage, Estate, cover};
use crate::diff::compare_all;
use crate::graph;
use crate::model::Resource;
use crate::model::region::Region;
use crate::observe::ObserveError;
use crate::report::coverage_text;
use crate::spec::Spec;

/// Hold the organization, now and after the document is applied, against the NIST CSF 2.0
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Also count enabled controls by the frameworks that the Control Catalog maps them to
    #[arg(long)]
    frameworks: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let loaded = self.documents.load(printer)?;
        let coverage = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(&loaded.spec), printer).await?;
                of(&loaded.spec, &session, self.frameworks).await
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            printer.json(&coverage)?;
        } else {
            printer.data(&coverage_text::render(&coverage, printer.out, printer.all()))?;
        }
        Ok(Exit::Done)
    }
}

/// The coverage of a document against what is live. Changes nothing.
async fn of(spec: &Spec, session: &Session, frameworks: bool) -> Result<Coverage, CliError> {
    let home = session.connection.home_region();
    let graph = graph::expand(spec, Some(home))?;
    let resources: Vec<Resource> = graph.resources.values().cloned().collect();
    let snapshot = planning::survey(session, &resources).await?;
    let settled = graph::settled(&graph, &snapshot.facts.controls);
    let changes = compare_all(&settled, &snapshot);
    let regions = regions(spec, home);
    let now = Estate::now(&settled, &snapshot, regions.clone());
    let after = Estate::after(&settled, &snapshot, &changes, regions);
    let mut coverage = cover(&now, Some(&after));
    if frameworks {
        let mappings = control_catalog::frameworks(&session.connection).await;
        let mappings = mappings.map_err(|error| session.observing(ObserveError::ControlCatalog(error)))?;
        coverage.frameworks = coverage::frameworks(&mappings, &now, Some(&after));
    }
    Ok(coverage)
}

/// The Regions that count: the governed ones, or the home Region alone.
fn regions(spec: &Spec, home: &Region) -> Vec<Region> {
    let governed = &spec.organization.governed_regions;
    if governed.is_empty() { vec![home.clone()] } else { governed.clone() }
}
