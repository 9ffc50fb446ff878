//! A census reads everything, with exactly the printed permissions, and says what it could not.

use std::collections::BTreeSet;

use lzctl::export::{DOCUMENT, document};
use lzctl::observe::census::{Census, Part, take};
use lzctl::plan::permissions::{Permissions, of_census};
use lzctl::rehearse::{Bench, Setting, virtual_runtime};
use lzctl::sim::World;
use serde_json::{Value, json};

use super::documents::plan_text;
use super::rehearsal::{rehearsed, setting};

fn together(permissions: &Permissions, more: Value) -> Value {
    let mut statements: Vec<Value> = permissions
        .management
        .iter()
        .flat_map(|policy| policy.document["Statement"].as_array().unwrap().clone())
        .collect();
    statements.extend(more.as_array().unwrap().clone());
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn permissions(name: &str) -> Permissions {
    let home = setting(&plan_text(name)).home_region;
    of_census(&home, None, Some("AWSControlTowerExecution"))
}

/// A census by a caller who is held to a policy.
fn taken(name: &str, world: &World, caller_policy: Option<Value>) -> Census {
    let setting = Setting { caller_policy, ..setting(&plan_text(name)) };
    virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting, Some(world.clone())).await.unwrap();
        let census = Box::pin(take(&bench.connection, &[])).await.unwrap();
        assert_eq!(bench.connection.counts().writes, 0);
        census
    })
}

#[test]
fn the_printed_permissions_suffice_for_everything_and_only_read() {
    for name in ["regulated", "detect", "ransomware-ready", "four-controls"] {
        let world = rehearsed(&plan_text(name)).world;
        let granted = permissions(name);
        let census = taken(name, &world, Some(together(&granted, json!([]))));
        // Contacts are for those who trust Account Management.
        assert!(census.gaps.iter().all(|gap| gap.part == Part::Contacts), "{name}: {:#?}", census.gaps);
        let (caller, gaps) = (census.caller.clone(), census.gaps.clone());
        assert_eq!(census, Census { caller, gaps, ..taken(name, &world, None) }, "{name}");
        let actions = together(&granted, json!([]))["Statement"].as_array().unwrap().clone();
        let actions = actions.iter().flat_map(|one| match &one["Action"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        });
        for action in actions {
            let action = action.as_str().unwrap().to_owned();
            let verb = action.split(':').nth(1).unwrap();
            let reads = ["Get", "BatchGet", "List", "Describe", "AssumeRole"]
                .iter()
                .any(|begin| verb.starts_with(begin));
            assert!(reads || action.starts_with("sts:"), "{action}");
        }
    }
}

#[test]
fn what_may_not_be_read_is_told_in_awss_words_and_the_rest_is_read() {
    let world = rehearsed(&plan_text("regulated")).world;
    let denied = json!([{ "Effect": "Deny", "Resource": "*", "Action": [
        "iam:ListOrganizationsFeatures", "sso:ListPermissionSets", "account:GetAlternateContact",
        "organizations:ListTargetsForPolicy", "controltower:GetEnabledBaseline" ] }]);
    let census = taken("regulated", &world, Some(together(&permissions("regulated"), denied)));
    let parts: BTreeSet<Part> = census.gaps.iter().map(|gap| gap.part).collect();
    let expected =
        [Part::RootAccess, Part::Contacts, Part::PolicyTargets, Part::ControlTower, Part::PermissionSets];
    assert_eq!(parts, expected.into());
    let gap = census.gaps.iter().find(|gap| gap.part == Part::RootAccess).unwrap();
    assert_eq!(gap.error.operation, "iam:ListOrganizationsFeatures");
    assert!(gap.error.request_id.is_some() && gap.to_string().contains("AccessDenied"), "{gap}");
    assert!(census.lacks(Part::RootAccess, None) && !census.lacks(Part::Tags, None));
    assert!(census.units.iter().any(|unit| unit.tags.as_ref().is_some_and(|tags| !tags.is_empty())));
    let exported = document(&census).unwrap();
    let text = &exported.files[DOCUMENT];
    for unread in ["root_access", "targets:", "permission_sets", "alternate_contacts"] {
        assert!(!text.contains(unread), "{unread}: {text}");
    }
    assert!(
        text.contains("# - could not be read: centralised root access: iam:ListOrganizationsFeatures"),
        "{text}"
    );
    assert!(text.contains("its parameters could not be read"), "{text}");
}

#[test]
fn two_readings_of_one_organization_are_equal_and_survive_a_file() {
    let world = rehearsed(&plan_text("standard")).world;
    let (once, again) = (taken("standard", &world, None), taken("standard", &world, None));
    assert_eq!((&once, once.gaps.as_slice()), (&again, [].as_slice()));
    let text = serde_json::to_string(&once).unwrap();
    assert_eq!(serde_json::from_str::<Census>(&text).unwrap(), once);
    assert_eq!(document(&once), document(&again));
}

#[test]
fn stack_sets_trails_and_deployments_that_may_not_be_read_are_told_and_left_out() {
    let world = rehearsed(&plan_text("four-controls")).world;
    let denied = json!([{ "Effect": "Deny", "Resource": "*", "Action": [
        "cloudformation:ListStackSets", "cloudtrail:DescribeTrails", "config:DescribeOrganizationConfigRules" ] }]);
    let census = taken("four-controls", &world, Some(together(&permissions("four-controls"), denied)));
    let home = census.home_region.clone();
    for (part, of) in [
        (Part::StackSets, home.to_string()),
        (Part::Trails, home.to_string()),
        (Part::Config, format!("{} in {home}", census.account)),
    ] {
        assert!(census.lacks(part, Some(&of)), "{part:?} of {of}: {:#?}", census.gaps);
    }
    let exported = document(&census).unwrap();
    let text = &exported.files[DOCUMENT];
    assert!(!text.contains("\nstack_sets:"), "{text}");
    for (part, operation) in
        [("stack sets", "cloudformation:ListStackSets"), ("trails", "cloudtrail:DescribeTrails")]
    {
        assert!(text.contains(&format!("# - could not be read: {part} of {home}: {operation}")), "{text}");
    }
}
