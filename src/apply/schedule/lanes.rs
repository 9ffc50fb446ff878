//! Ready steps, and the limits of AWS that they share.
//!
//! A step needs a slot in each of its width lanes until its operation has ended,
//! and one token of its operation's bucket when it is sent. It takes all of them
//! at once or none, so no two steps can wait for each other. Steps with the same
//! limits stand in one queue, most urgent first; a queue whose head is held back
//! waits at the lane that does so and is looked at again only when that lane has
//! room. So a decision costs the logarithm of the queues, not their number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::time::Duration;

use crate::apply::experience::{Experience, Pace};
use crate::catalog::operations::Operations;
use crate::cloud::pace::Bucket;
use crate::plan::Step;

/// Waiting queues, most urgent head first.
type Waiting = BTreeSet<(Reverse<u32>, usize)>;

/// All lanes of one run.
#[derive(Debug)]
pub(in crate::apply) struct Lanes {
    widths: Vec<Width>,
    rates: Vec<Rate>,
    rate_names: BTreeMap<String, usize>,
    /// Shares of their rates that lanes begin with, by what former runs met.
    shares: BTreeMap<String, f64>,
    queues: Vec<Queue>,
    /// The queue of each step.
    homes: Vec<usize>,
    urgencies: Vec<u32>,
    /// Queues whose head may be able to go.
    open: Waiting,
    /// Lanes that may have room for somebody who waits.
    roomy: BTreeSet<Place>,
}

#[derive(Debug, Default)]
struct Width {
    slots: usize,
    used: usize,
    waiting: Waiting,
    /// Lanes in which nothing may be under way while something is in this one.
    apart: Vec<usize>,
    /// Queues of such lanes, which wait until nothing is under way here.
    outside: Waiting,
    /// The first step that will not give its slot back.
    held_by: Option<u32>,
}

#[derive(Debug)]
struct Rate {
    bucket: Bucket,
    /// Nothing passes before, whatever the bucket holds.
    resting_until: Duration,
    /// When a throttle last slowed it down.
    slowed: Option<Duration>,
    /// How it has fared; the share is a sum until it is told.
    pace: Pace,
    waiting: Waiting,
}

impl Rate {
    /// When the next call may go.
    fn ready_at(&self, now: Duration) -> Duration {
        (now + self.bucket.ready_in(now)).max(self.resting_until)
    }
}

#[derive(Debug)]
struct Queue {
    widths: Vec<usize>,
    rate: usize,
    ready: BinaryHeap<(u32, u32)>,
    place: Place,
}

/// Where a queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Empty,
    Open,
    Width(usize),
    /// Until nothing is under way in that lane.
    Outside(usize),
    Rate(usize),
}

impl Lanes {
    /// The lanes of a plan's steps, all empty, at the rates that are known to be taken.
    pub(in crate::apply) fn new(
        steps: &[Step],
        urgencies: Vec<u32>,
        operations: &Operations,
        experience: &Experience,
    ) -> Self {
        let mut lanes = Self {
            widths: Vec::new(),
            rates: Vec::new(),
            rate_names: BTreeMap::new(),
            shares: experience.shares.clone(),
            queues: Vec::new(),
            homes: Vec::with_capacity(steps.len()),
            urgencies,
            open: BTreeSet::new(),
            roomy: BTreeSet::new(),
        };
        let mut width_names: BTreeMap<String, usize> = BTreeMap::new();
        let mut homes: BTreeMap<(Vec<usize>, usize), usize> = BTreeMap::new();
        for step in steps {
            let mut widths: Vec<usize> = width_lanes(step, operations)
                .into_iter()
                .map(|name| {
                    let slots = operations.slots(name).max(1);
                    *width_names.entry(name.to_owned()).or_insert_with(|| {
                        lanes.widths.push(Width { slots, ..Width::default() });
                        lanes.widths.len() - 1
                    })
                })
                .collect();
            widths.sort_unstable();
            let rate = lanes.rate(&step.operation, operations);
            let home = *homes.entry((widths.clone(), rate)).or_insert_with(|| {
                lanes.queues.push(Queue { widths, rate, ready: BinaryHeap::new(), place: Place::Empty });
                lanes.queues.len() - 1
            });
            lanes.homes.push(home);
        }
        for (name, width) in &width_names {
            let apart = width_names.iter().filter(|(other, _)| operations.are_apart(name, other));
            lanes.widths[*width].apart = apart.map(|(_, other)| *other).collect();
        }
        lanes
    }

    /// The rate lane of an operation, made when it is asked for the first time.
    pub(in crate::apply) fn rate(&mut self, operation: &str, operations: &Operations) -> usize {
        if let Some(rate) = self.rate_names.get(operation) {
            return *rate;
        }
        let share = self.shares.get(operation).copied().unwrap_or(1.0);
        let bucket = Bucket::of(operations.get(operation)).at_share(share);
        let (waiting, pace) = (BTreeSet::new(), Pace::default());
        self.rates.push(Rate { bucket, resting_until: Duration::ZERO, slowed: None, pace, waiting });
        self.rate_names.insert(operation.to_owned(), self.rates.len() - 1);
        self.rates.len() - 1
    }

    /// Takes a token of a rate lane for a read.
    ///
    /// # Errors
    /// When there is none now: the time at which there may be one.
    pub(in crate::apply) fn take_token(&mut self, rate: usize, now: Duration) -> Result<(), Duration> {
        let Some(lane) = self.rates.get_mut(rate) else { return Ok(()) };
        let ready = lane.ready_at(now);
        if ready > now {
            return Err(ready);
        }
        lane.bucket.take(now);
        Ok(())
    }

    /// AWS has taken a call.
    pub(in crate::apply) fn succeeded(&mut self, rate: usize) {
        if let Some(lane) = self.rates.get_mut(rate) {
            lane.bucket.succeeded();
            lane.pace.taken = lane.pace.taken.saturating_add(1);
        }
    }

    /// How each rate has fared.
    pub(in crate::apply) fn paces(&self) -> BTreeMap<String, Pace> {
        let told = |pace: Pace| Pace { share: pace.share / f64::from(pace.throttled.max(1)), ..pace };
        let called = |pace: &Pace| pace.taken > 0 || pace.throttled > 0;
        let known =
            self.rate_names.iter().filter_map(|(name, rate)| Some((name, self.rates.get(*rate)?.pace)));
        known.filter(|(_, pace)| called(pace)).map(|(name, pace)| (name.clone(), told(pace))).collect()
    }

    /// AWS has throttled a call. Of several throttles within one interval only
    /// the first slows the lane down, since they tell of the same moment. Gives
    /// the new rate when it has become slower.
    pub(in crate::apply) fn throttled(
        &mut self,
        rate: usize,
        now: Duration,
        retry_after: Option<Duration>,
    ) -> Option<f64> {
        let lane = self.rates.get_mut(rate)?;
        lane.resting_until = lane.resting_until.max(now + retry_after.unwrap_or_default());
        let interval = Duration::from_secs_f64(1.0 / lane.bucket.rate());
        if lane.slowed.is_some_and(|at| now < at + interval) {
            return None;
        }
        let before = lane.bucket.rate();
        lane.bucket.throttled(now, retry_after);
        lane.slowed = Some(now);
        lane.pace.throttled = lane.pace.throttled.saturating_add(1);
        lane.pace.share += lane.bucket.share();
        (lane.bucket.rate() < before).then(|| lane.bucket.rate())
    }

    /// Lets no call of a rate lane pass before `until`.
    pub(in crate::apply) fn rest(&mut self, rate: usize, until: Duration) {
        if let Some(lane) = self.rates.get_mut(rate) {
            lane.resting_until = lane.resting_until.max(until);
        }
    }

    /// A step may go as soon as its lanes have room.
    pub(in crate::apply) fn enqueue(&mut self, step: u32) {
        let urgency = self.urgencies.get(step as usize).copied().unwrap_or_default();
        let Some(home) = self.homes.get(step as usize).copied() else { return };
        let place = self.queues.get(home).map_or(Place::Empty, |queue| queue.place);
        self.put(home, Place::Empty);
        if let Some(queue) = self.queues.get_mut(home) {
            queue.ready.push((urgency, step));
        }
        self.put(home, if place == Place::Empty { Place::Open } else { place });
    }

    /// The most urgent step whose lanes all have room at `now`; its slots and
    /// its token are taken. None when every ready step has to wait.
    pub(in crate::apply) fn start_next(&mut self, now: Duration) -> Option<u32> {
        for (index, rate) in self.rates.iter().enumerate() {
            if !rate.waiting.is_empty() && rate.ready_at(now) <= now {
                self.roomy.insert(Place::Rate(index));
            }
        }
        loop {
            self.wake_at_roomy_lanes(now);
            let (_, queue) = self.open.first().copied()?;
            match self.obstacle(queue, now) {
                Some(place) => self.put(queue, place),
                None => return self.take(queue, now),
            }
        }
    }

    /// Takes the slots of a step that a former run has sent.
    pub(in crate::apply) fn occupy(&mut self, step: u32) {
        for width in self.widths_of(step) {
            if let Some(lane) = self.widths.get_mut(width) {
                lane.used += 1;
            }
        }
    }

    /// Gives back the slots of a step whose operation has ended.
    pub(in crate::apply) fn release(&mut self, step: u32) {
        for width in self.widths_of(step) {
            if let Some(lane) = self.widths.get_mut(width) {
                lane.used = lane.used.saturating_sub(1);
                self.roomy.insert(Place::Width(width));
                self.roomy.insert(Place::Outside(width));
            }
        }
    }

    /// Keeps the slots of a step for good: its operation may go on at AWS.
    pub(in crate::apply) fn hold(&mut self, step: u32) {
        for width in self.widths_of(step) {
            if let Some(lane) = self.widths.get_mut(width) {
                lane.held_by.get_or_insert(step);
            }
        }
    }

    /// When a bucket will let somebody pass who waits for it.
    pub(in crate::apply) fn next_token(&self, now: Duration) -> Option<Duration> {
        let waited = self.rates.iter().filter(|rate| !rate.waiting.is_empty());
        waited.map(|rate| rate.ready_at(now)).min()
    }

    /// Ready steps that wait at a lane held for good, each with its holder. They
    /// leave their queues.
    pub(in crate::apply) fn take_held_up(&mut self) -> Vec<(u32, u32)> {
        let mut held = Vec::new();
        for index in 0..self.queues.len() {
            let Some(Queue { place: Place::Width(width) | Place::Outside(width), .. }) =
                self.queues.get(index)
            else {
                continue;
            };
            let Some(holder) = self.widths.get(*width).and_then(|lane| lane.held_by) else { continue };
            self.put(index, Place::Empty);
            if let Some(queue) = self.queues.get_mut(index) {
                let mut steps: Vec<u32> = queue.ready.drain().map(|(_, step)| step).collect();
                steps.sort_unstable();
                held.extend(steps.into_iter().map(|step| (step, holder)));
            }
        }
        held
    }

    /// Orders everything that is ready anew.
    pub(in crate::apply) fn rerank(&mut self, urgencies: Vec<u32>) {
        self.urgencies = urgencies;
        for index in 0..self.queues.len() {
            self.put(index, Place::Empty);
            let Some(queue) = self.queues.get_mut(index) else { continue };
            let steps: Vec<u32> = queue.ready.drain().map(|(_, step)| step).collect();
            for step in steps {
                let urgency = self.urgencies.get(step as usize).copied().unwrap_or_default();
                queue.ready.push((urgency, step));
            }
            self.put(index, Place::Open);
        }
    }

    fn widths_of(&self, step: u32) -> Vec<usize> {
        let home = self.homes.get(step as usize).and_then(|home| self.queues.get(*home));
        home.map(|queue| queue.widths.clone()).unwrap_or_default()
    }

    /// Lets the most urgent waiter of each lane with room be looked at.
    fn wake_at_roomy_lanes(&mut self, now: Duration) {
        let roomy: Vec<Place> = self.roomy.iter().copied().collect();
        for place in roomy {
            let has_room = match place {
                Place::Width(width) => self.widths.get(width).is_some_and(|w| w.used < w.slots),
                Place::Outside(width) => self.widths.get(width).is_some_and(|w| w.used == 0),
                Place::Rate(rate) => self.rates.get(rate).is_some_and(|r| r.ready_at(now) <= now),
                Place::Empty | Place::Open => false,
            };
            let first =
                if has_room { self.waiting(place).and_then(|set| set.first().copied()) } else { None };
            match first {
                Some((_, queue)) => self.put(queue, Place::Open),
                None => {
                    self.roomy.remove(&place);
                }
            }
        }
    }

    /// The lane that holds the head of a queue back.
    fn obstacle(&self, queue: usize, now: Duration) -> Option<Place> {
        let Some(queue) = self.queues.get(queue) else { return Some(Place::Empty) };
        let full = |width: &&usize| self.widths.get(**width).is_some_and(|lane| lane.used >= lane.slots);
        if let Some(width) = queue.widths.iter().find(full) {
            return Some(Place::Width(*width));
        }
        let busy = |lane: &usize| self.widths.get(*lane).is_some_and(|lane| lane.used > 0);
        let lanes = queue.widths.iter().filter_map(|width| self.widths.get(*width));
        if let Some(other) = lanes.flat_map(|lane| &lane.apart).find(|other| busy(other)) {
            return Some(Place::Outside(*other));
        }
        let ready = self.rates.get(queue.rate).is_some_and(|rate| rate.ready_at(now) <= now);
        (!ready).then_some(Place::Rate(queue.rate))
    }

    /// Takes the head of an open queue, with its slots and its token.
    fn take(&mut self, index: usize, now: Duration) -> Option<u32> {
        self.put(index, Place::Empty);
        let queue = self.queues.get_mut(index)?;
        let (_, step) = queue.ready.pop()?;
        for width in &queue.widths {
            if let Some(lane) = self.widths.get_mut(*width) {
                lane.used += 1;
            }
        }
        if let Some(rate) = self.rates.get_mut(queue.rate) {
            rate.bucket.take(now);
        }
        self.put(index, Place::Open);
        Some(step)
    }

    /// Moves a queue; an empty one always ends up at no place.
    fn put(&mut self, index: usize, place: Place) {
        let Some(queue) = self.queues.get_mut(index) else { return };
        let former = std::mem::replace(&mut queue.place, Place::Empty);
        let Some((urgency, _)) = queue.ready.peek().copied() else { return };
        queue.place = place;
        let key = (Reverse(urgency), index);
        if let Some(set) = self.waiting(former) {
            set.remove(&key);
        }
        if let Some(set) = self.waiting(place) {
            set.insert(key);
        }
    }

    fn waiting(&mut self, place: Place) -> Option<&mut Waiting> {
        match place {
            Place::Empty => None,
            Place::Open => Some(&mut self.open),
            Place::Width(width) => self.widths.get_mut(width).map(|lane| &mut lane.waiting),
            Place::Outside(width) => self.widths.get_mut(width).map(|lane| &mut lane.outside),
            Place::Rate(rate) => self.rates.get_mut(rate).map(|lane| &mut lane.waiting),
        }
    }
}

/// The names of the width lanes of a step: its own unless that is just the rate
/// of an operation, the one of its operation, and those it names besides.
fn width_lanes<'a>(step: &'a Step, operations: &'a Operations) -> BTreeSet<&'a str> {
    let of_operation = operations.get(&step.operation).and_then(|row| row.lane.as_deref());
    let own = Some(step.lane.as_str()).filter(|lane| !lane.is_empty() && operations.get(lane).is_none());
    own.into_iter().chain(of_operation).chain(step.also.iter().map(String::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::trial::plans;
    use crate::catalog::operations::table;

    const START: Duration = Duration::ZERO;

    fn lanes(steps: &[Step]) -> Lanes {
        // The later in the plan, the more urgent.
        let urgencies = (0..).take(steps.len()).collect();
        let mut lanes = Lanes::new(steps, urgencies, table(), &Experience::default());
        (0..).take(steps.len()).for_each(|step| lanes.enqueue(step));
        lanes
    }

    fn started(lanes: &mut Lanes, now: Duration) -> Vec<u32> {
        std::iter::from_fn(|| lanes.start_next(now)).collect()
    }

    fn unit(name: &str, parent: &str) -> Step {
        let mut step = plans::step(name, "organizations:CreateOrganizationalUnit", 1, &[]);
        step.also.push(format!("unit-changes({parent})"));
        step
    }

    #[test]
    fn the_most_urgent_go_first_and_the_burst_bounds_them() {
        let steps: Vec<Step> =
            (0..6).map(|n| plans::step(&format!("a{n}"), "organizations:CreateAccount", 90, &[])).collect();
        let mut lanes = lanes(&steps);
        assert_eq!(started(&mut lanes, START), [5, 4, 3]);
        let next = lanes.next_token(START).unwrap();
        assert!(started(&mut lanes, next - Duration::from_millis(1)).is_empty());
        assert_eq!(started(&mut lanes, next), [2]);
    }

    #[test]
    fn a_lane_in_brackets_has_the_width_of_its_family_for_each_name() {
        let mut lanes = lanes(&[unit("a", "x"), unit("b", "x"), unit("c", "y")]);
        assert_eq!(started(&mut lanes, START), [2, 1]);
        lanes.release(1);
        let later = Duration::from_secs(10);
        assert_eq!(started(&mut lanes, later), [0]);
    }

    #[test]
    fn a_less_urgent_step_of_a_free_lane_goes_past_an_urgent_one_that_must_wait() {
        let zone = plans::step("zone", "controltower:CreateLandingZone", 1800, &[]);
        let one = plans::step("one", "controltower:EnableBaseline", 1200, &[]);
        let role = plans::step("role", "iam:CreateRole", 1, &[]);
        let mut lanes = lanes(&[role, zone, one]);
        assert_eq!(started(&mut lanes, START), [2, 0]);
        lanes.release(2);
        assert_eq!(started(&mut lanes, START), [1]);
    }

    #[test]
    fn controls_go_ten_at_a_time_and_never_beside_accounts_or_the_landing_zone() {
        let control = |n: u32| plans::step(&format!("c{n}"), "controltower:EnableControl", 90, &[]);
        let mut steps = vec![plans::step("a", "organizations:CreateAccount", 90, &[])];
        steps.extend((0..12).map(control));
        steps.push(plans::step("zone", "controltower:UpdateLandingZone", 1800, &[]));
        let mut lanes = lanes(&steps);
        // The landing zone is the most urgent: nothing of the others runs beside it but accounts.
        assert_eq!(started(&mut lanes, START), [13, 0]);
        lanes.release(13);
        assert!(started(&mut lanes, START).is_empty());
        lanes.release(0);
        assert_eq!(started(&mut lanes, START), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
        lanes.release(7);
        assert_eq!(started(&mut lanes, Duration::from_secs(60)), [2]);
    }

    #[test]
    fn who_waits_outside_a_lane_that_is_held_for_good_is_told_by_whom() {
        let control = plans::step("c", "controltower:EnableControl", 90, &[]);
        let zone = plans::step("zone", "controltower:UpdateLandingZone", 1800, &[]);
        let mut lanes = lanes(&[control, zone]);
        assert_eq!(started(&mut lanes, START), [1]);
        lanes.hold(1);
        assert_eq!(lanes.take_held_up(), [(0, 1)]);
    }

    #[test]
    fn who_waits_for_a_slot_that_is_kept_for_good_is_told_by_whom() {
        let steps: Vec<Step> =
            (0..3).map(|n| plans::step(&format!("b{n}"), "controltower:EnableBaseline", 1200, &[])).collect();
        let mut lanes = lanes(&steps);
        assert_eq!(started(&mut lanes, START), [2]);
        assert_eq!(lanes.take_held_up(), []);
        lanes.hold(2);
        assert_eq!(lanes.take_held_up(), [(0, 2), (1, 2)]);
        assert_eq!(lanes.next_token(START), None);
    }

    #[test]
    fn a_throttle_slows_a_lane_once_per_moment_and_keeps_the_wait_that_aws_asks_for() {
        let steps: Vec<Step> =
            (0..4).map(|n| plans::step(&format!("m{n}"), "organizations:MoveAccount", 1, &[])).collect();
        let mut lanes = lanes(&steps);
        let rate = lanes.rate("organizations:MoveAccount", table());
        let ask = Some(Duration::from_secs(30));
        assert!(lanes.throttled(rate, START, ask).is_some_and(|rate| (rate - 0.93).abs() < 1e-9));
        assert_eq!(lanes.throttled(rate, START, None), None);
        assert!(started(&mut lanes, Duration::from_secs(29)).is_empty());
        assert!(!started(&mut lanes, Duration::from_secs(30)).is_empty());
    }

    #[test]
    fn a_new_ranking_orders_what_is_ready_anew() {
        let steps: Vec<Step> =
            (0..3).map(|n| plans::step(&format!("b{n}"), "controltower:EnableBaseline", 1200, &[])).collect();
        let mut lanes = lanes(&steps);
        lanes.rerank(vec![9, 8, 7]);
        assert_eq!(started(&mut lanes, START), [0]);
        lanes.release(0);
        assert_eq!(started(&mut lanes, START), [1]);
    }
}
