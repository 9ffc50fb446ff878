//! `lzctl journal`: what runs have done, read from their journals.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use tokio::runtime::Builder;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::run_place::RunPlace;
use crate::apply::Runs;
use crate::apply::runs::Kept;
use crate::cloud::objects::Reach;
use crate::report::{journal_text, trace};

/// Look at the journals of runs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every run: when, for whom, how it ended
    List {
        #[command(flatten)]
        run_place: RunPlace,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// One run, record by record
    Show {
        #[command(flatten)]
        which: Which,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check that a journal is as it was written
    Verify {
        #[command(flatten)]
        which: Which,
    },
    /// Write a run in a form that other programs read
    Export {
        #[command(flatten)]
        which: Which,
        /// A trace for Perfetto or a browser's trace viewer
        #[arg(long, value_name = "FILE")]
        trace: PathBuf,
    },
}

/// One run.
#[derive(Debug, clap::Args)]
struct Which {
    /// The run's id or the beginning of it; the newest run when none is named
    #[arg(value_name = "RUN")]
    run: Option<String>,
    #[command(flatten)]
    run_place: RunPlace,
}

impl Which {
    async fn find(&self) -> Result<(Runs, Kept), CliError> {
        let runs = self.run_place.runs(Reach::default()).await?;
        let kept = runs.find(self.run.as_deref()).await?;
        Ok((runs, kept))
    }
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|source| CliError::System { what: "no event queue".to_owned(), source })?;
        runtime.block_on(async {
            match &self.command {
                Command::List { run_place, json } => {
                    list(&run_place.runs(Reach::default()).await?, *json, printer).await
                }
                Command::Show { which, json } => show(which, *json, printer).await,
                Command::Verify { which } => verify(which, printer).await,
                Command::Export { which, trace } => export(which, trace, printer).await,
            }
        })
    }
}

async fn list(runs: &Runs, as_json: bool, printer: &Printer) -> Result<Exit, CliError> {
    let all = runs.all().await?;
    if as_json {
        let lines: Vec<serde_json::Value> = all.iter().map(entry).collect();
        printer.json(&lines)?;
    } else if all.is_empty() {
        printer.say(&format!("There are no runs in {}.", runs.place()));
    } else {
        printer.data(&journal_text::list(&all, printer.out))?;
    }
    Ok(Exit::Done)
}

fn entry(kept: &Kept) -> serde_json::Value {
    let opening = kept.opening();
    json!({
        "run": kept.id,
        "started": opening.as_ref().map(|opening| opening.started),
        "account": opening.as_ref().map(|opening| opening.account),
        "organization": opening.as_ref().and_then(|opening| opening.organization),
        "plan": opening.as_ref().map(|opening| opening.plan),
        "ending": kept.story.as_ref().ok().map(|story| journal_text::ending(story.ledger.ending)),
        "counts": kept.story.as_ref().ok().map(journal_text::tally),
        "problem": kept.story.as_ref().err().map(ToString::to_string),
    })
}

async fn show(which: &Which, as_json: bool, printer: &Printer) -> Result<Exit, CliError> {
    let (_, kept) = which.find().await?;
    let id = kept.id.clone();
    let story = kept.trusted()?;
    if as_json {
        printer.json(&trace::records_value(&id, &story))?;
    } else {
        printer.data(&journal_text::show(&story.records, printer.out))?;
    }
    Ok(Exit::Done)
}

async fn verify(which: &Which, printer: &Printer) -> Result<Exit, CliError> {
    let (runs, kept) = which.find().await?;
    let plan = runs.plan(&kept).await;
    let id = kept.id.clone();
    let story = kept.trusted()?;
    let torn = if story.torn { "; a torn last line is left out, as after a crash" } else { "" };
    printer.data(&format!(
        "{id}: {} records, every checksum, the chain and every step's life are in order{torn}\n",
        story.records.len()
    ))?;
    plan?;
    printer.data("its plan is the one that was carried out\n")?;
    Ok(Exit::Done)
}

async fn export(which: &Which, path: &PathBuf, printer: &Printer) -> Result<Exit, CliError> {
    let (runs, kept) = which.find().await?;
    let planned = runs.plan(&kept).await;
    if let Err(error) = &planned {
        printer.say(&format!("note: {error}; lanes are named by operations instead"));
    }
    let id = kept.id.clone();
    let story = kept.trusted()?;
    let value = trace::value(&id, &story.records, planned.as_ref().ok().map(|planned| &planned.plan));
    let written = std::fs::write(path, value.to_string() + "\n");
    written.map_err(|source| CliError::File { path: path.clone(), verb: "written", source })?;
    printer
        .say(&format!("The trace is in {}: open it at ui.perfetto.dev or chrome://tracing.", path.display()));
    Ok(Exit::Done)
}
