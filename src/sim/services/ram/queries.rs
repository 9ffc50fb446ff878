//! What other services ask of Resource Access Manager.
//!
//! In: an ARN and an account. Out: whether the one is shared with the other. Absent: what the sharing permits, which is
//! for the service of the resource to say.

use jiff::Timestamp;

use crate::sim::world::World;

use super::listings::reached;

/// Whether a resource is shared with an account of the same organization or with a stranger who accepted.
pub(crate) fn shared_with(world: &World, arn: &str, account: &str, now: Timestamp) -> bool {
    let region = arn.split(':').nth(3).unwrap_or_default();
    let mut shares = world.ram.shown(region, now).map(|(_, share)| share);
    shares.any(|share| {
        let resource = share.resources.get(arn);
        resource.is_some_and(|association| association.status(now) == "ASSOCIATED")
            && reached(world, share, account, now)
    })
}
