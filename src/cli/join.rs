//! `lzctl join`: an account accepts the invitation of an organization.

use super::aws::{AwsArgs, Wanted};
use super::confirm;
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::cloud::inventory::invitations::{self, Received};
use crate::cloud::joining;
use crate::observe::ObserveError;

/// What joining means (Organizations User Guide, orgs_manage_accounts_invites).
const QUESTION: &str = "Join it? The organization pays for the account then, and its policies hold.";

/// Accept an invitation, with the credentials of the account that it is for
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which invitation, when there are several
    #[arg(long, value_name = "h-ID")]
    invitation: Option<String>,
    /// Accept without being asked
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&Wanted::default(), printer).await?;
                let connection = &session.connection;
                let caller = connection.caller().await;
                let account =
                    caller.map_err(|error| session.observing(ObserveError::Caller(error)))?.account.clone();
                let received = invitations::received(connection).await.map_err(CliError::Invitation)?;
                let invitation = self.chosen(received)?;
                printer.say(&format!("Account {account} is invited by {}.", told(&invitation)));
                confirm::agreed(QUESTION, self.yes, printer).await?;
                joining::accept(connection, &invitation.id).await.map_err(CliError::Invitation)?;
                session.save()?;
                printer.say(&format!("Account {account} is a member of {} now.", invitation.organization));
                Ok(Exit::Done)
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }

    fn chosen(&self, mut received: Vec<Received>) -> Result<Received, CliError> {
        if let Some(asked) = &self.invitation {
            received.retain(|one| one.id == *asked);
        }
        match received.len() {
            1 => Ok(received.remove(0)),
            0 => Err(CliError::Usage("no invitation waits for this account".to_owned())),
            _ => {
                let all: Vec<String> =
                    received.iter().map(|one| format!("{} by {}", one.id, told(one))).collect();
                Err(CliError::Usage(format!("several wait, name one with --invitation: {}", all.join("; "))))
            }
        }
    }
}

fn told(invitation: &Received) -> String {
    let from = invitation.from.as_ref().map(|email| format!(" ({email})")).unwrap_or_default();
    let until = invitation.expires.map(|at| format!(", until {at}")).unwrap_or_default();
    format!("the organization {}{from}{until}", invitation.organization)
}
