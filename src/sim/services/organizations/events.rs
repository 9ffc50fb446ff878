//! What happens in Organizations by itself as time passes.
//!
//! In: the world and the time. Out: finished creations, closures, policy types and handshakes. Absent: timers.

use jiff::Timestamp;

use super::{closing, creation, handshakes, policy_types};
use crate::sim::world::World;

/// When the next event is due.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let state = &world.organizations;
    [creation::due(state), closing::due(state), policy_types::due(state), handshakes::due(state)]
        .into_iter()
        .flatten()
        .min()
}

/// Lets everything happen that is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    policy_types::settle(&mut world.organizations, now);
    creation::settle(world, now);
    closing::settle(&mut world.organizations, now);
    handshakes::settle(&mut world.organizations, now);
}
