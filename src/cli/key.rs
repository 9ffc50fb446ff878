//! `lzctl key`: the keys that sign plans.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use zeroize::Zeroizing;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::saved;
use crate::plan::saved::PrivateKey;

/// Make keys that sign plans
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(Generate),
}

/// Make a private key in a file that only you can read, and its public key beside it
#[derive(Debug, clap::Args)]
struct Generate {
    /// The private key's file; the public key's is the same with `.pub`
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let Command::Generate(args) = &self.command;
        args.run(printer)
    }
}

impl Generate {
    fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let mut seed = Zeroizing::new([0; 32]);
        saved::fill(seed.as_mut_slice())?;
        let key = PrivateKey::from_seed(&seed);
        let no_key = |reason| CliError::NoKey { path: self.out.clone(), reason };
        let private = key.to_pem().map_err(no_key)?;
        let public = key.public().to_pem().map_err(no_key)?;
        let mut beside = self.out.as_os_str().to_owned();
        beside.push(".pub");
        let beside = PathBuf::from(beside);
        write_new(&self.out, &private, 0o600)?;
        if let Err(error) = write_new(&beside, &public, 0o644) {
            // Half a pair is of no use to anybody. It was made a moment ago, by
            // this command and under no other name.
            let _ = std::fs::remove_file(&self.out);
            return Err(error);
        }
        printer.data(&format!("{}\n", key.public().id()))?;
        printer.say(&format!(
            "The private key is in {}: keep it to yourself. The public key is in {}: give it to whoever \
             applies plans.",
            self.out.display(),
            beside.display()
        ));
        Ok(Exit::Done)
    }
}

/// Writes a file that does not exist yet: no key is ever lost to a slip. The mode
/// holds from its first moment, where files have one. A folder that is not there is made.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), verb: "written", source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written: io::Result<()> = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(failed)
}
