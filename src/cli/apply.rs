//! `lzctl apply`: make it so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::aws::{AwsArgs, Session, Wanted};
use super::carrying::{self, Carrying};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::run_folder::RunFolder;
use super::unfinished::{self, Aim};
use super::{confirm, interrupt, planning, saved};
use crate::apply::preconditions;
use crate::apply::runs::{Planned, Runs};
use crate::plan::Plan;
use crate::report::plan_text::{self, Options};
use crate::spec::Spec;

/// Make the organization as the document says, or carry out a saved plan
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The landing-zone document, several files that are joined, or one plan.json
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
    /// Allow an irreversible act by its name, as the plan shows it
    #[arg(long = "consent", value_name = "NAME")]
    consents: Vec<String>,
    #[command(flatten)]
    run_folder: RunFolder,
    #[command(flatten)]
    aws: AwsArgs,
}

/// What shall be applied.
enum Source {
    Document(Box<Spec>),
    Saved(Box<Plan>),
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let source = self.source(printer)?;
        let runs = self.run_folder.runs();
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let session = self.aws.open(&source.wanted(), printer).await?;
            let started = self.start(&source, &runs, &session, printer);
            let Some(mut carrying) = interrupt::or_stop(started, &mut signals).await? else {
                return Ok(Exit::Done);
            };
            let outcome = carrying.carry_out(&session, signals, printer, false).await;
            // Whatever came of it, a simulated world goes on from there.
            session.save()?;
            carrying::told(&outcome?, &self.again(), printer)
        })
    }

    /// The run to carry out, a former one that goes on or a new one; none when
    /// there is nothing to do.
    async fn start(
        &self,
        source: &Source,
        runs: &Runs,
        session: &Session,
        printer: &Printer,
    ) -> Result<Option<Carrying>, CliError> {
        if let Some(former) = unfinished::take(runs, &source.aim(session)?, session, printer).await? {
            unfinished::say_how_far(&former, None, printer);
            confirm::confirmed(&former.planned.plan, self.yes, printer).await?;
            return Ok(Some(former));
        }
        let mut plan = self.plan(source, session).await?;
        if !plan.steps.is_empty() && unfinished::settled(&plan, session, printer).await? {
            plan = self.plan(source, session).await?;
        }
        let options =
            Options { paint: printer.out, verbose: printer.all(), estimate: Some(planning::estimate(&plan)) };
        printer.data(&plan_text::render(&plan, options))?;
        confirm::confirmed(&plan, self.yes, printer).await?;
        if plan.steps.is_empty() {
            return Ok(None);
        }
        let planned = Planned { plan, access_role: source.wanted().access_role };
        Carrying::begin(planned, runs, session).map(Some)
    }

    fn source(&self, printer: &Printer) -> Result<Source, CliError> {
        match self.files.as_slice() {
            [path] if is_plan(path) => saved::read(path).map(|plan| Source::Saved(Box::new(plan))),
            files if files.iter().any(|path| is_plan(path)) => {
                Err(CliError::Usage("a saved plan is applied by itself, without other files".to_owned()))
            }
            files => {
                let loaded = Documents { files: files.to_vec() }.load(printer)?;
                Ok(Source::Document(Box::new(loaded.spec)))
            }
        }
    }

    /// The plan, made or read, that may be applied to what is live now.
    async fn plan(&self, source: &Source, session: &Session) -> Result<Plan, CliError> {
        match source {
            Source::Document(spec) => {
                let consents: BTreeSet<String> = self.consents.iter().cloned().collect();
                planning::make(spec, session, &consents).await
            }
            Source::Saved(plan) => {
                let mut plan = plan.clone();
                saved::consent(&mut plan, &self.consents);
                let fresh = planning::survey(session, &plan.resources).await?;
                let refusals = preconditions::refusals(&plan, &fresh);
                if refusals.is_empty() { Ok(*plan) } else { Err(CliError::Refused(refusals)) }
            }
        }
    }

    /// The command that carries on.
    fn again(&self) -> String {
        // A saved plan no longer fits what is live; its documents do.
        if self.files.iter().any(|path| is_plan(path)) {
            return "lzctl resume".to_owned();
        }
        let files: Vec<String> = self.files.iter().map(|path| path.display().to_string()).collect();
        format!("lzctl apply {}", files.join(" "))
    }
}

impl Source {
    /// What a former run is held against.
    fn aim(&self, session: &Session) -> Result<Aim, CliError> {
        Ok(match self {
            Self::Document(spec) => Aim::Spec(planning::digest(spec, session)?),
            Self::Saved(plan) => Aim::Plan(plan.id.clone()),
        })
    }

    fn wanted(&self) -> Wanted {
        match self {
            Self::Document(spec) => planning::wanted(spec),
            Self::Saved(plan) => Wanted { home_region: Some(plan.home_region.clone()), ..Wanted::default() },
        }
    }
}

fn is_plan(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}
