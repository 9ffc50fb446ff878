//! Which run has used up the nonce of a plan file.
//!
//! In: what a journal holds. Out: whether its first record names the nonce. That
//! record is durable before the first call of a run, so what no journal names has
//! changed nothing under this place. A journal whose first record cannot be believed
//! is an error: it may be the one.

use thiserror::Error;

use super::line;
use super::reader::{Read, Unreadable};
use super::record::Entry;
use crate::apply::outcome::Ending;
use crate::apply::store::StoreError;

/// A place of journals that does not tell whether a nonce was used.
#[derive(Debug, Error)]
pub enum Unclear {
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A journal cannot be believed.
    #[error("run {run}: {problem}")]
    Journal {
        /// Whose.
        run: String,
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

/// Whether the first record of a run's journal names the nonce; it does not when a
/// crash tore it, before any call.
///
/// # Errors
/// [`Unclear`] when the record cannot be believed.
pub fn names(run: &str, beginning: &[u8], nonce: &str) -> Result<bool, Unclear> {
    let end = beginning.iter().position(|byte| *byte == b'\n');
    let text = String::from_utf8_lossy(beginning.get(..end.unwrap_or(beginning.len())).unwrap_or_default());
    let record = match (line::decode(&text), end) {
        (Ok(record), _) => record,
        (Err(_), None) => return Ok(false),
        (Err(problem), Some(_)) => return Err(unclear(run, Unreadable::Line { line: 1, problem })),
    };
    Ok(matches!(record.entry, Entry::Opened { nonce: Some(used), .. } if used == nonce))
}

/// How far the run that has used a nonce has come.
///
/// # Errors
/// [`Unclear`] when its journal cannot be believed.
pub fn used(run: String, story: Result<Read, Unreadable>) -> Result<Use, Unclear> {
    let story = story.map_err(|problem| unclear(&run, problem))?;
    let finished = matches!(story.ledger.ending, Some(Ending::Complete | Ending::Incomplete));
    Ok(Use { run, finished })
}

fn unclear(run: &str, problem: Unreadable) -> Unclear {
    Unclear::Journal { run: run.to_owned(), problem: Box::new(problem) }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use fs_err as fs;

    use super::super::{FileSink, Journal};
    use super::*;
    use crate::apply::Runs;

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

    #[tokio::test]
    async fn a_nonce_is_used_from_the_first_record_on_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("runs");
        assert_eq!(Runs::at(&folder).used("a").await.unwrap(), None);
        write(&folder, "run-0", None, vec![]);
        write(&folder, "run-1", Some("a"), vec![]);
        write(&folder, "run-2", Some("b"), vec![Entry::Closed { ending: Ending::Complete }]);
        write(&folder, "run-3", Some("c"), vec![Entry::Closed { ending: Ending::Interrupted }]);
        let used = |run: &str, finished| Some(Use { run: run.to_owned(), finished });
        assert_eq!(Runs::at(&folder).used("a").await.unwrap(), used("run-1", false));
        assert_eq!(Runs::at(&folder).used("b").await.unwrap(), used("run-2", true));
        assert_eq!(Runs::at(&folder).used("c").await.unwrap(), used("run-3", false));
        assert_eq!(Runs::at(&folder).used("d").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_journal_that_was_edited_is_not_believed_and_a_torn_first_line_sent_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), "run-1", Some("a"), vec![]);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"a\"", "\"z\"")).unwrap();
        assert!(matches!(Runs::at(folder.path()).used("a").await, Err(Unclear::Journal { .. })));
        fs::write(&path, &text[..text.len() / 2]).unwrap();
        assert_eq!(Runs::at(folder.path()).used("a").await.unwrap(), None);
    }
}
