//! One case of the sweep: a fault and the place where it strikes.
//!
//! In: the table of faults and a recorded run. Out: every case, each with a name
//! that replays it. Absent: carrying it out (`run`).

use std::fmt;

use super::faults::{How, Row, TABLE, interference};
use super::record::Reference;

/// Random schedules are named by this word and their seed.
pub(super) const RANDOM: &str = "random";

/// One single fault of so many is listened to.
const LISTENING: usize = 4;

/// A case.
#[derive(Debug, Clone, Copy)]
pub(super) enum Case {
    /// One fault at one place: the number of a mutation, of a read or of a record.
    Single(&'static Row, usize),
    /// Several faults, all drawn from one seed.
    Random(u64),
}

impl Case {
    /// Whether what it writes is searched for secrets: one case of so many, and every
    /// random schedule, since those have several faults.
    pub(super) const fn listens(&self) -> bool {
        match self {
            Self::Single(_, place) => *place % LISTENING == 0,
            Self::Random(_) => true,
        }
    }

    /// The name of the fault.
    pub(super) fn fault(&self) -> &'static str {
        match self {
            Self::Single(row, _) => row.name,
            Self::Random(_) => RANDOM,
        }
    }

    /// The case of a name such as `F2-afresh/17` or `random/4`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (fault, place) = name.split_once('/')?;
        if fault == RANDOM {
            return Some(Self::Random(place.parse().ok()?));
        }
        let row = TABLE.iter().find(|row| row.name == fault)?;
        Some(Self::Single(row, place.parse().ok()?))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Single(row, place) => write!(f, "{}/{place}", row.name),
            Self::Random(seed) => write!(f, "{RANDOM}/{seed}"),
        }
    }
}

/// Every single fault at every place where it can strike, then the random schedules.
pub(super) fn all(reference: &Reference, seeds: u64) -> Vec<Case> {
    let mut found = Vec::new();
    for row in TABLE {
        let places = match row.how {
            How::Read(_) => reference.reads,
            How::Torn | How::Full => reference.appends.len(),
            _ => reference.mutations.len(),
        };
        found.extend(
            (0..places).filter(|place| applies(row, *place, reference)).map(|place| Case::Single(row, place)),
        );
    }
    found.extend((0..seeds).map(Case::Random));
    found
}

fn applies(row: &Row, place: usize, reference: &Reference) -> bool {
    let Some(mutation) = reference.mutations.get(place) else { return true };
    let step = reference.plan.steps.iter().find(|step| step.id == mutation.begun.step);
    match (row.how, step) {
        (How::Mutation(strike), Some(step)) => strike(step, &mutation.begun.task).is_some(),
        (How::Actor(_), Some(step)) => {
            interference(step, &mutation.begun.task, reference.plan.account.as_str()).is_some()
        }
        _ => true,
    }
}
