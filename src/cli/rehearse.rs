//! `lzctl rehearse`: do it on a simulated AWS, in virtual time, and see.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::planning;
use super::printer::{Log, Printer};
use super::script;
use super::watch::Watch;
use crate::graph;
use crate::model::region::Region;
use crate::rehearse::{self, Rehearsal, Setting, seed};
use crate::report::plan_text::{self, Options};
use crate::report::{duration, outcome, timeline, tree};

/// Plan and apply a document on a simulated AWS, in virtual time
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// Begin with this simulated organization instead of none
    #[arg(long, value_name = "WORLD.json")]
    world: Option<PathBuf>,
    /// Write the simulated organization as it is at the end
    #[arg(long, value_name = "FILE")]
    out_world: Option<PathBuf>,
    /// Play this script instead of planning and applying once
    #[arg(long, value_name = "SCRIPT", conflicts_with_all = ["json", "consents"])]
    script: Option<PathBuf>,
    /// Print figures as JSON
    #[arg(long)]
    json: bool,
    /// Allow an irreversible act by its name
    #[arg(long = "consent", value_name = "NAME")]
    consents: Vec<String>,
    /// The home Region, when the document names none
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    region: Option<Region>,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let loaded = self.documents.load(printer)?;
        if let Some(path) = &self.script {
            let world = self.world.as_deref().map(seed::load).transpose()?;
            let (exit, world) = script::play(path, &loaded.spec, self.region.as_ref(), world, printer)?;
            script::keep(&world, self.out_world.as_ref())?;
            return Ok(exit);
        }
        let graph = graph::expand(&loaded.spec, self.region.as_ref())?;
        let wanted = planning::wanted(&loaded.spec);
        let home = wanted.home_region.or_else(|| self.region.clone());
        let setting = Setting {
            home_region: home.ok_or(graph::GraphError::NoHomeRegion)?,
            management_account: wanted.management_account,
            access_role: wanted.access_role,
            caller_policy: None,
            page_size: None,
            accounts: wanted.accounts,
            sign_in: None,
        };
        let world = self.world.as_deref().map(seed::load).transpose()?;
        let consents: BTreeSet<String> = self.consents.iter().chain(&loaded.spec.consents).cloned().collect();
        let mut watch: Option<Watch<'_>> = None;
        let mut observer = |plan: &crate::plan::Plan, at: Duration, notice: &crate::apply::Notice| {
            let silent = printer.log == Log::Text && !printer.all();
            let new = || if silent { Watch::Silent } else { Watch::in_virtual_time(plan, printer) };
            watch.get_or_insert_with(new).notice(at, notice);
        };
        let rehearsal = rehearse::rehearse(&graph, &setting, world, &consents, &mut observer)?;
        if let Some(path) = &self.out_world {
            seed::save(&rehearsal.world, path)?;
        }
        if self.json {
            printer.json(&figures(&rehearsal))?;
        } else {
            printer.data(&self.text(&rehearsal, printer))?;
        }
        Ok(if rehearsal.succeeded() { Exit::Done } else { Exit::Failed })
    }

    fn text(&self, rehearsal: &Rehearsal, printer: &Printer) -> String {
        let paint = printer.out;
        let options = Options { paint, verbose: printer.verbose > 1, estimate: None };
        let mut out = if printer.all() || rehearsal.outcome.is_none() {
            plan_text::render(&rehearsal.plan, options)
        } else {
            let notes = rehearsal.plan.notes.iter().map(|note| plan_text::note(note, paint) + "\n");
            notes.collect::<String>() + &plan_text::summary(&rehearsal.plan) + "\n"
        };
        for remark in &rehearsal.remarks {
            let _ = writeln!(out, "note: {remark}");
        }
        let again = format!("lzctl rehearse {}", self.documents.typed());
        if let Some(result) = &rehearsal.outcome {
            let _ = write!(out, "\n{}", timeline::render(result, paint, printer.all()));
            let _ = write!(out, "\n{}\n", outcome::render(result, &again, paint).trim_end());
        }
        let _ = write!(out, "\n{}", tree::render(&rehearsal.snapshot, paint));
        let _ = writeln!(out, "\n{}", told(rehearsal));
        if !rehearsal.second_plan.steps.is_empty() {
            out.push_str(&plan_text::render(&rehearsal.second_plan, options));
        }
        let _ = writeln!(out, "second plan: {} steps", rehearsal.second_plan.steps.len());
        out
    }
}

/// The figures in words.
fn told(rehearsal: &Rehearsal) -> String {
    let bound = Duration::try_from_secs_f64(rehearsal.bound.seconds).unwrap_or_default();
    format!(
        "{} of virtual time, {:.2} times the least possible ({}); {} reading and {} changing calls.",
        duration::words(rehearsal.virtual_time),
        rehearsal.ratio(),
        duration::words(bound),
        rehearsal.reads,
        rehearsal.writes
    )
}

/// The figures as JSON.
fn figures(rehearsal: &Rehearsal) -> serde_json::Value {
    json!({
        "steps": rehearsal.plan.steps.len(),
        "virtual_seconds": rehearsal.virtual_time.as_secs_f64(),
        "lower_bound_seconds": rehearsal.bound.seconds,
        "ratio": rehearsal.ratio(),
        "binding": rehearsal.bound.binding,
        "calls": { "read": rehearsal.reads, "write": rehearsal.writes },
        "throttled": rehearsal.throttled,
        "second_plan_steps": rehearsal.second_plan.steps.len(),
        "failed": rehearsal.failed(),
        "ending": rehearsal.outcome.as_ref().map(|outcome| outcome.ending),
        "remarks": rehearsal.remarks,
    })
}
