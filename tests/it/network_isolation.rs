//! Networks that nobody reaches: Region deny on a unit, a declarative policy and Firewall Manager
//! together, proven by what the simulated AWS lets the accounts do.

use std::collections::{BTreeMap, BTreeSet};

use lzctl::model::Kind;
use lzctl::plan::control_type::{self, ControlType};
use lzctl::rehearse::virtual_runtime;
use lzctl::sim::caller::Asker;
use lzctl::sim::{Settings, Simulator, World};
use serde_json::json;

use super::rehearsal::rehearsed;

const ISOLATED: &str = r#"version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1, eu-west-1] }
organizational_units:
  Security: {}
  Open: { baselines: [control_tower] }
  Isolated:
    baselines: [control_tower]
    controls:
      - name: CT.MULTISERVICE.PV.1
        parameters: { AllowedRegions: [us-east-1] }
accounts:
  logs: { email: aws+logs@example.com, organizational_unit: Security }
  audit: { email: aws+audit@example.com, organizational_unit: Security }
  shop: { email: aws+shop@example.com, organizational_unit: Open }
  vault: { email: aws+vault@example.com, organizational_unit: Isolated }
landing_zone:
  version: "4.0"
  integration_unit: Security
  centralized_logging: { account: logs }
  config: { account: audit }
  security_roles: { account: audit }
  backup: { enabled: false }
policies:
  no-internet:
    type: declarative_ec2
    targets: [Isolated]
    document:
      ec2_attributes:
        vpc_block_public_access:
          internet_gateway_block:
            mode: { "@@assign": block_bidirectional }
            exclusions_allowed: { "@@assign": disabled }
security:
  firewall_manager:
    administrator: audit
    policies:
      firewalls:
        type: network_firewall
        targets: [Isolated]
        regions: [us-east-1]
        remediate: true
        purpose: preventive
        document:
          networkFirewallStatelessRuleGroupReferences: []
          networkFirewallStatelessDefaultActions: ["aws:forward_to_sfe"]
"#;

/// What an account is told when it asks for its detectors in a Region.
fn refused(simulator: &Simulator, account: &str, region: &str) -> Option<String> {
    let key = simulator.account(account).expect("the account");
    let asker = Asker { key: &key, token: None, region };
    let asked = async { simulator.ask(asker, "guardduty", "ListDetectors", &json!({})).await };
    virtual_runtime().expect("a runtime").block_on(asked).expect("an answer").code()
}

#[test]
fn a_unit_is_cut_off_by_region_by_gateway_and_by_firewall_and_its_neighbour_is_not() {
    let rehearsal = rehearsed(ISOLATED);
    assert!(rehearsal.succeeded(), "{:#?}", rehearsal.outcome.map(|outcome| outcome.causes));
    let left: Vec<_> = rehearsal.second_plan.steps.iter().map(|step| (&step.id, &step.changes)).collect();
    assert!(left.is_empty(), "{left:#?}");
    let mut types: BTreeMap<Kind, BTreeSet<Option<ControlType>>> = BTreeMap::new();
    for step in &rehearsal.plan.steps {
        types.entry(step.address.kind).or_default().insert(control_type::of(step));
    }
    for kind in [Kind::Control, Kind::Policy, Kind::FirewallPolicy] {
        assert_eq!(types[&kind], BTreeSet::from([Some(ControlType::Preventive)]), "{kind}");
    }
    let world: World = rehearsal.world;
    let organization = world.organizations.of(&world.account).expect("an organization");
    let effective = |email: &str| {
        let (id, _) = organization.accounts.iter().find(|(_, one)| one.email == email).expect("the account");
        organization.effective_policy("DECLARATIVE_POLICY_EC2", id).map(|(document, _)| document)
    };
    let mode = "/ec2_attributes/vpc_block_public_access/internet_gateway_block/mode";
    let isolated = effective("aws+vault@example.com").expect("a policy");
    assert_eq!(isolated.pointer(mode), Some(&json!("block_bidirectional")));
    assert_eq!(effective("aws+shop@example.com"), None);
    let settings = Settings { account: world.account.clone(), ..Settings::default() };
    let simulator =
        virtual_runtime().expect("a runtime").block_on(async { Simulator::from_world(world, settings) });
    assert_eq!(refused(&simulator, "aws+vault@example.com", "us-east-1"), None);
    let denied = refused(&simulator, "aws+vault@example.com", "eu-west-1");
    assert_eq!(denied.as_deref(), Some("AccessDeniedException"));
    assert_eq!(refused(&simulator, "aws+shop@example.com", "eu-west-1"), None);
}
