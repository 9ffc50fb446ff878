//! `lzctl graph`: what the document comes to, and what waits for what.

use clap::ValueEnum;

use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use crate::graph;
use crate::model::region::Region;
use crate::report::{dot, graph_text, mermaid};

/// Show the resources of a document and what waits for what, without calling AWS
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// The language of the drawing
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
    /// The home Region, when the document names none
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    region: Option<Region>,
}

/// The forms of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Dot,
    Mermaid,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let loaded = self.documents.load(printer)?;
        let graph = graph::expand(&loaded.spec, self.region.as_ref())?;
        printer.data(&match self.format {
            Format::Text => graph_text::render(&graph),
            Format::Dot => dot::render(&graph),
            Format::Mermaid => mermaid::render(&graph),
        })?;
        Ok(Exit::Done)
    }
}
