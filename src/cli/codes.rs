//! One-time codes that the operator has read in somebody's mailbox.
//!
//! In: what was said with `--code`, and what is typed when a run has ended because it waits for codes and
//! there is a terminal to ask on. Out: the codes, told to the connection. Absent: any place where a code
//! is written down.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::printer::Printer;
use crate::apply::Outcome;
use crate::cloud::Connection;
use crate::cloud::codes::Codes;
use crate::cloud::failure::code;

/// Characters of a code (Account Management API Reference, AcceptPrimaryEmailUpdate).
const LENGTH: usize = 6;

/// Codes that AWS waits for.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct TellCodes {
    /// The code that AWS has sent to the new address of an account, by the account's name in the
    /// document or its id; no other is sent then
    #[arg(long = "code", value_name = "ACCOUNT=CODE", value_parser = told)]
    codes: Vec<(String, Code)>,
}

/// A code, which no log shall show.
#[derive(Clone)]
struct Code(String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

fn told(text: &str) -> Result<(String, Code), String> {
    let parts = text.rsplit_once('=').filter(|(account, code)| !account.is_empty() && !code.is_empty());
    let (account, code) = parts.ok_or_else(|| "write ACCOUNT=CODE".to_owned())?;
    Ok((account.to_owned(), Code(code.to_owned())))
}

impl TellCodes {
    /// Lets a connection know them, and those that are typed later.
    pub(super) fn tell(&self, connection: &Connection) -> Arc<Told> {
        let told = Arc::new(Told::of(self.codes.iter().cloned()));
        connection.codes_from(Arc::clone(&told) as Arc<dyn Codes>);
        told
    }
}

/// The codes by account.
#[derive(Debug)]
pub(super) struct Told(Mutex<BTreeMap<String, Code>>);

impl Told {
    fn of(codes: impl IntoIterator<Item = (String, Code)>) -> Self {
        Self(Mutex::new(codes.into_iter().collect()))
    }

    /// Asks for each code that a run waits for. Whether there is one more than before.
    pub(super) async fn ask(
        &self,
        outcome: &Outcome,
        mut answer: impl AsyncFnMut() -> Option<String>,
        printer: &Printer,
    ) -> bool {
        let mut more = false;
        for cause in &outcome.causes {
            let waits = cause.error.as_ref().is_some_and(|error| error.code == code::WAITS_FOR_CODE);
            if !waits {
                continue;
            }
            let name = &cause.address.name;
            let question = format!(
                "The code that AWS has sent to the new address of {name} (nothing: leave it for later):"
            );
            if let Some(code) = understood(&question, &mut answer, printer).await {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), Code(code));
                more = true;
            }
        }
        more
    }
}

/// A code as AWS makes them; what is none is asked for again, and nothing ends it.
async fn understood(
    question: &str,
    answer: &mut impl AsyncFnMut() -> Option<String>,
    printer: &Printer,
) -> Option<String> {
    loop {
        printer.say(question);
        let typed = answer().await?;
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        if typed.len() == LENGTH && typed.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Some(typed.to_owned());
        }
        printer.say(&format!("A code is {LENGTH} letters and digits."));
    }
}

impl Codes for Told {
    fn code(&self, name: &str, id: &str) -> Option<String> {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.get(name).or_else(|| codes.get(id)).map(|code| code.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::apply::outcome::{Ending, RootCause, Status};
    use crate::catalog::operations::Verdict;
    use crate::cli::printer::Global;
    use crate::cloud::failure::CallError;

    #[derive(clap::Parser)]
    struct Quiet {
        #[command(flatten)]
        global: Global,
    }

    /// A run that waits for the codes of some accounts, and one that failed otherwise.
    fn waiting(names: &[&str]) -> Outcome {
        let cause = |name: &str, code: &str| RootCause {
            step: crate::plan::StepId(format!("account.{name}:change_email")),
            address: format!("account.{name}").parse().unwrap(),
            status: Status::Failed,
            error: Some(CallError::ours("account:AcceptPrimaryEmailUpdate", code, "", Verdict::Rejected)),
            operation: None,
            held_up: 0,
        };
        let mut causes: Vec<RootCause> = names.iter().map(|name| cause(name, code::WAITS_FOR_CODE)).collect();
        causes.push(cause("other", "AccessDeniedException"));
        Outcome {
            plan: String::new(),
            ending: Ending::Incomplete,
            counts: Default::default(),
            calls: Default::default(),
            makespan: std::time::Duration::ZERO,
            halted: None,
            causes,
            steps: Vec::new(),
            attributes: BTreeMap::new(),
            lessons: Default::default(),
        }
    }

    /// What is known after some lines were typed, and whether it is more than before.
    async fn asked(names: &[&str], lines: &[&str]) -> (Told, bool, usize) {
        let printer = Printer::new(Quiet::parse_from(["lzctl"]).global);
        let told = Told::of([]);
        let mut left = lines.iter();
        let answer = async || left.next().map(|line| (*line).to_owned());
        let more = told.ask(&waiting(names), answer, &printer).await;
        (told, more, left.len())
    }

    #[tokio::test]
    async fn each_code_that_a_run_waits_for_is_asked_for_until_it_is_one() {
        let (told, more, left) = asked(&["old", "new"], &["12\n", " K7XQ2P \n", "abc123\n", "no\n"]).await;
        assert!(more);
        assert_eq!(told.code("old", "").as_deref(), Some("K7XQ2P"));
        assert_eq!(told.code("new", "").as_deref(), Some("abc123"));
        assert_eq!(told.code("other", ""), None, "it waits for no code");
        assert_eq!(left, 1, "nobody is asked about what failed otherwise");
    }

    #[tokio::test]
    async fn an_empty_line_or_the_end_leaves_a_code_for_later() {
        for lines in [&["\n"][..], &[][..]] {
            let (told, more, _) = asked(&["old"], lines).await;
            assert!(!more && told.code("old", "").is_none());
        }
    }

    #[test]
    fn a_code_is_told_for_a_name_or_an_id_and_shown_to_nobody() {
        let codes = ["old app=123456", "222222222222=ABCDEF"].map(|text| told(text).unwrap());
        let told = Told::of(codes);
        assert_eq!(told.code("old app", "x").as_deref(), Some("123456"));
        assert_eq!(told.code("x", "222222222222").as_deref(), Some("ABCDEF"));
        assert_eq!(told.code("x", "y"), None);
        assert!(!format!("{told:?}").contains("123456"));
        assert!(super::told("old=").is_err() && super::told("123456").is_err());
    }
}
