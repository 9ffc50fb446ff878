//! `lzctl access`: which way leads into each account?

use super::aws::{AwsArgs, Wanted};
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::observe::access::{self, AccessError};
use crate::report::access_text;

/// Say for each account by which role it can be entered, or why by none
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Accounts by id, e-mail address or name, or units for every account below; all by default
    #[arg(value_name = "ACCOUNT|UNIT")]
    accounts: Vec<String>,
    /// A role to try before those that AWS makes
    #[arg(long, value_name = "NAME")]
    access_role: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let wanted = Wanted { access_role: self.access_role.clone(), ..Wanted::default() };
        let found = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&wanted, printer).await?;
                let asked = Box::pin(access::access(&session.connection, &self.accounts)).await;
                let found = asked.map_err(|error| match error {
                    AccessError::Observe(error) => session.observing(error),
                    AccessError::Choice(error) => CliError::Account(error.to_string()),
                })?;
                // A sign-in may have been renewed, and a simulated AWS must know it the next time.
                session.save()?;
                Ok(found)
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            printer.json(&serde_json::to_value(&found).map_err(CliError::Json)?)?;
        } else {
            printer.data(&access_text::render(&found))?;
        }
        Ok(Exit::Done)
    }
}
