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
    /// When it cannot be opened, or its content cannot be trusted.
    pub fn reopen(path: &Path) -> Result<(Journal, Read), Unreadable> {
        let content = fs::read(path)?;
        let story = read(&content)?;
        let file = fs::OpenOptions::new().append(true).open(path)?;
        file.set_len(story.trusted_bytes)?;
        let mut sink = Self { file };
        if story.lacks_line_break {
            sink.append("\n")?;
        }
        Ok((Journal::after(story.ledger.clone(), Box::new(sink)), story))
    }
}

impl Sink for FileSink {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        self.file.write_all(lines.as_bytes())?;
        self.file.sync_data()
    }
}
