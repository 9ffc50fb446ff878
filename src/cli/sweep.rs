//! `lzctl sweep`: every fault at every place of every plan, on simulated AWS.

use std::path::{Path, PathBuf};

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use crate::rehearse::sweep::{self, Extent, Target};

/// Break every call of every plan in every way on a simulated AWS, and see that it heals
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder whose subfolders hold plans
    #[arg(long, value_name = "DIR", default_value = "plans")]
    plans: PathBuf,
    /// Only the plan of this name (or `reference`), or in this folder
    #[arg(long, value_name = "NAME|DIR")]
    plan: Vec<String>,
    /// Random schedules of several faults for each plan
    #[arg(long, value_name = "N", default_value_t = 100)]
    seeds: u64,
    /// One case of so many
    #[arg(long, value_name = "N", default_value_t = 1)]
    every: usize,
    /// Threads; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// One case, as a failure prints it: PLAN/FAULT/PLACE
    #[arg(long, value_name = "CASE")]
    replay: Option<String>,
    /// Print the counts as JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the counts as a table in Markdown
    #[arg(long)]
    markdown: bool,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let targets = self.targets()?;
        let tally = match &self.replay {
            Some(case) => sweep::replay(&targets, case)?,
            None => {
                let extent = Extent { seeds: self.seeds, every: self.every, threads: self.threads };
                sweep::sweep(&targets, extent)?
            }
        };
        if self.json {
            printer.json(&tally)?;
        } else if self.markdown {
            printer.data(&sweep::markdown(&tally))?;
        } else {
            printer.data(&sweep::text(&tally))?;
        }
        Ok(if tally.total.is_clean() { Exit::Done } else { Exit::Failed })
    }

    /// The plans that are asked for; all there are when none is named.
    fn targets(&self) -> Result<Vec<Target>, CliError> {
        let known = || -> Result<Vec<Target>, CliError> {
            let mut known = sweep::in_folder(&self.plans)?;
            known.push(Target::reference()?);
            Ok(known)
        };
        if self.plan.is_empty() {
            return known();
        }
        let mut found = Vec::new();
        for plan in &self.plan {
            let folder = Path::new(plan);
            if folder.is_dir() {
                found.push(sweep::of_folder(folder)?);
                continue;
            }
            let named = known()?.into_iter().find(|target| target.name == *plan);
            found.push(named.ok_or_else(|| CliError::Usage(format!("there is no plan {plan}")))?);
        }
        Ok(found)
    }
}
