//! Questions to whoever sits at the terminal.
//!
//! In: what is asked, what holds when nobody answers, and how an answer is understood. Out: the answer. An answer that is
//! not understood is told why and asked for again. Absent: what the answers are for.

use std::io::{self, BufRead, IsTerminal as _};

use super::error::CliError;
use super::printer::Printer;

/// One question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'q> {
    /// What is asked.
    pub(super) text: &'q str,
    /// What holds without an answer; none when there must be one.
    pub(super) default: Option<&'q str>,
    /// The option that says it beforehand.
    pub(super) option: &'q str,
}

/// Where answers come from.
pub(super) struct Questions<'p> {
    /// None where there is no terminal to ask on.
    answers: Option<Box<dyn BufRead + 'p>>,
    printer: &'p Printer,
}

impl<'p> Questions<'p> {
    /// On the terminal, if there is one.
    pub(super) fn new(printer: &'p Printer) -> Self {
        let stdin = io::stdin();
        let answers = stdin.is_terminal().then(|| Box::new(stdin.lock()) as Box<dyn BufRead>);
        Self { answers, printer }
    }

    /// What was said beforehand, or else asks.
    pub(super) fn unless_said<T>(
        &mut self,
        said: Option<&str>,
        question: Question<'_>,
        understand: impl Fn(&str) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let Question { text, default, option } = question;
        if let Some(said) = said {
            return understand(said);
        }
        let Some(answers) = &mut self.answers else {
            let why = || CliError::Usage(format!("say {option}: there is no terminal to ask on"));
            return understand(default.ok_or_else(why)?);
        };
        let shown =
            default.filter(|text| !text.is_empty()).map(|text| format!(" [{text}]")).unwrap_or_default();
        loop {
            self.printer.say(&format!("{text}{shown}:"));
            let mut line = String::new();
            let heard = answers.read_line(&mut line);
            let heard = heard.map_err(|source| CliError::System {
                what: "the answer cannot be read".to_owned(),
                source,
            })?;
            let line = line.trim();
            let understood = match (line.is_empty(), default) {
                (false, _) => understand(line),
                (true, Some(default)) => understand(default),
                (true, None) => Err(CliError::Usage(format!("an answer is needed; {option} says it, too"))),
            };
            match understood {
                // Nobody is there any more to answer again.
                Err(error) if heard == 0 => return Err(error),
                Err(error) => self.printer.say(&error.to_string()),
                Ok(answer) => return Ok(answer),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::printer::Global;

    #[derive(clap::Parser)]
    struct Quiet {
        #[command(flatten)]
        global: Global,
    }

    const HOW_MANY: Question<'_> = Question { text: "How many", default: Some("2"), option: "--number" };

    fn number(text: &str) -> Result<u8, CliError> {
        text.parse().map_err(|error| CliError::Usage(format!("{error}")))
    }

    /// What comes of some lines that somebody types.
    fn answered(lines: Option<&str>, question: Question<'_>) -> Result<u8, String> {
        let printer = Printer::new(Quiet::parse_from(["lzctl"]).global);
        let answers = lines.map(|lines| Box::new(lines.as_bytes()) as Box<dyn BufRead>);
        let mut questions = Questions { answers, printer: &printer };
        questions.unless_said(None, question, number).map_err(|error| error.to_string())
    }

    #[test]
    fn an_answer_that_is_not_understood_is_asked_for_again() {
        assert_eq!(answered(Some("many\n300\n7\n"), HOW_MANY), Ok(7));
        assert_eq!(answered(Some("many\n\n"), HOW_MANY), Ok(2));
    }

    #[test]
    fn whoever_stops_answering_ends_it() {
        let must = Question { default: None, ..HOW_MANY };
        assert_eq!(answered(Some("\n\n5\n"), must), Ok(5));
        assert!(answered(Some("many\n"), must).unwrap_err().contains("--number says it, too"));
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        assert_eq!(answered(None, HOW_MANY), Ok(2));
        let must = Question { default: None, ..HOW_MANY };
        assert!(answered(None, must).unwrap_err().contains("say --number"));
    }
}
