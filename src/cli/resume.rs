//! `lzctl resume`: go on with a run where its journal ends.

use tokio::sync::mpsc;

use super::aws::{AwsArgs, Session, Wanted};
use super::carrying::{self, Carrying};
use super::claimed::{Claimed, WaitArgs};
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::run_place::RunPlace;
use super::{interrupt, planning, unfinished};
use crate::apply::outcome::Ending;
use crate::apply::preconditions;
use crate::apply::runs::Kept;

/// Go on with a run that was interrupted or broke off
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The run's id or the beginning of it; the newest run when none is named
    #[arg(value_name = "RUN")]
    run: Option<String>,
    #[command(flatten)]
    run_place: RunPlace,
    #[command(flatten)]
    wait: WaitArgs,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let runs = self.aws.runs(&self.run_place).await?;
            let kept = runs.find(self.run.as_deref()).await?;
            if is_complete(&kept, printer) {
                return Ok(Exit::Done);
            }
            let planned = runs.plan(&kept).await?;
            let wanted = Wanted {
                home_region: Some(planned.plan.home_region.clone()),
                access_role: planned.access_role.clone(),
                ..Wanted::default()
            };
            let session = self.aws.open(&wanted, printer).await?;
            let claimed = Claimed::take(runs, &session, &self.wait, printer);
            let claimed = interrupt::or_stop(claimed, &mut signals).await?;
            let ended = work(&kept.id, &claimed, &session, signals, printer).await;
            claimed.give_back().await;
            ended
        })
    }
}

/// Goes on with a run as it is now that nobody else can carry it on.
async fn work(
    run: &str,
    claimed: &Claimed,
    session: &Session,
    mut signals: mpsc::Receiver<()>,
    printer: &Printer,
) -> Result<Exit, CliError> {
    let kept = claimed.runs.find(Some(run)).await?;
    if is_complete(&kept, printer) {
        return Ok(Exit::Done);
    }
    let reopened = claimed.runs.reopen(&kept, &claimed.writer).await?;
    let plan = &reopened.planned.plan;
    let surveyed = planning::survey(session, &plan.resources);
    let fresh = interrupt::or_stop(surveyed, &mut signals).await?;
    let refusals = preconditions::refusals_on_resume(plan, &fresh, reopened.journal.ledger());
    if !refusals.is_empty() {
        return Err(CliError::Refused(refusals));
    }
    let mut carrying = Carrying::again(kept.id.clone(), reopened, session);
    unfinished::say_how_far(&carrying, kept.opening().as_ref(), printer);
    let outcome = carrying.carry_out(claimed, session, signals, printer, false).await;
    session.save()?;
    carrying::told(&carrying.planned.plan, &outcome?, &again(&kept), printer)
}

fn is_complete(kept: &Kept, printer: &Printer) -> bool {
    let complete = kept.ending() == Some(Ending::Complete);
    if complete {
        printer.say(&format!("Run {} is complete; there is nothing to go on with.", kept.id));
    }
    complete
}

fn again(kept: &Kept) -> String {
    format!("lzctl resume {}", kept.id)
}
