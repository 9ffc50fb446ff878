//! `lzctl apply`: make it so.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::aws::{AwsArgs, Session, Wanted};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::trust::TrustArgs;
use super::watch::Watch;
use super::{interrupt, planning, saved};
use crate::apply::journal::{FileSink, Journal, JournalError, Run, file};
use crate::apply::outcome::Ending;
use crate::apply::{Outcome, Settings, dispatch, preconditions};
use crate::plan::Plan;
use crate::plan::saved::SavedPlan;
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
    trust: TrustArgs,
    #[command(flatten)]
    aws: AwsArgs,
}

/// What shall be applied.
enum Source {
    Document(Box<Spec>),
    Saved(Box<SavedPlan>),
}

/// A plan that may be applied, and the nonce that doing so uses up.
struct Ready {
    plan: Plan,
    nonce: Option<String>,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let source = self.source(printer)?;
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let session = self.aws.open(&source.wanted(), printer).await?;
            let Ready { plan, nonce } = interrupt::or_stop(self.plan(source, &session), &mut signals).await?;
            let estimate = Some(planning::estimate(&plan));
            let options = Options { paint: printer.out, verbose: printer.all(), estimate };
            printer.data(&plan_text::render(&plan, options))?;
            self.confirmed(&plan, printer)?;
            if plan.steps.is_empty() {
                return Ok(Exit::Done);
            }
            let outcome = carry_out(&plan, nonce, &session, signals, printer).await;
            // Whatever came of it, a simulated world goes on from there.
            session.save()?;
            self.told(&outcome?, printer)
        })
    }

    fn source(&self, printer: &Printer) -> Result<Source, CliError> {
        match self.files.as_slice() {
            [path] if is_plan(path) => {
                let trust = self.trust.load()?;
                let saved = saved::read(path)?;
                match trust.requirement.lacking(&saved, &trust.keys) {
                    None => Ok(Source::Saved(Box::new(saved))),
                    Some(lacking) => Err(CliError::Refused(vec![lacking.into()])),
                }
            }
            files if files.iter().any(|path| is_plan(path)) => {
                Err(CliError::Usage("a saved plan is applied by itself, without other files".to_owned()))
            }
            _ if !self.trust.is_silent() => Err(CliError::Usage(
                "signatures are those of a saved plan: make one with `lzctl plan FILE... -o plan.json`"
                    .to_owned(),
            )),
            files => {
                let loaded = Documents { files: files.to_vec() }.load(printer)?;
                Ok(Source::Document(Box::new(loaded.spec)))
            }
        }
    }

    /// The plan, made or read, that may be applied to what is live now.
    async fn plan(&self, source: Source, session: &Session) -> Result<Ready, CliError> {
        match source {
            Source::Document(spec) => {
                let consents: BTreeSet<String> = self.consents.iter().cloned().collect();
                Ok(Ready { plan: planning::make(&spec, session, &consents).await?, nonce: None })
            }
            Source::Saved(mut saved) => {
                saved::consent(&mut saved.plan, &self.consents);
                let fresh = planning::survey(session, &saved.plan.resources).await?;
                let mut refusals = saved::spent(&saved, session.now());
                refusals.extend(preconditions::refusals(&saved.plan, &fresh));
                if refusals.is_empty() {
                    Ok(Ready { plan: saved.plan, nonce: Some(saved.nonce) })
                } else {
                    Err(CliError::Refused(refusals))
                }
            }
        }
    }

    /// Whether the plan and the operator allow it.
    fn confirmed(&self, plan: &Plan, printer: &Printer) -> Result<(), CliError> {
        let refusals = preconditions::of_itself(plan);
        if !refusals.is_empty() {
            return Err(CliError::Refused(refusals));
        }
        if self.yes || plan.steps.is_empty() {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(CliError::Unconfirmed("there is no terminal to confirm it on; nothing was changed"));
        }
        printer.say(&format!("Apply these {} steps? Only `yes` is taken:", plan.steps.len()));
        let mut answer = String::new();
        let heard = io::stdin().read_line(&mut answer).is_ok();
        if heard && answer.trim() == "yes" {
            Ok(())
        } else {
            Err(CliError::Unconfirmed("it was not confirmed; nothing was changed"))
        }
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
            Self::Saved(saved) => {
                Wanted { home_region: Some(saved.plan.home_region.clone()), ..Wanted::default() }
            }
        }
    }
}

fn is_plan(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

async fn carry_out(
    plan: &Plan,
    nonce: Option<String>,
    session: &Session,
    signals: mpsc::Receiver<()>,
    printer: &Printer,
) -> Result<Outcome, CliError> {
    let run = Run { nonce, ..Run::new(&plan.id, session.now()) };
    let sink = FileSink::create(Path::new(file::FOLDER), &run.id).map_err(JournalError::Sink);
    let mut journal = Journal::new(Box::new(sink.map_err(dispatch::ApplyError::Journal)?));
    let mut watch = Watch::new(plan, printer, session.is_simulated());
    let performer = Arc::new(session.connection.clone());
    let mut observer = |at, notice: &crate::apply::Notice| watch.notice(at, notice);
    let settings = Settings::default();
    let result = dispatch::run(plan, performer, &mut journal, &run, settings, signals, &mut observer).await;
    watch.end();
    Ok(result?)
}
