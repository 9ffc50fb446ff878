//! `lzctl man`: the manual, for `man`.

use std::path::PathBuf;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;

/// Print the manual page, or write one page for each command into a folder
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A folder for lzctl.1, lzctl-plan.1 and so on
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer, command: clap::Command) -> Result<Exit, CliError> {
        match &self.out {
            None => {
                let mut page = Vec::new();
                clap_mangen::Man::new(command).render(&mut page).map_err(CliError::Stdout)?;
                printer.data(&String::from_utf8_lossy(&page))?;
            }
            Some(folder) => {
                let failed = |source| CliError::File { path: folder.clone(), verb: "written", source };
                std::fs::create_dir_all(folder).map_err(failed)?;
                clap_mangen::generate_to(command, folder).map_err(failed)?;
            }
        }
        Ok(Exit::Done)
    }
}
