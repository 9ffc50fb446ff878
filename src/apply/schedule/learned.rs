//! What the run has learned about how long operations take.
//!
//! Kept as the ratio of what an operation took to what it usually takes, since
//! steps of one operation differ in size (a unit with many accounts takes longer
//! to register) and in how far they miss their estimate alike.

use std::collections::BTreeMap;
use std::time::Duration;

/// Until a run has seen an operation end, its tenth percentile is taken as half
/// its usual duration: asking early costs a call, asking late costs time.
const FIRST_GUESS: f64 = 0.5;
/// Ratios known before the guess gives way to them.
const ENOUGH: usize = 5;
/// The tenth percentile is approached from below.
const MARGIN: f64 = 0.95;
/// A mean that has moved by more than this makes the order of steps worth redoing.
const MOVED: f64 = 0.25;

/// Ratios of taken to usual, by operation.
#[derive(Debug, Default)]
pub(in crate::apply) struct Learned {
    ratios: BTreeMap<String, Ratios>,
}

#[derive(Debug, Default)]
struct Ratios {
    sorted: Vec<f64>,
    sum: f64,
    ranked: Option<f64>,
}

impl Learned {
    /// An operation has ended. Says whether its estimate has moved so far that
    /// the order of the steps should be worked out again.
    pub(in crate::apply) fn add(&mut self, operation: &str, usual: Duration, took: Duration) -> bool {
        if usual.is_zero() {
            return false;
        }
        let ratio = took.as_secs_f64() / usual.as_secs_f64();
        let ratios = self.ratios.entry(operation.to_owned()).or_default();
        let place = ratios.sorted.partition_point(|other| *other < ratio);
        ratios.sorted.insert(place, ratio);
        ratios.sum += ratio;
        let (mean, ranked) = (ratios.mean(), ratios.ranked.unwrap_or(1.0));
        let moved = ratios.sorted.len() >= ENOUGH && (mean / ranked - 1.0).abs() > MOVED;
        if moved {
            ratios.ranked = Some(mean);
        }
        moved
    }

    /// How long a step that usually takes `usual` is expected to take.
    pub(in crate::apply) fn expected(&self, operation: &str, usual: Duration) -> Duration {
        let known = self.ratios.get(operation).filter(|ratios| ratios.sorted.len() >= ENOUGH);
        known.map_or(usual, |ratios| usual.mul_f64(ratios.mean()))
    }

    /// The expectation that ranks are built on: it moves in few large steps, so
    /// that the order of steps is not redone at each answer.
    pub(in crate::apply) fn ranked(&self, operation: &str, usual: Duration) -> Duration {
        let ranked = self.ratios.get(operation).and_then(|ratios| ratios.ranked);
        ranked.map_or(usual, |ratio| usual.mul_f64(ratio))
    }

    /// When to ask for the first time after the sending: about the time at which
    /// one of ten has ended.
    pub(in crate::apply) fn tenth(&self, operation: &str, usual: Duration) -> Duration {
        let ratios = self.ratios.get(operation);
        let sorted = ratios.map(|ratios| ratios.sorted.as_slice()).unwrap_or_default();
        let seen = sorted.get(sorted.len() / 10).map(|ratio| ratio * MARGIN);
        let ratio = match seen {
            Some(ratio) if sorted.len() >= ENOUGH => ratio,
            Some(ratio) => ratio.min(FIRST_GUESS),
            None => FIRST_GUESS,
        };
        usual.mul_f64(ratio)
    }
}

impl Ratios {
    fn mean(&self) -> f64 {
        self.sum / self.sorted.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_first_question_comes_at_half_the_usual_until_more_is_known() {
        let mut learned = Learned::default();
        assert_eq!(learned.tenth("a", MINUTE * 10), MINUTE * 5);
        for _ in 0..ENOUGH {
            learned.add("a", MINUTE * 10, MINUTE * 20);
        }
        assert_eq!(learned.tenth("a", MINUTE * 10), MINUTE * 19);
        assert_eq!(learned.tenth("b", MINUTE * 10), MINUTE * 5);
    }

    #[test]
    fn an_early_quick_one_pulls_the_first_question_forward_at_once() {
        let mut learned = Learned::default();
        learned.add("a", MINUTE * 10, MINUTE);
        assert_eq!(learned.tenth("a", MINUTE * 10), MINUTE.mul_f64(MARGIN));
    }

    #[test]
    fn steps_of_another_size_profit_from_what_was_learned() {
        let mut learned = Learned::default();
        for _ in 0..ENOUGH {
            learned.add("a", MINUTE, MINUTE * 2);
        }
        assert_eq!(learned.expected("a", MINUTE * 30), MINUTE * 60);
    }

    #[test]
    fn the_order_is_redone_when_the_mean_has_moved_and_not_at_every_answer() {
        let mut learned = Learned::default();
        let moves = (0..100).filter(|_| learned.add("a", MINUTE, MINUTE * 2)).count();
        assert_eq!(moves, 1);
        assert_eq!(learned.ranked("a", MINUTE), MINUTE * 2);
    }
}
