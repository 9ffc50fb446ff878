//! `lzctl plan`: what would be done?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::aws::AwsArgs;
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::{interrupt, planning};
use crate::plan::Plan;
use crate::report::plan_json::{self, Calls};
use crate::report::plan_text::{self, Options};

/// Show what would be done to make the organization as the document says
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Write the plan to a file that `apply` takes
    #[arg(short, long, value_name = "PLAN.json")]
    out: Option<PathBuf>,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
    /// Exit with 2 when there are changes to make
    #[arg(long)]
    exit_code: bool,
    /// Allow an irreversible act by its name, as the plan shows it
    #[arg(long = "consent", value_name = "NAME")]
    consents: Vec<String>,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let loaded = self.documents.load(printer)?;
        let consents: BTreeSet<String> = self.consents.iter().cloned().collect();
        let (plan, calls) = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(&loaded.spec), printer).await?;
                let plan = planning::make(&loaded.spec, &session, &consents).await?;
                Ok((plan, planning::calls(&session)))
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        self.show(&plan, calls, printer)?;
        if let Some(path) = &self.out {
            write(&plan, path)?;
            printer
                .say(&format!("The plan is in {0}: `lzctl apply {0}` applies exactly this.", path.display()));
        }
        let changes = self.exit_code && !plan.steps.is_empty();
        Ok(if changes { Exit::Changes } else { Exit::Done })
    }

    fn show(&self, plan: &Plan, calls: Calls, printer: &Printer) -> Result<(), CliError> {
        if self.json {
            return printer.json(&plan_json::value(plan, calls).map_err(CliError::Json)?);
        }
        let estimate = Some(planning::estimate(plan));
        let options = Options { paint: printer.out, verbose: printer.all(), estimate };
        printer.data(&plan_text::render(plan, options))
    }
}

fn write(plan: &Plan, path: &Path) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(plan).map_err(CliError::Json)?;
    let written = std::fs::write(path, text + "\n");
    written.map_err(|source| CliError::File { path: path.to_owned(), verb: "written", source })
}
