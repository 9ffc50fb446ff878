//! Which run has used up the nonce of a plan file.
//!
//! In: the folder of the journals. Out: the run, if one names the nonce in its
//! first record. That record is durable before the first call of a run, so what no
//! journal names has changed nothing under this folder. A journal whose first
//! record cannot be believed is an error: it may be the one.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use fs_err as fs;
use thiserror::Error;

use super::line;
use super::reader::{Unreadable, read};
use super::record::Entry;
use crate::apply::outcome::Ending;

/// A folder of journals that does not tell whether a nonce was used.
#[derive(Debug, Error)]
pub enum Unclear {
    /// The folder or a file in it cannot be read.
    #[error(transparent)]
    File(#[from] io::Error),
    /// A journal cannot be believed.
    #[error("{path}: {problem}")]
    Journal {
        /// Which.
        path: PathBuf,
        /// Why.
        problem: Box<Unreadable>,
    },
}

/// A run that has used up a nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The run's id.
    pub run: String,
    /// Whether it came to its end; if not, it can be gone on with.
    pub finished: bool,
}

/// The run whose journal in `folder` names the nonce.
///
/// # Errors
/// [`Unclear`] when a journal cannot be read or believed. A folder that is not
/// there holds no journal.
pub fn find(folder: &Path, nonce: &str) -> Result<Option<Use>, Unclear> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    for path in paths {
        if let Some(Entry::Opened { run, nonce: Some(used), .. }) = first(&path)?
            && used == nonce
        {
            return Ok(Some(Use { run, finished: finished(&path)? }));
        }
    }
    Ok(None)
}

/// The first record of a journal; none when a crash tore it, before any call.
fn first(path: &Path) -> Result<Option<Entry>, Unclear> {
    let mut raw = Vec::new();
    BufReader::new(fs::File::open(path)?).read_until(b'\n', &mut raw)?;
    let text = String::from_utf8_lossy(&raw);
    let Some(text) = text.strip_suffix('\n') else {
        return Ok(line::decode(&text).ok().map(|record| record.entry));
    };
    let problem = |problem| Unclear::Journal {
        path: path.to_owned(),
        problem: Box::new(Unreadable::Line { line: 1, problem }),
    };
    line::decode(text).map(|record| Some(record.entry)).map_err(problem)
}

fn finished(path: &Path) -> Result<bool, Unclear> {
    let story = read(&fs::read(path)?);
    let story =
        story.map_err(|problem| Unclear::Journal { path: path.to_owned(), problem: Box::new(problem) })?;
    Ok(matches!(story.ledger.ending, Some(Ending::Complete | Ending::Incomplete)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{FileSink, Journal};
    use super::*;

    fn opened(run: &str, nonce: Option<&str>) -> Entry {
        Entry::Opened {
            run: run.to_owned(),
            plan: "plan".to_owned(),
            account: "111122223333".parse().unwrap(),
            organization: None,
            steps: 0,
            started: "2026-11-23T10:15:00Z".parse().unwrap(),
            nonce: nonce.map(str::to_owned),
        }
    }

    fn write(folder: &Path, run: &str, nonce: Option<&str>, rest: Vec<Entry>) -> PathBuf {
        let mut journal = Journal::new(Box::new(FileSink::create(folder, run).unwrap()));
        journal.append(Duration::ZERO, vec![opened(run, nonce)]).unwrap();
        journal.append(Duration::from_secs(1), rest).unwrap();
        FileSink::path(folder, run)
    }

    #[test]
    fn a_nonce_is_used_from_the_first_record_on_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("runs");
        assert_eq!(find(&folder, "a").unwrap(), None);
        write(&folder, "run-0", None, vec![]);
        write(&folder, "run-1", Some("a"), vec![]);
        write(&folder, "run-2", Some("b"), vec![Entry::Closed { ending: Ending::Complete }]);
        write(&folder, "run-3", Some("c"), vec![Entry::Closed { ending: Ending::Interrupted }]);
        let used = |run: &str, finished| Some(Use { run: run.to_owned(), finished });
        assert_eq!(find(&folder, "a").unwrap(), used("run-1", false));
        assert_eq!(find(&folder, "b").unwrap(), used("run-2", true));
        assert_eq!(find(&folder, "c").unwrap(), used("run-3", false));
        assert_eq!(find(&folder, "d").unwrap(), None);
    }

    #[test]
    fn a_journal_that_was_edited_is_not_believed_and_a_torn_first_line_sent_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), "run-1", Some("a"), vec![]);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"a\"", "\"z\"")).unwrap();
        assert!(matches!(find(folder.path(), "a"), Err(Unclear::Journal { .. })));
        fs::write(&path, &text[..text.len() / 2]).unwrap();
        assert_eq!(find(folder.path(), "a").unwrap(), None);
    }
}
