//! What the member sessions of a run are held to.
//!
//! In: a plan. Out: a session policy for each member account that its steps and its
//! planning enter, and one for accounts whose ids the plan does not know yet. A
//! session can do what its role allows and its session policy allows, so even an
//! administrator's role is no more than the steps at hand. How a long one is made to fit:
//! `fitting`.

use std::collections::BTreeMap;

use super::needs::Needed;
use super::{Request, fitting, plan_needs, statements};
use crate::cloud::session::Narrowing;
use crate::plan::Plan;

/// The session policies for carrying out a plan.
#[must_use]
pub fn narrowing(plan: &Plan) -> Narrowing {
    let needs = plan_needs(plan, Request { read_only: false, access_role: None });
    // One account may go by several names: that of the document, and its id.
    let mut by_account: BTreeMap<&str, Vec<Needed>> = BTreeMap::new();
    let mut unborn = Vec::new();
    for place in needs.members() {
        let of_it = match &place.1 {
            Some(id) => by_account.entry(id).or_default(),
            None => &mut unborn,
        };
        of_it.extend(needs.of(Some(place)).iter().cloned());
    }
    let policy = |needed: &[Needed]| fitting::fitted(statements::merged(needed));
    Narrowing {
        by_account: by_account.iter().map(|(id, needed)| ((*id).to_owned(), policy(needed))).collect(),
        otherwise: (!unborn.is_empty()).then(|| policy(&unborn)),
    }
}
