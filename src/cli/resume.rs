//! `lzctl resume`: go on with a run where its journal ends.

use super::aws::{AwsArgs, Wanted};
use super::carrying::{self, Carrying};
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::run_folder::RunFolder;
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
    run_folder: RunFolder,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let runs = self.run_folder.runs();
        let kept = runs.find(self.run.as_deref())?;
        if kept.ending() == Some(Ending::Complete) {
            printer.say(&format!("Run {} is complete; there is nothing to go on with.", kept.id));
            return Ok(Exit::Done);
        }
        let reopened = runs.reopen(&kept)?;
        let wanted = Wanted {
            home_region: Some(reopened.planned.plan.home_region.clone()),
            access_role: reopened.planned.access_role.clone(),
            ..Wanted::default()
        };
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let session = self.aws.open(&wanted, printer).await?;
            let plan = &reopened.planned.plan;
            let surveyed = planning::survey(&session, &plan.resources);
            let fresh = interrupt::or_stop(surveyed, &mut signals).await?;
            let refusals = preconditions::refusals_on_resume(plan, &fresh, reopened.journal.ledger());
            if !refusals.is_empty() {
                return Err(CliError::Refused(refusals));
            }
            let mut carrying = Carrying::again(kept.id.clone(), reopened, &session);
            unfinished::say_how_far(&carrying, kept.opening().as_ref(), printer);
            let outcome = carrying.carry_out(&session, signals, printer, false).await;
            session.save()?;
            carrying::told(&outcome?, &again(&kept), printer)
        })
    }
}

fn again(kept: &Kept) -> String {
    format!("lzctl resume {}", kept.id)
}
