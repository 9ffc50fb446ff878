//! Security services that organization policies drive already, and those that cost by the head.
//!
//! One setting is never driven by both (Organizations User Guide, orgs_manage_policies_guardduty,
//! _inspector and _security_hub): the rules keep a document from saying both, this keeps it from
//! setting what somebody else's policies set. Prices: IAM Access Analyzer's page on pricing.

use std::collections::BTreeSet;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::catalog::{policy_types, services};
use crate::model::{Address, Kind};

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    driven_by_policies(situation, notes);
    billed_by_the_head(situation, notes);
}

fn driven_by_policies(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let Some(types) = &situation.snapshot.facts.policy_types else { return };
    let mut told = BTreeSet::new();
    for address in situation.graph.resources.keys() {
        let Some(service) = services::of_kind(address.kind) else { continue };
        let Some(policy) = service.policy.as_deref().filter(|policy| is_on(types.get(*policy))) else {
            continue;
        };
        if !told.insert(policy) {
            continue;
        }
        let ours =
            |other: &Address| services::of_kind(other.kind).is_some_and(|row| row.word == service.word);
        let touched = situation.steps.iter().any(|step| ours(&step.address));
        let word = policy_types::word_of(policy);
        notes.push(note(
            if touched { Level::Blocker } else { Level::Warning },
            "driven-by-policies",
            None,
            format!(
                "policies of the type {word} are switched on in the organization, and they decide what {} does, \
                 whatever its administrator sets",
                service.title()
            ),
            "take the section out of `security` and write the policies in the document, or switch the type off \
             first",
        ));
    }
}

fn is_on(status: Option<&String>) -> bool {
    status.is_some_and(|status| status != "PENDING_DISABLE")
}

fn billed_by_the_head(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let unused = |step: &&crate::plan::Step| {
        step.address.kind == Kind::Analyzer
            && step.verb == "create"
            && step.address.name.ends_with("unused_access")
    };
    for step in situation.steps.iter().filter(unused) {
        notes.push(note(
            Level::Info,
            "billed",
            Some(&step.address),
            "an analyzer of unused access is billed each month for every role and user of every account"
                .to_owned(),
            "",
        ));
    }
}
