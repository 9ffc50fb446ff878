//! `lzctl drift`: what is not as the document says, who made it so, and what puts it right.

use std::time::Duration;

use serde_json::{Value, json};

use super::aws::{AwsArgs, Session};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::planning::{self, Look};
use super::printer::Printer;
use super::{interrupt, saved};
use crate::observe::authors::{self, Authors, Question};
use crate::plan::Plan;
use crate::plan::drift::{self, Drift};
use crate::report::drift_text;
use crate::spec::Spec;

/// Find what is not as the document says, who made it so, and what puts it right
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Exit with 2 when something has drifted, with 1 when something could not be read, with 4 when
    /// no step can put it right
    #[arg(long)]
    exit_code: bool,
    /// Look again and again, so much time apart, and tell what has changed meanwhile; with
    /// --exit-code until something has drifted
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "15m", value_parser = saved::lifetime)]
    watch: Option<jiff::SignedDuration>,
    /// Watch for so long, else until it is interrupted
    #[arg(long = "for", value_name = "DURATION", requires = "watch", value_parser = saved::lifetime)]
    lasting: Option<jiff::SignedDuration>,
    /// Do not ask CloudTrail who made the changes
    #[arg(long)]
    no_authors: bool,
    /// Print JSON, while watching an object for each look
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

/// What one look has found.
struct Seen {
    plan: Plan,
    drifts: Vec<Drift>,
    authors: Authors,
    at: jiff::Timestamp,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        if self.watch.is_some() && self.lasting.is_none() && self.aws.is_simulated() {
            let words = "a simulated AWS passes its time at once: say how long with --for";
            return Err(CliError::Usage(words.to_owned()));
        }
        let spec = self.documents.load(printer)?.spec;
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&planning::wanted(&spec), printer).await?;
                self.look_on(&spec, &session, printer).await
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }

    /// Looks once, or until the time is up.
    async fn look_on(&self, spec: &Spec, session: &Session, printer: &Printer) -> Result<Exit, CliError> {
        let begin = session.now();
        let mut seen = self.look(spec, session, printer).await?;
        self.show(&seen, printer)?;
        while let Some(pause) = self.watch {
            let over = self.lasting.is_some_and(|lasting| seen.at.duration_since(begin) + pause > lasting);
            if over || (self.exit_code && !seen.drifts.is_empty()) {
                break;
            }
            tokio::time::sleep(Duration::try_from(pause).unwrap_or_default()).await;
            let now = self.look(spec, session, printer).await?;
            if now.drifts != seen.drifts {
                for drift in
                    seen.drifts.iter().filter(|old| now.drifts.iter().all(|one| one.address != old.address))
                {
                    printer.say(&format!("{}: {} is as the document says again.", now.at, drift.address));
                }
                self.show(&now, printer)?;
            }
            seen = now;
        }
        Ok(if self.exit_code { planning::exit(&seen.plan) } else { Exit::Done })
    }

    async fn look(&self, spec: &Spec, session: &Session, printer: &Printer) -> Result<Seen, CliError> {
        let plan = Look::at(spec, session).await?.plan(&Default::default());
        let drifts = drift::of(&plan);
        let questions: Vec<Question> = drifts
            .iter()
            .filter_map(|drift| Question::about(&drift.address, plan.known.get(&drift.address)))
            .collect();
        let authors = if self.no_authors || questions.is_empty() {
            Authors::default()
        } else {
            Box::pin(authors::of(&session.connection, &questions)).await
        };
        for error in &authors.unread {
            printer.say(&format!("note: who made changes is not known everywhere: {error}"));
        }
        Ok(Seen { plan, drifts, authors, at: session.now() })
    }

    fn show(&self, seen: &Seen, printer: &Printer) -> Result<(), CliError> {
        if self.json {
            let value = value(seen).map_err(CliError::Json)?;
            if self.watch.is_some() {
                return printer.data(&format!("{value}\n"));
            }
            return printer.json(&value);
        }
        if self.watch.is_some() {
            printer.say(&format!("{}:", seen.at));
        }
        printer.data(&drift_text::render(&seen.drifts, &seen.authors, &seen.plan))
    }
}

/// A look as JSON: the drifts, each with its last change where that is known.
fn value(seen: &Seen) -> Result<Value, serde_json::Error> {
    let mut drifts = Vec::new();
    for drift in &seen.drifts {
        let mut one = serde_json::to_value(drift)?;
        if let Some(made) = seen.authors.last.get(&drift.address) {
            let at = made.at.map(|at| at.to_string());
            one["last_changed"] = json!({ "by": made.by, "event": made.name, "at": at });
        }
        drifts.push(one);
    }
    Ok(json!({ "time": seen.at.to_string(), "drift": drifts, "notes": seen.plan.notes }))
}
