//! A trail of the organization and policies of Firewall Manager, on the simulated AWS: what Control
//! Tower records is recognised, and nothing of somebody else is written over.

use std::collections::BTreeSet;

use lzctl::model::Kind;
use lzctl::rehearse::{Rehearsal, rehearse};
use lzctl::sim::World;
use serde_json::json;

use super::documents::{graph, plan_text};
use super::rehearsal::{rehearsed, setting};

fn again(yaml: &str, world: World, consents: &[&str]) -> Rehearsal {
    let consents: BTreeSet<String> = consents.iter().map(|name| (*name).to_owned()).collect();
    rehearse(&graph(yaml), &setting(yaml), Some(world), &consents, &mut |_, _, _| {}).expect("a rehearsal")
}

/// A rehearsal that reaches its end and leaves nothing to do.
fn reached(rehearsal: Rehearsal) -> Rehearsal {
    let causes = rehearsal.outcome.as_ref().map(|outcome| format!("{:#?}", outcome.causes));
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(rehearsal.succeeded(), "{causes:?} {left:#?}");
    rehearsal
}

fn steps(rehearsal: &Rehearsal, kind: Kind) -> Vec<&str> {
    let steps = rehearsal.plan.steps.iter().filter(|step| step.address.kind == kind);
    steps.map(|step| step.id.0.as_str()).collect()
}

fn notes(rehearsal: &Rehearsal) -> Vec<&str> {
    rehearsal.plan.notes.iter().map(|note| note.code.as_str()).collect()
}

const HEAD: &str = "version: 1\norganization: { home_region: us-east-1, governed_regions: [us-east-1] }\n";

fn trail(more: &str) -> String {
    format!(
        "{HEAD}security:\n  cloudtrail:\n    trails:\n      organization: {{ bucket: example-trail{more} }}\n"
    )
}

/// A world with an organization and a bucket that CloudTrail may write into.
fn with_bucket() -> World {
    let mut world = reached(rehearsed(HEAD)).world;
    let owner = world.account.clone();
    let bucket = json!({ "owner": owner, "region": "us-east-1", "writers": ["cloudtrail.amazonaws.com"] });
    world.s3.buckets.insert("example-trail".to_owned(), serde_json::from_value(bucket).expect("a bucket"));
    world
}

#[test]
fn a_trail_is_made_where_the_document_asks_for_one_and_records_at_once_i4() {
    let first = reached(again(&trail(""), with_bucket(), &[]));
    assert_eq!(steps(&first, Kind::Trail), ["trail.organization:create", "trail.organization:start"]);
    let changed = reached(again(&trail(", prefix: trails, validation: false"), first.world, &[]));
    assert_eq!(steps(&changed, Kind::Trail), ["trail.organization:update"]);
    let gone = format!("{HEAD}remove: [trail.organization]\n");
    let refused = again(&gone, changed.world.clone(), &[]);
    assert!(!refused.succeeded(), "a trail goes with a consent only");
    let removed = reached(again(&gone, changed.world, &["trail_deletion.organization"]));
    assert_eq!(steps(&removed, Kind::Trail), ["trail.organization:delete"]);
}

#[test]
fn a_trail_without_a_bucket_that_lets_it_write_fails_with_the_words_of_aws() {
    let failed = again(&trail(""), reached(rehearsed(HEAD)).world, &[]);
    let told = format!("{:?}", failed.outcome.expect("a run").causes);
    assert!(told.contains("S3BucketDoesNotExist"), "{told}");
}

#[test]
fn the_trail_of_the_landing_zone_is_told_before_a_second_one_is_made_beside_it() {
    let zone = reached(rehearsed(&plan_text("four-controls")));
    let mut world = zone.world;
    let owner = world.account.clone();
    let bucket = json!({ "owner": owner, "region": "us-east-1", "writers": ["cloudtrail.amazonaws.com"] });
    world.s3.buckets.insert("example-trail".to_owned(), serde_json::from_value(bucket).expect("a bucket"));
    let seen = again(&trail(""), world, &[]);
    assert!(notes(&seen).contains(&"second-trail"), "{:?}", seen.plan.notes);
    let told =
        seen.plan.notes.iter().any(|note| note.message.contains("aws-controltower-BaselineCloudTrail"));
    assert!(told, "{:?}", seen.plan.notes);
}

#[test]
fn a_policy_of_firewall_manager_follows_its_document_and_goes_with_a_consent() {
    let yaml = plan_text("four-controls");
    let first = reached(rehearsed(&yaml));
    let made = steps(&first, Kind::FirewallPolicy);
    let regions =
        ["eu-west-1", "us-east-1"].map(|region| format!("firewall_policy.open-groups/{region}:create"));
    assert_eq!(made, regions);
    let found_only = yaml.replace("        remediate: true\n", "");
    let changed = reached(again(&found_only, first.world, &[]));
    let updated = regions.map(|step| step.replace(":create", ":update"));
    assert_eq!(steps(&changed, Kind::FirewallPolicy), updated);
    let (head, rest) = found_only.split_once("      # Responsive: rules").expect("the policy");
    let (_, tail) = rest.split_once("  conformance_packs:\n").expect("the packs");
    let head = head.replace("    policies:\n", "");
    let without =
        format!("{head}  conformance_packs:\n{tail}\nremove: [firewall_policy.open-groups/us-east-1]\n");
    let consents = ["firewall_policy_deletion.open-groups/us-east-1"];
    let removed = reached(again(&without, changed.world, &consents));
    assert_eq!(steps(&removed, Kind::FirewallPolicy), ["firewall_policy.open-groups/us-east-1:delete"]);
}
