//! A journal in a file of its own, under `.lzctl/runs/`.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::reader::{Read, Unreadable, read};
use super::writer::{Journal, Sink};

/// Where journals lie, below the working folder.
pub const FOLDER: &str = ".lzctl/runs";

/// An open file; each append is synced before it returns.
#[derive(Debug)]
pub struct FileSink {
    file: fs::File,
}

impl FileSink {
    /// The path of a run's journal.
    #[must_use]
    pub fn path(folder: &Path, run: &str) -> PathBuf {
        folder.join(format!("{run}.jsonl"))
    }

    /// Makes the file of a new run, and its folder.
    ///
    /// # Errors
    /// When it exists already or cannot be made.
    pub fn create(folder: &Path, run: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let options = &mut fs::OpenOptions::new();
        let file = options.append(true).create_new(true).open(Self::path(folder, run))?;
        claim(&file)?;
        // The name must survive a crash like the lines do. Folders can be synced
        // only on Unix; elsewhere opening them fails, and the file system keeps
        // names by itself.
        if let Ok(folder) = fs::File::open(folder) {
            folder.sync_all().or_else(|error| match error.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported => Ok(()),
                _ => Err(error),
            })?;
        }
        Ok(Self { file })
    }

    /// Opens the journal of a former run to go on with it. A torn last line is
    /// cut off first.
    ///
    /// # Errors
    /// When it cannot be opened, a running process writes it, or its content
    /// cannot be trusted.
    pub fn reopen(path: &Path) -> Result<(Journal, Read), Unreadable> {
        let file = fs::OpenOptions::new().append(true).open(path)?;
        // First the claim, then the reading: what another process may still write
        // is no end of a journal.
        claim(&file)?;
        let content = fs::read(path)?;
        let story = read(&content)?;
        file.set_len(story.trusted_bytes)?;
        let mut sink = Self { file };
        if story.lacks_line_break {
            sink.append("\n")?;
        }
        Ok((Journal::after(story.ledger.clone(), Box::new(sink)), story))
    }
}

/// Claims a journal for this process. The operating system takes the claim back
/// when the process ends, however it ends. A file system that knows no claims
/// grants none and refuses none.
fn claim(file: &fs::File) -> io::Result<()> {
    match file.file().try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::WouldBlock, "another process is carrying this run out"))
        }
        Ok(()) | Err(std::fs::TryLockError::Error(_)) => Ok(()),
    }
}

impl Sink for FileSink {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        self.file.write_all(lines.as_bytes())?;
        self.file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::apply::journal::record::Entry;

    fn opened() -> Entry {
        Entry::Opened {
            run: "run".to_owned(),
            plan: "plan".to_owned(),
            account: "111122223333".parse().unwrap(),
            organization: None,
            steps: 0,
            started: "2026-11-23T10:15:00Z".parse().unwrap(),
            nonce: None,
        }
    }

    #[test]
    fn a_file_that_was_torn_is_cut_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let sink = FileSink::create(folder.path(), "run").unwrap();
        let mut journal = Journal::new(Box::new(sink));
        journal.append(Duration::ZERO, vec![opened(), Entry::Interrupted]).unwrap();
        drop(journal);
        let path = FileSink::path(folder.path(), "run");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 10]).unwrap();

        let (mut journal, story) = FileSink::reopen(&path).unwrap();
        assert!(story.torn);
        assert_eq!(story.records.len(), 1);
        journal.append(Duration::from_secs(1), vec![Entry::Interrupted]).unwrap();
        let again = read(&fs::read(&path).unwrap()).unwrap();
        assert!(!again.torn);
        assert_eq!(again.records.len(), 2);
    }

    #[test]
    fn a_last_line_that_lacks_only_its_break_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let sink = FileSink::create(folder.path(), "run").unwrap();
        Journal::new(Box::new(sink)).append(Duration::ZERO, vec![opened()]).unwrap();
        let path = FileSink::path(folder.path(), "run");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();

        let (mut journal, _) = FileSink::reopen(&path).unwrap();
        journal.append(Duration::ZERO, vec![Entry::Interrupted]).unwrap();
        assert_eq!(read(&fs::read(&path).unwrap()).unwrap().records.len(), 2);
    }

    #[test]
    fn the_journal_of_a_run_that_goes_on_is_not_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::new(Box::new(FileSink::create(folder.path(), "run").unwrap()));
        journal.append(Duration::ZERO, vec![opened()]).unwrap();
        let path = FileSink::path(folder.path(), "run");
        let taken = FileSink::reopen(&path).unwrap_err().to_string();
        assert!(taken.contains("another process"), "{taken}");
        drop(journal);
        assert!(FileSink::reopen(&path).is_ok());
    }

    #[test]
    fn a_run_never_writes_over_the_journal_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("deep/er");
        FileSink::create(&folder, "run").unwrap();
        let second = FileSink::create(&folder, "run").unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::AlreadyExists);
    }
}
