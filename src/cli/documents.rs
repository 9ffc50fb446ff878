//! The documents a command is given.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use super::printer::Printer;
use crate::spec::render::{self, Style};
use crate::spec::{self, Diagnostics, Input, Loaded};

/// Columns that diagnostics are drawn in.
const WIDTH: usize = 100;

/// The files named on the command line.
#[derive(Debug, Clone, Args)]
pub(super) struct Documents {
    /// The landing-zone document, or several files that are joined
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

impl Documents {
    /// Reads and checks them; warnings and errors are shown.
    pub(super) fn load(&self, printer: &Printer) -> Result<Loaded, CliError> {
        let loaded = self.parse().map_err(|diagnostics| {
            printer.say(drawn(&diagnostics, printer).trim_end());
            CliError::Document(diagnostics.to_string())
        })?;
        if !loaded.warnings.list.is_empty() {
            printer.say(drawn(&loaded.warnings, printer).trim_end());
        }
        Ok(loaded)
    }

    /// Reads and checks them; shows nothing.
    pub(super) fn parse(&self) -> Result<Loaded, Diagnostics> {
        let inputs = self.files.iter().map(|path| input(path)).collect();
        spec::parse_with(inputs, &mut |path| input(Path::new(path)))
    }

    /// As they were typed.
    pub(super) fn typed(&self) -> String {
        let names: Vec<String> = self.files.iter().map(|path| path.display().to_string()).collect();
        names.join(" ")
    }
}

fn input(path: &Path) -> Input {
    let name = path.display().to_string();
    match std::fs::read(path) {
        Ok(bytes) => Input::new(name, bytes),
        Err(error) => Input::unreadable(name, reason(path, &error)),
    }
}

fn reason(path: &Path, error: &io::Error) -> String {
    if path.is_dir() {
        return "it is a folder, not a file".to_owned();
    }
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "its permissions do not allow it".to_owned(),
        _ => error.to_string(),
    }
}

fn drawn(diagnostics: &Diagnostics, printer: &Printer) -> String {
    let color = printer.err != crate::report::Paint::PLAIN;
    render::render(diagnostics, Style::Drawn { color, width: WIDTH })
}
