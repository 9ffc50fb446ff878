//! The runs of a place together with the lease on the organization.
//!
//! In: a place, a session, how patient the operator is. Out: runs that this process
//! alone may carry out, until it gives the lease back. A world in a file belongs to
//! whoever holds the file, so there is no lease on it.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::aws::Session;
use super::error::CliError;
use super::printer::Printer;
use super::saved;
use crate::apply::Runs;
use crate::apply::lease::{Holder, Keeper, Standing, Terms};
use crate::apply::store::Writer;
use crate::observe::ObserveError;

/// Bytes of the mark that tells one process from all others.
const MARK: usize = 16;

/// Arguments of commands that need the lease.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct WaitArgs {
    /// Wait so long for another process that works on the organization, e.g. 10m
    #[arg(long, value_name = "DURATION", value_parser = saved::lifetime)]
    wait: Option<SignedDuration>,
}

/// Runs, and the right to carry them out.
#[derive(Debug)]
pub(super) struct Claimed {
    pub(super) runs: Runs,
    pub(super) writer: Writer,
    lease: Option<Arc<Keeper>>,
}

impl Claimed {
    /// Takes the lease, waiting for it at most as long as the operator says. From then
    /// on the session sends changes only while it lasts.
    pub(super) async fn take(
        runs: Runs,
        session: &Session,
        wait: &WaitArgs,
        printer: &Printer,
    ) -> Result<Self, CliError> {
        let mut mark = [0; MARK];
        saved::fill(&mut mark)?;
        let mark = hex::encode(mark);
        if session.is_simulated() {
            return Ok(Self { runs, writer: Writer { mark, fence: 0 }, lease: None });
        }
        let caller = session.connection.caller().await;
        let caller = caller.map_err(|error| session.observing(ObserveError::Caller(error)))?;
        let name = format!("{} on {}, process {}", caller.arn, host(), std::process::id());
        let me = Holder { name, mark: mark.clone() };
        let patience = wait.wait.and_then(|wait| Duration::try_from(wait).ok()).unwrap_or_default();
        let mut told = |standing: &Standing| printer.say(&format!("note: waiting for it: {standing}"));
        let register = runs.register(&caller.account);
        let keeper = Keeper::take(register, me, Terms::default(), patience, &mut told).await?;
        let writer = Writer { mark, fence: keeper.fence() };
        let lease = Arc::new(keeper);
        session.connection.only_by(Arc::<Keeper>::clone(&lease));
        Ok(Self { runs, writer, lease: Some(lease) })
    }

    /// Says to others which run is carried out.
    pub(super) fn name_run(&self, run: &str) {
        if let Some(lease) = &self.lease {
            lease.name_run(run);
        }
    }

    /// Gives the lease back.
    pub(super) async fn give_back(&self) {
        if let Some(lease) = &self.lease {
            lease.give_back().await;
        }
    }
}

/// This machine's name, for people.
fn host() -> String {
    let set = ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let file = || std::fs::read_to_string("/etc/hostname").ok();
    let name = set.or_else(file).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| "a machine without a name".to_owned())
}
