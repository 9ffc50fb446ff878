//! Carrying out a plan, from its beginning or from where a journal ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::aws::Session;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::watch::Watch;
use crate::apply::dispatch::{self, ApplyError};
use crate::apply::journal::{Journal, JournalError, Run};
use crate::apply::outcome::Ending;
use crate::apply::runs::{Planned, Reopened, Runs};
use crate::apply::{Notice, Outcome, Settings};
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
    pub(super) fn begin(
        planned: Planned,
        nonce: Option<String>,
        runs: &Runs,
        session: &Session,
    ) -> Result<Self, CliError> {
        let id = Run::new(&planned.plan.id, jiff::Timestamp::now()).id;
        let run = Run { id, started: session.now(), nonce };
        let journal = runs.begin(&planned, &run).map_err(JournalError::Sink);
        Ok(Self { planned, journal: journal.map_err(ApplyError::Journal)?, run })
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
        session: &Session,
        signals: mpsc::Receiver<()>,
        printer: &Printer,
        proving_only: bool,
    ) -> Result<Outcome, CliError> {
        let plan = &self.planned.plan;
        let mut watch = Watch::new(plan, printer, session.is_simulated());
        let performer = Arc::new(session.connection.clone());
        let mut observer = |at: Duration, notice: &Notice| watch.notice(at, notice);
        let settings = Settings { proving_only, ..Settings::default() };
        let carried =
            dispatch::run(plan, performer, &mut self.journal, &self.run, settings, signals, &mut observer);
        let result = carried.await;
        watch.end();
        Ok(result?)
    }
}

/// Tells what came of a run; `again` is the command that carries on.
pub(super) fn told(result: &Outcome, again: &str, printer: &Printer) -> Result<Exit, CliError> {
    if result.ending == Ending::Complete {
        printer.data(&outcome::render(result, again, printer.out))?;
        return Ok(Exit::Done);
    }
    printer.say(outcome::render(result, again, printer.err).trim_end());
    Ok(match result.ending {
        Ending::Interrupted => Exit::Interrupted,
        _ if result.counts.done == 0 && result.counts.stuck == 0 => Exit::Failed,
        _ => Exit::Incomplete,
    })
}
