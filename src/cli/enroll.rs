//! `lzctl enroll`: bring accounts under Control Tower's governance.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::mpsc;

use super::aws::{AwsArgs, Session, Wanted};
use super::carrying::{self, Carrying};
use super::claimed::{Claimed, WaitArgs};
use super::error::CliError;
use super::exit::Exit;
use super::preflight::{Looked, look};
use super::printer::Printer;
use super::run_place::RunPlace;
use super::unfinished::{self, Aim};
use super::{confirm, interrupt, planning, saved};
use crate::apply::Experience;
use crate::apply::runs::Planned;
use crate::catalog::baselines;
use crate::catalog::findings::Path;
use crate::cloud::session::Narrowing;
use crate::graph::{self, Enrolment, Factory, ResourceGraph};
use crate::model::email::Email;
use crate::model::unit_path::UnitPath;
use crate::observe::estate::Estate;
use crate::observe::evidence;
use crate::plan::Plan;
use crate::plan::estimate::Estimate;
use crate::preflight::Report;
use crate::report::plan_text::{self, Options};
use crate::report::preflight_text;

/// Enrol accounts with Control Tower, in the way that preflight finds open
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Accounts by id, e-mail address or name, or units for every account below
    #[arg(required = true, value_name = "ACCOUNT|UNIT")]
    accounts: Vec<String>,
    /// The unit where they shall be governed; the one they are in by default
    #[arg(long, value_name = "UNIT")]
    to: Option<String>,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
    /// Show what would be done, and do nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Allow an irreversible act by its name, as the plan shows it
    #[arg(long = "consent", value_name = "NAME")]
    consents: Vec<String>,
    /// Who gets access to accounts that Account Factory enrols, where Control Tower keeps Identity
    /// Center
    #[arg(long, value_name = "FIRST LAST <EMAIL>", value_parser = person)]
    sso_user: Option<Person>,
    /// How long to wait until Control Tower has enrolled what was moved, e.g. 3h
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = saved::lifetime)]
    patience: SignedDuration,
    /// A role to try before those that AWS makes
    #[arg(long, value_name = "NAME")]
    access_role: Option<String>,
    #[command(flatten)]
    run_place: RunPlace,
    #[command(flatten)]
    wait: WaitArgs,
    #[command(flatten)]
    aws: AwsArgs,
}

/// How often Control Tower is asked how far automatic enrolment is. AWS speaks of a few minutes, up
/// to several hours (Control Tower User Guide, account-auto-enrollment).
const LOOK: Duration = Duration::from_secs(60);

/// What the plan mends itself, with its consent where something is taken away.
const MENDED: [&str; 4] =
    ["config-delivery-channel", "config-recorder", "execution-role-missing", "product-unfinished"];

/// A person as Account Factory asks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Person {
    first: String,
    last: String,
    email: String,
}

fn person(text: &str) -> Result<Person, String> {
    let wrong = || "say it as \"First Last <address@example.com>\"".to_owned();
    let (name, email) =
        text.trim().strip_suffix('>').and_then(|text| text.split_once('<')).ok_or_else(wrong)?;
    let (first, last) = name.trim().split_once(' ').ok_or_else(wrong)?;
    let email: Email = email.trim().parse().map_err(|_| wrong())?;
    let (first, last) = (first.to_owned(), last.trim().to_owned());
    Ok(Person { first, last, email: email.to_string() })
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let wanted = Wanted { access_role: self.access_role.clone(), ..Wanted::default() };
        self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let session = self.aws.open(&wanted, printer).await?;
            let looking = Box::pin(look(&session, &self.accounts, self.to.as_deref(), &MENDED));
            let Some(looked) = interrupt::or_stop(looking, &mut signals).await? else {
                return Err(CliError::Account("there is no organization".to_owned()));
            };
            let not_yet = looked.reports.iter().filter(|report| !report.enrolled).cloned();
            let (open, closed): (Vec<Report>, Vec<Report>) = not_yet.partition(Report::is_clear);
            // What cannot be enrolled is told in any case, and everything where nothing is left to do.
            match (open.is_empty(), closed.is_empty()) {
                (_, false) => printer.data(&preflight_text::render(&closed))?,
                (true, true) => printer.data(&preflight_text::render(&looked.reports))?,
                (false, true) => {}
            }
            let ended = match open.is_empty() {
                true => Exit::Done,
                false => Box::pin(self.enroll(&looked, &open, &session, signals, printer)).await?,
            };
            session.save()?;
            Ok(if ended == Exit::Done && !closed.is_empty() { Exit::Changes } else { ended })
        })
    }

    /// Plans, asks, carries out, and sees whether the accounts are enrolled.
    async fn enroll(
        &self,
        looked: &Looked,
        open: &[Report],
        session: &Session,
        mut signals: mpsc::Receiver<()>,
        printer: &Printer,
    ) -> Result<Exit, CliError> {
        let graph = wanted(looked, open, self.sso_user.as_ref())?;
        session.connection.narrow(Narrowing::default());
        if self.dry_run {
            let plan = planning::of_graph(&graph, session, &self.given()).await?;
            show(&plan, &planning::estimate(&plan, &Experience::default()), printer)?;
            return Ok(Exit::Done);
        }
        let runs = self.aws.runs(&self.run_place).await?;
        let claimed = Claimed::take(runs, session, &self.wait, printer);
        let claimed = interrupt::or_stop(claimed, &mut signals).await?;
        let ended = self.work(&graph, &claimed, session, signals, printer).await;
        claimed.give_back().await;
        let ended = ended?;
        if ended != Exit::Done {
            return Ok(ended);
        }
        let mut signals = interrupt::listen()?;
        interrupt::or_stop(Box::pin(self.verify(open, session, printer)), &mut signals).await
    }

    fn given(&self) -> BTreeSet<String> {
        self.consents.iter().cloned().collect()
    }

    /// Everything that is done under the lease.
    async fn work(
        &self,
        graph: &ResourceGraph,
        claimed: &Claimed,
        session: &Session,
        mut signals: mpsc::Receiver<()>,
        printer: &Printer,
    ) -> Result<Exit, CliError> {
        let started = self.start(graph, claimed, session, printer);
        let Some(mut carrying) = interrupt::or_stop(started, &mut signals).await? else {
            return Ok(Exit::Done);
        };
        let outcome = carrying.carry_out(claimed, session, signals, printer, false).await;
        session.save()?;
        carrying::told(&carrying.planned.plan, &outcome?, &self.again(), printer)
    }

    async fn start(
        &self,
        graph: &ResourceGraph,
        claimed: &Claimed,
        session: &Session,
        printer: &Printer,
    ) -> Result<Option<Carrying>, CliError> {
        let aim = Aim::Spec(planning::digest_of(graph)?);
        if let Some(former) = unfinished::take(claimed, &aim, session, printer).await? {
            unfinished::say_how_far(&former, None, printer);
            confirm::confirmed(&former.planned.plan, self.yes, printer).await?;
            return Ok(Some(former));
        }
        let plan = planning::of_graph(graph, session, &self.given()).await?;
        let known = session.experience(&claimed.runs, &plan.account).await;
        show(&plan, &planning::estimate(&plan, &known), printer)?;
        confirm::confirmed(&plan, self.yes, printer).await?;
        if plan.steps.is_empty() {
            return Ok(None);
        }
        let planned = Planned { plan, access_role: self.access_role.clone() };
        Carrying::begin(planned, None, claimed, session).await.map(Some)
    }

    /// Waits until Control Tower has every account, or has given one up.
    async fn verify(&self, open: &[Report], session: &Session, printer: &Printer) -> Result<Exit, CliError> {
        session.connection.narrow(Narrowing::looking());
        let patience = self.patience.unsigned_abs().div_f64(session.speed());
        let begun = tokio::time::Instant::now();
        loop {
            let standing = Standing::of(open, session).await?;
            if standing.pending.is_empty() || begun.elapsed() >= patience {
                return standing.tell(open.len(), printer);
            }
            tokio::time::sleep(LOOK.div_f64(session.speed())).await;
        }
    }

    /// The command that carries on.
    fn again(&self) -> String {
        format!("lzctl enroll {}", self.accounts.join(" "))
    }
}

fn show(plan: &Plan, estimate: &Estimate, printer: &Printer) -> Result<(), CliError> {
    let options = Options { paint: printer.out, verbose: printer.all(), estimate: Some(estimate) };
    printer.data(&plan_text::render(plan, options))
}

/// How far the accounts are.
#[derive(Debug, Default)]
struct Standing {
    /// Names of those that Control Tower has not enrolled yet.
    pending: Vec<String>,
    /// Names of those that it could not enrol.
    failed: Vec<String>,
}

impl Standing {
    async fn of(open: &[Report], session: &Session) -> Result<Self, CliError> {
        let estate = Estate::read(&session.connection).await.map_err(|error| session.observing(error))?;
        let Some(estate) = estate else { return Ok(Self::default()) };
        let evidence = evidence::gather(&session.connection, estate).await;
        let evidence = evidence.map_err(|error| session.observing(error))?;
        let mut standing = Self::default();
        for report in open {
            let account = evidence.estate.accounts.iter().find(|account| account.id == report.account);
            if account.is_some_and(|account| evidence.is_enrolled(account)) {
                continue;
            }
            let failed = evidence.members.get(&report.account).is_some_and(|child| child.status == "FAILED");
            let list = if failed { &mut standing.failed } else { &mut standing.pending };
            list.push(report.name.clone());
        }
        Ok(standing)
    }

    fn tell(&self, asked: usize, printer: &Printer) -> Result<Exit, CliError> {
        let enrolled = asked - self.pending.len() - self.failed.len();
        printer.data(&format!("Enrolled: {enrolled} of {asked}.\n"))?;
        if !self.failed.is_empty() {
            printer.say(&format!(
                "Control Tower could not enrol {}: `lzctl preflight` says why.",
                self.failed.join(", ")
            ));
        }
        if !self.pending.is_empty() {
            printer.say(&format!(
                "Control Tower has not enrolled {} yet; automatic enrolment may take hours. Run the same command \
                 again to see how far it is.",
                self.pending.join(", ")
            ));
        }
        Ok(if enrolled == asked { Exit::Done } else { Exit::Incomplete })
    }
}

/// What the accounts shall be, each in the way that touches least.
fn wanted(looked: &Looked, open: &[Report], person: Option<&Person>) -> Result<ResourceGraph, CliError> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for report in open {
        *names.entry(report.name.as_str()).or_default() += 1;
    }
    let mut enrolments = Vec::new();
    for report in open {
        let unit: UnitPath = report.to.parse().map_err(|_| {
            CliError::Account(format!("the unit {} cannot stand in a plan: a name in it is odd", report.to))
        })?;
        let row = looked.baseline_of(report).and_then(baselines::by_name);
        let (Some(row), Some(by)) = (row, report.open.first()) else { continue };
        let factory = match by {
            Path::Factory => Some(factory(looked, report, &unit, person)?),
            Path::Move | Path::Reset => None,
        };
        // Two accounts of one name are told apart by their ids.
        let alone = names.get(report.name.as_str()) == Some(&1);
        enrolments.push(Enrolment {
            name: if alone { report.name.clone() } else { report.account.clone() },
            id: report.account.clone(),
            unit,
            baseline: row.word.clone(),
            baseline_name: row.name.clone(),
            by: *by,
            factory,
        });
    }
    Ok(graph::enrolments(&enrolments, looked.governed())?)
}

/// What Account Factory is told. It always asks for a person, also where nobody gets anything.
fn factory(
    looked: &Looked,
    report: &Report,
    unit: &UnitPath,
    person: Option<&Person>,
) -> Result<Factory, CliError> {
    let evidence = &looked.evidence;
    let account = evidence.estate.accounts.iter().find(|account| account.id == report.account);
    let email = account.map(|account| account.email.clone()).unwrap_or_default();
    let gives = evidence.zone.as_ref().is_some_and(|zone| zone.identity_center);
    let person = match person {
        Some(person) => person.clone(),
        None if gives => {
            return Err(CliError::Usage(format!(
                "Account Factory gives somebody access to {}: say whom with --sso-user \"First Last <address>\"",
                report.name
            )));
        }
        None => Person { first: "AWS".to_owned(), last: "Account".to_owned(), email: email.clone() },
    };
    let told = [
        ("email", email),
        ("name", report.name.clone()),
        ("unit", unit.name().to_owned()),
        ("user_email", person.email),
        ("first_name", person.first),
        ("last_name", person.last),
    ];
    Ok(Factory {
        role_missing: report.findings.iter().any(|finding| finding.code == "execution-role-missing"),
        partition: evidence.partition.as_str().to_owned(),
        management: evidence.estate.organization.management_account.to_string(),
        told: told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_said_by_name_and_address() {
        let said = person("Ada King Lovelace <ada@example.com>").unwrap();
        assert_eq!((said.first.as_str(), said.last.as_str()), ("Ada", "King Lovelace"));
        assert_eq!(said.email, "ada@example.com");
        for wrong in ["ada@example.com", "Ada <ada@example.com>", "Ada Lovelace <nowhere>"] {
            assert!(person(wrong).is_err(), "{wrong}");
        }
    }
}
