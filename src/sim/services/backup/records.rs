//! What AWS Backup remembers of its jobs, and what is still to happen.
//!
//! In: changes by the operations of this folder and by time. Out: plain data, part of the [`State`](super::state::State).
//! Absent: when a job ends how (`backup_jobs`, `copy_jobs`, `restore_jobs`).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sim::clock::later;
use crate::sim::request::Request;

use super::state::{Lifecycle, Tags};

/// How long a job waits before it works. UNSOURCED.
const STARTING: Duration = Duration::from_secs(60);

/// Where something is that belongs to an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) region: String,
    pub(crate) account: String,
}

impl Spot {
    /// Where a request acts.
    pub(crate) fn of(request: &Request) -> Self {
        Self { region: request.region.clone(), account: request.caller.account.clone() }
    }
}

/// Something that happens at its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Event {
    /// A rule of a plan fires.
    Rule { spot: Spot, plan: String, rule: String },
    /// A restore testing plan fires.
    Test { spot: Spot, plan: String },
    /// A backup job ends.
    Backup { spot: Spot, job: String },
    /// A copy job ends.
    Copy { spot: Spot, job: String },
    /// A restore job ends, or its data goes.
    Restore { spot: Spot, job: String },
    /// A recovery point has been kept long enough.
    Expiry { spot: Spot, vault: String, point: String },
}

/// What is still to happen, in order of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Agenda(Vec<(Timestamp, Event)>);

impl Agenda {
    /// Something happens at a time, after everything that was noted for the same time before.
    pub(crate) fn note(&mut self, at: Timestamp, event: Event) {
        let place = self.0.partition_point(|(noted, _)| *noted <= at);
        self.0.insert(place, (at, event));
    }

    /// When the next thing happens.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.0.first().map(|(at, _)| *at)
    }

    /// The next thing that happens by a time, taken off.
    pub(crate) fn take(&mut self, by: Timestamp) -> Option<Event> {
        let due = self.next().is_some_and(|at| at <= by);
        due.then(|| self.0.remove(0).1)
    }
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ending {
    /// `COMPLETED`, `FAILED`, `ABORTED`.
    pub(crate) state: String,
    /// AWS's words, of one that failed.
    pub(crate) message: Option<String>,
}

impl Ending {
    pub(crate) fn of(result: &Result<(), String>) -> Self {
        match result {
            Ok(()) => Self { state: "COMPLETED".to_owned(), message: None },
            Err(words) => Self { state: "FAILED".to_owned(), message: Some(words.clone()) },
        }
    }
}

/// What backs up, copies or restores have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// ARN of what is backed up.
    pub(crate) resource: String,
    /// Its type.
    pub(crate) kind: String,
    /// ARN of the role it works with.
    pub(crate) role: String,
    pub(crate) created: Timestamp,
    /// When it ends, or ended.
    pub(crate) ends: Timestamp,
    pub(crate) bytes: i64,
    /// `None` while it works.
    pub(crate) ending: Option<Ending>,
    /// `IdempotencyToken`.
    pub(crate) token: Option<String>,
    /// `CreatedBy`, if no request did.
    pub(crate) by: Option<Value>,
}

impl Job {
    /// What a listing calls its state; `waiting` is the word for one that has just been created.
    pub(crate) fn state<'j>(&'j self, now: Timestamp, waiting: &'j str) -> &'j str {
        match &self.ending {
            Some(ending) => &ending.state,
            None if later(self.created, STARTING).min(self.ends) > now => waiting,
            None => "RUNNING",
        }
    }

    /// Whether it ended well.
    pub(crate) fn completed(&self) -> bool {
        self.ending.as_ref().is_some_and(|ending| ending.state == "COMPLETED")
    }

    /// AWS's words, of one that failed.
    pub(crate) fn message(&self) -> Option<&str> {
        self.ending.as_ref()?.message.as_deref()
    }

    /// When it ended.
    pub(crate) fn ended(&self) -> Option<Timestamp> {
        self.ending.as_ref().map(|_| self.ends)
    }
}

/// The id of the job that a token made.
pub(crate) fn by_token<T: AsRef<Job>>(jobs: &BTreeMap<String, T>, token: Option<&str>) -> Option<String> {
    let token = token?;
    jobs.iter().find(|(_, job)| job.as_ref().token.as_deref() == Some(token)).map(|(id, _)| id.clone())
}

macro_rules! is_job {
    ($($name:ident),*) => {
        $(impl AsRef<Job> for $name {
            fn as_ref(&self) -> &Job {
                &self.job
            }
        })*
    };
}

is_job!(BackupJob, CopyJob, RestoreJob);

/// A backup job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupJob {
    #[serde(flatten)]
    pub(crate) job: Job,
    /// Name of the vault.
    pub(crate) vault: String,
    pub(crate) lifecycle: Lifecycle,
    /// ARN of the recovery point it makes.
    pub(crate) point: String,
    pub(crate) tags: Tags,
    /// What is copied afterwards.
    pub(crate) copies: Vec<CopyAction>,
}

/// A copy that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CopyAction {
    /// ARN of a vault.
    pub(crate) destination: String,
    pub(crate) lifecycle: Lifecycle,
}

/// A copy job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CopyJob {
    #[serde(flatten)]
    pub(crate) job: Job,
    /// Name of the vault it copies from.
    pub(crate) vault: String,
    /// ARN of the recovery point that it copies.
    pub(crate) source: String,
    /// ARN of the vault it copies into.
    pub(crate) destination: String,
    pub(crate) lifecycle: Lifecycle,
    /// ARN of the copy.
    pub(crate) point: String,
}

/// A restore job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestoreJob {
    #[serde(flatten)]
    pub(crate) job: Job,
    /// Name of the vault it restores from.
    pub(crate) vault: String,
    /// The account that the vault belongs to.
    pub(crate) owner: String,
    /// ARN of the recovery point that it restores.
    pub(crate) point: String,
    /// When that was made.
    pub(crate) point_created: Timestamp,
    pub(crate) metadata: BTreeMap<String, String>,
    /// ARN of what it made.
    pub(crate) made: Option<String>,
    /// Of a restore test: its plan's ARN, and how long the data stays for a validation, in hours.
    pub(crate) test: Option<(String, i64)>,
    /// `ValidationStatus` and its message.
    pub(crate) validation: Option<(String, Option<String>)>,
    /// Whether what it made was deleted.
    pub(crate) deleted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_in_order_of_time_and_of_noting() {
        let spot = Spot { region: "us-east-1".to_owned(), account: "111122223333".to_owned() };
        let event = |job: &str| Event::Backup { spot: spot.clone(), job: job.to_owned() };
        let at = |second| Timestamp::from_second(second).expect("a time");
        let mut agenda = Agenda::default();
        for (second, job) in [(20, "c"), (10, "a"), (20, "d"), (10, "b")] {
            agenda.note(at(second), event(job));
        }
        assert_eq!(agenda.next(), Some(at(10)));
        assert_eq!(agenda.take(at(9)), None);
        let mut taken = Vec::new();
        while let Some(Event::Backup { job, .. }) = agenda.take(at(20)) {
            taken.push(job);
        }
        assert_eq!(taken, ["a", "b", "c", "d"]);
    }
}
