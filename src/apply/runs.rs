//! Runs: the journal of each, and its plan beside it.
//!
//! In: a place where they live. Out: runs by age with what their journals tell, and
//! what a run needs to be gone on with: its plan and its journal. Nothing else has to
//! be kept, since the organization is the state. Absent: how a place keeps them
//! (`store`), and the decision to go on.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::experience::{Experience, Lessons};
use super::journal::reader::Read;
use super::journal::{Entry, Journal, Run, Unreadable, read, replay};
use super::lease::Register;
use super::outcome::Ending;
use super::store::{FolderStore, RunStore, StoreError, Writer};
use crate::model::canonical;
use crate::model::ids::{AccountId, OrganizationId};
use crate::plan::Plan;

/// Why a run cannot be used.
#[derive(Debug, Error)]
pub enum RunsError {
    /// The place, or something in it, cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such run.
    #[error("there is no run `{run}` in {place}")]
    NoRun {
        /// As it was named.
        run: String,
        /// Where it was looked for.
        place: String,
    },
    /// Several runs begin with the name.
    #[error("several runs begin with `{run}`: {found}")]
    Ambiguous {
        /// As it was named.
        run: String,
        /// Their ids.
        found: String,
    },
    /// The place has no run at all.
    #[error("there are no runs in {0}")]
    Empty(String),
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

/// A run in its place.
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

/// The runs of a place.
#[derive(Debug, Clone)]
pub struct Runs {
    store: Arc<dyn RunStore>,
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
    /// The runs of a place.
    #[must_use]
    pub fn new(store: Arc<dyn RunStore>) -> Self {
        Self { store }
    }

    /// The runs in a folder, which need not exist yet. Leases lie in it as well.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self::new(Arc::new(FolderStore::new(&folder, folder.join("leases"))))
    }

    /// The place, for people.
    #[must_use]
    pub fn place(&self) -> String {
        self.store.place()
    }

    /// The cell of the lease of an organization, by its management account.
    #[must_use]
    pub fn register(&self, account: &AccountId) -> Arc<dyn Register> {
        self.store.register(account.as_str())
    }

    /// What former runs of an account have learned. It is advice: where it cannot be
    /// read, nothing is known.
    pub async fn experience(&self, account: &AccountId, now: Timestamp) -> Experience {
        let kept = match self.store.experience(account.as_str()).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return Experience::default(),
            Err(error) => {
                tracing::warn!(%error, "what former runs have learned cannot be read");
                return Experience::default();
            }
        };
        Experience::recalled(&kept, now).unwrap_or_else(|error| {
            tracing::warn!(%account, %error, "what former runs have learned is not understood");
            Experience::default()
        })
    }

    /// Keeps what a run has learned at `now`, on top of what was known. Where it cannot
    /// be written, the next run learns it again.
    pub async fn learn(&self, account: &AccountId, known: Experience, lessons: &Lessons, now: Timestamp) {
        let known = known.and(lessons);
        if known.is_empty() {
            return;
        }
        let kept = match known.text(now) {
            Ok(text) => self.store.keep_experience(account.as_str(), text).await,
            Err(error) => Err(StoreError::File { path: "learned".into(), source: error.into() }),
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "what this run has learned cannot be kept");
        }
    }

    /// Begins a run: its plan is durable before its journal exists.
    ///
    /// # Errors
    /// When something cannot be written.
    pub async fn begin(&self, planned: &Planned, run: &Run, writer: &Writer) -> io::Result<Journal> {
        let digest = canonical::digest(planned)?;
        let text = serde_json::to_string(&Sealed { digest, planned: planned.clone() })?;
        Ok(Journal::new(self.store.begin(&run.id, text, writer).await?))
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// When the place cannot be read. One that is not there has no runs.
    pub async fn all(&self) -> Result<Vec<Kept>, RunsError> {
        let mut all = Vec::new();
        for id in self.store.ids().await? {
            all.push(self.kept(id).await);
        }
        Ok(all)
    }

    /// A run by its id or the beginning of it; the newest when none is named.
    ///
    /// # Errors
    /// When there is no such run, or several.
    pub async fn find(&self, named: Option<&str>) -> Result<Kept, RunsError> {
        let mut ids = self.store.ids().await?;
        let Some(named) = named else {
            let newest = ids.pop().ok_or_else(|| RunsError::Empty(self.place()))?;
            return Ok(self.kept(newest).await);
        };
        let fitting: Vec<&String> = ids.iter().filter(|id| id.starts_with(named)).collect();
        let exact = fitting.iter().find(|id| id.as_str() == named);
        match (exact, fitting.as_slice()) {
            (Some(id), _) => Ok(self.kept((*id).clone()).await),
            (None, [id]) => Ok(self.kept((*id).clone()).await),
            (None, []) => Err(RunsError::NoRun { run: named.to_owned(), place: self.place() }),
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
    /// When the place cannot be read.
    pub async fn newest_of(&self, account: &AccountId) -> Result<Option<Kept>, RunsError> {
        for id in self.store.ids().await?.into_iter().rev() {
            let kept = self.kept(id).await;
            let other = kept.opening().is_some_and(|opening| opening.account != account);
            let never_begun = kept.story.is_ok() && kept.opening().is_none();
            if !other && !never_begun {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    /// The run that has used up the nonce of a plan file, if one has.
    ///
    /// # Errors
    /// When a journal cannot be read or believed: it may be the one.
    pub async fn used(&self, nonce: &str) -> Result<Option<replay::Use>, replay::Unclear> {
        for id in self.store.ids().await? {
            let beginning = self.store.beginning(&id).await?;
            if replay::names(&id, &beginning, nonce)? {
                let story = read(&self.store.journal(&id).await?);
                return replay::used(id, story).map(Some);
            }
        }
        Ok(None)
    }

    /// The plan of a run.
    ///
    /// # Errors
    /// [`RunsError::NoPlan`] when it is missing, damaged or another one.
    pub async fn plan(&self, kept: &Kept) -> Result<Planned, RunsError> {
        let no_plan = |reason: String| RunsError::NoPlan { run: kept.id.clone(), reason };
        let text = self.store.plan(&kept.id).await.map_err(|error| no_plan(error.to_string()))?;
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
    pub async fn reopen(&self, kept: &Kept, writer: &Writer) -> Result<Reopened, RunsError> {
        let planned = self.plan(kept).await?;
        let untrusted = |problem| match problem {
            Unreadable::File(error) if error.kind() == io::ErrorKind::WouldBlock => {
                RunsError::Busy { run: kept.id.clone() }
            }
            problem => RunsError::Untrusted { run: kept.id.clone(), problem: Box::new(problem) },
        };
        let (journal, _) = self.store.reopen(&kept.id, writer).await.map_err(untrusted)?;
        Ok(Reopened { planned, journal })
    }

    async fn kept(&self, id: String) -> Kept {
        let content = self.store.journal(&id).await;
        let content = content.map_err(|error| Unreadable::File(error.into()));
        Kept { story: content.and_then(|content| read(&content)), id }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fs_err as fs;

    use super::*;
    use crate::apply::trial::plans;

    /// A run of an account that was opened and never closed.
    async fn opened(runs: &Runs, account: &str, second: u32) -> String {
        let plan = Plan { account: account.parse().unwrap(), ..plans::plan(Vec::new()) };
        let run = Run::new(&plan.id, format!("2026-11-23T10:15:{second:02}Z").parse().unwrap());
        let planned = Planned { plan: plan.clone(), access_role: Some("Entry".to_owned()) };
        let mut journal = runs.begin(&planned, &run, &writer()).await.unwrap();
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

    fn writer() -> Writer {
        Writer { mark: "one".to_owned(), fence: 1 }
    }

    fn folder() -> (tempfile::TempDir, Runs) {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs::at(folder.path().join("deep/runs"));
        (folder, runs)
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_has_no_runs() {
        let (_folder, runs) = folder();
        assert!(runs.all().await.unwrap().is_empty());
        assert!(matches!(runs.find(None).await, Err(RunsError::Empty(_))));
    }

    #[tokio::test]
    async fn the_newest_run_of_an_account_is_found_among_those_of_others() {
        let (_folder, runs) = folder();
        opened(&runs, "111122223333", 1).await;
        let newest = opened(&runs, "111122223333", 2).await;
        opened(&runs, "444455556666", 3).await;
        let found = runs.newest_of(&"111122223333".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(found.id, newest);
        assert!(runs.newest_of(&"999988887777".parse().unwrap()).await.unwrap().is_none());
        assert_eq!(runs.all().await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn a_run_is_found_by_the_beginning_of_its_id_when_only_one_has_it() {
        let (_folder, runs) = folder();
        let first = opened(&runs, "111122223333", 1).await;
        opened(&runs, "111122223333", 2).await;
        assert_eq!(runs.find(Some("20261123T101501Z")).await.unwrap().id, first);
        assert!(matches!(runs.find(Some("2026")).await, Err(RunsError::Ambiguous { .. })));
        assert!(matches!(runs.find(Some("1999")).await, Err(RunsError::NoRun { .. })));
    }

    #[tokio::test]
    async fn a_run_comes_back_with_its_plan_and_its_journal() {
        let (_folder, runs) = folder();
        opened(&runs, "111122223333", 1).await;
        let reopened = runs.reopen(&runs.find(None).await.unwrap(), &writer()).await.unwrap();
        assert_eq!(reopened.planned.access_role.as_deref(), Some("Entry"));
        assert_eq!(reopened.journal.ledger().next, 1);
    }

    #[tokio::test]
    async fn what_runs_have_learned_is_kept_for_each_account_and_nonsense_counts_for_nothing() {
        use crate::apply::experience::Durations;
        let (_folder, runs) = folder();
        let (mine, other): (AccountId, AccountId) =
            ("111122223333".parse().unwrap(), "444455556666".parse().unwrap());
        let now: Timestamp = "2026-11-23T10:15:00Z".parse().unwrap();
        assert!(runs.experience(&mine, now).await.is_empty());
        let durations = [("a".to_owned(), Durations { count: 9.0, mean: 2.0, tenth: 1.0, ninetieth: 3.0 })];
        let lessons = Lessons { durations: durations.into(), ..Lessons::default() };
        runs.learn(&mine, Experience::default(), &lessons, now).await;
        assert_eq!(runs.experience(&mine, now).await.durations, lessons.durations);
        assert!(runs.experience(&other, now).await.is_empty());
        assert!(runs.all().await.unwrap().is_empty(), "it is no run");
        fs::write(PathBuf::from(runs.place()).join("learned/111122223333.json"), "{}").unwrap();
        assert!(runs.experience(&mine, now).await.is_empty());
    }

    #[tokio::test]
    async fn a_plan_that_was_changed_or_lost_is_not_used() {
        let (_folder, runs) = folder();
        let run = opened(&runs, "111122223333", 1).await;
        let path = PathBuf::from(runs.place()).join(format!("{run}.plan.json"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"Entry\"", "\"Other\"")).unwrap();
        let reason = runs.reopen(&runs.find(None).await.unwrap(), &writer()).await.unwrap_err().to_string();
        assert!(reason.contains("it was changed"), "{reason}");
        fs::remove_file(&path).unwrap();
        assert!(matches!(
            runs.reopen(&runs.find(None).await.unwrap(), &writer()).await,
            Err(RunsError::NoPlan { .. })
        ));
    }
}
