//! Keeping to AWS's rates: one token bucket per operation, account and Region.
//!
//! [`Bucket`] is pure arithmetic over a monotonic time that the caller gives, and
//! serves the schedule of apply as well. [`Pacer`] makes callers wait, first come
//! first served. A throttle slows the lane by half, each success speeds it up
//! again by a little, because Control Tower's own scans use up the same rates at
//! times nobody can foresee (Control Tower user guide, drift).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::catalog::operations::{self, Operation};

/// The part of a published rate that we use. The rest is for clocks that differ, and for whoever
/// else uses the rate: more of it would have more than one call in two hundred throttled beside
/// Control Tower's own scans, less would leave a large organization to be read for longer than a
/// tenth above the least time.
const SHARE: f64 = 0.93;
/// Requests per second for operations whose rate AWS does not publish: a careful
/// guess, corrected by throttles.
const UNPUBLISHED_RATE: f64 = 10.0;
/// The burst that goes with it.
const UNPUBLISHED_BURST: f64 = 10.0;
/// What a throttle multiplies the rate by.
const DECREASE: f64 = 0.5;
/// What a success adds, as a part of the full rate.
const INCREASE: f64 = 0.05;
/// The part of the full rate below which throttles do not push it.
const FLOOR: f64 = 1.0 / 32.0;

/// A token bucket in the form of the generic cell rate algorithm: two instants
/// and a rate, no counting of tokens. Times are durations since any fixed start.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    full_rate: f64,
    rate: f64,
    burst: f64,
    due: Duration,
    closed_until: Duration,
}

impl Bucket {
    /// A full bucket. `rate` is in requests per second; a rate that is not
    /// positive is taken as the unpublished one, a burst below 1 as 1.
    #[must_use]
    pub fn new(rate: f64, burst: f64) -> Self {
        let rate = if rate > 0.0 { rate } else { UNPUBLISHED_RATE };
        Self {
            full_rate: rate,
            rate,
            burst: burst.max(1.0),
            due: Duration::ZERO,
            closed_until: Duration::ZERO,
        }
    }

    /// The bucket for an operation: most of the published rate, with the
    /// published burst.
    #[must_use]
    pub fn of(operation: Option<&Operation>) -> Self {
        let published = operation.and_then(|row| Some((row.rate?, row.burst?)));
        let (rate, burst) = published.unwrap_or((UNPUBLISHED_RATE, UNPUBLISHED_BURST));
        Self::new(rate * SHARE, burst)
    }

    /// The same bucket at a share of its rate, from which successes bring it back;
    /// never faster than the whole of it.
    #[must_use]
    pub fn at_share(mut self, share: f64) -> Self {
        self.rate = self.full_rate * share.clamp(FLOOR, 1.0);
        self
    }

    /// The share of its rate at which it is at the moment.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.rate / self.full_rate
    }

    /// Requests per second at the moment.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    fn interval(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate)
    }

    /// How far ahead of its steady pace a request may come: whole intervals, as they are rounded, so
    /// that the last request of a burst is not kept waiting for a part of a nanosecond.
    fn tolerance(&self) -> Duration {
        self.interval().mul_f64(self.burst - 1.0)
    }

    /// How long from `now` until a request may go.
    #[must_use]
    pub fn ready_in(&self, now: Duration) -> Duration {
        let earliest = self.due.saturating_sub(self.tolerance()).max(self.closed_until);
        earliest.saturating_sub(now)
    }

    /// A request goes now.
    pub fn take(&mut self, now: Duration) {
        self.due = self.due.max(now) + self.interval();
    }

    /// AWS refused a request as too fast: halve the rate, forget the burst, and
    /// stay closed as long as AWS asks.
    pub fn throttled(&mut self, now: Duration, retry_after: Option<Duration>) {
        self.rate = (self.rate * DECREASE).max(self.full_rate * FLOOR);
        self.due = self.due.max(now + self.tolerance() + self.interval());
        if let Some(wait) = retry_after {
            self.closed_until = self.closed_until.max(now + wait);
        }
    }

    /// A request was accepted: come back towards the full rate.
    pub fn succeeded(&mut self) {
        self.rate = (self.rate + self.full_rate * INCREASE).min(self.full_rate);
    }
}

/// Which bucket a call draws from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LaneKey {
    /// `service:Operation`.
    pub operation: &'static str,
    /// The account whose credentials sign; none for the caller's own.
    pub account: Option<String>,
    /// The Region that answers.
    pub region: String,
}

/// One bucket and the queue before it.
#[derive(Debug)]
struct Lane {
    /// Held by the first in the queue while it waits; tokio's mutex is fair.
    queue: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
}

/// Every lane of one connection.
#[derive(Debug)]
pub struct Pacer {
    start: Instant,
    speed: f64,
    lanes: Mutex<HashMap<LaneKey, Arc<Lane>>>,
}

impl Default for Pacer {
    fn default() -> Self {
        Self::at_speed(1.0)
    }
}

impl Pacer {
    /// For an AWS whose clock runs so many times faster than ours, as that of a
    /// local emulator may.
    #[must_use]
    pub fn at_speed(speed: f64) -> Self {
        Self { start: Instant::now(), speed, lanes: Mutex::default() }
    }

    fn lane(&self, key: &LaneKey) -> Arc<Lane> {
        let mut lanes = held(&self.lanes);
        let made = || Lane {
            queue: tokio::sync::Mutex::default(),
            bucket: Mutex::new(Bucket::of(operations::table().get(key.operation))),
        };
        Arc::clone(lanes.entry(key.clone()).or_insert_with(|| Arc::new(made())))
    }

    fn now(&self) -> Duration {
        self.start.elapsed().mul_f64(self.speed)
    }

    /// Waits until a call of this lane may go, behind those that came before.
    pub async fn wait(&self, key: &LaneKey) {
        let lane = self.lane(key);
        let _first = lane.queue.lock().await;
        loop {
            let wait = {
                let mut bucket = held(&lane.bucket);
                let wait = bucket.ready_in(self.now());
                if wait.is_zero() {
                    bucket.take(self.now());
                    return;
                }
                wait
            };
            tokio::time::sleep(wait.div_f64(self.speed)).await;
        }
    }

    /// Tells the lane that AWS throttled a call.
    pub fn throttled(&self, key: &LaneKey, retry_after: Option<Duration>) {
        held(&self.lane(key).bucket).throttled(self.now(), retry_after);
    }

    /// Tells the lane that AWS accepted a call.
    pub fn succeeded(&self, key: &LaneKey) {
        held(&self.lane(key).bucket).succeeded();
    }
}

/// Locks a mutex; what a panicking holder left is whole, since every change
/// under these locks is one assignment.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(value: f64) -> Duration {
        Duration::from_secs_f64(value)
    }

    /// When each of `count` requests may go that all want to go at once.
    fn times(bucket: &mut Bucket, count: usize) -> Vec<f64> {
        let mut now = Duration::ZERO;
        (0..count)
            .map(|_| {
                now += bucket.ready_in(now);
                bucket.take(now);
                (now.as_secs_f64() * 1000.0).round() / 1000.0
            })
            .collect()
    }

    #[test]
    fn a_burst_goes_at_once_and_the_rest_at_the_rate() {
        let mut bucket = Bucket::new(0.1, 3.0);
        assert_eq!(times(&mut bucket, 5), [0.0, 0.0, 0.0, 10.0, 20.0]);
    }

    #[test]
    fn a_bucket_is_seeded_a_little_below_what_aws_publishes() {
        let bucket = Bucket::of(operations::table().get("organizations:ListAccounts"));
        assert!((bucket.rate() - 7.44).abs() < 1e-9);
        let unknown = Bucket::of(None);
        assert!((unknown.rate() - 9.3).abs() < 1e-9);
    }

    #[test]
    fn a_throttle_halves_the_rate_and_successes_bring_it_back_and_no_further() {
        let mut bucket = Bucket::new(8.0, 12.0);
        bucket.throttled(Duration::ZERO, None);
        assert!((bucket.rate() - 4.0).abs() < 1e-9);
        assert_eq!(bucket.ready_in(Duration::ZERO), seconds(0.25));
        for _ in 0..5 {
            bucket.succeeded();
        }
        assert!((bucket.rate() - 6.0).abs() < 1e-9);
        for _ in 0..50 {
            bucket.succeeded();
        }
        assert!((bucket.rate() - 8.0).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn no_window_holds_more_than_the_burst_and_the_rate_allow(
            rate in 0.05f64..50.0,
            burst in 1u32..20,
            pauses in proptest::collection::vec(0u64..3000, 1..60),
        ) {
            let mut bucket = Bucket::new(rate, f64::from(burst));
            let mut now = Duration::ZERO;
            let mut sent: Vec<f64> = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                now += bucket.ready_in(now);
                bucket.take(now);
                sent.push(now.as_secs_f64());
            }
            for (first, from) in sent.iter().enumerate() {
                for (last, to) in sent.iter().enumerate().skip(first) {
                    let allowed = f64::from(burst) + (to - from) * rate;
                    let count = f64::from(u32::try_from(last - first + 1).unwrap());
                    proptest::prop_assert!(count <= allowed + 1e-3, "{count} in {} s", to - from);
                }
            }
        }
    }

    #[test]
    fn many_throttles_never_stop_a_lane_for_good() {
        let mut bucket = Bucket::new(8.0, 1.0);
        for _ in 0..100 {
            bucket.throttled(Duration::ZERO, None);
        }
        assert!((bucket.rate() - 0.25).abs() < 1e-9);
        assert!(bucket.ready_in(Duration::ZERO) <= seconds(4.001));
    }

    #[test]
    fn the_wait_that_aws_asks_for_is_kept() {
        let mut bucket = Bucket::new(8.0, 12.0);
        bucket.throttled(seconds(1.0), Some(seconds(30.0)));
        assert_eq!(bucket.ready_in(seconds(1.0)), seconds(30.0));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_served_in_the_order_in_which_they_came() {
        let pacer = Arc::new(Pacer::default());
        let key = LaneKey {
            operation: "organizations:CreateAccount",
            account: None,
            region: "us-east-1".to_owned(),
        };
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut callers = Vec::new();
        for caller in 0..6 {
            let (pacer, key, order) = (Arc::clone(&pacer), key.clone(), Arc::clone(&order));
            callers.push(tokio::spawn(async move {
                pacer.wait(&key).await;
                held(&order).push(caller);
            }));
            tokio::task::yield_now().await;
        }
        let begin = Instant::now();
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(*held(&order), [0, 1, 2, 3, 4, 5]);
        // Three at once, then three more at 0.093 per second.
        let taken = begin.elapsed().as_secs_f64();
        assert!((32.0..33.0).contains(&taken), "{taken}");
    }

    /// AWS's side of a rate: a bucket from which another client takes, too.
    struct Shared {
        rate: f64,
        burst: f64,
        tokens: f64,
        last: f64,
        /// When the other client calls next, and its rate while it scans: two minutes in
        /// every twenty, as Control Tower's scans for drift come and go.
        other: f64,
        others_rate: f64,
    }

    impl Shared {
        fn take(&mut self, at: f64) -> bool {
            self.tokens = (self.tokens + (at - self.last) * self.rate).min(self.burst);
            self.last = at;
            let has = self.tokens >= 1.0;
            self.tokens -= f64::from(u8::from(has));
            has
        }

        /// Whether a call of ours that arrives at `at` is taken.
        fn answer(&mut self, at: f64) -> bool {
            while self.other <= at {
                let now = self.other;
                if now % 1200.0 < 120.0 {
                    self.take(now);
                }
                self.other += 1.0 / self.others_rate;
            }
            self.take(at)
        }
    }

    /// The part of `count` calls that a lane has to send again, each as often as it takes.
    fn throttled_part(rate: f64, burst: f64, others: f64, count: usize) -> f64 {
        let mut bucket = Bucket::new(rate * SHARE, burst);
        let others_rate = others * rate;
        let other = 1.0 / others_rate;
        let mut aws = Shared { rate, burst, tokens: burst, last: 0.0, other, others_rate };
        let (mut now, mut taken, mut throttled) = (Duration::ZERO, 0, 0);
        while taken < count {
            now += bucket.ready_in(now);
            bucket.take(now);
            if aws.answer(now.as_secs_f64()) {
                bucket.succeeded();
                taken += 1;
            } else {
                bucket.throttled(now, None);
                throttled += 1;
            }
        }
        f64::from(throttled) / (count as f64 + f64::from(throttled))
    }

    #[test]
    fn alone_nothing_is_throttled_and_beside_a_client_that_comes_and_goes_one_call_in_two_hundred() {
        // ListAccounts, ListOrganizationalUnitsForParent, DescribeAccount, DescribePolicy.
        let rates = [(8.0, 12.0), (5.0, 8.0), (20.0, 30.0), (2.0, 3.0)];
        let beside = rates.map(|(rate, burst)| {
            assert!(throttled_part(rate, burst, 1e-6, 100_000) < 1e-9, "{rate}");
            throttled_part(rate, burst, 0.5, 100_000)
        });
        assert!(beside.iter().all(|part| *part <= 0.005), "{beside:?}");
    }
}
