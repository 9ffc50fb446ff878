//! Other views of the world than the present one: as it was, and as it would be without one change.
//!
//! In: versions of the world, which share what did not change between them. Out: the world a read is answered from.
//! Absent: which reads.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::sim::request::Request;
use crate::sim::service::Handler;
use crate::sim::world::World;

/// The most versions that are kept.
const MOST: usize = 1024;

/// Versions of the world in order of time, kept only while a fault may need them.
#[derive(Debug, Default)]
pub(super) struct History {
    oldest_needed: Option<Duration>,
    versions: VecDeque<World>,
}

impl History {
    /// Keeps versions for reads that are `age` old at most, from this world on.
    pub(super) fn keep(&mut self, age: Duration, world: &World) {
        self.oldest_needed = Some(self.oldest_needed.map_or(age, |known| known.max(age)));
        self.record(world);
    }

    /// Adds the present version, and forgets those that no read can ask for any more.
    pub(super) fn record(&mut self, world: &World) {
        let Some(age) = self.oldest_needed else { return };
        self.versions.push_back(world.clone());
        let horizon = ago(world.time, age);
        let spare = |versions: &VecDeque<World>| {
            versions.len() > MOST || versions.get(1).is_some_and(|second| second.time <= horizon)
        };
        while spare(&self.versions) {
            self.versions.pop_front();
        }
    }

    /// The world as it was `age` before `now`, or the oldest version there is.
    pub(super) fn at(&self, now: Timestamp, age: Duration) -> Option<World> {
        let then = ago(now, age);
        let kept =
            self.versions.iter().rev().find(|world| world.time <= then).or_else(|| self.versions.front());
        let mut world = kept?.clone();
        let time = world.time.max(then).min(now);
        world.settle(time);
        Some(world)
    }
}

fn ago(now: Timestamp, age: Duration) -> Timestamp {
    let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
    now.checked_sub(age).unwrap_or(Timestamp::MIN)
}

/// The world in which one change did not happen, until another has.
#[derive(Debug)]
pub(super) struct Shadow {
    /// The strike it belongs to.
    pub(super) index: usize,
    /// Address of the change after which everything is seen.
    pub(super) until: String,
    world: World,
}

impl Shadow {
    pub(super) fn new(index: usize, until: &str, world: &World) -> Self {
        Self { index, until: until.to_owned(), world: world.clone() }
    }

    /// Lets the same change happen here, with the same ids. It may fail, where it depends on the hidden one.
    pub(super) fn follow(&mut self, real: &World, handler: Handler, request: &Request) {
        self.world.settle(request.now);
        self.world.ids = real.ids.clone();
        let _ = handler(&mut self.world, request);
    }

    /// What a read sees.
    pub(super) fn view(&self, now: Timestamp) -> World {
        let mut world = self.world.clone();
        world.settle(now);
        world
    }
}
