//! Organization policies on the simulated AWS: enabled, attached, exchanged, renamed,
//! counted, and taken away.

use std::collections::BTreeSet;

use lzctl::plan::Plan;
use lzctl::plan::document::Level;
use lzctl::rehearse::{Rehearsal, Setting, rehearse};
use lzctl::report::Paint;
use lzctl::report::plan_text::{Options, render};
use lzctl::sim::World;
use lzctl::sim::services::organizations::Policy;

use super::documents::graph;

const BASE: &str = "version: 1
organization: { home_region: us-east-1 }
organizational_units: { Prod: {}, Dev: {} }
accounts:
  app: { email: app@example.com, organizational_unit: Prod }
";

/// A policy that denies one service.
fn deny(name: &str, service: &str, more: &str) -> String {
    format!(
        "  {name}:\n    type: service_control\n    document: {{ Version: \"2012-10-17\", Statement: {{ Effect: Deny, \
         Action: \"{service}:*\", Resource: \"*\" }} }}\n{more}"
    )
}

fn on(targets: &str) -> String {
    format!("    targets: [{targets}]\n")
}

fn document(policies: &[String], end: &str) -> String {
    format!("{BASE}policies:\n{}{end}", policies.concat())
}

fn done(yaml: &str, world: Option<&World>, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    let graph = graph(yaml);
    let setting = Setting::of(&graph, &"us-east-1".parse().unwrap());
    rehearse(&graph, &setting, world.cloned(), &consents, &mut |_, _, _| {}).unwrap()
}

fn converged(yaml: &str, world: Option<&World>, consents: &[&str]) -> Rehearsal {
    let rehearsal = done(yaml, world, consents);
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    assert!(
        rehearsal.succeeded(),
        "{causes:?}\n{:#?}\n{:#?}",
        rehearsal.plan.notes,
        rehearsal.second_plan.steps
    );
    rehearsal
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.id.0.as_str()).collect()
}

fn text(plan: &Plan) -> String {
    render(plan, Options { paint: Paint::PLAIN, verbose: false, estimate: None })
}

fn blockers(plan: &Plan) -> Vec<String> {
    let blocking = plan.notes.iter().filter(|note| note.level == Level::Blocker);
    blocking.map(|note| format!("{}: {}", note.code, note.message)).collect()
}

#[test]
fn a_type_is_switched_on_before_its_policies_are_attached_and_the_second_plan_is_empty_i4() {
    let tags = "  tags:\n    type: tag\n    targets: [root, app]\n    document: { tags: { a: { tag_key: { \"@@assign\": A } } } }\n";
    let hub = "  hub:\n    type: security_hub\n    targets: [Prod]\n    document: { securityhub: { enable_in_regions: { \"@@assign\": [ALL_SUPPORTED] } } }\n";
    let yaml = document(&[deny("no-s3", "s3", &on("Prod")), tags.to_owned(), hub.to_owned()], "");
    let plan = converged(&yaml, None, &[]).plan;
    let place = |id: &str| ids(&plan).iter().position(|other| *other == id).unwrap_or_else(|| panic!("{id}"));
    assert!(place("policy_type.tag:create") < place("policy.tags:attach[root]"));
    assert!(
        place("trusted_access.securityhub.amazonaws.com:create") < place("policy_type.security_hub:create")
    );
    assert!(place("account.app:create") < place("policy.tags:attach[app]"));
}

#[test]
fn what_others_attached_stays_and_what_we_no_longer_list_is_detached_with_consent() {
    let first = converged(&document(&[deny("no-s3", "s3", &on("Prod, Dev"))], ""), None, &[]);
    let shorter = document(&[deny("no-s3", "s3", &on("Prod"))], "");
    let refused = done(&shorter, Some(&first.world), &[]);
    assert!(refused.outcome.is_none(), "a policy was detached without consent");
    let missing: Vec<_> = refused.plan.missing_consents().map(|consent| consent.name.as_str()).collect();
    assert_eq!(missing, ["policy_detachment.no-s3"]);
    let second = converged(&shorter, Some(&first.world), &["policy_detachment.no-s3"]);
    assert_eq!(ids(&second.plan), ["policy.no-s3:detach[Dev]"]);
    // A policy that the document does not know is nobody's business.
    let other = document(&[deny("no-sqs", "sqs", &on("Prod"))], "");
    assert_eq!(
        ids(&converged(&other, Some(&second.world), &[]).plan),
        ["policy.no-sqs:create", "policy.no-sqs:attach[Prod]"]
    );
}

#[test]
fn a_renamed_and_moved_policy_gets_the_plan_that_one_would_write_by_hand() {
    let described = "    description: Nobody stores\n";
    let first = converged(&document(&[deny("no-s3", "s3", &on("Prod"))], ""), None, &[]);
    let renamed = format!("    renamed_from: no-s3\n{described}{}", on("Dev"));
    let yaml = document(&[deny("no-storage", "s3", &renamed)], "");
    let second = converged(&yaml, Some(&first.world), &["policy_detachment.no-storage"]);
    insta::assert_snapshot!("renamed_policy", text(&second.plan));
}

#[test]
fn one_policy_replaces_another_without_a_moment_without_either() {
    let first = converged(&document(&[deny("old", "s3", &on("Prod"))], ""), None, &[]);
    let yaml = document(&[deny("new", "sqs", &on("Prod")), deny("old", "s3", "    targets: []\n")], "");
    let second = converged(&yaml, Some(&first.world), &["policy_detachment.old"]);
    assert_eq!(
        ids(&second.plan),
        ["policy.new:create", "policy.new:attach[Prod]", "policy.old:detach[Prod]"]
    );
    assert!(second.plan.steps[2].needs.iter().any(|need| need.rule == "attach-before-detach"));
}

#[test]
fn where_no_more_policies_fit_one_goes_before_the_other_comes() {
    let full: Vec<String> = (0..9).map(|n| deny(&format!("p{n}"), &format!("s{n}"), &on("Prod"))).collect();
    let first = converged(&document(&full, ""), None, &[]);
    let mut exchanged: Vec<String> = full[1..].to_vec();
    exchanged.push(deny("p0", "s0", &on("Dev")));
    exchanged.push(deny("q", "sqs", &on("Prod")));
    let yaml = document(&exchanged, "");
    let second = converged(&yaml, Some(&first.world), &["policy_detachment.p0"]);
    let order = ids(&second.plan);
    let place = |id: &str| order.iter().position(|other| *other == id).unwrap_or_else(|| panic!("{id}"));
    assert!(place("policy.p0:detach[Prod]") < place("policy.q:attach[Prod]"), "{order:?}");
}

#[test]
fn too_many_policies_with_those_of_control_tower_are_refused_with_numbers_and_names() {
    let first = converged(&document(&[deny("other", "sqs", &on("Dev"))], ""), None, &[]);
    let mut world = first.world;
    let organization = world.organizations.organizations.values_mut().next().unwrap();
    let prod =
        organization.units.iter().find(|(_, unit)| unit.name == "Prod").map(|(id, _)| id.clone()).unwrap();
    let guardrails = Policy {
        name: "aws-guardrails-AbCdEf".to_owned(),
        kind: "SERVICE_CONTROL_POLICY".to_owned(),
        content: "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}".to_owned(),
        ..Policy::default()
    };
    organization.policies.insert("p-guardrails".to_owned(), guardrails);
    organization.attachments.entry(prod).or_default().insert("p-guardrails".to_owned());
    let ten: Vec<String> = (0..10).map(|n| deny(&format!("p{n}"), "s3", &on("Prod"))).collect();
    let refused = done(&document(&ten, ""), Some(&world), &[]);
    assert!(refused.outcome.is_none());
    let told = blockers(&refused.plan);
    let [told] = told.as_slice() else { panic!("{told:#?}") };
    assert!(
        told.starts_with("policy-attachments: Prod would hold 12 service_control policies, and 10 fit"),
        "{told}"
    );
    for part in
        ["10 of this document (p0, p1", "1 of Control Tower (aws-guardrails-", "1 of AWS (FullAWSAccess)"]
    {
        assert!(told.contains(part), "{told}");
    }
    // Eight and those two fit, and Control Tower's own is left alone.
    let eight = converged(&document(&ten[..8], ""), Some(&world), &[]);
    assert!(eight.plan.steps.iter().all(|step| !step.id.0.contains("guardrails")));
}

const ALLOW: &str = "  only-compute:
    type: service_control
    targets: [Prod]
    document: { Version: \"2012-10-17\", Statement: { Effect: Allow, Action: [\"ec2:*\", \"sts:*\"], Resource: \"*\" } }
";
const WITHOUT_FULL: &str =
    "  FullAWSAccess: { type: service_control, aws_managed: true, detached_from: [Prod] }\n";

#[test]
fn an_allow_list_replaces_full_access_only_where_it_is_said_and_without_locking_out() {
    let first = converged(&document(&[deny("no-s3", "s3", &on("Prod"))], ""), None, &[]);
    // Without an allowing policy nothing there could do anything.
    let locked = document(&[deny("no-s3", "s3", &on("Prod")), WITHOUT_FULL.to_owned()], "");
    let refused = done(&locked, Some(&first.world), &["policy_detachment.FullAWSAccess"]);
    assert!(refused.outcome.is_none());
    let told = blockers(&refused.plan);
    assert!(told.iter().any(|told| told.starts_with("policy-lockout: Prod would be left")), "{told:#?}");
    let yaml = document(&[deny("no-s3", "s3", &on("Prod")), ALLOW.to_owned(), WITHOUT_FULL.to_owned()], "");
    let second = converged(&yaml, Some(&first.world), &["policy_detachment.FullAWSAccess"]);
    assert_eq!(
        ids(&second.plan),
        [
            "policy.only-compute:create",
            "policy.only-compute:attach[Prod]",
            "policy.FullAWSAccess:detach[Prod]"
        ]
    );
    // What the allow-list allows there is not taken away either.
    let gone = document(&[deny("no-s3", "s3", &on("Prod"))], "remove: [policy.only-compute]\n");
    let consents = ["policy_detachment.only-compute", "policy_deletion.only-compute"];
    let refused = done(&gone, Some(&second.world), &consents);
    assert!(refused.outcome.is_none());
    let told = blockers(&refused.plan);
    assert!(told.iter().any(|told| told.starts_with("policy-lockout")), "{told:#?}");
}

#[test]
fn an_allow_list_of_a_new_organization_or_a_new_unit_is_done_by_one_plan() {
    let consents = ["policy_detachment.FullAWSAccess"];
    let full = WITHOUT_FULL.replace("[Prod]", "[Prod, app]");
    let allow = ALLOW.replace("[Prod]", "[Prod, app]");
    let yaml = document(&[allow, full], "");
    let new = converged(&yaml, None, &consents);
    let of_aws: Vec<&str> =
        ids(&new.plan).into_iter().filter(|id| id.starts_with("policy.FullAWSAccess")).collect();
    assert_eq!(of_aws, ["policy.FullAWSAccess:detach[Prod]", "policy.FullAWSAccess:detach[app]"]);
    // The organization is there and the type is not on: switching it on attaches AWS's policy.
    let bare = converged(BASE, None, &[]);
    let later = converged(&yaml, Some(&bare.world), &consents);
    assert!(ids(&later.plan).contains(&"policy.FullAWSAccess:detach[Prod]"), "{:#?}", ids(&later.plan));
    // The type is on and the unit is new.
    let first = converged(&document(&[deny("no-s3", "s3", &on("Dev"))], ""), None, &[]);
    let moved = yaml
        .replace("{ Prod: {}, Dev: {} }", "{ Prod: {}, Dev: {}, New: {} }")
        .replace("[Prod, app]", "[New]");
    let third = converged(&moved, Some(&first.world), &consents);
    assert!(ids(&third.plan).contains(&"policy.FullAWSAccess:detach[New]"), "{:#?}", ids(&third.plan));
}

#[test]
fn a_document_of_the_same_meaning_is_no_difference_and_one_beyond_the_limit_is_refused() {
    let first = converged(&document(&[deny("no-s3", "s3", &on("Prod"))], ""), None, &[]);
    let same = "  no-s3:\n    type: service_control\n    targets: [Prod]\n    document: { Statement: [ { Resource: [\"*\"], \
                Action: [\"s3:*\"], Effect: Deny } ], Version: \"2012-10-17\" }\n";
    assert!(done(&document(&[same.to_owned()], ""), Some(&first.world), &[]).plan.steps.is_empty());
    let long = "x".repeat(10_300);
    let yaml = document(&[deny("no-s3", &long, &on("Prod"))], "");
    let told = blockers(&done(&yaml, Some(&first.world), &[]).plan);
    assert!(
        told.len() == 1 && told[0].starts_with("policy-size: the document of policy.no-s3 has 10"),
        "{told:#?}"
    );
}

#[test]
fn a_policy_and_its_type_are_removed_by_name_and_with_consent_only() {
    let tags = "  tags:\n    type: tag\n    targets: [root, Dev]\n    document: { tags: { a: { tag_key: { \"@@assign\": A } } } }\n";
    let first = converged(&document(&[tags.to_owned()], ""), None, &[]);
    let gone = format!("{BASE}remove: [policy.tags, policy_type.tag]\n");
    let refused = done(&gone, Some(&first.world), &["policy_deletion.tags"]);
    let missing: Vec<_> = refused.plan.missing_consents().map(|consent| consent.name.clone()).collect();
    assert_eq!(missing, ["policy_detachment.tags", "policy_type_removal.tag"]);
    let consents = ["policy_deletion.tags", "policy_detachment.tags", "policy_type_removal.tag"];
    let removed = converged(&gone, Some(&first.world), &consents);
    assert_eq!(
        ids(&removed.plan),
        [
            "policy.tags:detach[Dev]",
            "policy.tags:detach[root]",
            "policy.tags:delete",
            "policy_type.tag:delete"
        ]
    );
}

#[test]
fn a_type_that_the_program_does_not_know_passes_through_to_aws_which_knows_it_or_not() {
    let future = "  future:\n    type: FUTURE_POLICY\n    targets: [root]\n    document: { anything: { \"@@assign\": x } }\n";
    let rehearsal = done(&document(&[future.to_owned()], ""), None, &[]);
    assert!(ids(&rehearsal.plan).contains(&"policy_type.FUTURE_POLICY:create"));
    let causes = rehearsal.outcome.expect("an outcome").causes;
    assert!(format!("{causes:?}").contains("not in the list of valid values"), "{causes:#?}");
}

#[test]
fn a_policy_that_locks_out_an_account_which_the_document_does_not_name_is_refused() {
    let entry = "  no-entry:\n    type: service_control\n    targets: [Prod]\n    document: { Version: \"2012-10-17\", \
                Statement: { Effect: Deny, Action: \"sts:AssumeRole\", Resource: \"*\" } }\n";
    let world = converged(&document(&[deny("other", "sqs", &on("Dev"))], ""), None, &[]).world;
    let id = world
        .organizations
        .organizations
        .values()
        .next()
        .unwrap()
        .accounts
        .iter()
        .find(|(_, a)| a.name == "app");
    let id = id.map(|(id, _)| id.clone()).unwrap();
    let unnamed = document(&[entry.to_owned()], "")
        .replace("accounts:\n  app: { email: app@example.com, organizational_unit: Prod }\n", "");
    let refused = done(&unnamed, Some(&world), &[]);
    let told = blockers(&refused.plan);
    assert!(told.iter().any(|told| told.contains(&id) && told.contains("no-entry")), "{told:#?}");
    let elsewhere = unnamed.replace("targets: [Prod]", "targets: [Dev]");
    let told = blockers(&done(&elsewhere, Some(&world), &[]).plan);
    assert!(told.is_empty(), "nobody is in Dev: {told:#?}");
}
