//! The newest run under `.lzctl/runs/`, when it was stopped with calls under way.
//!
//! Going on with its journal asks AWS about those operations, where a new plan
//! would have to take them for something that is wrong. Only the newest run
//! counts: after another one the older knows too little.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::apply::journal::{FileSink, Journal, file};
use crate::apply::outcome::Ending;
use crate::apply::preconditions;
use crate::observe::Snapshot;
use crate::plan::Plan;

/// A run to go on with.
#[derive(Debug)]
pub(super) struct Unfinished {
    /// Its name.
    pub(super) run: String,
    /// Its plan, as it was applied.
    pub(super) plan: Plan,
    /// Its journal, open at its end.
    pub(super) journal: Journal,
}

/// The file of a run's plan, beside its journal.
pub(super) fn plan_path(run: &str) -> PathBuf {
    Path::new(file::FOLDER).join(format!("{run}.plan.json"))
}

/// The newest run, when it wants the same of the same account, has calls whose
/// outcome is open, and nobody else has changed what it rests on. A journal that
/// cannot be read is no reason to stop: the live organization tells enough.
pub(super) fn find(wanted: &Plan, fresh: &Snapshot) -> Option<Unfinished> {
    let journal = newest()?;
    let run = journal.file_stem()?.to_str()?.to_owned();
    let text = std::fs::read_to_string(plan_path(&run)).ok()?;
    let plan: Plan = serde_json::from_str(&text).ok()?;
    if plan.account != wanted.account || plan.spec_digest != wanted.spec_digest {
        return None;
    }
    let (journal, story) = FileSink::reopen(&journal).ok()?;
    let open = story.ledger.ending != Some(Ending::Complete) && story.ledger.in_flight().next().is_some();
    let allowed = || preconditions::refusals_on_resume(&plan, fresh, &story.ledger).is_empty();
    (open && allowed()).then_some(Unfinished { run, plan, journal })
}

fn newest() -> Option<PathBuf> {
    let journal = |entry: std::io::Result<std::fs::DirEntry>| -> Option<(SystemTime, PathBuf)> {
        let entry = entry.ok()?;
        let path = entry.path();
        let is_journal = path.extension().is_some_and(|extension| extension == "jsonl");
        is_journal.then(|| Some((entry.metadata().ok()?.modified().ok()?, path)))?
    };
    std::fs::read_dir(file::FOLDER).ok()?.filter_map(journal).max().map(|(_, path)| path)
}
