//! Notices that somebody else uses up the account's rates.
//!
//! Each of our lanes keeps below AWS's published rate, so a throttle of one lane
//! says that this rate is another than was thought, and the lane slows down by
//! itself. Throttles of several lanes within a short time say something else:
//! others call the same account (Control Tower's own scans, another tool). Then
//! pushing on in every lane would only slow both down. In: throttles by lane and
//! time. Out: until when nothing should be sent.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// Throttles older than this say nothing about now.
const WINDOW: Duration = Duration::from_secs(60);
/// From so many lanes on it is not a matter of one lane's rate.
const LANES: usize = 3;
/// Fewer throttles than this can be chance: the first calls of a run meet what
/// others have left in the buckets.
const THROTTLES: usize = 12;
/// How long nothing is sent. The slowest published buckets refill within a minute.
const PAUSE: Duration = Duration::from_secs(30);

/// Recent throttles, and the pause they led to.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    recent: VecDeque<(Duration, usize)>,
    open_until: Option<Duration>,
}

impl Breaker {
    /// A call in a lane was throttled. Gives the end of the pause when this one
    /// has led to it.
    pub(super) fn throttled(&mut self, lane: usize, now: Duration) -> Option<Duration> {
        if self.open_until(now).is_some() {
            return None;
        }
        self.recent.push_back((now, lane));
        while self.recent.front().is_some_and(|(at, _)| *at + WINDOW < now) {
            self.recent.pop_front();
        }
        let lanes: BTreeSet<usize> = self.recent.iter().map(|(_, lane)| *lane).collect();
        if lanes.len() < LANES || self.recent.len() < THROTTLES {
            return None;
        }
        self.recent.clear();
        self.open_until = Some(now + PAUSE);
        self.open_until
    }

    /// Until when nothing should be sent; none when sending is all right.
    pub(super) fn open_until(&self, now: Duration) -> Option<Duration> {
        self.open_until.filter(|until| now < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(at: u64) -> Duration {
        Duration::from_secs(at)
    }

    #[test]
    fn many_throttles_of_many_lanes_pause_everything_for_a_while() {
        let mut breaker = Breaker::default();
        let paused: Vec<u64> =
            (0..20).filter(|at| breaker.throttled(*at as usize % 4, second(*at)).is_some()).collect();
        assert_eq!(paused, [11]);
        assert_eq!(breaker.open_until(second(40)), Some(second(41)));
        assert_eq!(breaker.open_until(second(41)), None);
    }

    #[test]
    fn one_lane_alone_never_pauses_the_others() {
        let mut breaker = Breaker::default();
        assert!((0..1000).all(|at| breaker.throttled(at as usize % 2, second(at / 20)).is_none()));
    }

    #[test]
    fn throttles_far_apart_are_no_storm() {
        let mut breaker = Breaker::default();
        assert!((0..1000).all(|at| breaker.throttled(at as usize % 5, second(at * 10)).is_none()));
    }
}
