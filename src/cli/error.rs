//! What can go wrong in a command, its exit code and what to do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::exit::Exit;
use super::printer::Printer;
use crate::apply::dispatch::ApplyError;
use crate::apply::journal::JournalError;
use crate::apply::lease::LeaseError;
use crate::apply::preconditions::Refusal;
use crate::apply::runs::RunsError;
use crate::cloud::connection::ConnectionError;
use crate::cloud::failure::{CallError, code};
use crate::cloud::objects::NoRegion;
use crate::cloud::sign_in::{ConfiguredError, SignInError};
use crate::graph::GraphError;
use crate::observe::ObserveError;
use crate::plan::saved::{NoKey, Unsound};
use crate::rehearse::RehearseError;
use crate::rehearse::script::ScriptError;
use crate::rehearse::sweep::SweepError;
use crate::report::verdict_hint;

/// Why a command did not do what was asked.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// The document is invalid; its diagnostics have been shown.
    #[error("{0}")]
    Document(String),
    /// The document has no graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A file cannot be used.
    #[error("{path} cannot be {verb}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// Why.
        source: io::Error,
    },
    /// A file that should hold a plan.
    #[error("{path} holds no plan: {reason}")]
    NoPlan {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file that should hold a snapshot.
    #[error("{path} holds no snapshot: {reason}")]
    NoSnapshot {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Nothing can be told of it or exported.
    #[error("there is no organization yet")]
    NoOrganization,
    /// A file would be written over.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// A file that should hold a key. What it holds instead is never told.
    #[error("{path} holds no key: {reason}")]
    NoKey {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: NoKey,
    },
    /// AWS cannot be connected to.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// The organization cannot be read.
    #[error("{}{}", observed(error), endpoint.as_deref().map(|url| format!(" (endpoint {url})")).unwrap_or_default())]
    Observe {
        /// Why.
        error: Box<ObserveError>,
        /// The endpoint, when it is not AWS's own.
        endpoint: Option<String>,
    },
    /// An invitation could not be read or answered.
    #[error("the invitation: {0}")]
    Invitation(CallError),
    /// Nobody could be signed in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// Where to sign in is not known.
    #[error(transparent)]
    Configured(#[from] ConfiguredError),
    /// The account that was asked about is not one account.
    #[error("{0}")]
    Account(String),
    /// The plan must not be applied.
    #[error("the plan is not applied:{}", listed(.0))]
    Refused(Vec<Refusal>),
    /// Nobody has confirmed it.
    #[error("nothing is changed: {0}")]
    Unconfirmed(&'static str),
    /// The run could not be carried out.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// A run cannot be read or gone on with.
    #[error(transparent)]
    Runs(#[from] RunsError),
    /// Another process works on the organization, or the lease cannot be taken.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// The run store cannot be reached.
    #[error(transparent)]
    RunStore(#[from] NoRegion),
    /// No rehearsal, or no world.
    #[error(transparent)]
    Rehearse(#[from] RehearseError),
    /// A script did not come to its end.
    #[error(transparent)]
    Script(ScriptError),
    /// Nothing can be swept.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// No event queue, no port, or the like.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// Why it did not work.
        source: io::Error,
    },
    /// Stdout cannot be written.
    #[error("stdout cannot be written: {0}")]
    Stdout(#[source] io::Error),
    /// A value has no JSON form.
    #[error("internal error: {0}")]
    Json(#[source] serde_json::Error),
    /// A signal came before anything was changed.
    #[error("interrupted")]
    Interrupted,
    /// Arguments that do not go together.
    #[error("{0}")]
    Usage(String),
}

/// What went wrong, without the SDK's list of the places that it has looked into in vain.
fn observed(error: &ObserveError) -> String {
    match error {
        ObserveError::Caller(call)
            if call.code == code::NO_CREDENTIALS && call.message.contains("no credentials found in chain") =>
        {
            "no AWS credentials were found: not in the environment, a profile, a web identity, a container or \
             an instance"
                .to_owned()
        }
        other => other.to_string(),
    }
}

fn listed(refusals: &[Refusal]) -> String {
    refusals.iter().map(|refusal| format!("\n  - {refusal}")).collect()
}

impl CliError {
    /// The program's exit code.
    pub(super) const fn exit(&self) -> Exit {
        match self {
            Self::Document(_)
            | Self::Graph(_)
            | Self::NoPlan { .. }
            | Self::NoKey { .. }
            | Self::NoSnapshot { .. } => Exit::Invalid,
            Self::Refused(_)
            | Self::Unconfirmed(_)
            | Self::Runs(RunsError::Busy { .. })
            | Self::Lease(LeaseError::Held(_)) => Exit::Refused,
            Self::Interrupted => Exit::Interrupted,
            Self::Usage(_) => Exit::Usage,
            // A journal that fails in the middle leaves a run that can be carried on.
            Self::Apply(ApplyError::Journal(_)) => Exit::Incomplete,
            _ => Exit::Failed,
        }
    }

    /// Whether it came before the first change of a run that would make some.
    pub(super) const fn before_any_change(&self) -> bool {
        !matches!(self, Self::Apply(ApplyError::Journal(_)) | Self::Stdout(_) | Self::Rehearse(_))
    }

    /// What happened, then what to do.
    pub(super) fn told(&self, printer: &Printer) -> String {
        let hint = self.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        format!("{} {self}{hint}", printer.err.bad("error:"))
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Observe { error, endpoint } => observing(error, endpoint.as_deref()),
            Self::Invitation(error) => verdict_hint::of(error).to_owned(),
            Self::Graph(GraphError::NoHomeRegion) => "write it, name --region, or set AWS_REGION".to_owned(),
            Self::Connection(_) => {
                "say `organization.home_region`, name --region, or set AWS_REGION".to_owned()
            }
            Self::NoKey { .. } => "make one with `lzctl key generate -o FILE`".to_owned(),
            Self::NoSnapshot { .. } => "make one with `lzctl snapshot -o FILE`".to_owned(),
            Self::Exists(_) => "name another folder, or say --force".to_owned(),
            Self::NoPlan { .. } => "make one with `lzctl plan FILE... -o plan.json`".to_owned(),
            Self::Refused(refusals) => refused(refusals),
            Self::Unconfirmed(_) => "say --yes to go on without being asked".to_owned(),
            Self::Apply(ApplyError::Journal(JournalError::Sink(error)))
                if error.kind() == io::ErrorKind::WouldBlock =>
            {
                "another process has taken the run over; `lzctl journal show` tells how far it is".to_owned()
            }
            Self::Apply(ApplyError::Journal(_)) => {
                "make room or permission for the runs (.lzctl/runs or --run-store) and run the same command again".to_owned()
            }
            Self::File { source, .. } => file(source)?.to_owned(),
            Self::Runs(error) => run(error)?.to_owned(),
            Self::Lease(LeaseError::Held(_)) => {
                "--wait 10m waits for it; a process that has died is followed within a minute".to_owned()
            }
            Self::Lease(LeaseError::Store(_)) => {
                "docs/several-operators.md lists what a run store must allow".to_owned()
            }
            Self::Rehearse(RehearseError::File { source, .. }) => file(source)?.to_owned(),
            Self::Rehearse(RehearseError::NoWorld { .. }) => {
                "name a file that --simulate or `rehearse --out-world` wrote, or one that does not exist"
                    .to_owned()
            }
            _ => return None,
        })
    }
}

fn run(error: &RunsError) -> Option<&'static str> {
    match error {
        RunsError::NoRun { .. } | RunsError::Ambiguous { .. } => Some("`lzctl journal list` shows every run"),
        RunsError::NoPlan { .. } | RunsError::Untrusted { .. } => {
            Some("`lzctl apply FILE...` needs no journal: it plans from what is live")
        }
        RunsError::Busy { .. } => Some("wait for it, or stop that process first"),
        RunsError::Empty(_) | RunsError::Store(_) => None,
    }
}

fn file(source: &io::Error) -> Option<&'static str> {
    match source.kind() {
        io::ErrorKind::NotFound => Some("check the path"),
        io::ErrorKind::IsADirectory => Some("name a file, not a folder"),
        io::ErrorKind::PermissionDenied => Some("check the file's permissions"),
        _ => None,
    }
}

fn observing(error: &ObserveError, endpoint: Option<&str>) -> String {
    let call = match error {
        ObserveError::Caller(call)
        | ObserveError::Organization(call)
        | ObserveError::ControlCatalog(call) => call,
        ObserveError::NotManagement { .. } => return error.hint(),
    };
    match (call.code.as_str(), endpoint) {
        (code::UNREACHABLE | code::TIMEOUT, Some(url)) => {
            format!("nothing answers at {url}: check --endpoint-url and AWS_ENDPOINT_URL, and that it runs")
        }
        _ => called(call, error),
    }
}

fn called(call: &CallError, error: &ObserveError) -> String {
    use crate::catalog::operations::Verdict;
    let by_hand = call.verdict == Verdict::Denied && matches!(error, ObserveError::Organization(_));
    if by_hand && !call.code.contains("Expired") { error.hint() } else { verdict_hint::of(call).to_owned() }
}

fn refused(refusals: &[Refusal]) -> String {
    let consents: Vec<String> = refusals
        .iter()
        .filter_map(|refusal| match refusal {
            Refusal::Consent { name, .. } => Some(format!("--consent {name}")),
            _ => None,
        })
        .collect();
    if !consents.is_empty() && consents.len() == refusals.len() {
        return format!("say {}, or list it under `consents:`", consents.join(" "));
    }
    let any = |is: fn(&Refusal) -> bool| refusals.iter().any(is);
    let all = |is: fn(&Refusal) -> bool| refusals.iter().all(is);
    let hint = if any(|refusal| matches!(refusal, Refusal::Blocker { .. })) {
        "mend what blocks it and plan again"
    } else if all(|refusal| matches!(refusal, Refusal::Unsound(Unsound::TooFewSignatures { .. }))) {
        "have it signed with `lzctl sign PLAN.json --key FILE`; only a plan that was saved with \
         `lzctl plan FILE... -o PLAN.json` can be"
    } else if all(|refusal| matches!(refusal, Refusal::Unsound(Unsound::SignedTwice { .. }))) {
        "another person signs with another key"
    } else if any(|refusal| matches!(refusal, Refusal::Replayed { finished: false, .. })) {
        "go on with that run, or plan again"
    } else {
        "plan again and look at what it says now"
    };
    hint.to_owned()
}
