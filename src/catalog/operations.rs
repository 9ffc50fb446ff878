//! The operation table: one row per AWS operation that lzctl calls.
//!
//! Lanes, retries, permissions, fault sweeps and estimates all read it. Rates are
//! AWS's published token buckets (requests per second and burst) where AWS
//! publishes them; `usual_seconds` is the time an asynchronous operation usually
//! takes, reported where AWS says nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// Read or mutation: planning may use only the former (invariant I8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something.
    Mutation,
}

/// What makes it safe to learn whether a mutation took effect, or to send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Idempotency {
    /// Sets a value: sending it again is the same.
    Set,
    /// A second one is refused because of a natural key.
    NaturalKey,
    /// Carries a client token, derived from plan and step.
    Token,
    /// Neither: its effect must be searched for before it is sent again.
    Search,
}

/// Whether an effect can be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reversible {
    /// By an ordinary call.
    Yes,
    /// Only slowly or in part.
    Hard,
    /// Never.
    No,
}

/// What an error says about the call that met it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not applied, sent too fast: slow the lane down and send again.
    Throttled,
    /// Not applied, another change is under way: wait and send again.
    Conflict,
    /// Not applied, something it needs has not settled yet: wait longer.
    NotReady,
    /// Not applied, something it names is not found. It may have been made a moment
    /// ago and not be visible yet: wait some minutes, then believe it.
    Unseen,
    /// What was asked for is so already: read it back and go on.
    Satisfied,
    /// Not applied and will not be: the request itself is refused.
    Rejected,
    /// Not applied: the caller may not.
    Denied,
    /// Not applied: an AWS quota is used up.
    Quota,
    /// The thing is not there. For a read: an answer; for a mutation: the world moved.
    Missing,
    /// It may have been applied: prove the outcome before anything else.
    Unknown,
}

/// One operation.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// `service:Operation`, as in IAM policies where AWS names the action so.
    pub name: String,
    /// Read or mutation.
    pub effect: Effect,
    /// For mutations: how a second sending is made safe.
    pub idempotency: Option<Idempotency>,
    /// For mutations: the read that proves the outcome.
    pub read_back: Option<String>,
    /// For mutations: whether it can be taken back.
    pub reversible: Option<Reversible>,
    /// Requests per second AWS allows, if published.
    pub rate: Option<f64>,
    /// The bucket's size, with `rate`.
    pub burst: Option<f64>,
    /// The lane whose width this operation occupies until it has ended.
    pub lane: Option<String>,
    /// For asynchronous mutations: the operation that tells how it goes.
    pub poll: Option<String>,
    /// Whether its effect is searched for before it is sent at all: nothing but the
    /// search keeps it from being made twice when a journal was lost.
    #[serde(default)]
    pub look_first: bool,
    /// Seconds until its effect is there; one round trip when absent.
    pub usual_seconds: Option<u64>,
    /// Seconds more for each account that the operation reaches.
    pub seconds_per_member: Option<u64>,
    /// Error code to verdict, before the common rows.
    #[serde(default)]
    pub verdicts: BTreeMap<String, Verdict>,
    /// Words in the message that decide where the code does not.
    #[serde(default)]
    pub messages: Vec<MessageVerdict>,
    /// Where the row's figures come from.
    pub source: String,
}

/// A verdict for a code together with words of the message, since some services
/// say several things with one code.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MessageVerdict {
    /// The error code.
    pub code: String,
    /// A part of AWS's message.
    pub contains: String,
    /// What it means.
    pub verdict: Verdict,
}

/// A limit that several steps share: so many at once.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lane {
    /// The lane's name.
    pub name: String,
    /// How many may be under way at once.
    pub slots: usize,
    /// Lanes, or families of them, in which nothing may be under way meanwhile; it
    /// holds both ways.
    #[serde(default)]
    pub apart_from: Vec<String>,
    /// Seconds for which a step usually holds its place, where being in the lane makes it
    /// longer than its operation.
    pub usual_seconds: Option<u64>,
    /// What AWS says.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    read: String,
    operation: Vec<Operation>,
    lane: Vec<Lane>,
    common_verdicts: BTreeMap<String, Verdict>,
}

/// The whole table, indexed by name.
#[derive(Debug)]
pub struct Operations {
    /// The day on which the sources were read.
    pub read: String,
    rows: BTreeMap<String, Operation>,
    lanes: BTreeMap<String, Lane>,
    common: BTreeMap<String, Verdict>,
}

static TABLE: LazyLock<Operations> = LazyLock::new(|| {
    let table: Table = super::parse("operations.toml", include_str!("operations.toml"));
    Operations {
        read: table.read,
        rows: table.operation.into_iter().map(|row| (row.name.clone(), row)).collect(),
        lanes: table.lane.into_iter().map(|lane| (lane.name.clone(), lane)).collect(),
        common: table.common_verdicts,
    }
});

/// The operation table.
#[must_use]
pub fn table() -> &'static Operations {
    &TABLE
}

impl Operations {
    /// The row of an operation.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Operation> {
        self.rows.get(name)
    }

    /// Every row, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.rows.values()
    }

    /// How many may be under way at once in a lane. A lane's name may carry what
    /// it is for in brackets, e.g. `enrolment(Workloads)`; its width is that of
    /// the family. An unknown lane is one wide, which is always safe.
    #[must_use]
    pub fn slots(&self, lane: &str) -> usize {
        self.lane(lane).map_or(1, |lane| lane.slots)
    }

    /// Seconds for which a step usually holds its place in a lane, if that is longer than its
    /// operation takes by itself.
    #[must_use]
    pub fn usual_seconds_in(&self, lane: &str) -> u64 {
        self.lane(lane).and_then(|lane| lane.usual_seconds).unwrap_or_default()
    }

    fn lane(&self, name: &str) -> Option<&Lane> {
        self.lanes.get(name.split('(').next().unwrap_or(name))
    }

    /// Whether nothing may be under way in the one lane while something is in the
    /// other. A lane belongs to the family before its bracket.
    #[must_use]
    pub fn are_apart(&self, one: &str, other: &str) -> bool {
        let family = |lane: &str| lane.split('(').next().unwrap_or_default().to_owned();
        let names = |one: &str, other: &str| {
            self.lanes.get(one).is_some_and(|lane| lane.apart_from.iter().any(|name| name == other))
        };
        let (one, other) = (family(one), family(other));
        names(&one, &other) || names(&other, &one)
    }

    /// Every lane with a width of its own.
    pub fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.values()
    }

    /// The same table, were a lane wider.
    #[cfg(test)]
    pub(crate) fn widened(&self, lane: &str, slots: usize) -> Self {
        let mut lanes = self.lanes.clone();
        lanes.entry(lane.to_owned()).and_modify(|lane| lane.slots = slots);
        Self { read: self.read.clone(), rows: self.rows.clone(), lanes, common: self.common.clone() }
    }

    /// What an error of an operation means. An unknown error of a mutation leaves
    /// its outcome open; of a read it refuses the read.
    #[must_use]
    pub fn verdict(&self, name: &str, code: &str, message: &str) -> Verdict {
        let row = self.rows.get(name);
        let by_message = row.and_then(|row| {
            let mut rows = row.messages.iter();
            rows.find(|m| m.code == code && message.contains(m.contains.as_str())).map(|m| m.verdict)
        });
        by_message
            .or_else(|| row.and_then(|row| row.verdicts.get(code).copied()))
            .or_else(|| self.common.get(code).copied())
            .unwrap_or_else(|| match row.map(|row| row.effect) {
                Some(Effect::Read) => Verdict::Rejected,
                _ => Verdict::Unknown,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutation_has_a_class_a_read_back_that_is_a_read_and_a_reversibility() {
        for row in table().iter().filter(|row| row.effect == Effect::Mutation) {
            assert!(row.idempotency.is_some(), "{}", row.name);
            assert!(row.reversible.is_some(), "{}", row.name);
            let read_back = row.read_back.as_deref().unwrap_or_default();
            let known = table().get(read_back).is_some_and(|read| read.effect == Effect::Read);
            assert!(known, "{}: read-back {read_back}", row.name);
        }
    }

    #[test]
    fn every_poll_is_a_read_and_every_lane_has_a_width() {
        for row in table().iter() {
            if let Some(poll) = &row.poll {
                assert_eq!(table().get(poll).map(|r| r.effect), Some(Effect::Read), "{}", row.name);
            }
            if let Some(lane) = &row.lane {
                assert!(table().lanes.contains_key(lane), "{}: {lane}", row.name);
            }
            assert_eq!(row.rate.is_some(), row.burst.is_some(), "{}", row.name);
            assert!(!row.source.is_empty(), "{}", row.name);
        }
    }

    #[test]
    fn no_operation_has_two_rows() {
        let text = include_str!("operations.toml");
        let rows = text.matches("[[operation]]").count();
        assert_eq!(rows, table().iter().count());
    }

    #[test]
    fn a_role_that_has_not_spread_yet_is_waited_for_and_a_bad_manifest_is_not() {
        let op = "controltower:CreateLandingZone";
        let young = table().verdict(op, "ValidationException", "CUSTOMER_ASSUME_ROLE_FAILED: ...");
        assert_eq!(young, Verdict::NotReady);
        let bad = table().verdict(op, "ValidationException", "manifest contains fields");
        assert_eq!(bad, Verdict::Rejected);
    }

    #[test]
    fn an_error_nobody_knows_leaves_a_mutation_open_and_refuses_a_read() {
        assert_eq!(table().verdict("organizations:CreateAccount", "Strange", ""), Verdict::Unknown);
        assert_eq!(table().verdict("organizations:ListAccounts", "Strange", ""), Verdict::Rejected);
    }
}
