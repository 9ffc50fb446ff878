//! The end of an apply: what was done, what went wrong and why, how to go on.
//!
//! Only root causes are told; the steps that they held up are counted. Each cause
//! has AWS's own words, the operation and the request id, then a hint.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Paint, duration, verdict_hint};
use crate::apply::Outcome;
use crate::apply::outcome::{Counts, Ending, RootCause, Status};

/// The outcome as text, ending with a line break. `again` is the command that
/// carries on.
#[must_use]
pub fn render(outcome: &Outcome, again: &str, paint: Paint) -> String {
    let mut out = String::new();
    for cause in &outcome.causes {
        out.push_str(&told(cause, paint));
    }
    if let Some(error) = &outcome.halted {
        let _ = writeln!(out, "{} {error}", paint.bad("halted"));
        let _ = writeln!(out, "    hint: {}", verdict_hint::of(error));
    }
    let line = summary(outcome);
    let painted = match outcome.ending {
        Ending::Complete => paint.good(&line),
        Ending::Incomplete => paint.bad(&line),
        Ending::Interrupted => paint.warning(&line),
    };
    let _ = writeln!(out, "{painted}");
    if outcome.ending != Ending::Complete {
        let _ = writeln!(
            out,
            "hint: `{again}` goes on where this run stopped; nothing that is done is done again"
        );
    }
    out
}

/// One line: how it ended and in numbers.
#[must_use]
pub fn summary(outcome: &Outcome) -> String {
    let word = match outcome.ending {
        Ending::Complete => "Complete",
        Ending::Incomplete => "Incomplete",
        Ending::Interrupted => "Interrupted",
    };
    format!("{word}: {} in {}.", numbers(&outcome.counts), duration::words(outcome.makespan))
}

/// One sentence: the time against the least possible one.
#[must_use]
pub fn beside_the_least(outcome: &Outcome, least: Duration) -> String {
    let ratio = outcome.makespan.as_secs_f64() / least.as_secs_f64().max(f64::MIN_POSITIVE);
    format!("That is {ratio:.2} times the least that AWS's limits allow ({}).", duration::words(least))
}

fn numbers(counts: &Counts) -> String {
    let named = [
        (counts.not_needed, "not needed"),
        (counts.failed, "failed"),
        (counts.stuck, "without an end"),
        (counts.in_flight, "under way at AWS"),
        (counts.skipped, "held up"),
        (counts.not_started, "not started"),
    ];
    let more = named.iter().filter(|(number, _)| *number > 0);
    more.fold(format!("{} done", counts.done), |text, (number, word)| format!("{text}, {number} {word}"))
}

fn told(cause: &RootCause, paint: Paint) -> String {
    let word = if cause.status == Status::Stuck { "stuck" } else { "failed" };
    let mut out = format!("{} {}\n", paint.bad(word), cause.step);
    match &cause.error {
        Some(error) => {
            let _ = writeln!(out, "    {}: {}", error.code, error.message);
            let request = error.request_id.as_ref().map(|id| format!(", request {id}")).unwrap_or_default();
            let _ = writeln!(out, "    operation {}{request}", error.operation);
        }
        None => out.push_str("    AWS has not ended it in the time it may take\n"),
    }
    if let Some(operation) = &cause.operation {
        let _ = writeln!(out, "    AWS's id of it: {operation}");
    }
    if cause.held_up > 0 {
        let _ = writeln!(out, "    held up {}", steps(cause.held_up));
    }
    let hint =
        cause.error.as_ref().map_or("it may still end well at AWS: run it again later", verdict_hint::of);
    let _ = writeln!(out, "    hint: {hint}");
    out
}

fn steps(number: usize) -> String {
    if number == 1 { "1 step".to_owned() } else { format!("{number} steps") }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::apply::outcome::{Calls, StepReport};
    use crate::catalog::operations::Verdict;
    use crate::cloud::failure::CallError;
    use crate::plan::StepId;
    use std::collections::BTreeMap;

    /// An outcome of steps given as id, status, start and end in seconds.
    pub(in crate::report) fn outcome(steps: &[(&str, Status, u64, u64)]) -> Outcome {
        let mut counts = Counts::default();
        let report = |(id, status, started, ended): &(&str, Status, u64, u64)| StepReport {
            step: StepId((*id).to_owned()),
            status: *status,
            ready: Some(Duration::ZERO),
            started: Some(Duration::from_secs(*started)),
            ended: Some(Duration::from_secs(*ended)),
            took: None,
            sendings: 1,
            operation: None,
            error: None,
            because: None,
        };
        steps.iter().for_each(|(_, status, ..)| counts.add(*status));
        let makespan = steps.iter().map(|(.., ended)| *ended).max().unwrap_or_default();
        Outcome {
            plan: "p".to_owned(),
            ending: if counts.complete() { Ending::Complete } else { Ending::Incomplete },
            counts,
            calls: Calls::default(),
            makespan: Duration::from_secs(makespan),
            halted: None,
            causes: Vec::new(),
            steps: steps.iter().map(report).collect(),
            attributes: BTreeMap::new(),
            lessons: Default::default(),
        }
    }

    #[test]
    fn a_complete_run_is_one_line() {
        let outcome = outcome(&[("organization:create", Status::Done, 0, 2)]);
        assert_eq!(render(&outcome, "lzctl apply a.yaml", Paint::PLAIN), "Complete: 1 done in 2 s.\n");
    }

    #[test]
    fn a_run_is_held_against_the_least_time_there_is() {
        let outcome = outcome(&[("organization:create", Status::Done, 0, 120)]);
        let expected = "That is 1.20 times the least that AWS's limits allow (100 s).";
        assert_eq!(beside_the_least(&outcome, Duration::from_secs(100)), expected);
    }

    #[test]
    fn a_cause_has_awss_words_the_request_id_a_hint_and_what_it_held_up() {
        let mut outcome =
            outcome(&[("account.a:create", Status::Failed, 0, 2), ("account.a:move", Status::Skipped, 0, 0)]);
        outcome.causes.push(RootCause {
            step: StepId("account.a:create".to_owned()),
            address: "account.a".parse().unwrap(),
            status: Status::Failed,
            error: Some(CallError {
                operation: "organizations:CreateAccount".to_owned(),
                code: "AccessDeniedException".to_owned(),
                message: "You don't have permissions".to_owned(),
                request_id: Some("r-1".to_owned()),
                verdict: Verdict::Denied,
                retry_after: None,
            }),
            operation: None,
            held_up: 1,
        });
        let expected = "failed account.a:create
    AccessDeniedException: You don't have permissions
    operation organizations:CreateAccount, request r-1
    held up 1 step
    hint: let the caller do this (service control policies count too), then run it again
Incomplete: 0 done, 1 failed, 1 held up in 2 s.
hint: `lzctl apply a.yaml` goes on where this run stopped; nothing that is done is done again
";
        assert_eq!(render(&outcome, "lzctl apply a.yaml", Paint::PLAIN), expected);
    }
}
