//! From text to a script. Every wrong line is told, not only the first.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::command::{Ask, Command, Expectation, Line, Moment, Script};
use super::words;
use crate::sim::Strike;
use crate::sim::caller::knows;

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
        ("tear", []) => Ok(Command::Tear),
        ("wake", []) => Ok(Command::Wake),
        ("heal", []) => Ok(Command::Heal),
        ("show", []) => Ok(Command::Show),
        ("verify", []) => Ok(Command::Verify),
        ("crash", [moment, call]) => crash(moment, call),
        ("fault", [operation, rest @ ..]) => fault(operation, rest),
        ("drift", [name, pairs @ ..]) => words::named(name, pairs).map(Command::Drift),
        ("seed", pairs) if !pairs.is_empty() => words::named("add-data", pairs).map(Command::Seed),
        ("advance", time) if !time.is_empty() => advance(&time.join(" ")),
        ("ask", [account, operation, rest @ ..]) => ask(account, operation, rest),
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
    ("tear", "tear"),
    ("wake", "wake"),
    ("fault", "fault OPERATION [call N] NAME [KEY=VALUE ...]"),
    ("heal", "heal"),
    ("drift", "drift NAME KEY=VALUE ..."),
    ("ask", "ask ACCOUNT SERVICE:OPERATION [in REGION] [KEY=VALUE ...]"),
    ("seed", "seed account=ACCOUNT region=REGION kind=EBS name=NAME [tags=JSON] [bytes=N]"),
    ("advance", "advance 30m, or advance 3d"),
    ("show", "show"),
    ("verify", "verify"),
    (
        "expect",
        "expect nothing | steps N | refused | complete | incomplete | interrupted | crashed | answer [PATH=VALUE] | \
         error CODE | kept | broken N",
    ),
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

fn ask(account: &str, operation: &str, rest: &[String]) -> Result<Command, String> {
    let known = operation.split_once(':').filter(|(service, name)| knows(service, name));
    let Some((service, name)) = known else {
        return Err(format!(
            "`{operation}` is no operation that the simulated AWS knows, such as guardduty:ListDetectors"
        ));
    };
    let (region, pairs) = match rest {
        [word, region, pairs @ ..] if word == "in" => (Some(region.clone()), pairs),
        pairs => (None, pairs),
    };
    let input = words::members(pairs)?;
    let (account, service, operation) = (account.to_owned(), service.to_owned(), name.to_owned());
    Ok(Command::Ask(Ask { account, service, operation, region, input }))
}

fn advance(text: &str) -> Result<Command, String> {
    let wrong = |_| format!("`{text}` is not a length of time such as 30m or 26h");
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.trim().parse::<u64>().ok()) {
        return Ok(Command::Advance(Duration::from_hours(days * 24)));
    }
    let span: jiff::SignedDuration = text.parse().map_err(wrong)?;
    Duration::try_from(span).map(Command::Advance).map_err(|_| "time does not run backwards".to_owned())
}

fn expect(words: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let expectation = match words.as_slice() {
        ["nothing"] => Expectation::Nothing,
        ["refused"] => Expectation::Refused,
        ["steps", n] => Expectation::Steps(number(n)?),
        ["kept"] => Expectation::Broken(0),
        ["broken", n] => Expectation::Broken(number(n)?),
        ["error", code] => Expectation::Error((*code).to_owned()),
        ["answer"] => Expectation::Answer(None),
        ["answer", pair] => {
            let holds = words::members(&[(*pair).to_owned()])?;
            Expectation::Answer(holds.into_iter().next())
        }
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
    fn somebody_asks_for_an_operation_in_a_region_with_members_of_the_last_answer() {
        let script = Script::parse(
            "ask app guardduty:ListDetectors in eu-west-1\nask app guardduty:DeleteDetector DetectorId=$detectorIds.0\n\
             expect error BadRequestException\nexpect answer detectorIds.0=x\n",
        );
        let commands: Vec<Command> = script.unwrap().lines.into_iter().map(|line| line.command).collect();
        let asked = |operation: &str, region: Option<&str>| Ask {
            account: "app".to_owned(),
            service: "guardduty".to_owned(),
            operation: operation.to_owned(),
            region: region.map(str::to_owned),
            input: serde_json::Map::new(),
        };
        let mut second = asked("DeleteDetector", None);
        second.input.insert("DetectorId".to_owned(), "$detectorIds.0".into());
        let wanted = [
            Command::Ask(asked("ListDetectors", Some("eu-west-1"))),
            Command::Ask(second),
            Command::Expect(Expectation::Error("BadRequestException".to_owned())),
            Command::Expect(Expectation::Answer(Some(("detectorIds.0".to_owned(), "x".into())))),
        ];
        assert_eq!(commands, wanted);
        assert!(Script::parse("ask app guardduty:DropDetector\n").is_err());
    }

    #[test]
    fn data_is_seeded_and_days_pass() {
        let script =
            Script::parse("seed account=app region=us-east-1 kind=EBS name=vol-1\nadvance 3d\n").unwrap();
        assert!(matches!(script.lines[0].command, Command::Seed(_)));
        assert_eq!(script.lines[1].command, Command::Advance(Duration::from_hours(72)));
        let wrong = Script::parse("seed account=app\n").unwrap_err();
        assert!(wrong[0].to_string().contains("missing field"), "{}", wrong[0]);
    }

    #[test]
    fn every_wrong_line_is_told() {
        let wrong = Script::parse("aply\ncrash at 3\nfault any\nadvance soon\nplan\n").unwrap_err();
        let lines: Vec<usize> = wrong.iter().map(|wrong| wrong.line).collect();
        assert_eq!(lines, [1, 2, 3, 4]);
        assert!(wrong[0].to_string().contains("none of document, consent, plan"), "{}", wrong[0]);
    }
}
