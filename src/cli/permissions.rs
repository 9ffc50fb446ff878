//! `lzctl permissions`: what must the caller be allowed?

use std::collections::BTreeSet;

use super::aws::AwsArgs;
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::{interrupt, planning};
use crate::graph;
use crate::model::Resource;
use crate::plan::permissions::{self, Permissions, Request};
use crate::report::permissions_text;
use crate::spec::Spec;

/// Print the IAM policies that the document, its plan or planning alone needs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Only what planning needs: nothing that changes anything
    #[arg(long)]
    read_only: bool,
    /// Make the plan and print what it needs, instead of all that the document could need
    #[arg(long)]
    plan: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let spec = self.documents.load(printer)?.spec;
        let request =
            Request { read_only: self.read_only, access_role: spec.organization.access_role.as_deref() };
        let needed =
            if self.plan { self.of_plan(&spec, request, printer)? } else { self.of(&spec, request)? };
        if self.json {
            printer.json(&serde_json::to_value(&needed).map_err(CliError::Json)?)?;
        } else {
            printer.data(&permissions_text::render(&needed))?;
        }
        Ok(Exit::Done)
    }

    /// From the document alone: nothing is asked of AWS.
    fn of(&self, spec: &Spec, request: Request<'_>) -> Result<Permissions, CliError> {
        let home = spec.organization.home_region.as_ref().or(self.aws.region());
        let home = home.ok_or(graph::GraphError::NoHomeRegion)?;
        let graph = graph::expand(spec, Some(home))?;
        let resources: Vec<Resource> = graph.resources.into_values().collect();
        let management = spec.organization.management_account.as_ref();
        Ok(permissions::of_document(&resources, home, management, request))
    }

    fn of_plan(&self, spec: &Spec, request: Request<'_>, printer: &Printer) -> Result<Permissions, CliError> {
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(spec), printer).await?;
                let plan = planning::make(spec, &session, &BTreeSet::new()).await?;
                Ok(permissions::of_plan(&plan, request))
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }
}
