//! Rules by which Security Hub answers findings, in every Region from one document.

use std::collections::BTreeSet;

use lzctl::model::Kind;
use lzctl::plan::control_type::{self, ControlType};
use lzctl::rehearse::{Rehearsal, rehearse};
use lzctl::sim::World;

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};

fn again(yaml: &str, world: World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world), &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

/// The verbs of a plan's steps about rules, each with its Region.
fn steps(rehearsal: &Rehearsal) -> Vec<&str> {
    let of_rules = rehearsal.plan.steps.iter().filter(|step| step.address.kind == Kind::AutomationRule);
    of_rules.filter_map(|step| step.id.0.split_once('/')).map(|(_, rest)| rest).collect()
}

/// A rehearsal that reaches its end and leaves nothing to do.
fn reached(rehearsal: Rehearsal) -> Rehearsal {
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(rehearsal.succeeded() && left.is_empty(), "{causes:?} {left:#?}");
    rehearsal
}

#[test]
fn a_rule_is_made_in_every_region_follows_its_document_and_goes_with_a_consent_i4() {
    let first = reached(rehearsed(&plan_text("detect")));
    assert_eq!(steps(&first), ["ap-northeast-1:create", "eu-west-1:create", "us-east-1:create"]);
    let rules = first.plan.steps.iter().filter(|step| step.address.kind == Kind::AutomationRule);
    assert!(rules.into_iter().all(|step| control_type::of(step) == Some(ControlType::Responsive)));
    let quiet = plan_text("detect").replace(
        "set: { severity: critical, note: Look here first }",
        "enabled: false\n        set: { severity: high, fields: { team: guards } }",
    );
    let second = reached(again(&quiet, first.world, &[]));
    assert_eq!(steps(&second), ["ap-northeast-1:update", "eu-west-1:update", "us-east-1:update"]);
    let (head, rest) = quiet.split_once("    automation_rules:\n").expect("the rules");
    let (_, tail) = rest.split_once("  inspector:\n").expect("the next section");
    let gone = format!("{head}  inspector:\n{tail}remove: [automation_rule.guards-first/eu-west-1]\n");
    let refused = again(&gone, second.world.clone(), &[]);
    assert!(refused.outcome.is_none(), "a rule goes with a consent only");
    let third = reached(again(&gone, second.world, &["automation_rule_deletion.guards-first/eu-west-1"]));
    assert_eq!(steps(&third), ["eu-west-1:delete"]);
}
