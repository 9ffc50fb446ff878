//! Which requests the policies above an account could refuse at all, told by their actions.
//!
//! In: an account and the policies by place. Out: yes or no for an action, before anything
//! else about the request is worked out. A landing zone asks hundreds of requests of each of
//! thousands of accounts, and most policies deny few actions. Absent: resources and
//! conditions, which only the whole request tells.

use super::InForce;
use super::binding::{Binding, Layer};
use super::estate::{Closed, Seat};

/// The policies above one account, as far as they could refuse something.
pub(super) struct Relevance<'b> {
    /// Somewhere on the way nothing is allowed but what a policy allows.
    closed: bool,
    above: Vec<&'b Binding>,
}

impl<'b> Relevance<'b> {
    /// Everything is worth asking.
    pub(super) const fn of_everything() -> Self {
        Self { closed: true, above: Vec::new() }
    }

    pub(super) fn of(seat: &Seat, in_force: &InForce<'b>, closed: &Closed) -> Self {
        let layers = [Layer::Scp, Layer::Rcp];
        let above = seat.after.iter().flat_map(|at| layers.map(|layer| in_force.at(at, layer)));
        Self { closed: seat.after.iter().any(|at| closed.contains_key(at)), above: above.flatten().collect() }
    }

    /// Whether a request with this action could be refused.
    pub(super) fn could_refuse(&self, layer: Layer, action: &str) -> bool {
        let denies = |binding: &&Binding| binding.layer == layer && binding.document.could_deny(action);
        (self.closed && layer == Layer::Scp) || self.above.iter().any(denies)
    }
}
