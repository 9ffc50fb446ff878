//! `lzctl coverage`: what protects the organization, and what would after an apply?

use std::path::PathBuf;

use super::aws::{AwsArgs, Session, Wanted};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::planning::{self, Look};
use super::printer::Printer;
use super::{interrupt, page};
use crate::cloud::inventory::control_catalog;
use crate::coverage::Coverage;
use crate::observe::ObserveError;
use crate::report::coverage_text;
use crate::report::html::Page;
use crate::spec::Spec;

/// Hold the organization, now and after a document is applied, against the NIST CSF 2.0
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The landing-zone document; without one everything is looked at as it is
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Look at what the document does not speak of, too: everything that `lzctl snapshot` reads
    #[arg(long)]
    whole: bool,
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
        let documents = Documents { files: self.files.clone() };
        let spec = if self.files.is_empty() { None } else { Some(documents.load(printer)?.spec) };
        let wanted = spec.as_ref().map_or_else(Wanted::default, planning::wanted);
        let (coverage, now) = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&wanted, printer).await?;
                Ok((self.look(spec.as_ref(), &session).await?, session.now()))
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if let Some(path) = &self.html {
            let documents =
                if self.files.is_empty() { "the organization".to_owned() } else { documents.typed() };
            let time = page::time(now);
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

    async fn look(&self, spec: Option<&Spec>, session: &Session) -> Result<Coverage, CliError> {
        let mappings = match self.frameworks {
            true => control_catalog::frameworks(&session.connection).await,
            false => Ok(Vec::new()),
        };
        let mappings = mappings.map_err(|error| session.observing(ObserveError::ControlCatalog(error)))?;
        let whole = match self.whole || spec.is_none() {
            true => Look::whole(session).await?,
            false => None,
        };
        match (spec, whole) {
            (Some(spec), whole) => {
                Ok(Look::at(spec, session).await?.coverage_beside(whole.as_ref(), &mappings))
            }
            (None, Some(whole)) => Ok(whole.coverage_now(&mappings)),
            (None, None) => Err(CliError::NoOrganization),
        }
    }
}
