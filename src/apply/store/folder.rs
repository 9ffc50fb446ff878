//! Runs as files of a folder: `RUN.jsonl` and `RUN.plan.json`; what they have learned
//! as `learned/ACCOUNT.json`.
//!
//! The leases lie elsewhere, in one folder for all run folders of a machine, since
//! the organization is the same from wherever it is changed. Where that folder cannot
//! be written they lie beside the runs.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs_err as fs;

use super::{RunStore, StoreError, Writer};
use crate::apply::journal::reader::Read;
use crate::apply::journal::{FileSink, Journal, Sink, Unreadable};
use crate::apply::lease::Register;
use crate::apply::lease::folder::FolderRegister;
use crate::apply::pending::Pending;

/// The end of a journal's file name.
const JOURNAL: &str = ".jsonl";
/// The end of a plan's file name.
const PLAN: &str = ".plan.json";
/// More than any first line has.
const BEGINNING: u64 = 64 * 1024;

/// The folder.
#[derive(Debug, Clone)]
pub struct FolderStore {
    folder: PathBuf,
    leases: PathBuf,
}

impl FolderStore {
    /// Runs in a folder, leases in another; neither need exist yet.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, leases: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), leases: leases.into() }
    }

    fn path(&self, run: &str, end: &str) -> PathBuf {
        self.folder.join(format!("{run}{end}"))
    }

    fn learned(&self, account: &str) -> PathBuf {
        self.folder.join("learned").join(format!("{account}.json"))
    }

    /// Nobody ever reads half of it: it is written beside and put in its place.
    fn replace(path: &Path, text: &str) -> io::Result<()> {
        let beside = path.with_extension(format!("{}.tmp", std::process::id()));
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(&beside, text)?;
        fs::rename(&beside, path)
    }

    fn all_ids(&self) -> Result<Vec<String>, StoreError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(failed(&self.folder))?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed(&self.folder))?.file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(JOURNAL)).map(str::to_owned));
        }
        // Ids begin with the moment of the start.
        ids.sort_unstable();
        Ok(ids)
    }

    fn make(&self, run: &str, plan: &str) -> io::Result<Box<dyn Sink>> {
        fs::create_dir_all(&self.folder)?;
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(self.path(run, PLAN))?;
        file.write_all(plan.as_bytes())?;
        file.sync_all()?;
        Ok(Box::new(FileSink::create(&self.folder, run)?))
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::File { path: path.to_owned(), source }
}

impl RunStore for FolderStore {
    fn place(&self) -> String {
        self.folder.display().to_string()
    }

    fn ids(&self) -> Pending<'_, Result<Vec<String>, StoreError>> {
        Box::pin(async move { self.all_ids() })
    }

    fn journal<'a>(&'a self, run: &'a str) -> Pending<'a, Result<Vec<u8>, StoreError>> {
        let path = self.path(run, JOURNAL);
        Box::pin(async move { fs::read(&path).map_err(failed(&path)) })
    }

    fn beginning<'a>(&'a self, run: &'a str) -> Pending<'a, Result<Vec<u8>, StoreError>> {
        let path = self.path(run, JOURNAL);
        Box::pin(async move {
            let mut content = Vec::new();
            let read = fs::File::open(&path).and_then(|file| file.take(BEGINNING).read_to_end(&mut content));
            read.map_err(failed(&path))?;
            Ok(content)
        })
    }

    fn plan<'a>(&'a self, run: &'a str) -> Pending<'a, Result<String, StoreError>> {
        let path = self.path(run, PLAN);
        Box::pin(async move { fs::read_to_string(&path).map_err(failed(&path)) })
    }

    fn begin<'a>(
        &'a self,
        run: &'a str,
        plan: String,
        _writer: &'a Writer,
    ) -> Pending<'a, Result<Box<dyn Sink>, StoreError>> {
        Box::pin(async move { self.make(run, &plan).map_err(failed(&self.path(run, JOURNAL))) })
    }

    fn reopen<'a>(
        &'a self,
        run: &'a str,
        _writer: &'a Writer,
    ) -> Pending<'a, Result<(Journal, Read), Unreadable>> {
        let path = self.path(run, JOURNAL);
        Box::pin(async move { FileSink::reopen(&path) })
    }

    fn experience<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Option<Vec<u8>>, StoreError>> {
        let path = self.learned(account);
        Box::pin(async move {
            match fs::read(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                other => other.map(Some).map_err(failed(&path)),
            }
        })
    }

    fn keep_experience<'a>(&'a self, account: &'a str, text: String) -> Pending<'a, Result<(), StoreError>> {
        let path = self.learned(account);
        Box::pin(async move { Self::replace(&path, &text).map_err(failed(&path)) })
    }

    fn register(&self, account: &str) -> Arc<dyn Register> {
        let common = FolderRegister::new(&self.leases, account);
        if common.is_usable() {
            return Arc::new(common);
        }
        tracing::warn!(folder = %self.leases.display(), "leases cannot be written there");
        Arc::new(FolderRegister::new(&self.folder.join("leases"), account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leases_are_common_to_all_run_folders_and_lie_beside_the_runs_where_that_cannot_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let register = |runs: &str, leases: &str| {
            FolderStore::new(path(runs), path(leases)).register("111122223333").place()
        };
        assert_eq!(register("a", "common"), register("b", "common"));
        fs::write(path("file"), "").unwrap();
        let beside = path("a").join("leases/111122223333.json").display().to_string();
        assert_eq!(register("a", "file/leases"), beside);
    }
}
