//! Carries out a plan for `apply`: journal, watcher and signals around the run.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::aws::Session;
use super::error::CliError;
use super::printer::Printer;
use super::watch::Watch;
use crate::apply::journal::{FileSink, Journal, JournalError, Run, file};
use crate::apply::{Notice, Outcome, Settings, dispatch};
use crate::plan::Plan;

/// Runs the plan to its end, or to where signals stop it.
pub(super) async fn carry_out(
    plan: &Plan,
    session: &Session,
    signals: mpsc::Receiver<()>,
    printer: &Printer,
) -> Result<Outcome, CliError> {
    let run = Run::new(&plan.id, session.now());
    let sink = FileSink::create(Path::new(file::FOLDER), &run.id).map_err(JournalError::Sink);
    let mut journal = Journal::new(Box::new(sink.map_err(dispatch::ApplyError::Journal)?));
    let mut watch = Watch::new(plan, printer, session.is_simulated());
    let performer = Arc::new(session.connection.clone());
    let mut observer = |at, notice: &Notice| watch.notice(at, notice);
    let settings = Settings::default();
    let result = dispatch::run(plan, performer, &mut journal, &run, settings, signals, &mut observer).await;
    watch.end();
    Ok(result?)
}
