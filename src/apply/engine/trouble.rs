//! Calls without success: what each verdict of the operation table leads to.
//!
//! The one rule above all: a mutating call is sent again only when it is proven
//! that it was not applied, by AWS's own refusal or by searches that found
//! nothing after a settling time.

use std::time::Duration;

use super::work::Phase;
use super::{Command, Engine, Entry, Notice};
use crate::catalog::operations::Verdict;
use crate::cloud::failure::{CallError, code};

/// Codes that say that the credentials themselves are used up, as opposed to not
/// being allowed this one call, or that the lease is gone. With another verdict than
/// "denied" it was a session in a member account, which is opened anew.
const GONE: [&str; 5] =
    ["ExpiredToken", "ExpiredTokenException", "RequestExpired", code::NO_CREDENTIALS, code::LEASE_LOST];
/// Patience alone does not end a step: most of its time may have gone into waiting
/// for a lane, or into an operation that took long to fail.
const FEWEST_TRIES: u32 = 5;
/// A call whose effect is said to exist and cannot be found is sent this often at most.
const SENDINGS_OF_A_SATISFIED_CALL: u32 = 3;

impl Engine {
    /// A mutating call came back without success.
    pub(super) fn not_begun(&mut self, number: u32, error: CallError) {
        match error.verdict {
            Verdict::Throttled => self.throttled(number, error),
            Verdict::Conflict | Verdict::NotReady | Verdict::Unseen => self.send_later(number, error),
            Verdict::Satisfied => self.doubt(number, error, true),
            Verdict::Unknown => self.doubt(number, error, false),
            Verdict::Rejected | Verdict::Denied | Verdict::Quota | Verdict::Missing => {
                self.fail(number, error);
            }
        }
    }

    /// The credentials ran out before a mutating call was taken: the step is as if
    /// it had never been begun, and the run stops.
    pub(super) fn halt_before(&mut self, number: u32, error: CallError) {
        self.refused(number, error.clone());
        self.lanes.release(number);
        self.halt(number, Phase::Resting, error);
    }

    /// The credentials ran out: failing every step that is left, one by one,
    /// would help nobody. What runs at AWS goes on and can be asked about later.
    pub(super) fn halt(&mut self, number: u32, back_to: Phase, error: CallError) {
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = back_to;
        }
        if self.halted.is_some() {
            return;
        }
        self.out.push(Command::Notify(Notice::Halted { error: error.clone() }));
        self.halted = Some(error);
        if !self.stopping {
            self.stop();
        }
    }

    /// AWS accepted the operation and ended it as failed, so nothing is under way
    /// any more. Only verdicts that say "wait" let it be sent again; an unknown
    /// failure of an operation that did end is a failure.
    pub(super) fn operation_failed(&mut self, number: u32, error: CallError) {
        match error.verdict {
            Verdict::Conflict | Verdict::Throttled | Verdict::NotReady | Verdict::Unseen => {
                self.send_later(number, error);
            }
            Verdict::Satisfied => self.doubt(number, error, true),
            _ => self.fail(number, error),
        }
    }

    /// A poll or a search came back without an answer. The call it asks about
    /// goes on at AWS, so the step keeps its slots whatever happens.
    pub(super) fn question_failed(&mut self, number: u32, back_to: Phase, error: CallError) {
        let since = self.trouble(number, true);
        let tries = self.works.get(number as usize).map_or(0, |work| work.questions.count);
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = back_to;
        }
        match error.verdict {
            Verdict::Throttled => {
                let lane = self.facts.get(number as usize).map(|facts| match back_to {
                    Phase::Running => facts.poll,
                    _ => facts.read_back,
                });
                self.slow(lane, &error.operation, &error);
                let at = self.now + self.backoff(number, &error, true);
                self.set_timer(number, at);
            }
            Verdict::Missing if back_to == Phase::Running => {
                let settle =
                    self.facts.get(number as usize).map_or(self.settings.settle, |facts| facts.settle);
                if since >= settle {
                    self.doubt(number, error, false);
                } else {
                    self.ask_later(number, error);
                }
            }
            Verdict::Conflict | Verdict::NotReady | Verdict::Unseen | Verdict::Unknown | Verdict::Missing
                if since < self.settings.deadline(self.index.usual(number)) || tries < FEWEST_TRIES =>
            {
                self.ask_later(number, error);
            }
            _ => self.stuck(number, Some(error)),
        }
    }

    /// A search found no trace of the call.
    pub(super) fn found_nothing(&mut self, number: u32) {
        let settle = self.facts.get(number as usize).map_or(self.settings.settle, |facts| facts.settle);
        let deadline = self.settings.deadline(self.index.usual(number));
        let Some(work) = self.works.get_mut(number as usize) else { return };
        work.phase = Phase::Doubtful;
        work.empty_searches += 1;
        let settled = work.doubted.unwrap_or(self.now) + settle;
        if work.empty_searches < 2 || self.now < settled {
            let at = settled.max(self.now + self.settings.look_up_after);
            self.set_timer(number, at);
            return;
        }
        let given_up = work.satisfied && work.sendings >= SENDINGS_OF_A_SATISFIED_CALL;
        let troubles = work.sending_troubles;
        let too_long = troubles.count >= FEWEST_TRIES
            && troubles.since.is_some_and(|since| self.now.saturating_sub(since) >= deadline);
        let error = work.error.clone();
        if let (true, Some(error)) = (given_up || too_long, error) {
            self.fail(number, error);
            return;
        }
        work.phase = Phase::Queued;
        if let Some(step) = self.index.step(number).map(|step| step.id.clone()) {
            self.out.push(Command::Record(Entry::Absent { step }));
        }
        self.lanes.release(number);
        self.lanes.enqueue(number);
    }

    /// Sent too fast: the operation goes more slowly for everyone, and this one
    /// waits in its lane like any other. It is no failure, however often it happens.
    fn throttled(&mut self, number: u32, error: CallError) {
        let lane = self.facts.get(number as usize).map(|facts| facts.rate);
        let name = self.index.step(number).map(|step| step.operation.clone()).unwrap_or_default();
        self.slow(lane, &name, &error);
        self.refused(number, error);
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Queued;
        }
        self.lanes.release(number);
        self.lanes.enqueue(number);
    }

    /// Not applied because something is under way or has not settled: again
    /// later, as long as there is hope. Meanwhile its slots are free.
    fn send_later(&mut self, number: u32, error: CallError) {
        let since = self.trouble(number, false);
        let patience = match error.verdict {
            Verdict::NotReady => self.settings.readiness,
            Verdict::Unseen => self.settings.visibility,
            _ => self.settings.deadline(self.index.usual(number)),
        };
        let tries = self.works.get(number as usize).map_or(0, |work| work.sending_troubles.count);
        if since >= patience && tries >= FEWEST_TRIES {
            self.fail(number, error);
            return;
        }
        let facts = self.facts.get(number as usize).map(|facts| (facts.rate, facts.has_lane));
        if let Some((rate, true)) = facts.filter(|_| conflicts(error.verdict)) {
            self.lanes.rest(rate, self.now + self.settings.conflict_rest);
        }
        let until = self.now + self.backoff(number, &error, false);
        self.notify_waiting(number, &error, until);
        self.refused(number, error);
        if let Some(work) = self.works.get_mut(number as usize) {
            work.phase = Phase::Resting;
        }
        self.lanes.release(number);
        self.set_timer(number, until);
    }

    /// It may have been applied: keep its slots and search before anything else.
    fn doubt(&mut self, number: u32, error: CallError, satisfied: bool) {
        self.trouble(number, false);
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        let Some(work) = self.works.get_mut(number as usize) else { return };
        work.phase = Phase::Doubtful;
        work.doubted = Some(self.now);
        work.empty_searches = 0;
        work.satisfied = satisfied;
        work.error = Some(error.clone());
        self.out.push(Command::Record(Entry::Unproven { step: step.clone(), error: error.clone() }));
        if satisfied {
            self.set_timer(number, self.now);
        } else {
            self.out.push(Command::Notify(Notice::Unproven { step, error }));
            self.set_timer(number, self.now + self.settings.look_up_after);
        }
    }

    fn ask_later(&mut self, number: u32, error: CallError) {
        let until = self.now + self.backoff(number, &error, true);
        self.notify_waiting(number, &error, until);
        self.set_timer(number, until);
    }

    pub(super) fn slow(&mut self, lane: Option<usize>, operation: &str, error: &CallError) {
        self.calls.throttled += 1;
        let Some(lane) = lane else { return };
        if let Some(until) = self.breaker.throttled(lane, self.now) {
            self.out.push(Command::Notify(Notice::Paused { until }));
        }
        if let Some(rate) = self.lanes.throttled(lane, self.now, error.retry_after) {
            let operation = operation.to_owned();
            self.out.push(Command::Notify(Notice::Slowed { operation, rate }));
        }
    }

    fn refused(&mut self, number: u32, error: CallError) {
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        self.out.push(Command::Record(Entry::Refused { step, error: error.clone() }));
        if let Some(work) = self.works.get_mut(number as usize) {
            work.error = Some(error);
            work.operation = None;
        }
    }

    fn notify_waiting(&mut self, number: u32, error: &CallError, until: Duration) {
        let Some(step) = self.index.step(number).map(|step| step.id.clone()) else { return };
        self.out.push(Command::Notify(Notice::Waiting { step, error: error.clone(), until }));
    }

    /// Counts one more failure, of a question or of a sending; says for how long
    /// there have been some.
    pub(super) fn trouble(&mut self, number: u32, question: bool) -> Duration {
        let now = self.now;
        let Some(work) = self.works.get_mut(number as usize) else { return Duration::ZERO };
        let troubles = if question { &mut work.questions } else { &mut work.sending_troubles };
        troubles.count += 1;
        now.saturating_sub(*troubles.since.get_or_insert(now))
    }

    /// The wait before the next try: doubling up to a ceiling, spread by a
    /// number drawn from the step's id so that equal steps do not move in step,
    /// and never shorter than AWS asks for.
    pub(super) fn backoff(&self, number: u32, error: &CallError, question: bool) -> Duration {
        let work = self.works.get(number as usize);
        let troubles = work.map(|work| if question { work.questions } else { work.sending_troubles });
        let troubles = troubles.map_or(1, |troubles| troubles.count.max(1));
        let doubled = self.settings.backoff_floor.saturating_mul(1 << (troubles - 1).min(16));
        let seed = self.index.seeds.get(number as usize).copied().unwrap_or_default();
        let wait = doubled.min(self.settings.backoff_ceiling).mul_f64(spread(seed, troubles));
        wait.max(error.retry_after.unwrap_or_default())
    }
}

/// Whether something is under way that every step of the operation would meet.
const fn conflicts(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Conflict | Verdict::Throttled)
}

/// Whether the credentials have run out.
pub(super) fn credentials_are_gone(error: &CallError) -> bool {
    GONE.contains(&error.code.as_str()) && error.verdict == Verdict::Denied
}

/// A factor between three quarters and one (the mixing step of SplitMix64).
fn spread(seed: u64, turn: u32) -> f64 {
    let mut mixed = seed.wrapping_add(u64::from(turn).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let share = f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default());
    0.75 + 0.25 * share / f64::from(u32::MAX)
}
