//! Accounts in which no policy stands in the way of Control Tower's work, told without asking
//! about each of them.
//!
//! In: the policies by place, and Control Tower's requests in an account of which only the id is
//! not known. Each policy is asked about those once. What it lets through for certain, whatever
//! the id is, it lets through in every account; a policy that refuses something, or might, is asked
//! account by account. Out: whether an account has only policies of the first sort above itself.

use std::collections::BTreeSet;

use super::InForce;
use super::binding::Binding;
use super::estate::{Closed, Seat};
use super::work::Request;
use crate::model::evaluation::{Answer, Level, decide};

/// What the policies do to Control Tower's work.
pub(super) struct Spared<'b> {
    /// The names of those that might refuse a part of it.
    harmful: BTreeSet<&'b str>,
}

impl<'b> Spared<'b> {
    /// Asks each policy about `roughly` first, in which the Regions are not known either, since
    /// most policies are about something else altogether.
    pub(super) fn by(bindings: &'b [Binding], roughly: &[Request], closely: &[Request]) -> Self {
        let harmful = bindings.iter().filter(|one| might_refuse(one, roughly) && might_refuse(one, closely));
        Self { harmful: harmful.map(|binding| binding.name.as_str()).collect() }
    }

    pub(super) fn is(&self, seat: &Seat, in_force: &InForce<'b>, closed: &Closed) -> bool {
        let open = |place: &String| {
            !closed.contains_key(place)
                && in_force.at(place).all(|binding| !self.harmful.contains(binding.name.as_str()))
        };
        seat.after.iter().all(open)
    }
}

fn might_refuse(binding: &Binding, requests: &[Request]) -> bool {
    let level = Level { name: "", policies: vec![("", &binding.document)], open: true };
    let levels = [level];
    let refused = |request: &Request| decide(&levels, &request.ask).answer != Answer::Allowed;
    requests.iter().filter(|request| request.layer == binding.layer).any(refused)
}
