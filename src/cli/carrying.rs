//! Carrying out a plan, from its beginning or from where a journal ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::aws::Session;
use super::claimed::Claimed;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::watch::Watch;
use crate::apply::dispatch::{self, ApplyError};
use crate::apply::journal::{Journal, JournalError, Run, State};
use crate::apply::outcome::Ending;
use crate::apply::runs::{Planned, Reopened};
use crate::apply::{Notice, Outcome, Settings, efficiency};
use crate::cloud::failure::code;
use crate::plan::Plan;
use crate::report::outcome;

/// A plan with the journal that its run is written to.
#[derive(Debug)]
pub(super) struct Carrying {
    pub(super) planned: Planned,
    pub(super) journal: Journal,
    pub(super) run: Run,
}

impl Carrying {
    /// A new run, which uses up the nonce of a saved plan. Its id is of the real calendar, since ids must differ between
    /// runs even where time is virtual.
    pub(super) async fn begin(
        planned: Planned,
        nonce: Option<String>,
        claimed: &Claimed,
        session: &Session,
    ) -> Result<Self, CliError> {
        let id = Run::new(&planned.plan.id, jiff::Timestamp::now()).id;
        let run = Run { id, started: session.now(), nonce };
        let journal = claimed.runs.begin(&planned, &run, &claimed.writer).await;
        let journal = journal.map_err(|error| ApplyError::Journal(JournalError::Sink(error)))?;
        Ok(Self { planned, journal, run })
    }

    /// A run that goes on.
    pub(super) fn again(id: String, reopened: Reopened, session: &Session) -> Self {
        let run = Run { id, started: session.now(), nonce: None };
        Self { planned: reopened.planned, journal: reopened.journal, run }
    }

    /// Carries it out and shows how it goes. With `proving_only` nothing is sent:
    /// what is in flight is proven.
    pub(super) async fn carry_out(
        &mut self,
        claimed: &Claimed,
        session: &Session,
        signals: mpsc::Receiver<()>,
        printer: &Printer,
        proving_only: bool,
    ) -> Result<Outcome, CliError> {
        let plan = &self.planned.plan;
        let mut watch = if session.is_simulated() {
            Watch::in_virtual_time(plan, printer)
        } else {
            let stories = self.journal.ledger().steps.iter();
            let ended = stories.filter(|(_, story)| matches!(story.state, State::Done | State::NotNeeded));
            let done = ended.map(|(step, _)| step.clone()).collect();
            Watch::in_real_time(plan, printer, session.speed(), &done)
        };
        let performer = Arc::new(session.connection.clone());
        claimed.name_run(&self.run.id);
        let mut observer = |at: Duration, notice: &Notice| watch.notice(at, notice);
        let known = session.experience(&claimed.runs, &plan.account).await;
        let settings = Settings { proving_only, experience: known.clone(), ..Settings::default() };
        let carried =
            dispatch::run(plan, performer, &mut self.journal, &self.run, settings, signals, &mut observer);
        let result = carried.await;
        watch.end();
        if let (Ok(outcome), false) = (&result, session.is_simulated()) {
            claimed.runs.learn(&plan.account, known, &outcome.lessons, session.now()).await;
        }
        Ok(result?)
    }
}

/// Tells what came of a run of a plan; `again` is the command that carries on.
pub(super) fn told(plan: &Plan, result: &Outcome, again: &str, printer: &Printer) -> Result<Exit, CliError> {
    if result.ending == Ending::Complete {
        let least = efficiency::least(plan, result);
        let beside = least.map(|least| outcome::beside_the_least(result, least)).unwrap_or_default();
        let text = format!("{} {beside}", outcome::render(result, again, printer.out).trim_end());
        printer.data(&format!("{}\n", text.trim_end()))?;
        return Ok(Exit::Done);
    }
    printer.say(outcome::render(result, again, printer.err).trim_end());
    Ok(match result.ending {
        // Another process may go on with it, or has done so.
        Ending::Interrupted if lease_lost(result) => Exit::Incomplete,
        Ending::Interrupted => Exit::Interrupted,
        _ if result.counts.done == 0 && result.counts.stuck == 0 => Exit::Failed,
        _ => Exit::Incomplete,
    })
}

fn lease_lost(result: &Outcome) -> bool {
    result.halted.as_ref().is_some_and(|error| error.code == code::LEASE_LOST)
}
