//! The folder of runs: the journal of each, and its plan beside it.
//!
//! In: a folder. Out: runs by age with what their journals tell, and what a run
//! needs to be gone on with: its plan and its journal. Nothing else has to be
//! kept, since the organization is the state. Absent: the decision to go on.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fs_err as fs;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::journal::reader::Read;
use super::journal::{Entry, FileSink, Journal, Run, Unreadable, read};
use super::outcome::Ending;
use crate::model::canonical;
use crate::model::ids::{AccountId, OrganizationId};
use crate::plan::Plan;

/// The end of a journal's file name.
const JOURNAL: &str = ".jsonl";
/// The end of a plan's file name.
const PLAN: &str = ".plan.json";

/// Why a run cannot be used.
#[derive(Debug, Error)]
pub enum RunsError {
    /// The folder, or a file in it, cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no such run.
    #[error("there is no run `{run}` in {folder}")]
    NoRun {
        /// As it was named.
        run: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Several runs begin with the name.
    #[error("several runs begin with `{run}`: {found}")]
    Ambiguous {
        /// As it was named.
        run: String,
        /// Their ids.
        found: String,
    },
    /// The folder has no run at all.
    #[error("there are no runs in {0}")]
    Empty(PathBuf),
    /// The plan of a run is not there or is not the one that was carried out.
    #[error("run {run} has no usable plan: {reason}")]
    NoPlan {
        /// Which run.
        run: String,
        /// Why.
        reason: String,
    },
    /// A running process carries the run out.
    #[error("another process is carrying out run {run}; nothing was changed")]
    Busy {
        /// Which run.
        run: String,
    },
    /// The journal of a run cannot be believed.
    #[error("run {run} cannot be trusted: {problem}")]
    Untrusted {
        /// Which run.
        run: String,
        /// Why.
        #[source]
        problem: Box<Unreadable>,
    },
}

/// A run in the folder.
#[derive(Debug)]
pub struct Kept {
    /// The run's id.
    pub id: String,
    /// What its journal tells, or why that is not believed.
    pub story: Result<Read, Unreadable>,
}

/// What the first record of a journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening<'r> {
    /// The plan's id.
    pub plan: &'r str,
    /// The account.
    pub account: &'r AccountId,
    /// The organization, if there was one.
    pub organization: Option<&'r OrganizationId>,
    /// How many steps the plan has.
    pub steps: usize,
    /// When it started.
    pub started: jiff::Timestamp,
}

/// A run that is open to be gone on with.
#[derive(Debug)]
pub struct Reopened {
    /// Its plan.
    pub planned: Planned,
    /// Its journal, claimed for this process.
    pub journal: Journal,
}

/// A plan as it was carried out, consents and all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The role by which member accounts are entered, if the document names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_role: Option<String>,
}

/// The content of a plan's file.
#[derive(Serialize, Deserialize)]
struct Sealed {
    digest: String,
    #[serde(flatten)]
    planned: Planned,
}

/// A folder of runs.
#[derive(Debug, Clone)]
pub struct Runs {
    folder: PathBuf,
}

impl Kept {
    /// The first record, if the journal is believed and has one.
    #[must_use]
    pub fn opening(&self) -> Option<Opening<'_>> {
        match self.story.as_ref().ok()?.ledger.opening.as_ref()? {
            Entry::Opened { plan, account, organization, steps, started, .. } => Some(Opening {
                plan,
                account,
                organization: organization.as_ref(),
                steps: *steps,
                started: *started,
            }),
            _ => None,
        }
    }

    /// How it ended; none when it broke off or goes on.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.story.as_ref().ok()?.ledger.ending
    }

    /// What its journal tells.
    ///
    /// # Errors
    /// [`RunsError::Untrusted`].
    pub fn trusted(self) -> Result<Read, RunsError> {
        let run = self.id;
        self.story.map_err(|problem| RunsError::Untrusted { run, problem: Box::new(problem) })
    }
}

impl Runs {
    /// The runs in a folder, which need not exist yet.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins a run: its plan is durable before its journal exists.
    ///
    /// # Errors
    /// When a file cannot be made.
    pub fn begin(&self, planned: &Planned, run: &Run) -> io::Result<Journal> {
        fs::create_dir_all(&self.folder)?;
        let digest = canonical::digest(planned)?;
        let text = serde_json::to_string(&Sealed { digest, planned: planned.clone() })?;
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(self.path(&run.id, PLAN))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(Journal::new(Box::new(FileSink::create(&self.folder, &run.id)?)))
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read. A folder that is not there has no runs.
    pub fn all(&self) -> Result<Vec<Kept>, RunsError> {
        Ok(self.ids()?.into_iter().map(|id| self.kept(id)).collect())
    }

    /// A run by its id or the beginning of it; the newest when none is named.
    ///
    /// # Errors
    /// When there is no such run, or several.
    pub fn find(&self, named: Option<&str>) -> Result<Kept, RunsError> {
        let mut ids = self.ids()?;
        let Some(named) = named else {
            let newest = ids.pop().ok_or_else(|| RunsError::Empty(self.folder.clone()))?;
            return Ok(self.kept(newest));
        };
        let fitting: Vec<&String> = ids.iter().filter(|id| id.starts_with(named)).collect();
        let exact = fitting.iter().find(|id| id.as_str() == named);
        match (exact, fitting.as_slice()) {
            (Some(id), _) => Ok(self.kept((*id).clone())),
            (None, [id]) => Ok(self.kept((*id).clone())),
            (None, []) => Err(RunsError::NoRun { run: named.to_owned(), folder: self.folder.clone() }),
            (None, several) => {
                let found = several.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
                Err(RunsError::Ambiguous { run: named.to_owned(), found })
            }
        }
    }

    /// The newest run of an account. A journal that cannot be believed names no
    /// account that could be believed either, so it counts as anybody's.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn newest_of(&self, account: &AccountId) -> Result<Option<Kept>, RunsError> {
        for id in self.ids()?.into_iter().rev() {
            let kept = self.kept(id);
            let other = kept.opening().is_some_and(|opening| opening.account != account);
            let never_begun = kept.story.is_ok() && kept.opening().is_none();
            if !other && !never_begun {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    /// The plan of a run.
    ///
    /// # Errors
    /// [`RunsError::NoPlan`] when it is missing, damaged or another one.
    pub fn plan(&self, kept: &Kept) -> Result<Planned, RunsError> {
        let no_plan = |reason: String| RunsError::NoPlan { run: kept.id.clone(), reason };
        let text =
            fs::read_to_string(self.path(&kept.id, PLAN)).map_err(|error| no_plan(error.to_string()))?;
        let sealed: Sealed = serde_json::from_str(&text).map_err(|error| no_plan(error.to_string()))?;
        if canonical::digest(&sealed.planned).unwrap_or_default() != sealed.digest {
            return Err(no_plan("it was changed after the run began".to_owned()));
        }
        if kept.opening().is_some_and(|opening| opening.plan != sealed.planned.plan.id) {
            return Err(no_plan("it is the plan of another run".to_owned()));
        }
        Ok(sealed.planned)
    }

    /// Opens a run to go on with it. A torn last line is cut off.
    ///
    /// # Errors
    /// When its plan or its journal cannot be used, or another process has it.
    pub fn reopen(&self, kept: &Kept) -> Result<Reopened, RunsError> {
        let planned = self.plan(kept)?;
        let reopened = FileSink::reopen(&self.path(&kept.id, JOURNAL));
        let untrusted = |problem| match problem {
            Unreadable::File(error) if error.kind() == io::ErrorKind::WouldBlock => {
                RunsError::Busy { run: kept.id.clone() }
            }
            problem => RunsError::Untrusted { run: kept.id.clone(), problem: Box::new(problem) },
        };
        let (journal, _) = reopened.map_err(untrusted)?;
        Ok(Reopened { planned, journal })
    }

    fn ids(&self) -> Result<Vec<String>, RunsError> {
        let failed = |source| RunsError::File { path: self.folder.clone(), source };
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(failed)?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(JOURNAL)).map(str::to_owned));
        }
        // Ids begin with the moment of the start.
        ids.sort_unstable();
        Ok(ids)
    }

    fn kept(&self, id: String) -> Kept {
        let content = fs::read(self.path(&id, JOURNAL)).map_err(Unreadable::File);
        Kept { story: content.and_then(|content| read(&content)), id }
    }

    fn path(&self, run: &str, end: &str) -> PathBuf {
        self.folder.join(format!("{run}{end}"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::apply::trial::plans;

    /// A run of an account that was opened and never closed.
    fn opened(runs: &Runs, account: &str, second: u32) -> String {
        let plan = Plan { account: account.parse().unwrap(), ..plans::plan(Vec::new()) };
        let run = Run::new(&plan.id, format!("2026-11-23T10:15:{second:02}Z").parse().unwrap());
        let planned = Planned { plan: plan.clone(), access_role: Some("Entry".to_owned()) };
        let mut journal = runs.begin(&planned, &run).unwrap();
        let opening = Entry::Opened {
            run: run.id.clone(),
            plan: plan.id.clone(),
            account: plan.account,
            organization: None,
            steps: 0,
            started: run.started,
            nonce: None,
        };
        journal.append(Duration::ZERO, vec![opening]).unwrap();
        run.id
    }

    fn folder() -> (tempfile::TempDir, Runs) {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path().join("deep/runs"));
        (folder, runs)
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_runs() {
        let (_folder, runs) = folder();
        assert!(runs.all().unwrap().is_empty());
        assert!(matches!(runs.find(None), Err(RunsError::Empty(_))));
    }

    #[test]
    fn the_newest_run_of_an_account_is_found_among_those_of_others() {
        let (_folder, runs) = folder();
        opened(&runs, "111122223333", 1);
        let newest = opened(&runs, "111122223333", 2);
        opened(&runs, "444455556666", 3);
        let found = runs.newest_of(&"111122223333".parse().unwrap()).unwrap().unwrap();
        assert_eq!(found.id, newest);
        assert!(runs.newest_of(&"999988887777".parse().unwrap()).unwrap().is_none());
        assert_eq!(runs.all().unwrap().len(), 3);
    }

    #[test]
    fn a_run_is_found_by_the_beginning_of_its_id_when_only_one_has_it() {
        let (_folder, runs) = folder();
        let first = opened(&runs, "111122223333", 1);
        opened(&runs, "111122223333", 2);
        assert_eq!(runs.find(Some("20261123T101501Z")).unwrap().id, first);
        assert!(matches!(runs.find(Some("2026")), Err(RunsError::Ambiguous { .. })));
        assert!(matches!(runs.find(Some("1999")), Err(RunsError::NoRun { .. })));
    }

    #[test]
    fn a_run_comes_back_with_its_plan_and_its_journal() {
        let (_folder, runs) = folder();
        opened(&runs, "111122223333", 1);
        let reopened = runs.reopen(&runs.find(None).unwrap()).unwrap();
        assert_eq!(reopened.planned.access_role.as_deref(), Some("Entry"));
        assert_eq!(reopened.journal.ledger().next, 1);
    }

    #[test]
    fn a_plan_that_was_changed_or_lost_is_not_used() {
        let (_folder, runs) = folder();
        let run = opened(&runs, "111122223333", 1);
        let path = runs.path(&run, PLAN);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"Entry\"", "\"Other\"")).unwrap();
        let reason = runs.reopen(&runs.find(None).unwrap()).unwrap_err().to_string();
        assert!(reason.contains("it was changed"), "{reason}");
        fs::remove_file(&path).unwrap();
        assert!(matches!(runs.reopen(&runs.find(None).unwrap()), Err(RunsError::NoPlan { .. })));
    }
}
