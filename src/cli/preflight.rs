//! `lzctl preflight`: what stands between accounts and their enrolment with Control Tower?

use std::collections::BTreeSet;

use super::aws::{AwsArgs, Session, Wanted};
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::cloud::inventory::accounts::Account;
use crate::cloud::session::Narrowing;
use crate::model::region::Region;
use crate::observe::estate::Estate;
use crate::observe::evidence::{self, Evidence};
use crate::preflight::{self, Report};
use crate::report::preflight_text;

/// Find out what stands between accounts and their enrolment with Control Tower
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Accounts by id, e-mail address or name, or units for every account below; all by default
    #[arg(value_name = "ACCOUNT|UNIT")]
    accounts: Vec<String>,
    /// The unit where they shall be governed; the one they are in by default
    #[arg(long, value_name = "UNIT")]
    to: Option<String>,
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
        let reports = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&wanted, printer).await?;
                let looked = Box::pin(look(&session, &self.accounts, self.to.as_deref(), &[])).await?;
                // A sign-in may have been renewed, and a simulated AWS must know it the next time.
                session.save()?;
                Ok(looked.map(|looked| looked.reports).unwrap_or_default())
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            printer.json(&serde_json::to_value(&reports).map_err(CliError::Json)?)?;
        } else {
            printer.data(&preflight_text::render(&reports))?;
        }
        let clear = reports.iter().all(Report::is_clear);
        Ok(if clear { Exit::Done } else { Exit::Changes })
    }
}

/// What was found out about the accounts that words name.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) evidence: Evidence,
    pub(super) reports: Vec<Report>,
}

impl Looked {
    /// The Regions that the landing zone governs.
    pub(super) fn governed(&self) -> &[Region] {
        self.evidence.zone.as_ref().map_or(&[], |zone| zone.governed.as_slice())
    }

    /// The name of the baseline that governs the unit where an account shall be.
    pub(super) fn baseline_of(&self, report: &Report) -> Option<&str> {
        let unit = self.evidence.estate.unit(&report.to)?;
        self.evidence.units.get(unit).map(|unit| unit.baseline.as_str())
    }
}

/// Looks at the accounts that words name, each in the unit `to` or where it is; none where there is
/// no organization. What is found of a code in `mended` counts as mended in these accounts.
pub(super) async fn look(
    session: &Session,
    words: &[String],
    to: Option<&str>,
    mended: &[&str],
) -> Result<Option<Looked>, CliError> {
    let connection = &session.connection;
    connection.narrow(Narrowing::looking());
    let estate = Estate::read(connection).await.map_err(|error| session.observing(error))?;
    let Some(estate) = estate else {
        return Ok(None);
    };
    let unknown = |unit: &str| CliError::Account(format!("the organization has no unit {unit}"));
    let to = to.map(|unit| estate.unit(unit).map(str::to_owned).ok_or_else(|| unknown(unit))).transpose()?;
    let chosen = estate.choose(words).map_err(|error| CliError::Account(error.to_string()))?;
    let chosen: Vec<Account> = chosen.into_iter().cloned().collect();
    let evidence = evidence::gather(connection, estate).await;
    let mut evidence = evidence.map_err(|error| session.observing(error))?;
    let asked: Vec<(&Account, &str)> = chosen
        .iter()
        .map(|account| (account, to.as_deref().or(account.parent.as_deref()).unwrap_or_default()))
        .collect();
    let ids: BTreeSet<&str> = asked.iter().map(|(account, _)| account.id.as_str()).collect();
    let units: BTreeSet<&str> = asked.iter().map(|(_, unit)| *unit).collect();
    evidence.look_into(connection, &ids, &units).await;
    let reports = preflight::judge(&evidence, &asked, mended);
    Ok(Some(Looked { evidence, reports }))
}
