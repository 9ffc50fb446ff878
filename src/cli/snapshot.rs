//! `lzctl snapshot`: everything that is there, in a file.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::aws::{AwsArgs, Session, Wanted};
use super::error::CliError;
use super::exit::Exit;
use super::interrupt;
use super::printer::Printer;
use crate::model::region::Region;
use crate::observe::census::{self, Census};
use crate::report::census_text;

/// Read the whole organization, document or not, and write it as JSON
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to write; without one the snapshot goes to stdout
    #[arg(short, long, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// Fail when something could not be read
    #[arg(long)]
    complete: bool,
    #[command(flatten)]
    look: Look,
}

/// Where a census is taken.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Look {
    /// Regions to look at for Regional services, instead of the governed ones or, without a
    /// landing zone, of all that are on
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    regions: Vec<Region>,
    #[command(flatten)]
    pub(super) aws: AwsArgs,
}

impl Look {
    /// Connects.
    pub(super) async fn open(&self, printer: &Printer) -> Result<Session, CliError> {
        self.aws.open(&Wanted::default(), printer).await
    }

    /// Reads everything.
    pub(super) async fn take(&self, session: &Session) -> Result<Census, CliError> {
        // The future of a census is large and deep; on the heap it burdens nobody's layout.
        let taken = Box::pin(census::take(&session.connection, &self.regions)).await;
        taken.map_err(|error| session.observing(error))
    }
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let census = self.look.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.look.open(printer).await?;
                self.look.take(&session).await
            };
            interrupt::or_stop(work, &mut signals).await
        })?;
        match &self.out {
            Some(path) => write(&census, path)?,
            None => printer.json(&census)?,
        }
        printer.say(census_text::render(&census).trim_end());
        Ok(if self.complete && !census.gaps.is_empty() { Exit::Failed } else { Exit::Done })
    }
}

/// Piece by piece: of ten thousand accounts the text is larger than the census.
fn write(census: &Census, path: &Path) -> Result<(), CliError> {
    let failed = |source| file(path, "written", source);
    let mut out = BufWriter::new(fs_err::File::create(path).map_err(failed)?);
    serde_json::to_writer_pretty(&mut out, census).map_err(|error| failed(error.into()))?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(failed)
}

/// Reads a snapshot from a file.
pub(super) fn read(path: &Path) -> Result<Census, CliError> {
    let text = fs_err::read_to_string(path).map_err(|source| file(path, "read", source))?;
    let none = |reason: String| CliError::NoSnapshot { path: path.to_owned(), reason };
    Census::from_file(&text).map_err(none)
}

fn file(path: &Path, verb: &'static str, source: std::io::Error) -> CliError {
    CliError::File { path: path.to_owned(), verb, source }
}
