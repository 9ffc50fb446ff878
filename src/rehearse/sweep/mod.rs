//! The sweep: every fault at every place, and what became of it.
//!
//! In: targets, how many random schedules, a share of the cases. Out: a [`Tally`].
//! Each target is first run without faults and recorded; each case then begins at a
//! copy of a recorded world, in virtual time, and ends with the same questions: is
//! anything there twice, is anything there that nobody wants, is anything left to
//! do, did AWS see a change that no plan contained, is a secret in anything written? Absent: the table's words for
//! people (`table`) and the command line.

mod canaries;
mod case;
mod faults;
mod governance;
mod inventory;
mod journals;
mod random;
mod record;
mod reference;
mod run;
mod site;
mod table;
mod tally;
pub mod target;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

pub use table::{markdown, text};
pub use tally::{Counts, Failure, Tally};
pub use target::{SweepError, Target, in_folder, of_folder};

use self::case::Case;
use self::record::Reference;
use self::run::Verdict;
use super::clock;
use super::error::RehearseError;

/// How much of the sweep is done.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Random schedules for each target.
    pub seeds: u64,
    /// One case of so many; 1 is all of them.
    pub every: usize,
    /// Threads; 0 is one for each core.
    pub threads: usize,
}

/// Sweeps every target.
///
/// # Errors
/// When a target cannot even be run without faults. What a fault breaks is no
/// error: the tally tells it.
pub fn sweep(targets: &[Target], extent: Extent) -> Result<Tally, SweepError> {
    let began = Instant::now();
    let mut tally = Tally::default();
    for target in targets {
        let reference = recorded(target)?;
        let every = extent.every.max(1);
        let cases: Vec<Case> = case::all(&reference, extent.seeds).into_iter().step_by(every).collect();
        carry_out(&cases, target, &reference, extent.threads, &mut tally)?;
    }
    tally.seconds = began.elapsed().as_secs_f64();
    Ok(tally)
}

/// Replays one case by the name that a failure prints, `PLAN/FAULT/PLACE`.
///
/// # Errors
/// When there is no such case, or its target cannot be run without faults.
pub fn replay(targets: &[Target], name: &str) -> Result<Tally, SweepError> {
    let unknown = || SweepError::NoCase(name.to_owned());
    let (of, rest) = name.split_once('/').ok_or_else(unknown)?;
    let target = targets.iter().find(|target| target.name == of).ok_or_else(unknown)?;
    let case = Case::named(rest).ok_or_else(unknown)?;
    let began = Instant::now();
    let mut tally = Tally::default();
    carry_out(&[case], target, &recorded(target)?, 1, &mut tally)?;
    tally.seconds = began.elapsed().as_secs_f64();
    Ok(tally)
}

fn recorded(target: &Target) -> Result<Reference, SweepError> {
    let runtime = clock::virtual_runtime().map_err(RehearseError::Runtime)?;
    runtime.block_on(record::record(target))
}

/// The cases of one target, each in a runtime of its own, on several threads. The
/// tally does not depend on which thread came to which case.
fn carry_out(
    cases: &[Case],
    target: &Target,
    reference: &Reference,
    threads: usize,
    tally: &mut Tally,
) -> Result<(), SweepError> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let threads = if threads == 0 { cores() } else { threads };
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<Vec<(usize, Verdict)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(place) else { return };
                    let verdict = verdict(*case, target, reference);
                    verdicts.lock().unwrap_or_else(PoisonError::into_inner).push((place, verdict));
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().unwrap_or_else(PoisonError::into_inner);
    verdicts.sort_by_key(|(place, _)| *place);
    for (place, verdict) in verdicts {
        if let Some(case) = cases.get(place) {
            tally.add(&format!("{}/{case}", target.name), case.fault(), &verdict);
        }
    }
    Ok(())
}

/// A case that breaks down is stuck like any other.
fn verdict(case: Case, target: &Target, reference: &Reference) -> Verdict {
    let ear = case.listens().then(canaries::Ear::new);
    let attempt = || match clock::virtual_runtime() {
        Ok(runtime) => runtime.block_on(run::carry_out(case, target, reference)),
        Err(error) => run::stuck(format!("nothing can run here: {error}")),
    };
    let verdict = catch_unwind(AssertUnwindSafe(attempt));
    drop(ear);
    verdict.unwrap_or_else(|panic| run::broken_down(&panic))
}
