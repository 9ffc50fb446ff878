//! Controls from the document to the accounts: named by the live catalogue, enabled
//! ten at a time, mended by the way that AWS allows, refused where they cannot be.

use std::collections::BTreeSet;

use lzctl::model::Kind;
use lzctl::plan::Plan;
use lzctl::plan::document::Level;
use lzctl::rehearse::{Rehearsal, Setting, rehearse};
use lzctl::sim::World;

use super::documents::{graph, plan_text};
use super::rehearsal::rehearsed;

const PROD: &str = "    baselines: [control_tower, backup]\n    tags: { environment: prod }\n";
const DEV: &str = "    baselines: [control_tower]\n    tags: { environment: dev }\n";
const SANDBOX: &str = "    baselines: [control_tower]\n    tags: { environment: sandbox }\n";

/// The standard document with controls on three of its units.
fn document(prod: &str, dev: &str, sandbox: &str) -> String {
    let mut yaml = plan_text("standard");
    for (unit, controls) in [(PROD, prod), (DEV, dev), (SANDBOX, sandbox)] {
        assert!(yaml.contains(unit), "{unit}");
        yaml = yaml.replace(unit, &format!("{unit}    controls: {controls}\n"));
    }
    yaml
}

/// All forms in which a document can name controls.
fn many() -> String {
    document(
        "[AWS-GR_RESTRICT_ROOT_USER, { name: CT.MULTISERVICE.PV.1, parameters: { AllowedRegions: \
         [us-east-1, ap-northeast-1] } }, CT.S3.PR.1, CT.S3.PR.2, CT.CLOUDFORMATION.PR.1, SH.S3.1, \
         7mo7a2h2ebsq71l8k6uzr96ou, \
         \"arn:aws:controlcatalog:::control/62smpoz33dsy0oa7u1iwa58lz\"]",
        "[{ framework: NIST-CSF-v1.1 }]",
        "[{ guidance: strongly_recommended }]",
    )
}

fn again(yaml: &str, world: &World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    let graph = graph(yaml);
    let setting = Setting::of(&graph, &"ap-northeast-1".parse().unwrap());
    rehearse(&graph, &setting, Some(world.clone()), &consents, &mut |_, _, _| {}).unwrap()
}

fn controls(plan: &Plan) -> Vec<&str> {
    let of_controls = plan.steps.iter().filter(|step| step.address.kind == Kind::Control);
    of_controls.map(|step| step.id.0.as_str()).collect()
}

fn blockers(plan: &Plan) -> Vec<String> {
    let blockers = plan.notes.iter().filter(|note| note.level == Level::Blocker);
    blockers
        .map(|note| format!("{}: {} [{}]", note.code, note.message, note.hint.as_deref().unwrap_or("")))
        .collect()
}

#[test]
fn the_policy_of_a_control_that_is_only_planned_takes_a_place_on_its_unit() {
    let deny = |n: usize| {
        format!(
            "  p{n}:\n    type: service_control\n    targets: [Sandbox]\n    document: {{ Version: \"2012-10-17\", \
             Statement: {{ Effect: Deny, Action: \"s3:*\", Resource: \"*\" }} }}\n"
        )
    };
    // FullAWSAccess, nine of the document, and none of Control Tower yet.
    let policies = format!("\npolicies:\n{}", (0..9).map(deny).collect::<String>());
    let plain = plan_text("standard") + &policies;
    let world = without_controls();
    let world = again(&plain, &world, &[]);
    assert!(world.succeeded(), "{:#?}", world.plan.notes);
    let one = plan_text("standard")
        .replace(SANDBOX, &format!("{SANDBOX}    controls: [AWS-GR_RESTRICT_ROOT_USER]\n"));
    for yaml in [format!("{one}{policies}"), one.clone()] {
        let refused = again(&yaml, &world.world, &[]);
        assert!(refused.outcome.is_none());
        let told = blockers(&refused.plan);
        let [told] = told.as_slice() else { panic!("{told:#?}") };
        assert!(
            told.starts_with(
                "policy-attachments: Sandbox would hold 11 service_control policies, and 10 fit"
            ),
            "{told}"
        );
        let reserved = "1 that Control Tower will make for controls (Sandbox:AWS-GR_RESTRICT_ROOT_USER)";
        assert!(told.contains(reserved), "{told}");
    }
    // A control that is no policy takes no place.
    let watching = one.replace("AWS-GR_RESTRICT_ROOT_USER", "SH.S3.1");
    assert!(blockers(&again(&watching, &world.world, &[]).plan).is_empty());
}

/// An organization with everything of the document but its controls.
fn without_controls() -> World {
    rehearsed(&plan_text("standard")).world
}

#[test]
fn every_form_of_naming_controls_is_enabled_and_then_nothing_is_left_to_do() {
    let rehearsal = rehearsed(&many());
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    assert_eq!(rehearsal.failed(), 0, "{causes:?} {:?}", blockers(&rehearsal.plan));
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    assert!(rehearsal.succeeded());
    let planned = controls(&rehearsal.plan);
    let on = |unit: &str| planned.iter().filter(|id| id.starts_with(&format!("control.{unit}:"))).count();
    // The framework has six controls in the simulated catalogue, the level fourteen.
    assert_eq!((on("Workloads/Prod"), on("Workloads/Dev"), on("Sandbox")), (8, 6, 14), "{planned:#?}");
    assert!(planned.contains(&"control.Workloads/Dev:SH.GuardDuty.1:create"), "{planned:#?}");
    assert!(planned.contains(&"control.Workloads/Prod:7mo7a2h2ebsq71l8k6uzr96ou:create"), "{planned:#?}");
}

#[test]
fn controls_wait_for_the_landing_zone_their_baselines_and_hooks_for_what_protected_them() {
    let plan = rehearsed(&many()).plan;
    let needs = |id: &str| -> Vec<(String, String)> {
        let step = plan.steps.iter().find(|step| step.id.0 == id).unwrap();
        step.needs.iter().map(|need| (need.step.0.clone(), need.rule.clone())).collect()
    };
    let of = |id: &str, other: &str, rule: &str| needs(id).contains(&(other.to_owned(), rule.to_owned()));
    let hook = "control.Workloads/Prod:CT.S3.PR.1:create";
    assert!(of(hook, "baseline.Workloads/Prod:control_tower:create", "unit-baselines-before-controls"));
    assert!(of(hook, "control.Workloads/Prod:CT.CLOUDFORMATION.PR.1:create", "hook-protection-first"));
    assert!(of(
        "control.Workloads/Prod:AWS-GR_RESTRICT_ROOT_USER:create",
        "landing_zone:create",
        "landing-zone-before-controls"
    ));
}

#[test]
fn a_change_of_parameters_is_an_update_and_the_order_in_a_list_is_none() {
    let region_deny = |regions: &str| {
        let control =
            format!("[{{ name: CT.MULTISERVICE.PV.1, parameters: {{ AllowedRegions: {regions} }} }}]");
        document(&control, "[]", "[]")
    };
    let first = again(&region_deny("[us-east-1, ap-northeast-1]"), &without_controls(), &[]);
    assert_eq!(controls(&first.plan), ["control.Workloads/Prod:CT.MULTISERVICE.PV.1:create"]);
    assert!(first.succeeded(), "{:?}", blockers(&first.plan));
    let same = again(&region_deny("[ap-northeast-1, us-east-1]"), &first.world, &[]);
    assert!(same.plan.steps.is_empty(), "{:#?}", same.plan.steps);
    let other = again(&region_deny("[ap-northeast-1]"), &first.world, &[]);
    assert_eq!(controls(&other.plan), ["control.Workloads/Prod:CT.MULTISERVICE.PV.1:update"]);
    assert!(other.succeeded());
}

#[test]
fn what_the_catalogue_does_not_know_or_take_blocks_the_plan_with_place_and_nearest_names() {
    let yaml = document(
        "[CT.S3.PR.99, { name: CT.MULTISERVICE.PV.1, parameters: { AllowedRegion: [us-east-1] } }]",
        "[{ framework: NIST-CSF-v1.2 }, CT.KMS.PV.5, CT.KMS.PV.6]",
        "[CT.MULTISERVICE.PV.1, SH.GuardDuty.1, 62smpoz33dsy0oa7u1iwa58lz]",
    );
    let plan = again(&yaml, &without_controls(), &[]).plan;
    let told = blockers(&plan);
    let has = |part: &[&str]| told.iter().any(|note| part.iter().all(|word| note.contains(word)));
    assert!(has(&["unknown-control", "CT.S3.PR.99", "test.yaml:", "nearest: CT.S3.PR."]), "{told:#?}");
    assert!(has(&["unknown-control", "NIST-CSF-v1.2", "NIST-CSF-v1.1"]), "{told:#?}");
    assert!(
        has(&["control-parameters", "takes no parameter `AllowedRegion`", "AllowedRegions"]),
        "{told:#?}"
    );
    assert!(has(&["control-parameters", "needs the parameter `AllowedRegions`"]), "{told:#?}");
    assert!(has(&["control-parameters", "CT.MULTISERVICE.PV.1 needs parameters"]), "{told:#?}");
    assert!(has(&["exclusive-controls", "CT.KMS.PV.6"]), "{told:#?}");
    assert!(has(&["control-twice", "is the same control"]), "{told:#?}");
}

#[test]
fn a_control_that_is_enabled_already_excludes_another_until_it_is_removed() {
    let first = again(&document("[CT.KMS.PV.5]", "[]", "[]"), &without_controls(), &[]);
    assert!(first.succeeded());
    let both = again(&document("[CT.KMS.PV.6]", "[]", "[]"), &first.world, &[]);
    assert!(both.outcome.is_none());
    assert!(blockers(&both.plan).iter().any(|note| note.starts_with("exclusive-controls")));
    let instead =
        document("[CT.KMS.PV.6]", "[]", "[]") + "remove: [\"control.Workloads/Prod:CT.KMS.PV.5\"]\n";
    let unallowed = again(&instead, &first.world, &[]);
    assert!(unallowed.outcome.is_none());
    let instead = again(&instead, &first.world, &["control_removal.Workloads/Prod:CT.KMS.PV.5"]);
    assert!(instead.succeeded(), "{:#?}", blockers(&instead.plan));
    let create = instead.plan.steps.iter().find(|step| step.verb == "create").unwrap();
    assert!(create.needs.iter().any(|need| need.rule == "excluded-control-first"), "{:?}", create.needs);
}

#[test]
fn a_preventive_control_of_a_unit_above_is_told_to_be_enough() {
    let mut yaml = document("[AWS-GR_RESTRICT_ROOT_USER, SH.S3.1]", "[]", "[]");
    let above = "  Workloads:\n    baselines: [control_tower]\n";
    assert!(yaml.contains(above));
    yaml = yaml.replace(above, &format!("{above}    controls: [AWS-GR_RESTRICT_ROOT_USER, SH.S3.1]\n"));
    let rehearsal = again(&yaml, &without_controls(), &[]);
    let notes: Vec<&str> = rehearsal
        .plan
        .notes
        .iter()
        .filter(|note| note.code == "inherited-control")
        .map(|note| note.message.as_str())
        .collect();
    // A detective control is not inherited, so nothing is said of it.
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("control.Workloads:AWS-GR_RESTRICT_ROOT_USER"), "{notes:?}");
    assert!(rehearsal.succeeded());
}

/// A world in which enabling these controls on Workloads/Prod has failed and left
/// them behind.
fn failed(controls: &str) -> World {
    let mut world = without_controls();
    world.control_tower.fail_next("ENABLE_CONTROL", "the words of AWS");
    let first = again(&document(controls, "[]", "[]"), &world, &[]);
    assert_eq!(first.failed(), 1);
    first.world
}

#[test]
fn a_failed_control_is_mended_by_the_verb_that_its_implementation_allows() {
    let cases = [
        ("[SH.S3.1]", &["reset"][..], None),
        (
            "[{ name: CT.MULTISERVICE.PV.1, parameters: { AllowedRegions: [us-east-1] } }]",
            &["update"][..],
            None,
        ),
        (
            "[AWS-GR_RESTRICT_ROOT_USER]",
            &["disable", "enable_again"][..],
            Some("control_gap.Workloads/Prod:AWS-GR_RESTRICT_ROOT_USER"),
        ),
    ];
    for (control, verbs, consent) in cases {
        let consents: Vec<&str> = consent.into_iter().collect();
        let mended = again(&document(control, "[]", "[]"), &failed(control), &consents);
        let planned: Vec<&str> = mended.plan.steps.iter().map(|step| step.verb.as_str()).collect();
        assert_eq!(planned, verbs, "{control}");
        assert!(mended.succeeded(), "{control}: {:#?}", mended.outcome.map(|outcome| outcome.causes));
    }
}

#[test]
fn a_policy_that_was_taken_from_its_unit_is_enabled_again_with_consent_and_not_without() {
    let yaml = document("[AWS-GR_RESTRICT_ROOT_USER]", "[]", "[]");
    let first = again(&yaml, &without_controls(), &[]);
    let mut world = serde_json::to_value(&first.world).unwrap();
    let guardrails = &mut world["control_tower"]["guardrails"];
    assert_eq!(guardrails.as_object().map(serde_json::Map::len), Some(1));
    *guardrails = serde_json::json!({});
    let world: World = serde_json::from_value(world).unwrap();
    let unallowed = again(&yaml, &world, &[]);
    assert!(unallowed.outcome.is_none());
    let consent = "control_gap.Workloads/Prod:AWS-GR_RESTRICT_ROOT_USER";
    assert_eq!(unallowed.plan.missing_consents().map(|one| one.name.as_str()).collect::<Vec<_>>(), [consent]);
    let mended = again(&yaml, &world, &[consent]);
    assert!(
        controls(&mended.plan).contains(&"control.Workloads/Prod:AWS-GR_RESTRICT_ROOT_USER:enable_again")
    );
    assert_eq!(mended.failed(), 0);
    let left = controls(&mended.second_plan);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn registering_a_unit_again_resets_the_controls_in_its_accounts_and_one_hook_for_all() {
    let yaml = document("[SH.S3.1, CT.S3.PR.1, CT.S3.PR.2, AWS-GR_RESTRICT_ROOT_USER]", "[]", "[]");
    let first = again(&yaml, &without_controls(), &[]);
    assert!(first.succeeded());
    // A landing-zone change registers every unit again.
    let longer = yaml.replacen("retention_days: 365", "retention_days: 400", 1);
    assert_ne!(longer, yaml);
    let changed = again(&longer, &first.world, &[]);
    assert_eq!(
        controls(&changed.plan),
        ["control.Workloads/Prod:CT.S3.PR.1:reset", "control.Workloads/Prod:SH.S3.1:reset"]
    );
    assert!(changed.succeeded());
}

#[test]
fn no_control_changes_while_accounts_or_the_landing_zone_are_worked_on() {
    let rehearsal = rehearsed(&many());
    let outcome = rehearsal.outcome.unwrap();
    let lane = |id: &str| {
        rehearsal.plan.steps.iter().find(|step| step.id.0 == id).map(|step| step.lane.clone()).unwrap()
    };
    let mut spans: Vec<(u128, i32, String)> = Vec::new();
    for step in &outcome.steps {
        if let (Some(begun), Some(ended)) = (step.started, step.ended) {
            spans.push((begun.as_millis(), 1, lane(&step.step.0)));
            spans.push((ended.as_millis(), -1, lane(&step.step.0)));
        }
    }
    spans.sort();
    let (mut controls, mut others, mut most) = (0, 0, 0);
    for (_, change, lane) in spans {
        match lane.as_str() {
            "control" => controls += change,
            "control-tower" | "account-creation" => others += change,
            _ => {}
        }
        assert!(controls == 0 || others == 0, "{controls} controls beside {others} others");
        most = most.max(controls);
    }
    assert_eq!(most, 10);
}
