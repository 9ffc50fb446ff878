//! From text to a script. Every wrong line is told, not only the first.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::command::{Command, Expectation, Line, Moment, Script};
use super::words;
use crate::sim::Strike;

/// A line that says nothing known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {why}")]
pub struct WrongLine {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// Every line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, Vec<WrongLine>> {
        let (mut lines, mut wrong) = (Vec::new(), Vec::new());
        for (number, text) in (1..).zip(text.lines()) {
            let read = words::of(text).and_then(|words| match words.split_first() {
                None => Ok(None),
                Some((first, rest)) => command(first, rest).map(Some),
            });
            match read {
                Ok(None) => {}
                Ok(Some(command)) => lines.push(Line { number, text: said(text), command }),
                Err(why) => wrong.push(WrongLine { line: number, why }),
            }
        }
        if wrong.is_empty() { Ok(Self { lines }) } else { Err(wrong) }
    }
}

/// The line without its comment.
fn said(text: &str) -> String {
    text.split(" #").next().unwrap_or_default().trim().to_owned()
}

fn command(word: &str, rest: &[String]) -> Result<Command, String> {
    match (word, rest) {
        ("document", [path]) => Ok(Command::Document(PathBuf::from(path))),
        ("consent", [name]) => Ok(Command::Consent(name.clone())),
        ("plan", []) => Ok(Command::Plan),
        ("apply", []) => Ok(Command::Apply),
        ("resume", []) => Ok(Command::Resume),
        ("heal", []) => Ok(Command::Heal),
        ("show", []) => Ok(Command::Show),
        ("crash", [moment, call]) => crash(moment, call),
        ("fault", [operation, rest @ ..]) => fault(operation, rest),
        ("drift", [name, pairs @ ..]) => words::named(name, pairs).map(Command::Drift),
        ("advance", time) if !time.is_empty() => advance(&time.join(" ")),
        ("expect", rest) => expect(rest),
        (known, _) if KNOWN.iter().any(|(word, _)| *word == known) => {
            Err(format!("`{known}` is written `{}`", form(known)))
        }
        _ => {
            let words: Vec<&str> = KNOWN.iter().map(|(word, _)| *word).collect();
            Err(format!("`{word}` is none of {}", words.join(", ")))
        }
    }
}

/// Every command and its form.
const KNOWN: &[(&str, &str)] = &[
    ("document", "document FILE"),
    ("consent", "consent NAME"),
    ("plan", "plan"),
    ("apply", "apply"),
    ("resume", "resume"),
    ("crash", "crash before N, or crash after N"),
    ("fault", "fault OPERATION [call N] NAME [KEY=VALUE ...]"),
    ("heal", "heal"),
    ("drift", "drift NAME KEY=VALUE ..."),
    ("advance", "advance 30m"),
    ("show", "show"),
    ("expect", "expect nothing | steps N | refused | complete | incomplete | interrupted | crashed"),
];

fn form(word: &str) -> &'static str {
    KNOWN.iter().find(|(known, _)| *known == word).map_or("", |(_, form)| form)
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number"))
}

fn crash(moment: &str, call: &str) -> Result<Command, String> {
    let moment = match moment {
        "before" => Moment::Before,
        "after" => Moment::After,
        other => return Err(format!("a run dies before or after a call, not `{other}`")),
    };
    match number(call)? {
        0 => Err("calls are counted from 1".to_owned()),
        call => Ok(Command::Crash { call, moment }),
    }
}

fn fault(operation: &str, rest: &[String]) -> Result<Command, String> {
    let (call, rest) = match rest {
        [word, n, rest @ ..] if word == "call" => (number(n)?, rest),
        rest => (1, rest),
    };
    let [name, pairs @ ..] = rest else {
        return Err("which fault? e.g. `fault organizations:CreateAccount throttle times=3`".to_owned());
    };
    let fault = words::named(name, pairs)?;
    Ok(Command::Fault(Strike { operation: operation.to_owned(), call, fault }))
}

fn advance(text: &str) -> Result<Command, String> {
    let wrong = |_| format!("`{text}` is not a length of time such as 30m or 26h");
    let span: jiff::SignedDuration = text.parse().map_err(wrong)?;
    Duration::try_from(span).map(Command::Advance).map_err(|_| "time does not run backwards".to_owned())
}

fn expect(words: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let expectation = match words.as_slice() {
        ["nothing"] => Expectation::Nothing,
        ["refused"] => Expectation::Refused,
        ["steps", n] => Expectation::Steps(number(n)?),
        [ending @ ("complete" | "incomplete" | "interrupted" | "crashed")] => {
            Expectation::Ending((*ending).to_owned())
        }
        _ => return Err(format!("`expect` is written `{}`", form("expect"))),
    };
    Ok(Command::Expect(expectation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Fault;

    #[test]
    fn every_command_is_read_and_comments_are_left_out() {
        let text = "# a story\n\napply   # at first\ncrash after 3\nfault read call 2 throttle times=5\nadvance 26h\nexpect steps 4\n";
        let script = Script::parse(text).unwrap();
        let commands: Vec<Command> = script.lines.iter().map(|line| line.command.clone()).collect();
        let strike = Strike {
            operation: "read".to_owned(),
            call: 2,
            fault: Fault::Throttle { times: 5, retry_after: None },
        };
        assert_eq!(
            commands,
            [
                Command::Apply,
                Command::Crash { call: 3, moment: Moment::After },
                Command::Fault(strike),
                Command::Advance(Duration::from_secs(26 * 3600)),
                Command::Expect(Expectation::Steps(4)),
            ]
        );
        assert_eq!((script.lines[0].number, script.lines[0].text.as_str()), (3, "apply"));
    }

    #[test]
    fn every_wrong_line_is_told() {
        let wrong = Script::parse("aply\ncrash at 3\nfault any\nadvance soon\nplan\n").unwrap_err();
        let lines: Vec<usize> = wrong.iter().map(|wrong| wrong.line).collect();
        assert_eq!(lines, [1, 2, 3, 4]);
        assert!(wrong[0].to_string().contains("none of document, consent, plan"), "{}", wrong[0]);
    }
}
