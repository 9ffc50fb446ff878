//! Why there is no rehearsal.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::apply::dispatch::ApplyError;
use crate::cloud::connection::ConnectionError;
use crate::observe::ObserveError;

/// Why there is no rehearsal. What the simulated AWS refuses is none of these:
/// the outcome tells it.
#[derive(Debug, Error)]
pub enum RehearseError {
    /// No event queue, or the like.
    #[error("the rehearsal cannot run here: {0}")]
    Runtime(#[source] io::Error),
    /// The simulated AWS cannot be connected to.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The simulated organization cannot be read.
    #[error(transparent)]
    Observe(Box<ObserveError>),
    /// The plan cannot be carried out at all.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A world's file cannot be read or written.
    #[error("the world {path} cannot be {verb}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// Why.
        source: io::Error,
    },
    /// A file holds no world.
    #[error("{path} holds no simulated world: {source}")]
    NoWorld {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A file tells of a past that cannot have been.
    #[error("the past that {path} tells of cannot have been: {reason}")]
    Past {
        /// The file.
        path: PathBuf,
        /// What AWS would have refused.
        reason: String,
    },
}

impl From<ObserveError> for RehearseError {
    fn from(error: ObserveError) -> Self {
        Self::Observe(Box::new(error))
    }
}
