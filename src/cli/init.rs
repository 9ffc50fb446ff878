//! `lzctl init`: a first document, from a few questions.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use crate::model::ids::AccountId;
use crate::model::region::Region;
use crate::spec::render::{self, Style};
use crate::spec::starter::{Answers, NAME, STARTERS, Starter};
use crate::spec::{self, Input};

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
            return Err(CliError::Usage(format!("{} is there already", self.file.display())));
        }
        let starter = self.starter(printer)?;
        let answers = self.answers(printer)?;
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

    fn starter(&self, printer: &Printer) -> Result<&'static Starter, CliError> {
        let choose = || {
            for starter in STARTERS {
                printer.say(&format!("  {:<12} {}", starter.name, starter.about()));
            }
            asked("What to begin with", Some(STARTERS[0].name), "--plan", printer)
        };
        let name = self.plan.clone().map_or_else(choose, Ok)?;
        Starter::named(&name).ok_or_else(|| {
            CliError::Usage(format!("there is no plan `{name}`; there are {}", names().join(", ")))
        })
    }

    fn answers(&self, printer: &Printer) -> Result<Answers, CliError> {
        let title = match &self.organization {
            Some(title) => title.clone(),
            None => asked("What the organization is called", Some(""), "--organization", printer)?,
        };
        let emails = match &self.emails {
            Some(emails) => emails.clone(),
            None => asked(
                &format!("E-mail addresses, with {NAME} for each account, such as aws+{NAME}@yours"),
                None,
                "--emails",
                printer,
            )?,
        };
        if !emails.contains(NAME) || !emails.contains('@') {
            return Err(CliError::Usage(format!(
                "`{emails}` is no pattern of e-mail addresses with {NAME} in it"
            )));
        }
        let home = match &self.home {
            Some(home) => home.clone(),
            None => read(&asked("The home Region, which never changes", None, "--home", printer)?)?,
        };
        let others = match (&self.govern, &self.home) {
            (Some(others), _) => others.clone(),
            // Whoever names the home Region on the command line has said all there is to say.
            (None, Some(_)) => Vec::new(),
            (None, None) => {
                let text =
                    asked("Other Regions to govern, separated by commas", Some(""), "--govern", printer)?;
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(read)
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(Answers { title, emails, home, others, management: self.management_account.clone() })
    }
}

fn read<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, CliError> {
    text.parse().map_err(|error: T::Err| CliError::Usage(error.to_string()))
}

/// An answer from the terminal; where there is none, what it is when nobody says, or the
/// option that says it.
fn asked(question: &str, default: Option<&str>, option: &str, printer: &Printer) -> Result<String, CliError> {
    if !io::stdin().is_terminal() {
        return default
            .map(str::to_owned)
            .ok_or_else(|| CliError::Usage(format!("say {option}: there is no terminal to ask on")));
    }
    let shown = default.filter(|text| !text.is_empty()).map(|text| format!(" [{text}]")).unwrap_or_default();
    printer.say(&format!("{question}{shown}:"));
    let mut line = String::new();
    let heard = io::stdin().lock().read_line(&mut line);
    heard.map_err(|source| CliError::System { what: "the answer cannot be read".to_owned(), source })?;
    let line = line.trim();
    match (line.is_empty(), default) {
        (false, _) => Ok(line.to_owned()),
        (true, Some(default)) => Ok(default.to_owned()),
        (true, None) => Err(CliError::Usage(format!(
            "without an answer there is nothing to begin with; {option} says it, too"
        ))),
    }
}

/// What the answers make of it must be valid, e.g. the addresses.
fn check(file: &Path, text: &str, starter: &Starter, printer: &Printer) -> Result<(), CliError> {
    let mut beside = |path: &str| match starter.files.iter().find(|(name, _)| *name == path) {
        Some((name, content)) => Input::new(*name, *content),
        None => Input::unreadable(path, "there is no such file"),
    };
    let name = file.display().to_string();
    spec::parse_with(vec![Input::new(name, text)], &mut beside).map(|_| ()).map_err(|wrong| {
        printer.say(render::render(&wrong, Style::Told).trim_end());
        CliError::Document(wrong.to_string())
    })
}

fn write(path: &Path, content: &str) -> Result<(), CliError> {
    let failed = |source| CliError::File { path: path.to_owned(), verb: "written", source };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, content).map_err(failed)
}
