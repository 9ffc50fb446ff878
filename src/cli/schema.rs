//! `lzctl schema`: the document's JSON Schema, for editors.

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use crate::spec;

/// Print the JSON Schema of the document
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        printer.json(&spec::schema())?;
        Ok(Exit::Done)
    }
}
