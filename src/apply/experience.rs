//! What runs have learned about the AWS of one account, kept for the next ones.
//!
//! In: the lessons of runs ([`Lessons`]), each at its time. Out: how long operations
//! take there compared to what is usual, and where AWS throttles below the rate that
//! it publishes. It is advice and nothing rests on it: a share of a rate is never more
//! than what apply uses of the published one, deadlines do not follow it, and what is
//! old or cannot be believed counts for less or for nothing. Absent: where it is kept
//! (`store`) and what is done with it (`schedule`).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the text.
const FORMAT: u32 = 1;
/// Ended operations from which on durations are believed.
pub(in crate::apply) const ENOUGH: f64 = 5.0;
/// The most that former operations weigh against those of the run itself.
const WEIGHT: f64 = 20.0;
/// The time in which what is known of durations comes to weigh half as much.
const DURATIONS_HALVE: f64 = 30.0 * 86_400.0;
/// The time in which a rate is trusted again by half of what was missing. Throttles
/// tell of others who used the account, which passes.
const RATES_HALVE: f64 = 86_400.0;
/// Ratios of taken to usual outside of these are no lesson but an accident.
const RATIOS: (f64, f64) = (0.05, 4.0);
/// Throttled moments in one run below which they are chance.
const THROTTLES: u32 = 3;
/// Calls without a throttle after which a rate is trusted again.
const TRUSTED: u32 = 20;
/// A rate that is known to be nearly whole is whole.
const NEARLY: f64 = 0.95;

/// How long the operations of one sort took, as ratios to what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Durations {
    /// How many ended, by weight.
    pub count: f64,
    /// Their mean.
    pub mean: f64,
    /// One of ten was quicker than this.
    pub tenth: f64,
    /// One of ten was slower than this; 0 where an older text does not say it.
    #[serde(default)]
    pub ninetieth: f64,
}

/// How a run fared with one rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Calls that AWS took.
    pub taken: u32,
    /// Moments at which it throttled.
    pub throttled: u32,
    /// The mean share of the rate that was left after these.
    pub share: f64,
}

/// What one run has learned, by operation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lessons {
    /// Of operations that ended.
    pub durations: BTreeMap<String, Durations>,
    /// Of operations that were called.
    pub paces: BTreeMap<String, Pace>,
}

/// What is known at some time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Experience {
    /// By operation; counts have faded with time.
    pub durations: BTreeMap<String, Durations>,
    /// By operation, the share of the rate to begin with, less than 1.
    pub shares: BTreeMap<String, f64>,
}

/// The text that is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: u32,
    /// What all of it had faded to, and when.
    at: Timestamp,
    durations: BTreeMap<String, Durations>,
    shares: BTreeMap<String, f64>,
}

impl Experience {
    /// What a text tells at `now`. A number that cannot be is left out.
    ///
    /// # Errors
    /// When the text is not one of ours, or of another format.
    pub fn recalled(text: &[u8], now: Timestamp) -> Result<Self, serde_json::Error> {
        let kept: Kept = serde_json::from_slice(text)?;
        if kept.format != FORMAT {
            return Err(serde::de::Error::custom(format!("format {} is not known", kept.format)));
        }
        let age = now.duration_since(kept.at).as_secs_f64().max(0.0);
        let durations = kept.durations.into_iter().filter_map(|(operation, known)| {
            let count = known.count.clamp(0.0, WEIGHT) * 0.5_f64.powf(age / DURATIONS_HALVE);
            let (mean, tenth) = (believed(known.mean)?, believed(known.tenth)?);
            let ninetieth = believed(known.ninetieth)?.max(mean);
            count.is_finite().then_some((operation, Durations { count, mean, tenth, ninetieth }))
        });
        let shares = kept.shares.into_iter().filter_map(|(operation, share)| {
            let missing = (1.0 - share).clamp(0.0, 1.0) * 0.5_f64.powf(age / RATES_HALVE);
            (1.0 - missing < NEARLY).then_some((operation, 1.0 - missing))
        });
        Ok(Self { durations: durations.collect(), shares: shares.collect() })
    }

    /// With what a run has learned on top.
    #[must_use]
    pub fn and(mut self, lessons: &Lessons) -> Self {
        for (operation, new) in &lessons.durations {
            let believed = (believed(new.mean), believed(new.tenth), believed(new.ninetieth));
            let (Some(mean), Some(tenth), Some(ninetieth)) = believed else { continue };
            let old = self.durations.get(operation).copied();
            let old = old.unwrap_or(Durations { count: 0.0, mean, tenth, ninetieth });
            let count = old.count + new.count;
            let mixed = |old_value: f64, new_value: f64| {
                (old_value * old.count + new_value * new.count) / count.max(f64::EPSILON)
            };
            let all = Durations {
                count: count.min(WEIGHT),
                mean: mixed(old.mean, mean),
                tenth: mixed(old.tenth, tenth),
                ninetieth: mixed(old.ninetieth, ninetieth),
            };
            self.durations.insert(operation.clone(), all);
        }
        for (operation, pace) in &lessons.paces {
            if pace.throttled >= THROTTLES && pace.share.is_finite() {
                self.shares.insert(operation.clone(), pace.share.clamp(0.0, 1.0));
            } else if pace.throttled == 0 && pace.taken >= TRUSTED {
                self.shares.remove(operation);
            }
        }
        self
    }

    /// The text to keep at `now`.
    ///
    /// # Errors
    /// Never, as far as is known; serialising may fail by its type.
    pub fn text(&self, now: Timestamp) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&Kept {
            format: FORMAT,
            at: now,
            durations: self.durations.clone(),
            shares: self.shares.clone(),
        })
    }

    /// How long something is expected to take that usually takes `usual`.
    #[must_use]
    pub fn expected(&self, operation: &str, usual: Duration) -> Duration {
        let known = self.durations.get(operation).filter(|known| known.count >= ENOUGH);
        known.map_or(usual, |known| usual.mul_f64(known.mean))
    }

    /// Within what time nine of ten end of what usually takes `usual`; none where too few have been seen.
    #[must_use]
    pub fn slow(&self, operation: &str, usual: Duration) -> Option<Duration> {
        let known = self.durations.get(operation).filter(|known| known.count >= ENOUGH);
        known.map(|known| usual.mul_f64(known.ninetieth.max(known.mean)))
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.durations.is_empty() && self.shares.is_empty()
    }
}

/// A ratio within reason; none when it is no number.
fn believed(ratio: f64) -> Option<f64> {
    ratio.is_finite().then(|| ratio.clamp(RATIOS.0, RATIOS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + number * DAY).unwrap()
    }

    fn lessons(count: f64, mean: f64) -> Lessons {
        let durations =
            [("a".to_owned(), Durations { count, mean, tenth: mean / 2.0, ninetieth: mean * 1.25 })].into();
        Lessons { durations, paces: BTreeMap::new() }
    }

    fn paced(taken: u32, throttled: u32, share: f64) -> Lessons {
        let paces = [("a".to_owned(), Pace { taken, throttled, share })].into();
        Lessons { durations: BTreeMap::new(), paces }
    }

    fn later(known: &Experience, days: i64) -> Experience {
        Experience::recalled(known.text(day(0)).unwrap().as_bytes(), day(days)).unwrap()
    }

    #[test]
    fn durations_are_believed_from_several_on_and_fade_with_time() {
        let hour = Duration::from_secs(3600);
        let few = Experience::default().and(&lessons(4.0, 2.0));
        assert_eq!(few.expected("a", hour), hour);
        let known = few.and(&lessons(4.0, 2.0));
        assert_eq!(known.expected("a", hour), hour * 2);
        assert_eq!(known.expected("b", hour), hour);
        assert_eq!(later(&known, 1).expected("a", hour), hour * 2);
        assert_eq!(later(&known, 60).expected("a", hour), hour);
    }

    #[test]
    fn what_is_slow_is_learned_as_what_is_usual_is_and_older_texts_do_not_say_it() {
        let hour = Duration::from_secs(3600);
        let known = Experience::default().and(&lessons(8.0, 2.0));
        assert_eq!(known.slow("a", hour), Some(hour.mul_f64(2.5)));
        assert_eq!(later(&known, 1).slow("a", hour), Some(hour.mul_f64(2.5)));
        assert_eq!((known.slow("b", hour), later(&known, 60).slow("a", hour)), (None, None));
        let older = known.text(day(0)).unwrap().replace("\"ninetieth\"", "\"other\"");
        let older = Experience::recalled(older.as_bytes(), day(0)).unwrap();
        assert_eq!(older.slow("a", hour), Some(hour * 2), "never quicker than usual");
    }

    #[test]
    fn new_runs_outweigh_what_is_old() {
        let mut known = Experience::default().and(&lessons(500.0, 3.0));
        for _ in 0..5 {
            known = known.and(&lessons(20.0, 1.0));
        }
        assert!(known.durations["a"].mean < 1.1, "{known:?}");
    }

    #[test]
    fn a_rate_is_mistrusted_after_several_throttles_and_trusted_again_by_time_or_success() {
        let chance = Experience::default().and(&paced(50, 2, 0.5));
        assert!(chance.is_empty());
        let known = Experience::default().and(&paced(50, 3, 0.5));
        assert_eq!(known.shares["a"], 0.5);
        assert_eq!(later(&known, 1).shares["a"], 0.75);
        assert!(later(&known, 4).is_empty());
        assert_eq!(known.clone().and(&paced(19, 0, 0.0)), known);
        assert!(known.and(&paced(20, 0, 0.0)).is_empty());
    }

    #[test]
    fn what_cannot_be_is_not_believed() {
        let text = |mean: &str, share: &str| {
            format!(
                "{{\"format\":1,\"at\":\"{}\",\"durations\":{{\"a\":{{\"count\":1e300,\"mean\":{mean},\"tenth\":1}}}},\"shares\":{{\"a\":{share}}}}}",
                day(0)
            )
        };
        let known = Experience::recalled(text("1e300", "7").as_bytes(), day(0)).unwrap();
        assert_eq!((known.durations["a"].count, known.durations["a"].mean), (WEIGHT, RATIOS.1));
        assert!(known.shares.is_empty(), "never faster than AWS's own limit");
        let known = Experience::recalled(text("-1", "-7").as_bytes(), day(0)).unwrap();
        assert_eq!((known.durations["a"].mean, known.shares["a"]), (RATIOS.0, 0.0));
        assert!(Experience::recalled(b"{\"format\":2}", day(0)).is_err());
        assert!(Experience::recalled(text("1", "1").replace(":1,", ":2,").as_bytes(), day(0)).is_err());
    }

    #[test]
    fn what_comes_from_the_future_has_not_grown() {
        let known = Experience::default().and(&lessons(8.0, 2.0)).and(&paced(9, 9, 0.25));
        assert_eq!(later(&known, -7), known);
    }
}
