//! `lzctl validate`: is the document what it should be?

use clap::ValueEnum;
use serde_json::json;

use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::findings_file::FindingsArgs;
use super::printer::Printer;
use crate::report::findings;
use crate::spec::{Diagnostics, Loaded};

/// Check a document without calling AWS
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    documents: Documents,
    /// How findings are written
    #[arg(long, value_name = "FORM", default_value = "text")]
    format: Format,
    #[command(flatten)]
    findings: FindingsArgs,
}

/// The form of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let parsed = self.documents.parse();
        let found = match &parsed {
            Ok(loaded) => &loaded.warnings,
            Err(findings) => findings,
        };
        self.findings.write("lzctl validate", &findings::of_document(found))?;
        if self.format == Format::Json {
            return as_json(parsed.is_ok(), found, printer);
        }
        let loaded = self.documents.load(printer)?;
        printer.data(&format!("{} is valid: {}.\n", self.documents.typed(), sizes(&loaded)))?;
        Ok(Exit::Done)
    }
}

fn as_json(valid: bool, found: &Diagnostics, printer: &Printer) -> Result<Exit, CliError> {
    printer.json(&json!({ "valid": valid, "findings": entries(found)? }))?;
    Ok(if valid { Exit::Done } else { Exit::Invalid })
}

fn entries(findings: &Diagnostics) -> Result<serde_json::Value, CliError> {
    serde_json::to_value(findings.entries()).map_err(CliError::Json)
}

fn sizes(loaded: &Loaded) -> String {
    let spec = &loaded.spec;
    let counted =
        |number: usize, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
    let zone = spec
        .landing_zone
        .as_ref()
        .map_or_else(|| "no landing zone".to_owned(), |zone| format!("landing zone {}", zone.version));
    format!(
        "{}, {}, {}, {zone}",
        counted(spec.units.len(), "organizational unit"),
        counted(spec.accounts.len(), "account"),
        counted(spec.keys.len(), "key")
    )
}
