//! Defaults of every account by organization policies: no public storage, no shared images and
//! snapshots, no way in from the internet unless it is asked for.

use lzctl::model::Kind;
use lzctl::plan::control_type::{self, ControlType};
use serde_json::json;

use super::rehearsal::rehearsed;

const DEFAULTS: &str = r#"version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1] }
organizational_units: { Workloads: {}, Workloads/Edge: {} }
accounts:
  app: { email: aws+app@example.com, organizational_unit: Workloads }
  edge: { email: aws+edge@example.com, organizational_unit: Workloads/Edge }
policies:
  no-public-storage:
    type: s3
    targets: [root]
    document:
      s3_attributes: { public_access_block_configuration: { "@@assign": all } }
  safe-compute-defaults:
    type: declarative_ec2
    targets: [root]
    document:
      ec2_attributes:
        vpc_block_public_access:
          internet_gateway_block:
            mode: { "@@assign": block_bidirectional }
            exclusions_allowed: { "@@assign": disabled }
        snapshot_block_public_access: { state: { "@@assign": block_all_sharing } }
        image_block_public_access: { state: { "@@assign": block_new_sharing } }
        serial_console_access: { status: { "@@assign": disabled } }
  edge-is-reached:
    type: declarative_ec2
    targets: [Workloads/Edge]
    document:
      ec2_attributes:
        vpc_block_public_access: { internet_gateway_block: { mode: { "@@assign": "off" } } }
"#;

#[test]
fn an_account_has_the_defaults_of_the_root_and_what_its_unit_says_otherwise() {
    let rehearsal = rehearsed(DEFAULTS);
    assert!(rehearsal.succeeded(), "{:?}", rehearsal.outcome.map(|outcome| outcome.causes));
    assert!(rehearsal.second_plan.steps.is_empty());
    let world = &rehearsal.world;
    let organization = world.organizations.of(&world.account).expect("an organization");
    let effective = |kind: &str, name: &str| {
        let email = format!("aws+{name}@example.com");
        let (id, _) = organization.accounts.iter().find(|(_, one)| one.email == email).expect("the account");
        organization.effective_policy(kind, id).expect("a policy").0
    };
    for name in ["app", "edge"] {
        let storage = effective("S3_POLICY", name);
        assert_eq!(storage.pointer("/s3_attributes/public_access_block_configuration"), Some(&json!("all")));
        let compute = effective("DECLARATIVE_POLICY_EC2", name);
        let state = compute.pointer("/ec2_attributes/snapshot_block_public_access/state");
        assert_eq!(state, Some(&json!("block_all_sharing")));
    }
    let mode = "/ec2_attributes/vpc_block_public_access/internet_gateway_block/mode";
    let modes = ["app", "edge"].map(|name| effective("DECLARATIVE_POLICY_EC2", name).pointer(mode).cloned());
    assert_eq!(modes, [Some(json!("block_bidirectional")), Some(json!("off"))]);
}

#[test]
fn policies_of_defaults_are_preventive() {
    let plan = rehearsed(DEFAULTS).plan;
    let policies: Vec<_> = plan.steps.iter().filter(|step| step.address.kind == Kind::Policy).collect();
    assert!(policies.len() >= 3);
    assert!(policies.iter().all(|step| control_type::of(step) == Some(ControlType::Preventive)));
}
