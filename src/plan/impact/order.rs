//! Policies that would deny a step wait for it, where nothing forbids that.

use std::collections::{BTreeMap, BTreeSet};

use super::Harm;
use super::work::Duty;
use crate::plan::places;
use crate::plan::step::{Need, Step, StepId};

/// The rule by which a policy waits.
const RULE: &str = "policy-after-what-it-denies";

/// The steps with the policies behind what they would deny, again in an order that
/// satisfies every need. A step that cannot do without the policy keeps its place.
#[must_use]
pub fn hold_back(mut steps: Vec<Step>, harms: &[Harm]) -> Vec<Step> {
    let mut added = false;
    for harm in harms.iter().filter(|harm| harm.duty == Duty::Own) {
        let Some(step) = &harm.step else { continue };
        if is_done_before(&steps, step, &harm.since) {
            continue;
        }
        let needed = behind(&steps, step);
        let Some(barrier) = harm.since.iter().find(|barrier| !needed.contains(barrier)) else { continue };
        if let Some(barrier) = steps.iter_mut().find(|one| one.id == *barrier) {
            barrier.needs.push(Need { step: step.clone(), rule: RULE.to_owned() });
            barrier.needs.sort();
            added = true;
        }
    }
    if added { places::in_order(steps) } else { steps }
}

/// Whether a step is done for certain before all the causes of a harm have come about.
pub(super) fn is_done_before(steps: &[Step], step: &StepId, since: &BTreeSet<StepId>) -> bool {
    since.iter().any(|cause| cause == step || behind(steps, cause).contains(step))
}

/// Every step that must be done before one.
fn behind<'s>(steps: &'s [Step], id: &'s StepId) -> BTreeSet<&'s StepId> {
    let by_id: BTreeMap<&StepId, &Step> = steps.iter().map(|step| (&step.id, step)).collect();
    let (mut found, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(id) = open.pop() {
        for need in by_id.get(id).into_iter().flat_map(|step| &step.needs) {
            if found.insert(&need.step) {
                open.push(&need.step);
            }
        }
    }
    found
}
