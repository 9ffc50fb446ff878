//! `lzctl leftovers`: what exists that the document does not speak of?

use std::path::PathBuf;

use super::aws::{AwsArgs, Wanted};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::{interrupt, planning};
use crate::graph;
use crate::model::Resource;
use crate::observe::leftovers;
use crate::report::leftovers_text;

/// List what exists beyond the document, and how to adopt or remove it
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The landing-zone document; without one everything is beyond it
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let documents = Documents { files: self.files.clone() };
        let spec = if self.files.is_empty() { None } else { Some(documents.load(printer)?.spec) };
        let wanted = spec.as_ref().map_or_else(Wanted::default, planning::wanted);
        let found = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&wanted, printer).await?;
                let region = Some(session.connection.home_region());
                let graph = spec.as_ref().map(|spec| graph::expand(spec, region)).transpose()?;
                let resources: Vec<Resource> =
                    graph.into_iter().flat_map(|graph| graph.resources.into_values()).collect();
                let listed = Box::pin(leftovers::leftovers(&session.connection, &resources)).await;
                listed.map_err(|error| CliError::Observe {
                    error: Box::new(error),
                    endpoint: session.endpoint.clone(),
                })
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            printer.json(&serde_json::to_value(&found).map_err(CliError::Json)?)?;
        } else {
            printer.data(&leftovers_text::render(&found))?;
        }
        Ok(Exit::Done)
    }
}
