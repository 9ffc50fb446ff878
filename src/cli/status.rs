//! `lzctl status`: where does everything stand?

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;

use super::aws::{AwsArgs, Session, Wanted};
use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::planning::{self, Look};
use super::printer::Printer;
use super::run_place::RunPlace;
use crate::apply::Runs;
use crate::apply::lease::Standing;
use crate::apply::runs::{Kept, RunsError};
use crate::model::resource::Presence;
use crate::model::{Address, Fields, Kind, Resource};
use crate::observe::{self, ObserveError, Snapshot};
use crate::report::{journal_text, lock_clock, plan_text};
use crate::spec::Spec;

/// Show the organization, what is under way, the last run, and whether the document is met
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The landing-zone document, to hold the organization against
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    run_place: RunPlace,
    #[command(flatten)]
    aws: AwsArgs,
}

/// Everything that is told.
struct Status {
    snapshot: Snapshot,
    under_way: Vec<String>,
    run: Option<Kept>,
    lease: Option<Standing>,
    /// The last line of the plan of the document.
    document: Option<String>,
    /// The clocks of the locks of the document's vaults.
    locks: Vec<String>,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let spec = match self.files.as_slice() {
            [] => None,
            files => Some(Documents { files: files.to_vec() }.load(printer)?.spec),
        };
        let wanted = spec.as_ref().map_or_else(Wanted::default, planning::wanted);
        let status = self.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.aws.open(&wanted, printer).await?;
                let runs = self.aws.runs(&self.run_place).await?;
                look(spec.as_ref(), &session, &runs).await
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        if self.json {
            printer.json(&status.value())?;
        } else {
            printer.data(&status.text())?;
        }
        Ok(Exit::Done)
    }
}

async fn look(spec: Option<&Spec>, session: &Session, runs: &Runs) -> Result<Status, CliError> {
    let asked = [the(Kind::Organization, &[]), the(Kind::LandingZone, &ZONE)];
    let snapshot = planning::survey(session, &asked).await?;
    let under_way = observe::under_way(&session.connection, &asked).await;
    let under_way = under_way.map_err(|error| session.observing(ObserveError::Organization(error)))?;
    let run = match runs.newest_of(&snapshot.account).await {
        Err(RunsError::Empty(_)) => None,
        other => other?,
    };
    let lease = match session.is_simulated() {
        // A world in a file belongs to whoever holds the file.
        true => None,
        false => {
            runs.register(&snapshot.account).look().await.ok().and_then(|look| Standing::of(&look.found?))
        }
    };
    let seen = match spec {
        Some(spec) => Some(Look::at(spec, session).await?),
        None => None,
    };
    let document = seen.as_ref().map(|look| plan_text::summary(&look.plan(&BTreeSet::new())));
    let locks = seen.map(|look| lock_clock::lines(&look.snapshot().facts.vault_locks, session.now()));
    let under_way = under_way.iter().map(ToString::to_string).collect();
    Ok(Status { snapshot, under_way, run, lease, document, locks: locks.unwrap_or_default() })
}

/// What is asked about a landing zone.
const ZONE: [&str; 3] = ["version", "status", "drift"];

/// A thing of which there is one, asked about in these fields and for nothing more.
fn the(kind: Kind, fields: &[&str]) -> Resource {
    Resource {
        address: Address::only(kind),
        // What they shall be is nobody's question here.
        fields: fields.iter().map(|field| ((*field).to_owned(), serde_json::Value::Null)).collect(),
        keys: Fields::new(),
        at_creation: Fields::new(),
        whole: BTreeSet::new(),
        presence: Presence::Existing,
        origin: None,
    }
}

impl Status {
    fn zone(&self) -> Option<[String; 3]> {
        let zone = self.snapshot.live.get(&Address::only(Kind::LandingZone))?;
        let said =
            |field: &str| zone.fields.get(field).and_then(|value| value.as_str()).unwrap_or("?").to_owned();
        Some(ZONE.map(said))
    }

    fn text(&self) -> String {
        let seen = &self.snapshot;
        let mut out = String::new();
        let mut told = |word: &str, text: &str| {
            // Writing into a text cannot fail.
            let _ = writeln!(out, "{word:<14} {text}");
        };
        let organization = seen.organization.as_ref().map_or("none yet".to_owned(), ToString::to_string);
        told("organization", &format!("{organization}, home Region {}", seen.home_region));
        told("working as", &seen.caller);
        match self.zone() {
            Some([version, status, drift]) => told("landing zone", &format!("{version}, {status}, {drift}")),
            None => told("landing zone", "none"),
        }
        match self.under_way.as_slice() {
            [] => told("under way", "nothing at AWS"),
            all => all.iter().for_each(|one| told("under way", one)),
        }
        match &self.run {
            None => told("last run", "none kept here"),
            Some(kept) => told("last run", &run(kept)),
        }
        if let Some(lease) = &self.lease {
            told("held", &lease.to_string());
        }
        if let Some(document) = &self.document {
            told("document", document);
        }
        self.locks.iter().for_each(|lock| told("vault lock", lock));
        out
    }

    fn value(&self) -> serde_json::Value {
        json!({
            "organization": self.snapshot.organization,
            "account": self.snapshot.account,
            "caller": self.snapshot.caller,
            "home_region": self.snapshot.home_region,
            "landing_zone": self.zone().map(|[version, status, drift]| json!({ "version": version, "status": status, "drift": drift })),
            "under_way": self.under_way,
            "last_run": self.run.as_ref().map(|kept| json!({ "id": kept.id, "ending": kept.ending(), "text": run(kept) })),
            "held": self.lease.as_ref().map(ToString::to_string),
            "document": self.document,
            "vault_locks": self.locks,
        })
    }
}

/// How a run ended, and how to go on with one that did not.
fn run(kept: &Kept) -> String {
    let Ok(story) = &kept.story else {
        return format!("{}: its journal cannot be trusted", kept.id);
    };
    let tally = journal_text::tally(story);
    let word = journal_text::ending(story.ledger.ending);
    let again = if kept.ending() == Some(crate::apply::outcome::Ending::Complete) {
        ""
    } else {
        "; `lzctl resume` goes on with it"
    };
    format!("{}: {word}, {} of {} steps done{again}", kept.id, tally.done, tally.steps)
}
