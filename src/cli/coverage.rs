//! `lzctl coverage`: what protects the organization, and what would after an apply?

use std::path::PathBuf;

use super::aws::AwsArgs;
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::planning::{self, Look};
use super::printer::Printer;
use super::{interrupt, page};
use crate::cloud::inventory::control_catalog;
use crate::observe::ObserveError;
use crate::report::coverage_text;
use crate::report::html::Page;

/// Hold the organization, now and after the document is applied, against the NIST CSF 2.0
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Also count enabled controls by the frameworks that the Control Catalog maps them to
    #[arg(long)]
    frameworks: bool,
    /// Write a page for browsers
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let loaded = self.documents.load(printer)?;
        let (coverage, now) = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(&loaded.spec), printer).await?;
                let look = Look::at(&loaded.spec, &session).await?;
                let mappings = match self.frameworks {
                    true => control_catalog::frameworks(&session.connection).await,
                    false => Ok(Vec::new()),
                };
                let mappings =
                    mappings.map_err(|error| session.observing(ObserveError::ControlCatalog(error)))?;
                Ok((look.coverage(&mappings), session.now()))
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if let Some(path) = &self.html {
            let (documents, time) = (self.documents.typed(), page::time(now));
            let page =
                Page { documents: &documents, time: &time, coverage: Some(&coverage), ..Page::default() };
            page::write(&page, path, printer)?;
        }
        if self.json {
            printer.json(&coverage)?;
        } else {
            printer.data(&coverage_text::render(&coverage, printer.out, printer.all()))?;
        }
        Ok(Exit::Done)
    }
}
