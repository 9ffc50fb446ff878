//! `lzctl rehearse --script`: a story played on a simulated AWS, line by line.
//!
//! In: a script and the document it begins with. Out: each line and what it showed. Absent: what the lines
//! mean (`rehearse::script`).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::planning;
use super::printer::Printer;
use crate::diff::promises::Promises;
use crate::graph::{self, GraphError};
use crate::model::region::Region;
use crate::plan::Plan;
use crate::rehearse::script::{self, Line, Script, ScriptError, Told, Wanted};
use crate::rehearse::{Setting, seed};
use crate::report::{outcome, plan_text, promises_text, tree};
use crate::sim::World;
use crate::spec::Spec;

/// Plays the script at `path`.
pub(super) fn play(
    path: &Path,
    spec: &Spec,
    region: Option<&Region>,
    world: Option<World>,
    printer: &Printer,
) -> Result<(Exit, World), CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))?;
    let script = Script::parse(&text).map_err(|wrong| {
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        CliError::Usage(format!("{}:\n{}", path.display(), told.join("\n")))
    })?;
    let beside = path.parent().map(Path::to_owned).unwrap_or_default();
    let load = |name: &Path| load(&beside.join(name), region);
    let mut failed = Ok(());
    let mut tell = |line: &Line, told: &Told| {
        if failed.is_ok() {
            failed = printer.data(&shown(line, told, printer));
        }
    };
    let played = script::play(&script, wanted(spec, region)?, world, &load, &mut tell);
    failed?;
    match played {
        Ok(world) => Ok((Exit::Done, world)),
        Err(ScriptError::Rehearse(error)) => Err(error.into()),
        Err(error) => Err(CliError::Script(error)),
    }
}

/// Writes the world that a script has left.
pub(super) fn keep(world: &World, out: Option<&PathBuf>) -> Result<(), CliError> {
    out.map_or(Ok(()), |path| seed::save(world, path).map_err(CliError::from))
}

fn wanted(spec: &Spec, region: Option<&Region>) -> Result<Wanted, GraphError> {
    let graph = graph::expand(spec, region)?;
    let asked = planning::wanted(spec);
    let home = asked.home_region.or_else(|| region.cloned()).ok_or(GraphError::NoHomeRegion)?;
    let setting = Setting {
        home_region: home,
        management_account: asked.management_account,
        access_role: asked.access_role,
        caller_policy: None,
        page_size: None,
        accounts: asked.accounts,
        sign_in: None,
    };
    let consents = spec.consents.iter().cloned().collect::<BTreeSet<_>>();
    Ok(Wanted { graph, setting, consents, promises: Promises::of(spec) })
}

fn load(path: &Path, region: Option<&Region>) -> Result<Wanted, String> {
    let documents = Documents { files: vec![path.to_owned()] };
    let loaded = documents.parse().map_err(|problems| problems.to_string())?;
    wanted(&loaded.spec, region).map_err(|error| error.to_string())
}

/// A line and what it showed.
fn shown(line: &Line, told: &Told, printer: &Printer) -> String {
    let paint = printer.out;
    let mut out = format!("> {}\n", line.text);
    match told {
        Told::Noted | Told::Drifted(true) => {}
        Told::Drifted(false) => out.push_str("there was nothing to change\n"),
        Told::Plan(plan) => out.push_str(&steps(plan)),
        Told::Refused(plan, why) => {
            out.push_str(&steps(plan));
            for reason in why {
                let _ = writeln!(out, "refused: {reason}");
            }
        }
        Told::Ended(result) => out.push_str(&outcome::render(result, "resume", paint)),
        Told::Crashed { ended, in_flight } => {
            let _ = writeln!(out, "The program died: {ended} steps have ended, {in_flight} are in flight.");
        }
        Told::Answered(Ok(body)) => {
            let _ = writeln!(out, "AWS answers: {body}");
        }
        Told::Answered(Err((code, words))) => {
            let _ = writeln!(out, "AWS refuses: {code}: {words}");
        }
        Told::Judged(judgement) => out.push_str(&promises_text::render(judgement, paint)),
        Told::Seen(snapshot) => out.push_str(&tree::render(snapshot, paint)),
    }
    out
}

/// A plan in short: a line for each step, and the sum.
fn steps(plan: &Plan) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        let _ = writeln!(out, "  {} {:<6} {}", step.action.symbol(), step.action.word(), step.id);
    }
    out + &plan_text::summary(plan) + "\n"
}
