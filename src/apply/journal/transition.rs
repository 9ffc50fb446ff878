//! The legal life of a step in a journal, as one table.
//!
//! The writer refuses to write what this table does not allow, and the reader
//! refuses to read it, so both have the same idea of what can have happened.

use serde::{Deserialize, Serialize};

use super::record::Entry;

/// How far a step has come, by its journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was sent.
    #[default]
    Fresh,
    /// A call was about to be sent: it may have been applied.
    Intended,
    /// AWS works on it under an operation id.
    Accepted,
    /// A call got no answer: it may have been applied.
    Unproven,
    /// Surely not applied; may be sent again.
    Refused,
    /// Done.
    Done,
    /// It was so already.
    NotNeeded,
    /// Failed.
    Failed,
    /// Given up waiting.
    Stuck,
    /// Not sent because of another step.
    Skipped,
}

/// The kind of a record about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Intent,
    Accepted,
    Refused,
    Unproven,
    Absent,
    Done,
    NotNeeded,
    Failed,
    Stuck,
    Skipped,
}

/// Every legal move: from, record, to. `Intended` may be followed by `Absent`
/// and `Unproven` may be followed by `Accepted`, since a resumed run proves
/// what the run before it could not.
const TABLE: &[(State, Move, State)] = &[
    (State::Fresh, Move::Intent, State::Intended),
    (State::Fresh, Move::Failed, State::Failed),
    // Searched for before it was sent, and found.
    (State::Fresh, Move::NotNeeded, State::NotNeeded),
    (State::Fresh, Move::Skipped, State::Skipped),
    (State::Intended, Move::Accepted, State::Accepted),
    (State::Intended, Move::Refused, State::Refused),
    (State::Intended, Move::Unproven, State::Unproven),
    (State::Intended, Move::Absent, State::Refused),
    (State::Intended, Move::Done, State::Done),
    (State::Intended, Move::NotNeeded, State::NotNeeded),
    (State::Intended, Move::Failed, State::Failed),
    (State::Intended, Move::Stuck, State::Stuck),
    (State::Accepted, Move::Accepted, State::Accepted),
    (State::Accepted, Move::Done, State::Done),
    (State::Accepted, Move::NotNeeded, State::NotNeeded),
    (State::Accepted, Move::Refused, State::Refused),
    (State::Accepted, Move::Unproven, State::Unproven),
    (State::Accepted, Move::Failed, State::Failed),
    (State::Accepted, Move::Stuck, State::Stuck),
    (State::Unproven, Move::Accepted, State::Accepted),
    (State::Unproven, Move::Absent, State::Refused),
    (State::Unproven, Move::Done, State::Done),
    (State::Unproven, Move::NotNeeded, State::NotNeeded),
    (State::Unproven, Move::Failed, State::Failed),
    (State::Unproven, Move::Stuck, State::Stuck),
    (State::Refused, Move::Intent, State::Intended),
    (State::Refused, Move::Failed, State::Failed),
    (State::Refused, Move::Skipped, State::Skipped),
];

impl State {
    /// Where a record leads from here; none when it may not follow. Records that
    /// are about no step lead nowhere.
    #[must_use]
    pub fn after(self, entry: &Entry) -> Option<Self> {
        let wanted = movement(entry)?;
        TABLE.iter().find(|(from, by, _)| *from == self && *by == wanted).map(|(_, _, to)| *to)
    }

    /// Where a resumed run takes a step up again: what failed or was skipped may be
    /// sent, since it was surely not applied; what was given up is asked about.
    #[must_use]
    pub const fn resumed(self, has_operation: bool) -> Self {
        match self {
            Self::Failed => Self::Refused,
            Self::Skipped => Self::Fresh,
            Self::Stuck if has_operation => Self::Accepted,
            Self::Stuck => Self::Unproven,
            same => same,
        }
    }

    /// Whether a call may be with AWS, so that its outcome must be proven before
    /// anything is sent for this step.
    #[must_use]
    pub const fn in_flight(self) -> bool {
        matches!(self, Self::Intended | Self::Accepted | Self::Unproven | Self::Stuck)
    }

    /// Whether the run was through with it.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, Self::Done | Self::NotNeeded | Self::Failed | Self::Stuck | Self::Skipped)
    }
}

const fn movement(entry: &Entry) -> Option<Move> {
    Some(match entry {
        Entry::Opened { .. } | Entry::Resumed { .. } | Entry::Interrupted | Entry::Closed { .. } => {
            return None;
        }
        Entry::Intent { .. } => Move::Intent,
        Entry::Accepted { .. } => Move::Accepted,
        Entry::Refused { .. } => Move::Refused,
        Entry::Unproven { .. } => Move::Unproven,
        Entry::Absent { .. } => Move::Absent,
        Entry::Done { .. } => Move::Done,
        Entry::NotNeeded { .. } => Move::NotNeeded,
        Entry::Failed { .. } => Move::Failed,
        Entry::Stuck { .. } => Move::Stuck,
        Entry::Skipped { .. } => Move::Skipped,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_move_leads_to_two_states() {
        for (place, (from, by, _)) in TABLE.iter().enumerate() {
            let twice = TABLE.iter().skip(place + 1).any(|(other, with, _)| other == from && with == by);
            assert!(!twice, "{from:?} {by:?}");
        }
    }

    #[test]
    fn nothing_follows_an_end_and_every_other_state_leads_on() {
        for (_, _, state) in TABLE {
            let leads_on = TABLE.iter().any(|(from, _, _)| from == state);
            assert_eq!(leads_on, !state.ended(), "{state:?}");
        }
    }

    #[test]
    fn a_call_is_sent_again_only_from_states_in_which_it_is_surely_not_applied() {
        let before_an_intent: Vec<State> =
            TABLE.iter().filter(|(_, by, _)| *by == Move::Intent).map(|(from, _, _)| *from).collect();
        assert_eq!(before_an_intent, [State::Fresh, State::Refused]);
        assert!(before_an_intent.iter().all(|state| !state.in_flight()));
    }
}
