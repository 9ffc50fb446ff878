//! Where runs live: the journal of each, its plan, and the lease on the organization.
//!
//! Two places: a folder of this machine, and a bucket that several machines share.
//! What is written is the same in both, and so is what a run may rely on: a plan is
//! durable before its journal exists, a journal has one writer, a lease one holder.
//! Absent: what a journal says (`journal`) and which run to go on with (`runs`).

mod bucket;
mod folder;
pub mod permissions;
mod segments;

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

pub use bucket::BucketStore;
pub use folder::FolderStore;

use super::journal::reader::Read;
use super::journal::{Journal, Sink, Unreadable};
use super::lease::Register;
use super::pending::Pending;
use crate::cloud::failure::CallError;

/// A place that cannot be read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A bucket, in its own words.
    #[error("{place}: {error}")]
    Call {
        /// Which object.
        place: String,
        /// What was said.
        error: Box<CallError>,
    },
    /// Another process writes the same thing.
    #[error("another process writes {place}")]
    Taken {
        /// What.
        place: String,
    },
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::File { source, .. } => source,
            StoreError::Taken { .. } => Self::new(io::ErrorKind::WouldBlock, error.to_string()),
            StoreError::Call { .. } => Self::other(error.to_string()),
        }
    }
}

/// Who writes a journal: told in what is written where several machines may try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writer {
    /// Drawn by chance, one for each process.
    pub mark: String,
    /// The fence of the lease it writes under.
    pub fence: u64,
}

/// A place.
pub trait RunStore: Debug + Send + Sync {
    /// For people.
    fn place(&self) -> String;

    /// Every run's id, oldest first. A place that is not there has none.
    fn ids(&self) -> Pending<'_, Result<Vec<String>, StoreError>>;

    /// A run's journal as far as it goes.
    fn journal<'a>(&'a self, run: &'a str) -> Pending<'a, Result<Vec<u8>, StoreError>>;

    /// The beginning of a run's journal, its first line at least.
    fn beginning<'a>(&'a self, run: &'a str) -> Pending<'a, Result<Vec<u8>, StoreError>>;

    /// The text of a run's plan.
    fn plan<'a>(&'a self, run: &'a str) -> Pending<'a, Result<String, StoreError>>;

    /// Writes a new run's plan, then makes its journal.
    fn begin<'a>(
        &'a self,
        run: &'a str,
        plan: String,
        writer: &'a Writer,
    ) -> Pending<'a, Result<Box<dyn Sink>, StoreError>>;

    /// Opens a former run's journal so that nobody who had it can write it any more.
    fn reopen<'a>(
        &'a self,
        run: &'a str,
        writer: &'a Writer,
    ) -> Pending<'a, Result<(Journal, Read), Unreadable>>;

    /// What is kept of an account's experience; none when nothing is.
    fn experience<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Option<Vec<u8>>, StoreError>>;

    /// Puts another text in its place. Of two writers at once one is heard.
    fn keep_experience<'a>(&'a self, account: &'a str, text: String) -> Pending<'a, Result<(), StoreError>>;

    /// The cell of the lease of an organization, by its management account.
    fn register(&self, account: &str) -> Arc<dyn Register>;
}
