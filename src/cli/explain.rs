//! `lzctl explain`: what a diagnostic's code means.

use super::error::CliError;
use super::exit::Exit;
use super::printer::Printer;
use crate::spec::{self, Topic};

/// Texts less alike than this are no suggestion.
const ALIKE: f64 = 0.7;

/// Explain a code that a finding carries, or list them all
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code, e.g. unknown-key
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Args {
    pub(super) fn run(&self, printer: &Printer) -> Result<Exit, CliError> {
        let text = match &self.code {
            None => spec::topics().map(|topic| format!("{:<28} {}\n", topic.code, topic.title)).collect(),
            Some(code) => spec::explain(code).map(told).ok_or_else(|| unknown(code))?,
        };
        printer.data(&text)?;
        Ok(Exit::Done)
    }
}

fn told(topic: &'static Topic) -> String {
    format!("{}: {}\n\n{}\n", topic.code, topic.title, topic.explanation)
}

fn unknown(code: &str) -> CliError {
    let alike = |topic: &&Topic| strsim::jaro_winkler(topic.code, code);
    let nearest = spec::topics().max_by(|one, two| alike(one).total_cmp(&alike(two)));
    let nearest = nearest.filter(|topic| alike(topic) > ALIKE);
    let suggestion = nearest.map(|topic| format!("; did you mean `{}`?", topic.code)).unwrap_or_default();
    CliError::Usage(format!("there is no code `{code}`{suggestion}"))
}
