//! Where the journals of runs lie.

use std::path::PathBuf;

use crate::apply::Runs;
use crate::apply::journal::file::FOLDER;

/// Arguments of commands that write or read journals.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RunFolder {
    /// The folder of journals
    #[arg(long = "run-folder", value_name = "DIR", default_value = FOLDER)]
    folder: PathBuf,
}

impl RunFolder {
    /// The runs in it.
    pub(super) fn runs(&self) -> Runs {
        Runs::at(&self.folder)
    }
}
