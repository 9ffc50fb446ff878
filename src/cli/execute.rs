//! Carries out a plan for `apply`: journal, watcher and signals around the run.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::aws::Session;
use super::error::CliError;
use super::printer::Printer;
use super::unfinished;
use super::watch::Watch;
use crate::apply::journal::{FileSink, Journal, JournalError, Run, file};
use crate::apply::{Notice, Outcome, Settings, dispatch};
use crate::plan::Plan;

/// A plan to carry out, with the journal of the run that it goes on with.
pub(super) struct Work {
    pub(super) plan: Plan,
    /// The run's name and its journal.
    pub(super) resumed: Option<(String, Journal)>,
}

/// Runs the plan to its end, or to where signals stop it.
pub(super) async fn carry_out(
    work: Work,
    session: &Session,
    signals: mpsc::Receiver<()>,
    printer: &Printer,
) -> Result<Outcome, CliError> {
    let plan = &work.plan;
    let (run, mut journal) = match work.resumed {
        Some((id, journal)) => (Run { id, started: session.now() }, journal),
        None => begin(plan, session)?,
    };
    let mut watch = Watch::new(plan, printer, session.is_simulated());
    let performer = Arc::new(session.connection.clone());
    let mut observer = |at, notice: &Notice| watch.notice(at, notice);
    let settings = Settings::default();
    let result = dispatch::run(plan, performer, &mut journal, &run, settings, signals, &mut observer).await;
    watch.end();
    Ok(result?)
}

/// A new run: its journal, and its plan beside it for whoever goes on with it.
fn begin(plan: &Plan, session: &Session) -> Result<(Run, Journal), CliError> {
    let run = Run::new(&plan.id, session.now());
    let failed = |source| CliError::Apply(dispatch::ApplyError::Journal(JournalError::Sink(source)));
    let sink = FileSink::create(Path::new(file::FOLDER), &run.id).map_err(failed)?;
    let text = serde_json::to_string(plan).map_err(CliError::Json)?;
    std::fs::write(unfinished::plan_path(&run.id), text + "\n").map_err(failed)?;
    Ok((run, Journal::new(Box::new(sink))))
}
