//! `lzctl apply`: make it so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use super::aws::{AwsArgs, Session, Wanted};
use super::carrying::{self, Carrying};
use super::claimed::{Claimed, WaitArgs};
use super::codes::{TellCodes, Told};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::planning::{self, Look};
use super::printer::Printer;
use super::run_place::RunPlace;
use super::trust::TrustArgs;
use super::unfinished::{self, Aim};
use super::{confirm, interrupt, page, saved};
use crate::apply::runs::Planned;
use crate::apply::{Outcome, preconditions};
use crate::coverage::Coverage;
use crate::plan::Plan;
use crate::plan::estimate::Estimate;
use crate::plan::saved::{Requirement, SavedPlan};
use crate::report::html::Page;
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
    /// Write a page for browsers: the plan, the run, and what is covered
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    codes: TellCodes,
    #[command(flatten)]
    run_place: RunPlace,
    #[command(flatten)]
    wait: WaitArgs,
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
    /// What is covered, where a page will tell it.
    coverage: Option<Coverage>,
}

/// What is done about a plan.
enum Start {
    /// It is carried out.
    Carry(Box<Carrying>, Option<Box<Coverage>>),
    /// There is nothing in it.
    Nothing(Box<Ready>),
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let source = self.source(printer)?;
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let session = self.aws.open(&source.wanted(), printer).await?;
            let codes = self.codes.tell(&session.connection);
            let runs = self.aws.runs(&self.run_place).await?;
            let claimed = Claimed::take(runs, &session, &self.wait, printer);
            let claimed = interrupt::or_stop(claimed, &mut signals).await?;
            let mut ended = self.work(&source, &claimed, &session, signals, printer).await;
            // A saved plan is used up by its run; its documents go on with a code.
            let goes_on = matches!(source, Source::Document(_)) && confirm::is_answerable();
            while let (true, Ok((_, Some(outcome)))) = (goes_on, &ended) {
                ended = match asked(&codes, outcome, printer).await {
                    Ok(None) => break,
                    Ok(Some(signals)) => self.work(&source, &claimed, &session, signals, printer).await,
                    Err(error) => Err(error),
                };
            }
            claimed.give_back().await;
            ended.map(|(exit, _)| exit)
        })
    }

    /// What is done under the lease: how it ended, and what came of a run, if there was one.
    async fn work(
        &self,
        source: &Source,
        claimed: &Claimed,
        session: &Session,
        mut signals: mpsc::Receiver<()>,
        printer: &Printer,
    ) -> Result<(Exit, Option<Outcome>), CliError> {
        let started = self.start(source, claimed, session, printer);
        let (mut carrying, coverage) = match interrupt::or_stop(started, &mut signals).await? {
            Start::Carry(carrying, coverage) => (carrying, coverage),
            Start::Nothing(ready) => {
                let known = session.experience(&claimed.runs, &ready.plan.account).await;
                let estimate = planning::estimate(&ready.plan, &known);
                self.page(&ready.plan, &estimate, None, ready.coverage.as_ref(), session, printer)?;
                return Ok((Exit::Done, None));
            }
        };
        let plan = &carrying.planned.plan;
        let estimate = planning::estimate(plan, &session.experience(&claimed.runs, &plan.account).await);
        let outcome = carrying.carry_out(claimed, session, signals, printer, false).await;
        // Whatever came of it, a simulated world goes on from there.
        session.save()?;
        let outcome = outcome?;
        self.page(&carrying.planned.plan, &estimate, Some(&outcome), coverage.as_deref(), session, printer)?;
        let exit = carrying::told(&carrying.planned.plan, &outcome, &self.again(), printer)?;
        Ok((exit, Some(outcome)))
    }

    /// Writes the page, where one is asked for.
    fn page(
        &self,
        plan: &Plan,
        estimate: &Estimate,
        outcome: Option<&Outcome>,
        coverage: Option<&Coverage>,
        session: &Session,
        printer: &Printer,
    ) -> Result<(), CliError> {
        let Some(path) = &self.html else { return Ok(()) };
        let documents = Documents { files: self.files.clone() }.typed();
        let (time, estimate) = (page::time(session.now()), Some(estimate));
        let page = Page { documents: &documents, time: &time, plan: Some(plan), estimate, outcome, coverage };
        page::write(&page, path, printer)
    }

    /// The run to carry out, a former one that goes on or a new one, or nothing to do.
    async fn start(
        &self,
        source: &Source,
        claimed: &Claimed,
        session: &Session,
        printer: &Printer,
    ) -> Result<Start, CliError> {
        if let Some(former) = unfinished::take(claimed, &source.aim(session)?, session, printer).await? {
            unfinished::say_how_far(&former, None, printer);
            confirm::confirmed(&former.planned.plan, self.yes, printer).await?;
            return Ok(Start::Carry(Box::new(former), None));
        }
        let mut ready = self.plan(source, claimed, session).await?;
        if !ready.plan.steps.is_empty() && unfinished::settled(&ready.plan, session, printer).await? {
            ready = self.plan(source, claimed, session).await?;
        }
        let known = session.experience(&claimed.runs, &ready.plan.account).await;
        let estimate = planning::estimate(&ready.plan, &known);
        let options = Options { paint: printer.out, verbose: printer.all(), estimate: Some(&estimate) };
        printer.data(&plan_text::render(&ready.plan, options))?;
        if ready.nonce.is_none() {
            signed_by_nobody(&ready.plan)?;
        }
        confirm::confirmed(&ready.plan, self.yes, printer).await?;
        if ready.plan.steps.is_empty() {
            return Ok(Start::Nothing(Box::new(ready)));
        }
        let Ready { plan, nonce, coverage } = ready;
        let planned = Planned { plan, access_role: source.wanted().access_role };
        let carrying = Carrying::begin(planned, nonce, claimed, session).await?;
        Ok(Start::Carry(Box::new(carrying), coverage.map(Box::new)))
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
    async fn plan(&self, source: &Source, claimed: &Claimed, session: &Session) -> Result<Ready, CliError> {
        match source {
            Source::Document(spec) => {
                let consents: BTreeSet<String> = self.consents.iter().cloned().collect();
                let look = Look::at(spec, session).await?;
                let coverage = self.html.is_some().then(|| look.coverage(&[]));
                Ok(Ready { plan: look.plan(&consents), nonce: None, coverage })
            }
            Source::Saved(saved) => {
                let mut saved = saved.clone();
                saved::consent(&mut saved.plan, &self.consents);
                let fresh = planning::survey(session, &saved.plan.resources).await?;
                let mut refusals = saved::spent(&saved, session.now(), &claimed.runs).await;
                refusals.extend(preconditions::refusals(&saved.plan, &fresh));
                if refusals.is_empty() {
                    Ok(Ready { plan: saved.plan, nonce: Some(saved.nonce), coverage: None })
                } else {
                    Err(CliError::Refused(refusals))
                }
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

/// Asks for the codes that a run waits for. With one more of them it can go on, and signals are awaited anew.
async fn asked(
    codes: &Told,
    outcome: &Outcome,
    printer: &Printer,
) -> Result<Option<mpsc::Receiver<()>>, CliError> {
    let mut signals = interrupt::listen()?;
    let asking = async { Ok(codes.ask(outcome, confirm::answer, printer).await) };
    let more = interrupt::or_stop(asking, &mut signals).await?;
    Ok(more.then_some(signals))
}

/// Refuses a plan of documents whose rule asks for signatures: nobody can sign what was
/// not saved.
fn signed_by_nobody(plan: &Plan) -> Result<(), CliError> {
    let lacking = Requirement::default().lacking_unsaved(plan).filter(|_| !plan.steps.is_empty());
    lacking.map_or(Ok(()), |lacking| Err(CliError::Refused(vec![lacking.into()])))
}

impl Source {
    /// What a former run is held against.
    fn aim(&self, session: &Session) -> Result<Aim, CliError> {
        Ok(match self {
            Self::Document(spec) => Aim::Spec(planning::digest(spec, session)?),
            Self::Saved(saved) => Aim::Plan(saved.plan.id.clone()),
        })
    }

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
