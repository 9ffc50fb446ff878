//! The words of a script.
//!
//! One line is one command. Absent: how a line is read (`parse`) and what a command does (`stage`).

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::sim::{Act, Strike};

/// A script that can be played.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its commands.
    pub lines: Vec<Line>,
}

/// One command and where it stands.
#[derive(Debug, Clone)]
pub struct Line {
    /// From 1.
    pub number: usize,
    /// As it was written, without the comment.
    pub text: String,
    /// What it says.
    pub command: Command,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `document FILE`: from now on this is wanted. Beside the script.
    Document(PathBuf),
    /// `consent NAME`: an irreversible act is allowed from now on.
    Consent(String),
    /// `plan`: what would be done.
    Plan,
    /// `apply`: plan anew from what is live, without any journal, and do it.
    Apply,
    /// `crash before N` or `crash after N`: the next run dies at its N-th changing call.
    Crash {
        /// Which call, from 1.
        call: usize,
        /// When.
        moment: Moment,
    },
    /// `resume`: go on with the run that broke off, from its journal.
    Resume,
    /// `tear`: half of the last line of the run's journal is lost.
    Tear,
    /// `wake`: the call before which the last run died reaches AWS now, as that of a program that was only stopped.
    Wake,
    /// `fault OPERATION [call N] NAME [KEY=VALUE ...]`: AWS misbehaves from now on, in place of earlier faults.
    Fault(Strike),
    /// `heal`: no faults any more, and what hangs goes on.
    Heal,
    /// `drift NAME KEY=VALUE ...`: somebody else changes something.
    Drift(Act),
    /// `seed KEY=VALUE ...`: there is data in an account.
    Seed(Act),
    /// `ask ACCOUNT SERVICE:OPERATION [in REGION] [KEY=VALUE ...]`: the administrator of an account asks AWS.
    Ask(Ask),
    /// `advance DURATION`: time passes.
    Advance(Duration),
    /// `show`: the organization as a tree.
    Show,
    /// `verify`: how the promises of backups stand.
    Verify,
    /// `expect ...`: the script ends here unless it is so.
    Expect(Expectation),
}

/// What somebody in an account asks AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// By name, id or e-mail address; `management` is the management account.
    pub account: String,
    /// The service as its API is named, e.g. `guardduty`.
    pub service: String,
    /// E.g. `DeleteDetector`.
    pub operation: String,
    /// Where; the home Region unless said.
    pub region: Option<String>,
    /// The input. A text `$a.0.b` stands for what AWS last granted has there,
    /// and `{NAME}` within a text for the id of an account.
    pub input: Map<String, Value>,
}

/// When a run dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before the call is sent.
    Before,
    /// After its effect, before its answer is written down.
    After,
}

/// What must be so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// `expect nothing`: a plan made now is empty.
    Nothing,
    /// `expect steps N`: a plan made now has so many.
    Steps(usize),
    /// `expect refused`: a plan made now may not be applied.
    Refused,
    /// `expect answer [PATH=VALUE]`: AWS granted the last question, and its answer holds this.
    Answer(Option<(String, Value)>),
    /// `expect error CODE`: AWS refused the last question so.
    Error(String),
    /// `expect kept` or `broken N`: so many promises of backups are broken.
    Broken(usize),
    /// `expect complete`, `incomplete`, `interrupted` or `crashed`: so the last run ended.
    Ending(String),
}
