//! `lzctl apply`: make it so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::aws::{AwsArgs, Session, Wanted};
use super::documents::Documents;
use super::error::CliError;
use super::execute::{self, Work};
use super::exit::Exit;
use super::printer::Printer;
use super::{confirm, interrupt, planning, saved, unfinished};
use crate::apply::outcome::Ending;
use crate::apply::{Outcome, preconditions};
use crate::plan::Plan;
use crate::report::outcome;
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
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let session = self.aws.open(&source.wanted(), printer).await?;
            let work = interrupt::or_stop(self.work(source, &session), &mut signals).await?;
            self.show(&work, printer)?;
            interrupt::or_stop(confirm::confirmed(&work.plan, self.yes, printer), &mut signals).await?;
            if work.plan.steps.is_empty() {
                return Ok(Exit::Done);
            }
            let outcome = execute::carry_out(work, &session, signals, printer).await;
            // Whatever came of it, a simulated world goes on from there.
            session.save()?;
            self.told(&outcome?, printer)
        })
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

    /// The plan, made or read, that may be applied to what is live now; or the one
    /// of a run that was stopped and wants the same.
    async fn work(&self, source: Source, session: &Session) -> Result<Work, CliError> {
        let (plan, fresh, refusals) = match source {
            Source::Document(spec) => {
                let consents: BTreeSet<String> = self.consents.iter().cloned().collect();
                let (plan, fresh) = planning::make(&spec, session, &consents).await?;
                (plan, fresh, Vec::new())
            }
            Source::Saved(mut plan) => {
                saved::consent(&mut plan, &self.consents);
                let fresh = planning::survey(session, &plan.resources).await?;
                let refusals = preconditions::refusals(&plan, &fresh);
                (*plan, fresh, refusals)
            }
        };
        let open = if plan.steps.is_empty() { None } else { unfinished::find(&plan, &fresh) };
        match open {
            Some(open) => Ok(Work { plan: open.plan, resumed: Some((open.run, open.journal)) }),
            None if refusals.is_empty() => Ok(Work { plan, resumed: None }),
            None => Err(CliError::Refused(refusals)),
        }
    }

    fn show(&self, work: &Work, printer: &Printer) -> Result<(), CliError> {
        if let Some((run, _)) = &work.resumed {
            let steps = work.plan.steps.len();
            return printer.data(&format!("Going on with run {run}, a plan of {steps} steps.\n"));
        }
        let estimate = Some(planning::estimate(&work.plan));
        let options = Options { paint: printer.out, verbose: printer.all(), estimate };
        printer.data(&plan_text::render(&work.plan, options))
    }

    fn told(&self, result: &Outcome, printer: &Printer) -> Result<Exit, CliError> {
        let files: Vec<String> = self.files.iter().map(|path| path.display().to_string()).collect();
        // A saved plan no longer fits what is live; its documents do.
        let saved = self.files.iter().any(|path| is_plan(path));
        let again =
            if saved { "lzctl apply FILE...".to_owned() } else { format!("lzctl apply {}", files.join(" ")) };
        if result.ending == Ending::Complete {
            printer.data(&outcome::render(result, &again, printer.out))?;
            return Ok(Exit::Done);
        }
        printer.say(outcome::render(result, &again, printer.err).trim_end());
        Ok(match result.ending {
            Ending::Interrupted => Exit::Interrupted,
            _ if result.counts.done == 0 && result.counts.stuck == 0 => Exit::Failed,
            _ => Exit::Incomplete,
        })
    }
}

impl Source {
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
