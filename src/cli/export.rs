//! `lzctl export`: a document of what is there.

use std::path::{Path, PathBuf};

use super::documents::Documents;
use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::snapshot::{self, Look};
use super::{interrupt, planning};
use crate::export::{self, DOCUMENT, Exported};
use crate::observe::census::Census;
use crate::plan::Plan;
use crate::report::census_text;

/// Write a document of the live organization, or of a snapshot
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder for the document and the files that it names
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// A file that `lzctl snapshot` wrote, instead of the live organization
    #[arg(long, value_name = "FILE.json", conflicts_with_all = ["regions", "simulate", "profile", "endpoint_url"])]
    snapshot: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    look: Look,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        if let Some(path) = &self.snapshot {
            let exported = self.write(&snapshot::read(path)?, printer)?;
            self.tell(&exported, None, printer);
            return Ok(Exit::Done);
        }
        self.look.aws.runtime()?.block_on(async {
            let mut signals = interrupt::listen()?;
            let work = async {
                let session = self.look.open(printer).await?;
                let exported = self.write(&self.look.take(&session).await?, printer)?;
                let documents = Documents { files: vec![self.out.join(DOCUMENT)] };
                let spec = documents.load(printer)?.spec;
                let plan = planning::make(&spec, &session, &spec.consents).await?;
                self.tell(&exported, Some(&plan), printer);
                Ok(Exit::Done)
            };
            interrupt::or_stop(work, &mut signals).await
        })
    }

    fn write(&self, census: &Census, printer: &Printer) -> Result<Exported, CliError> {
        let exported = export::document(census).ok_or(CliError::NoOrganization)?;
        let paths: Vec<(PathBuf, &String)> =
            exported.files.iter().map(|(path, text)| (self.out.join(path), text)).collect();
        if let Some((there, _)) = paths.iter().find(|(path, _)| path.exists() && !self.force) {
            return Err(CliError::Exists(there.clone()));
        }
        for (path, text) in paths {
            let failed = |source| CliError::File { path: path.clone(), verb: "written", source };
            fs_err::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
            fs_err::write(&path, text).map_err(failed)?;
        }
        printer.say(census_text::render(census).trim_end());
        Ok(exported)
    }

    fn tell(&self, exported: &Exported, plan: Option<&Plan>, printer: &Printer) {
        for (address, why) in &exported.left_alone {
            printer.say(&format!("note: {address} is left alone: {why}"));
        }
        let others = exported.files.len() - 1;
        let document = self.out.join(DOCUMENT);
        printer.say(&format!("The document is {} with {others} files beside it.", document.display()));
        let Some(plan) = plan else { return };
        let blockers = plan.blockers().count();
        if plan.steps.is_empty() && blockers == 0 {
            printer.say("A plan of it finds nothing to do.");
            return;
        }
        // Either somebody changes the organization meanwhile, or it has something that no
        // section knows how to leave alone.
        let steps: Vec<&str> = plan.steps.iter().map(|step| step.id.0.as_str()).collect();
        printer.say(&format!(
            "note: a plan of it has {} steps and {blockers} blockers: {}",
            steps.len(),
            steps.join(", ")
        ));
        printer.say("hint: look at `lzctl plan`, or list the addresses under `leave_alone`");
    }
}
