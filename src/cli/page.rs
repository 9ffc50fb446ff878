//! A page for browsers, written to a file.

use std::path::Path;

use jiff::{Timestamp, Unit};

use super::error::CliError;
use super::printer::Printer;
use crate::report::html::{self, Page};

/// Writes the page and says where it is.
pub(super) fn write(page: &Page<'_>, path: &Path, printer: &Printer) -> Result<(), CliError> {
    let written = std::fs::write(path, html::render(page));
    written.map_err(|source| CliError::File { path: path.to_owned(), verb: "written", source })?;
    printer.say(&format!("The page is in {}; it opens in any browser, without a network.", path.display()));
    Ok(())
}

/// A moment as the page tells it: to the minute.
pub(super) fn time(now: Timestamp) -> String {
    let minute = now.round(Unit::Minute).unwrap_or(now);
    minute.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
