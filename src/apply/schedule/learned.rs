//! What the run has learned about how long operations take.
//!
//! Kept as the ratio of what an operation took to what it usually takes, since
//! steps of one operation differ in size (a unit with many accounts takes longer
//! to register) and in how far they miss their estimate alike. What former runs have
//! learned ([`Experience`]) counts as if this one had seen it, with less weight.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::apply::experience::{Durations, ENOUGH as ENOUGH_BEFORE, Experience};

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
    /// What former runs have learned.
    former: BTreeMap<String, Durations>,
}

#[derive(Debug, Default)]
struct Ratios {
    sorted: Vec<f64>,
    sum: f64,
    ranked: Option<f64>,
}

impl Learned {
    /// A run that begins with what is known already.
    pub(in crate::apply) fn knowing(experience: &Experience) -> Self {
        Self { ratios: BTreeMap::new(), former: experience.durations.clone() }
    }

    /// What this run itself has learned.
    pub(in crate::apply) fn lessons(&self) -> BTreeMap<String, Durations> {
        let lesson = |ratios: &Ratios| {
            let all = &ratios.sorted;
            let (tenth, ninetieth) = (*all.get(all.len() / 10)?, *all.get(all.len() * 9 / 10)?);
            Some(Durations { count: all.len() as f64, mean: ratios.mean(None), tenth, ninetieth })
        };
        let known = self.ratios.iter();
        known.filter_map(|(operation, ratios)| Some((operation.clone(), lesson(ratios)?))).collect()
    }

    fn before(&self, operation: &str) -> Option<Durations> {
        self.former.get(operation).copied()
    }

    /// What former runs alone are sure of.
    fn surely_before(&self, operation: &str) -> Option<Durations> {
        self.before(operation).filter(|former| former.count >= ENOUGH_BEFORE)
    }

    /// An operation has ended. Says whether its estimate has moved so far that
    /// the order of the steps should be worked out again.
    pub(in crate::apply) fn add(&mut self, operation: &str, usual: Duration, took: Duration) -> bool {
        if usual.is_zero() {
            return false;
        }
        let ratio = took.as_secs_f64() / usual.as_secs_f64();
        let (former, sure) = (self.before(operation), self.surely_before(operation));
        let ratios = self.ratios.entry(operation.to_owned()).or_default();
        let place = ratios.sorted.partition_point(|other| *other < ratio);
        ratios.sorted.insert(place, ratio);
        ratios.sum += ratio;
        let ranked = ratios.ranked.or(sure.map(|former| former.mean)).unwrap_or(1.0);
        let mean = ratios.mean(former);
        let moved = ratios.sorted.len() >= ENOUGH && (mean / ranked - 1.0).abs() > MOVED;
        if moved {
            ratios.ranked = Some(mean);
        }
        moved
    }

    /// How long a step that usually takes `usual` is expected to take.
    pub(in crate::apply) fn expected(&self, operation: &str, usual: Duration) -> Duration {
        let former = self.before(operation);
        let known = self.ratios.get(operation).filter(|ratios| ratios.sorted.len() >= ENOUGH);
        let mean = known.map(|ratios| ratios.mean(former));
        let mean = mean.or_else(|| Some(self.surely_before(operation)?.mean));
        mean.map_or(usual, |mean| usual.mul_f64(mean))
    }

    /// The expectation that ranks are built on: it moves in few large steps, so
    /// that the order of steps is not redone at each answer.
    pub(in crate::apply) fn ranked(&self, operation: &str, usual: Duration) -> Duration {
        let ranked = self.ratios.get(operation).and_then(|ratios| ratios.ranked);
        let ranked = ranked.or_else(|| Some(self.surely_before(operation)?.mean));
        ranked.map_or(usual, |ratio| usual.mul_f64(ratio))
    }

    /// When to ask for the first time after the sending: about the time at which
    /// one of ten has ended.
    pub(in crate::apply) fn tenth(&self, operation: &str, usual: Duration) -> Duration {
        let ratios = self.ratios.get(operation);
        let sorted = ratios.map(|ratios| ratios.sorted.as_slice()).unwrap_or_default();
        let seen = sorted.get(sorted.len() / 10).map(|ratio| ratio * MARGIN);
        let guess = self.surely_before(operation).map_or(FIRST_GUESS, |former| former.tenth * MARGIN);
        let ratio = match seen {
            Some(ratio) if sorted.len() >= ENOUGH => ratio,
            Some(ratio) => ratio.min(guess),
            None => guess,
        };
        usual.mul_f64(ratio)
    }
}

impl Ratios {
    /// The mean, together with what was known before.
    fn mean(&self, former: Option<Durations>) -> f64 {
        let (count, sum) = former.map_or((0.0, 0.0), |former| (former.count, former.count * former.mean));
        (self.sum + sum) / (self.sorted.len() as f64 + count).max(1.0)
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
    fn what_former_runs_have_learned_holds_until_this_one_knows_better() {
        let lessons = |count| {
            let mut former = Learned::default();
            for _ in 0..count {
                former.add("a", MINUTE, MINUTE * 2);
            }
            crate::apply::experience::Lessons { durations: former.lessons(), ..Default::default() }
        };
        let few = Learned::knowing(&Experience::default().and(&lessons(ENOUGH - 1)));
        assert_eq!((few.expected("a", MINUTE), few.tenth("a", MINUTE)), (MINUTE, MINUTE / 2));
        let mut learned = Learned::knowing(&Experience::default().and(&lessons(ENOUGH)));
        assert_eq!((learned.expected("a", MINUTE), learned.ranked("a", MINUTE)), (MINUTE * 2, MINUTE * 2));
        assert_eq!(learned.tenth("a", MINUTE), MINUTE.mul_f64(2.0 * MARGIN));
        for _ in 0..50 {
            learned.add("a", MINUTE, MINUTE);
        }
        assert!(learned.expected("a", MINUTE) < MINUTE.mul_f64(1.1));
        assert_eq!(learned.tenth("a", MINUTE), MINUTE.mul_f64(MARGIN));
    }

    #[test]
    fn a_run_tells_how_the_quickest_and_the_slowest_tenth_fared() {
        let mut learned = Learned::default();
        for minutes in 1..=10 {
            learned.add("a", MINUTE, MINUTE * minutes);
        }
        let lesson = learned.lessons()["a"];
        assert_eq!((lesson.count, lesson.mean, lesson.tenth, lesson.ninetieth), (10.0, 5.5, 2.0, 10.0));
    }

    #[test]
    fn the_order_is_redone_when_the_mean_has_moved_and_not_at_every_answer() {
        let mut learned = Learned::default();
        let moves = (0..100).filter(|_| learned.add("a", MINUTE, MINUTE * 2)).count();
        assert_eq!(moves, 1);
        assert_eq!(learned.ranked("a", MINUTE), MINUTE * 2);
    }
}
