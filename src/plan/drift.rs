//! What of the organization is not as the document says, thing by thing.
//!
//! In: a plan. Out: a [`Drift`] for each thing that steps put right, in the plan's order. What AWS
//! itself reports as drifted or failed is among them, since the tables of the kinds hold it against
//! health. Absent: who did it (see `observe::authors`), and how it is told.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::step::{FieldChange, Step, StepId};
use super::{Plan, control_type};
use crate::model::Address;
use crate::model::kinds::{Action, info};

/// In which way something is not as it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// It is not there.
    Missing,
    /// It is there and shall not be, or holds what it shall not.
    Surplus,
    /// AWS reports that it drifted or failed.
    Unhealthy,
    /// It is otherwise.
    Differs,
    /// It is as it shall be, and has to be done again once others are put right.
    Follows,
}

impl Sort {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Surplus => "has too much",
            Self::Unhealthy => "has drifted or failed, says AWS",
            Self::Differs => "differs",
            Self::Follows => "has to follow",
        }
    }
}

/// One thing that is not as it shall be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// Which.
    pub address: Address,
    /// In which way.
    pub sort: Sort,
    /// Which type of control it is, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_type: Option<&'static str>,
    /// What is live and what shall be, field by field.
    pub changes: Vec<FieldChange>,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The steps that put it right.
    pub repair: Vec<StepId>,
    /// What the operator has to consent to for that.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub consents: BTreeSet<String>,
}

/// Everything that a plan puts right.
#[must_use]
pub fn of(plan: &Plan) -> Vec<Drift> {
    of_steps(&plan.steps)
}

fn of_steps(all: &[Step]) -> Vec<Drift> {
    let mut order: Vec<&Address> = Vec::new();
    let mut steps: BTreeMap<&Address, Vec<&Step>> = BTreeMap::new();
    for step in all {
        steps
            .entry(&step.address)
            .or_insert_with(|| {
                order.push(&step.address);
                Vec::new()
            })
            .push(step);
    }
    order.into_iter().filter_map(|address| Some(one(address, steps.get(address)?))).collect()
}

fn one(address: &Address, steps: &[&Step]) -> Drift {
    let reasons: BTreeSet<&String> = steps.iter().flat_map(|step| &step.reasons).collect();
    Drift {
        address: address.clone(),
        sort: sort(address, steps),
        control_type: steps.iter().find_map(|step| control_type::of(step)).map(|kind| kind.word()),
        changes: steps.iter().flat_map(|step| step.changes.iter().cloned()).collect(),
        reasons: reasons.into_iter().cloned().collect(),
        repair: steps.iter().map(|step| step.id.clone()).collect(),
        consents: steps.iter().filter_map(|step| step.consent.clone()).collect(),
    }
}

fn sort(address: &Address, steps: &[&Step]) -> Sort {
    let info = info(address.kind);
    let comes = |step: &Step| info.verb(&step.verb).is_some_and(|verb| info.brings_about(verb));
    let any = |action: Action| steps.iter().any(|step| step.action == action);
    if steps.iter().any(|step| comes(step)) {
        Sort::Missing
    } else if any(Action::Remove) {
        Sort::Surplus
    } else if steps.iter().all(|step| step.changes.is_empty()) {
        Sort::Follows
    } else if any(Action::Repair) {
        Sort::Unhealthy
    } else {
        Sort::Differs
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(address: &str, verb: &str, action: &str, change: Option<&str>) -> Step {
        let change = change.map(|field| json!({ "field": field, "from": 1, "to": 2 }));
        let step = json!({ "id": format!("{address}:{verb}"), "address": address, "action": action, "verb": verb,
            "operation": "organizations:MoveAccount", "inputs": {}, "changes": Vec::from_iter(change),
            "reasons": ["why"], "needs": [], "lane": "", "usual_seconds": 1 });
        serde_json::from_value(step).unwrap()
    }

    #[test]
    fn each_thing_is_told_once_by_the_gravest_of_what_is_done_to_it() {
        let found = of_steps(&[
            step("account.app", "move", "move", Some("unit")),
            step("organizational_unit.Old", "create", "create", None),
            step("account.app", "tag", "change", Some("tags.owner")),
            step("landing_zone", "reset", "repair", Some("drift")),
            step("baseline.App:control_tower", "reset", "repair", None),
            step("policy.guard", "detach", "remove", Some("targets.App")),
        ]);
        let told: Vec<(String, Sort, usize)> =
            found.iter().map(|one| (one.address.to_string(), one.sort, one.repair.len())).collect();
        let expected = [
            ("account.app", Sort::Differs, 2),
            ("organizational_unit.Old", Sort::Missing, 1),
            ("landing_zone", Sort::Unhealthy, 1),
            ("baseline.App:control_tower", Sort::Follows, 1),
            ("policy.guard", Sort::Surplus, 1),
        ];
        assert_eq!(told, expected.map(|(address, sort, steps)| (address.to_owned(), sort, steps)));
        assert_eq!(found[0].changes.len(), 2);
    }
}
