//! Whether a plan may be applied: by itself, and by the operator's word.

use std::io::{self, IsTerminal as _};

use super::error::CliError;
use super::printer::Printer;
use crate::apply::preconditions;
use crate::plan::Plan;

/// Refuses a plan that stands against itself; asks where somebody can answer.
/// `yes` is the answer given beforehand.
pub(super) async fn confirmed(plan: &Plan, yes: bool, printer: &Printer) -> Result<(), CliError> {
    let refusals = preconditions::of_itself(plan);
    if !refusals.is_empty() {
        return Err(CliError::Refused(refusals));
    }
    agreed(&format!("Apply these {} steps?", plan.steps.len()), yes || plan.steps.is_empty(), printer).await
}

/// Asks, where somebody can answer, unless the answer was given beforehand.
pub(super) async fn agreed(question: &str, yes: bool, printer: &Printer) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !is_answerable() {
        return Err(CliError::Unconfirmed("there is no terminal to confirm it on"));
    }
    printer.say(&format!("{question} Only `yes` is taken:"));
    if answer().await.is_some_and(|answer| answer.trim() == "yes") {
        Ok(())
    } else {
        Err(CliError::Unconfirmed("it was not confirmed"))
    }
}

/// Whether somebody can answer.
pub(super) fn is_answerable() -> bool {
    io::stdin().is_terminal()
}

/// A line that the operator types. It is awaited beside the signals, so that Ctrl-C
/// is heard here too; the thread ends with the program.
pub(super) async fn answer() -> Option<String> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let heard = io::stdin().read_line(&mut line).ok().map(|_| line);
        // Nobody listens any more when a signal came first.
        let _ = sender.send(heard);
    });
    receiver.await.ok().flatten()
}
