//! What needs a look, written to a file that a CI system shows.

use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use crate::report::findings::{self, Finding};

/// The file, for commands that find things.
#[derive(Debug, Clone, Args)]
pub(super) struct FindingsArgs {
    /// Write what needs a look to a file that CI systems show: SARIF (.sarif) or JUnit (.xml)
    #[arg(long = "findings", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl FindingsArgs {
    /// Writes the findings, where somebody wants them; `suite` is what found them.
    pub(super) fn write(&self, suite: &str, found: &[Finding]) -> Result<(), CliError> {
        let Some(path) = &self.file else { return Ok(()) };
        let text = text(path, suite, found)?;
        let written = std::fs::write(path, text);
        written.map_err(|source| CliError::File { path: path.clone(), verb: "written", source })
    }
}

fn text(path: &Path, suite: &str, found: &[Finding]) -> Result<String, CliError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "sarif" => serde_json::to_string_pretty(&findings::sarif(found)).map_err(CliError::Json),
        "xml" => Ok(findings::junit(suite, found)),
        _ => Err(CliError::Usage("--findings takes a file that ends with .sarif or .xml".to_owned())),
    }
}
