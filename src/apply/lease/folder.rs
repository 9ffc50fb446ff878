//! A lease as a file of this machine.
//!
//! The operating system adds what a bucket cannot know: a holder's process keeps a
//! second file locked while it lives, so one that has died is followed at once and
//! one that lives, however slow or stopped, never. On a file system without locks
//! the lease's own end decides, as in a bucket.

use std::fs::TryLockError;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fs_err as fs;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::claim::Written;
use super::register::{Register, RegisterError, decode, encode};
use super::{Document, Look, Sighting};
use crate::apply::pending::Pending;

/// The cell.
#[derive(Debug)]
pub struct FolderRegister {
    folder: PathBuf,
    name: String,
    /// Locked while this process holds the lease.
    alive: Mutex<Option<fs::File>>,
}

impl FolderRegister {
    /// The cell of a name in a folder, which need not exist yet.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { folder: folder.to_owned(), name: name.to_owned(), alive: Mutex::default() }
    }

    /// Whether the folder can be made and written.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.alone().is_ok()
    }

    fn path(&self, end: &str) -> PathBuf {
        self.folder.join(format!("{}.{end}", self.name))
    }

    fn failed(path: PathBuf) -> impl FnOnce(io::Error) -> RegisterError {
        move |source| RegisterError::File { path, source }
    }

    /// Holds off every other process between a look and a write.
    fn alone(&self) -> Result<fs::File, RegisterError> {
        let path = self.path("lock");
        let locked = fs::create_dir_all(&self.folder).and_then(|()| {
            let file = fs::OpenOptions::new().create(true).append(true).open(&path)?;
            match file.file().lock() {
                Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
                _ => Ok(file),
            }
        });
        locked.map_err(Self::failed(path))
    }

    /// The file that a holder keeps locked.
    fn sign_of_life(&self) -> Result<fs::File, RegisterError> {
        let path = self.path("alive");
        let opened = fs::OpenOptions::new().create(true).append(true).open(&path);
        opened.map_err(Self::failed(path))
    }

    fn read(&self) -> Result<Option<Sighting>, RegisterError> {
        let path = self.path("json");
        let content = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(Self::failed(path.clone()))?,
        };
        let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
        let written = written.map_err(Self::failed(path))?;
        let document = decode(&self.place(), &content)?;
        let ours = self.alive.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let alive = if ours { Some(true) } else { self.lives()? };
        let written = Timestamp::try_from(written).unwrap_or(Timestamp::UNIX_EPOCH);
        Ok(Some(Sighting { document, tag: tag(&content), written, alive }))
    }

    /// Whether another process holds it; none when the file system cannot tell.
    fn lives(&self) -> Result<Option<bool>, RegisterError> {
        // The probe's lock goes with its file.
        Ok(match self.sign_of_life()?.file().try_lock() {
            Ok(()) => Some(false),
            Err(TryLockError::WouldBlock) => Some(true),
            Err(TryLockError::Error(_)) => None,
        })
    }

    fn put(&self, document: &Document, over: Option<&str>) -> Result<Written, RegisterError> {
        let _alone = self.alone()?;
        let seen = self.read()?;
        if seen.as_ref().map(|seen| seen.tag.as_str()) != over {
            return Ok(Written::Unclear);
        }
        let mut alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        if document.holder.is_some() && alive.is_none() {
            let sign = self.sign_of_life()?;
            if matches!(sign.file().try_lock(), Err(TryLockError::WouldBlock)) {
                return Ok(Written::Unclear);
            }
            *alive = Some(sign);
        }
        let content = encode(&self.place(), document)?;
        let (path, beside) = (self.path("json"), self.path("part"));
        fs::File::create(&beside)
            .and_then(|mut file| file.write_all(&content).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&beside, &path))
            .map_err(Self::failed(path))?;
        if document.holder.is_none() {
            *alive = None;
        }
        Ok(Written::Yes(tag(&content)))
    }
}

/// The name of a content.
fn tag(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

impl Register for FolderRegister {
    fn place(&self) -> String {
        self.path("json").display().to_string()
    }

    fn look(&self) -> Pending<'_, Result<Look, RegisterError>> {
        Box::pin(async move {
            let _alone = self.alone()?;
            Ok(Look { found: self.read()?, at: Timestamp::now() })
        })
    }

    fn write<'a>(
        &'a self,
        document: &'a Document,
        over: Option<&'a str>,
    ) -> Pending<'a, Result<Written, RegisterError>> {
        Box::pin(async move { self.put(document, over) })
    }
}
