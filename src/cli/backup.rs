//! `lzctl backup verify`: are the promises of backups kept?

use clap::Subcommand;

use super::aws::{AwsArgs, Session};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::{interrupt, planning};
use crate::diff::promises::{Judgement, Known, Promises, asked, judge};
use crate::graph;
use crate::observe::recovery;
use crate::report::promises_text;
use crate::spec::Spec;

/// Look after backups
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
}

/// Check that copies are young, vaults locked and restore tests passed; exits with 2 when not
#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    documents: Documents,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        match &self.command {
            Command::Verify(verify) => verify.run(printer),
        }
    }
}

impl Verify {
    fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let spec = self.documents.load(printer)?.spec;
        let judged = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(&spec), printer).await?;
                verified(&spec, &session).await
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            let promises = (judged.promises(), judged.broken());
            let mut value = serde_json::to_value(&judged).map_err(CliError::Json)?;
            (value["promises"], value["broken"]) = (promises.0.into(), promises.1.into());
            printer.json(&value)?;
        } else {
            printer.data(&promises_text::render(&judged, printer.out))?;
        }
        Ok(if judged.broken() == 0 { Exit::Done } else { Exit::Changes })
    }
}

async fn verified(spec: &Spec, session: &Session) -> Result<Judgement, CliError> {
    let promises = Promises::of(spec);
    let graph = graph::expand(spec, Some(session.connection.home_region()))?;
    let known = Known::of(&planning::survey(session, &asked(graph.resources.values())).await?);
    let evidence = Box::pin(recovery::read(&session.connection, &promises.questions(&known))).await;
    Ok(judge(&promises, &evidence, &known, session.now()))
}
