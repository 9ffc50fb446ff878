//! `lzctl init`: a first document, from a few questions.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use super::questions::{Question, Questions};
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::spec::render::{self, Style};
use crate::spec::starter::{Answers, NAME, STARTERS, Starter};
use crate::spec::{self, Diagnostics, Input};

/// What editors check the document against, beside it.
const SCHEMA: &str = "landing-zone.schema.json";

/// Write a first document, from a few questions or from these options
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document to write
    #[arg(value_name = "FILE", default_value = "landing-zone.yaml")]
    file: PathBuf,
    /// What to begin with
    #[arg(long, value_name = "NAME", value_parser = names())]
    plan: Option<String>,
    /// What the organization is called
    #[arg(long, value_name = "TEXT")]
    organization: Option<String>,
    /// E-mail addresses of accounts, with {name} where each account's own part stands
    #[arg(long, value_name = "PATTERN")]
    emails: Option<String>,
    /// The home Region
    #[arg(long, value_name = "REGION")]
    home: Option<Region>,
    /// Other Regions to govern, separated by commas
    #[arg(long, value_name = "REGIONS", value_delimiter = ',')]
    govern: Option<Vec<Region>>,
    /// The id of the management account, so that no other organization is ever touched
    #[arg(long, value_name = "ID")]
    management_account: Option<AccountId>,
}

fn names() -> Vec<&'static str> {
    STARTERS.iter().map(|starter| starter.name).collect()
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        if self.file.exists() {
            let there = self.file.display();
            return Err(CliError::Usage(format!(
                "{there} is there already; `lzctl init OTHER.yaml` writes another file"
            )));
        }
        let mut questions = Questions::new(printer);
        let starter = self.starter(&mut questions, printer)?;
        let answers = self.answers(&mut questions)?;
        let text = starter.document(&answers, SCHEMA);
        check(&self.file, &text, starter, printer)?;
        let folder = self.file.parent().unwrap_or_else(|| Path::new(""));
        let schema = serde_json::to_string_pretty(&spec::schema()).map_err(CliError::Json)?;
        for (path, content) in starter.files.iter().copied().chain([(SCHEMA, schema.as_str())]) {
            write(&folder.join(path), content)?;
        }
        write(&self.file, &text)?;
        let name = self.file.display();
        printer.data(&format!(
            "{name} is written. Read it, change it, then:\n  lzctl rehearse {name}   the whole run on a simulated AWS\n  \
             lzctl plan {name}       what it would change in yours; changes nothing\n"
        ))?;
        Ok(Exit::Done)
    }

    fn starter(
        &self,
        questions: &mut Questions<'_>,
        printer: &Printer,
    ) -> Result<&'static Starter, CliError> {
        if self.plan.is_none() {
            let widest = STARTERS.iter().map(|starter| starter.name.len()).max().unwrap_or_default();
            for starter in STARTERS {
                printer.say(&format!("  {:<widest$}  {}", starter.name, starter.about()));
            }
        }
        let question =
            Question { text: "What to begin with", default: Some(STARTERS[0].name), option: "--plan" };
        questions.unless_said(self.plan.as_deref(), question, |name| {
            Starter::named(name).ok_or_else(|| {
                CliError::Usage(format!("there is no plan `{name}`; there are {}", names().join(", ")))
            })
        })
    }

    fn answers(&self, questions: &mut Questions<'_>) -> Result<Answers, CliError> {
        let called =
            Question { text: "What the organization is called", default: Some(""), option: "--organization" };
        let title =
            questions.unless_said(self.organization.as_deref(), called, |text| Ok(text.to_owned()))?;
        let text = format!("E-mail addresses, with {NAME} for each account, such as aws+{NAME}@yours");
        let addresses = Question { text: &text, default: None, option: "--emails" };
        let emails = questions.unless_said(self.emails.as_deref(), addresses, pattern)?;
        let home = Question { text: "The home Region, which never changes", default: None, option: "--home" };
        let home = match &self.home {
            Some(home) => home.clone(),
            None => questions.unless_said(None, home, read)?,
        };
        let others = match (&self.govern, &self.home) {
            (Some(others), _) => others.clone(),
            // Whoever names the home Region on the command line has said all there is to say.
            (None, Some(_)) => Vec::new(),
            (None, None) => {
                let text = "Other Regions to govern, separated by commas";
                questions.unless_said(
                    None,
                    Question { text, default: Some(""), option: "--govern" },
                    |text| text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(read).collect(),
                )?
            }
        };
        Ok(Answers { title, emails, home, others, management: self.management_account.clone() })
    }
}

fn pattern(text: &str) -> Result<String, CliError> {
    if text.contains(NAME) && text.contains('@') {
        return Ok(text.to_owned());
    }
    Err(CliError::Usage(format!("`{text}` is no pattern of e-mail addresses with {NAME} in it")))
}

fn read<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, CliError> {
    text.parse().map_err(|error: T::Err| CliError::Usage(error.to_string()))
}

/// What the answers make of it must be valid, e.g. the addresses; what may be a slip, e.g. an unknown Region, is told.
fn check(file: &Path, text: &str, starter: &Starter, printer: &Printer) -> Result<(), CliError> {
    let mut beside = |path: &str| match starter.files.iter().find(|(name, _)| *name == path) {
        Some((name, content)) => Input::new(*name, *content),
        None => Input::unreadable(path, "there is no such file"),
    };
    let name = file.display().to_string();
    let say = |told: &Diagnostics| printer.say(render::render(told, Style::Told).trim_end());
    let loaded = spec::parse_with(vec![Input::new(name, text)], &mut beside).map_err(|wrong| {
        say(&wrong);
        CliError::Document(wrong.to_string())
    })?;
    if !loaded.warnings.list.is_empty() {
        say(&loaded.warnings);
    }
    Ok(())
}

fn write(path: &Path, content: &str) -> Result<(), CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), verb: "written", source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, content).map_err(failed)
}
