//! `lzctl plan`: what would be done?

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::SignedDuration;

use super::aws::{AwsArgs, Session};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::findings_file::FindingsArgs;
use super::planning::{self, Look};
use super::printer::Printer;
use super::run_place::RunPlace;
use super::{interrupt, page, saved};
use crate::apply::Experience;
use crate::plan::Plan;
use crate::plan::estimate::Estimate;
use crate::plan::saved::SavedPlan;
use crate::report::html::Page;
use crate::report::plan_json::{self, Calls};
use crate::report::plan_text::{self, Options};
use crate::report::{findings, plan_markdown};

/// Show what would be done to make the organization as the document says
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Write the plan to a file that `apply` takes
    #[arg(short, long, value_name = "PLAN.json")]
    out: Option<PathBuf>,
    /// How long the saved plan may be applied, e.g. `8h` or `90m`
    #[arg(long, value_name = "DURATION", default_value = "24h", requires = "out", value_parser = saved::lifetime)]
    expires_in: SignedDuration,
    /// Print the plan as JSON
    #[arg(long)]
    json: bool,
    /// Write a page for browsers: the plan, its order, and what is covered
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print a summary in Markdown, for a pull request or a CI job
    #[arg(long, conflicts_with = "json")]
    summary: bool,
    #[command(flatten)]
    findings: FindingsArgs,
    /// Exit with 2 when there are changes to make, with 1 when something could not be read, with 4
    /// when a blocker leaves nothing to do
    #[arg(long)]
    exit_code: bool,
    /// Allow an irreversible act by its name, as the plan shows it
    #[arg(long = "consent", value_name = "NAME")]
    consents: Vec<String>,
    #[command(flatten)]
    run_place: RunPlace,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let loaded = self.documents.load(printer)?;
        let consents: BTreeSet<String> = self.consents.iter().cloned().collect();
        let (look, plan, estimate, calls, now) = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(&loaded.spec), printer).await?;
                let look = Look::at(&loaded.spec, &session).await?;
                let plan = look.plan(&consents);
                let calls = planning::calls(&session);
                let estimate = self.estimate(&plan, &session).await?;
                Ok((look, plan, estimate, calls, session.now()))
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        self.show(&plan, &estimate, calls, printer)?;
        self.findings.write("lzctl plan", &findings::of_plan(&plan))?;
        if let Some(path) = &self.html {
            let (documents, time, coverage) = (self.documents.typed(), page::time(now), look.coverage(&[]));
            let page = Page {
                documents: &documents,
                time: &time,
                plan: Some(&plan),
                estimate: Some(&estimate),
                outcome: None,
                coverage: Some(&coverage),
            };
            page::write(&page, path, printer)?;
        }
        let exit = if self.exit_code { planning::exit(&plan) } else { Exit::Done };
        if let Some(path) = &self.out {
            let saved = SavedPlan::new(plan, saved::seal(now, self.expires_in)?);
            saved::write(&saved, path)?;
            printer.say(&format!(
                "The plan is in {0}: `lzctl apply {0}` applies exactly this, once, until {1}.",
                path.display(),
                saved.expires_at
            ));
        }
        Ok(exit)
    }

    /// What it takes, by what runs have learned where runs are kept.
    async fn estimate(&self, plan: &Plan, session: &Session) -> Result<Estimate, CliError> {
        if session.is_simulated() {
            return Ok(planning::estimate(plan, &Experience::default()));
        }
        let runs = self.aws.runs(&self.run_place).await?;
        Ok(planning::estimate(plan, &session.experience(&runs, &plan.account).await))
    }

    fn show(
        &self,
        plan: &Plan,
        estimate: &Estimate,
        calls: Calls,
        printer: &Printer,
    ) -> Result<(), CliError> {
        if self.json {
            return printer.json(&plan_json::value(plan, calls).map_err(CliError::Json)?);
        }
        let estimate = Some(estimate);
        if self.summary {
            return printer.data(&plan_markdown::render(plan, estimate));
        }
        let options = Options { paint: printer.out, verbose: printer.all(), estimate };
        printer.data(&plan_text::render(plan, options))
    }
}
