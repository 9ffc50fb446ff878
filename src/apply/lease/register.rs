//! One cell in a store that holds a lease and is written only under a condition.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::claim::Written;
use super::{Document, Look};
use crate::apply::pending::Pending;
use crate::cloud::failure::CallError;
use crate::cloud::objects;

/// A cell that cannot be read or written.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// The store's words.
    #[error("{place}: {error}")]
    Call {
        /// Where.
        place: String,
        /// What it said.
        error: Box<CallError>,
    },
    /// A file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It holds something else than a lease, or one of another program version.
    #[error("{place} holds no lease that this version understands: {problem}")]
    Content {
        /// Where.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

impl RegisterError {
    /// Whether a write that met it may have taken effect, and a look may show it.
    #[must_use]
    pub fn leaves_open(&self) -> bool {
        match self {
            Self::Call { error, .. } => objects::passes(error),
            Self::File { .. } | Self::Content { .. } => false,
        }
    }
}

/// The cell.
pub trait Register: Debug + Send + Sync {
    /// Where it is, for people.
    fn place(&self) -> String;

    /// Looks into it.
    fn look(&self) -> Pending<'_, Result<Look, RegisterError>>;

    /// Writes it if it still has the tag `over`, or if it was never written.
    fn write<'a>(
        &'a self,
        document: &'a Document,
        over: Option<&'a str>,
    ) -> Pending<'a, Result<Written, RegisterError>>;
}

/// The text of a lease.
///
/// # Errors
/// [`RegisterError::Content`] when it has none, which no lease of ours is.
pub(super) fn encode(place: &str, document: &Document) -> Result<Vec<u8>, RegisterError> {
    serde_json::to_vec_pretty(document).map_err(|error| content(place, error.to_string()))
}

/// The lease of a text.
///
/// # Errors
/// [`RegisterError::Content`] when it is none.
pub(super) fn decode(place: &str, text: &[u8]) -> Result<Document, RegisterError> {
    let document: Document =
        serde_json::from_slice(text).map_err(|error| content(place, error.to_string()))?;
    if document.format == super::FORMAT {
        Ok(document)
    } else {
        Err(content(place, format!("its format is {}", document.format)))
    }
}

fn content(place: &str, problem: String) -> RegisterError {
    RegisterError::Content { place: place.to_owned(), problem }
}
