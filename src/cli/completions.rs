//! `lzctl completions`: what a shell needs to complete our arguments.

use clap_complete::Shell;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer, mut command: clap::Command) -> Result<Exit, CliError> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut command, "lzctl", &mut text);
        printer.data(&String::from_utf8_lossy(&text))?;
        Ok(Exit::Done)
    }
}
