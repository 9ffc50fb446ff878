//! One token bucket on virtual time, which slows down when AWS throttles.
//!
//! Generic cell rate algorithm: the bucket is one moment, the theoretical arrival
//! time of the next call, and takes no memory per call. A throttle halves the
//! rate, each accepted call gives a twentieth of the seeded rate back (additive
//! increase, multiplicative decrease), so a bucket that another caller drains
//! recovers by itself.

use std::time::Duration;

/// The slowest that throttles can make a bucket, as a part of its seeded rate.
const SLOWEST: f64 = 1.0 / 8.0;
/// What each accepted call gives back, as a part of the seeded rate.
const RECOVERY: f64 = 1.0 / 20.0;

/// A bucket that fills at a rate and holds a burst.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    seeded: f64,
    rate: f64,
    burst: f64,
    arrival: Duration,
    slowed: Option<Duration>,
}

impl Bucket {
    /// A full bucket of `burst` calls that refills `rate` calls per second.
    /// Figures below a millicall per second or one call are raised to these, so
    /// that a bucket always lets a call pass some day.
    #[must_use]
    pub fn new(rate: f64, burst: f64) -> Self {
        let rate = if rate.is_finite() { rate.max(0.001) } else { 0.001 };
        let burst = if burst.is_finite() { burst.max(1.0) } else { 1.0 };
        Self { seeded: rate, rate, burst, arrival: Duration::ZERO, slowed: None }
    }

    /// Requests per second at present.
    #[must_use]
    pub const fn rate(&self) -> f64 {
        self.rate
    }

    /// When the next call may go: now or earlier means at once.
    #[must_use]
    pub fn ready_at(&self) -> Duration {
        self.arrival.saturating_sub(self.tolerance())
    }

    /// Takes one call out at `now`, which must not be before [`Self::ready_at`].
    pub fn take(&mut self, now: Duration) {
        self.arrival = self.arrival.max(now) + self.interval();
    }

    /// Lets no call pass before `until`, without slowing down for later.
    pub fn rest(&mut self, until: Duration) {
        self.arrival = self.arrival.max(until + self.tolerance());
    }

    /// AWS has throttled a call: the bucket is empty and slower from now on. Of
    /// several throttles within one interval, only the first slows it down,
    /// since they tell of the same moment. Says whether it got slower.
    pub fn throttled(&mut self, now: Duration, retry_after: Option<Duration>) -> bool {
        let same_moment = self.slowed.is_some_and(|at| now < at + self.interval());
        if !same_moment {
            self.rate = (self.rate / 2.0).max(self.seeded * SLOWEST);
            self.slowed = Some(now);
        }
        self.rest(now + retry_after.unwrap_or_default().max(self.interval()));
        !same_moment
    }

    /// AWS has taken a call.
    pub fn accepted(&mut self) {
        self.rate = (self.rate + self.seeded * RECOVERY).min(self.seeded);
    }

    fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate)
    }

    fn tolerance(&self) -> Duration {
        self.interval().mul_f64(self.burst - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sends(bucket: &mut Bucket, calls: usize) -> Vec<Duration> {
        let mut now = Duration::ZERO;
        (0..calls)
            .map(|_| {
                now = now.max(bucket.ready_at());
                bucket.take(now);
                now
            })
            .collect()
    }

    #[test]
    fn the_burst_goes_at_once_and_the_rest_at_the_rate() {
        let sent = sends(&mut Bucket::new(0.1, 3.0), 5);
        let seconds: Vec<u64> = sent.iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [0, 0, 0, 10, 20]);
    }

    #[test]
    fn no_window_holds_more_than_burst_and_rate_allow() {
        let (rate, burst) = (1.8, 3.0);
        let sent = sends(&mut Bucket::new(rate, burst), 200);
        for (first, start) in sent.iter().enumerate() {
            for (last, end) in sent.iter().enumerate().skip(first) {
                let window = (*end - *start).as_secs_f64();
                let calls = (last - first + 1) as f64;
                assert!(calls <= burst + rate * window + 1e-6, "{first}..{last}");
            }
        }
    }

    #[test]
    fn an_idle_bucket_fills_to_its_burst_and_no_further() {
        let mut bucket = Bucket::new(1.0, 2.0);
        let late = Duration::from_secs(1000);
        bucket.take(late);
        bucket.take(late);
        assert_eq!(bucket.ready_at(), late + Duration::from_secs(1));
    }

    #[test]
    fn a_throttle_halves_the_rate_once_per_moment_and_calls_bring_it_back() {
        let mut bucket = Bucket::new(2.0, 3.0);
        let now = Duration::from_secs(5);
        assert!(bucket.throttled(now, None));
        assert!(!bucket.throttled(now, None));
        assert!((bucket.rate() - 1.0).abs() < 1e-9);
        assert!(bucket.ready_at() >= now + Duration::from_secs(1));
        (0..10).for_each(|_| bucket.accepted());
        assert!((bucket.rate() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn what_aws_asks_to_wait_is_waited() {
        let mut bucket = Bucket::new(10.0, 10.0);
        bucket.throttled(Duration::ZERO, Some(Duration::from_secs(30)));
        assert!(bucket.ready_at() >= Duration::from_secs(30));
    }

    #[test]
    fn however_often_it_is_throttled_it_never_stops() {
        let mut bucket = Bucket::new(1.0, 1.0);
        (0..100).for_each(|hour| {
            bucket.throttled(Duration::from_secs(hour * 3600), None);
        });
        assert!((bucket.rate() - SLOWEST).abs() < 1e-9);
    }
}
