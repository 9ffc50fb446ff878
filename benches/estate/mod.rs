//! Landing zones of any size that are as their document says, made in an instant: for
//! benches and for tests that count.
//!
//! In: a [`Size`]. Out: the document; the simulated AWS in which all of it is so; or what a
//! survey of it would find. Absent: chance, so that every figure repeats.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lzctl::graph::{ResourceGraph, expand};
use lzctl::model::reference::{Reference, references, resolve};
use lzctl::model::{Attributes, Fields, Live};
use lzctl::observe::Snapshot;
use lzctl::observe::snapshot::Facts;
use lzctl::rehearse::{Setting, rehearse};
use lzctl::sim::services::control_tower::{Seed, SeededBaseline, seed};
use lzctl::sim::services::organizations::{Account, AccountState, Joined};
use lzctl::sim::{self, Simulator, World};
use lzctl::spec::{Input, Spec, parse};

const HOME: &str = "us-east-1";

/// Regions beside the home Region, as many as a document may govern here.
const REGIONS: [&str; 16] = [
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
];

/// How large a landing zone is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Size {
    /// Workload accounts, spread evenly over the units.
    pub(crate) accounts: usize,
    /// Registered units; from 40 on each has others below itself.
    pub(crate) units: usize,
    /// Service control policies, each on one unit but the first, which is on the root.
    pub(crate) policies: usize,
    /// Accounts to which somebody is assigned, counted once for each group.
    pub(crate) assignments: usize,
    /// Governed Regions, the home Region among them.
    pub(crate) regions: usize,
}

/// Units directly below the root.
const TOP: usize = 40;
/// Units that one assignment names.
const SPREAD: usize = 10;

impl Size {
    /// The document.
    pub(crate) fn document(self) -> String {
        self.text(true)
    }

    /// The document, or as much of it as makes the organization without its accounts.
    fn text(self, whole: bool) -> String {
        let mut yaml = String::from("version: 1\n");
        let others = REGIONS.iter().take(self.regions.saturating_sub(1));
        let regions: Vec<&str> = std::iter::once(HOME).chain(others.copied()).collect();
        let _ = writeln!(
            yaml,
            "organization: {{ home_region: {HOME}, governed_regions: [{}] }}",
            regions.join(", ")
        );
        yaml.push_str("organizational_units:\n  Security: {}\n");
        let baselines = if whole { "{ baselines: [control_tower] }" } else { "{}" };
        for unit in 0..self.units {
            let _ = writeln!(yaml, "  {}: {baselines}", path(unit));
        }
        yaml.push_str("accounts:\n");
        for name in ["log", "audit"] {
            let _ =
                writeln!(yaml, "  {name}: {{ email: {name}@example.com, organizational_unit: Security }}");
        }
        for account in 0..if whole { self.accounts } else { 0 } {
            let (name, unit) = (name(account), path(account % self.units));
            let _ = writeln!(yaml, "  {name}: {{ email: {name}@example.com, organizational_unit: {unit} }}");
        }
        yaml.push_str(
            "landing_zone:\n  version: '4.0'\n  integration_unit: Security\n  centralized_logging: { account: log }\n  \
             config: { account: audit }\n  security_roles: { account: audit }\n",
        );
        if self.assignments > 0 {
            yaml.push_str("  identity_center: true\n");
        }
        self.policies(&mut yaml);
        self.access(&mut yaml);
        yaml
    }

    fn policies(self, yaml: &mut String) {
        if self.policies > 0 {
            yaml.push_str("policies:\n");
        }
        for policy in 0..self.policies {
            // The first binds everybody, as one does in most organizations.
            let target = if policy == 0 { "root".to_owned() } else { path(policy % self.units) };
            let _ = writeln!(
                yaml,
                "  deny{policy:05}:\n    type: service_control\n    document: {{ Version: '2012-10-17', \
                 Statement: [{{ Effect: Deny, Action: 'iam:CreateUser', \
                 Resource: 'arn:aws:iam::*:user/u{policy}' }}] }}\n    targets: [{target}]"
            );
        }
    }

    /// Groups that are assigned to all accounts of some units each.
    fn access(self, yaml: &mut String) {
        if self.assignments == 0 {
            return;
        }
        let per_unit = self.accounts.div_ceil(self.units);
        let groups = self.assignments.div_ceil(per_unit * SPREAD);
        yaml.push_str(
            "identity_center:\n  permission_sets:\n    Operator: { description: Runs it }\n  groups:\n",
        );
        for group in 0..groups {
            let _ = writeln!(yaml, "    group{group:05}: {{}}");
        }
        yaml.push_str("  assignments:\n");
        for group in 0..groups {
            let units = (0..SPREAD).map(|at| path((group * SPREAD + at) % self.units));
            let targets = units.collect::<Vec<_>>().join(", ");
            let _ = writeln!(
                yaml,
                "    - {{ group: group{group:05}, permission_set: Operator, targets: [{targets}] }}"
            );
        }
    }

    /// A simulated AWS in which all of it is so: the organization is rehearsed without its
    /// accounts, which are then put into it behind AWS's back, with their enrolments.
    pub(crate) fn world(self) -> World {
        let spec = read(&self.text(false));
        let graph = graph(&spec);
        let setting = Setting::of(&graph, &HOME.parse().expect("a Region"));
        let small = rehearse(&graph, &setting, None, &spec.consents, &mut |_, _, _| {}).expect("a rehearsal");
        assert!(small.succeeded(), "{:#?}", small.outcome.map(|outcome| outcome.causes));
        let zone = &small.snapshot.live[&"landing_zone".parse().expect("an address")];
        let seeded = |unit: &String| SeededBaseline {
            arn: None,
            baseline: "AWSControlTowerBaseline".to_owned(),
            version: "5.0".to_owned(),
            unit: unit.clone(),
            parameters: Vec::new(),
        };
        let simulator = Simulator::from_world(small.world, sim::Settings::default());
        simulator.change(|world| {
            let units = self.settle(world);
            let seeds = Seed {
                arn: zone.attribute("arn").map(str::to_owned),
                home: HOME.to_owned(),
                version: "4.0".to_owned(),
                manifest: zone.fields["manifest"].clone(),
                auto_enroll: false,
                baselines: units.iter().map(seeded).collect(),
                controls: Vec::new(),
            };
            seed(world, &seeds).expect("a landing zone over all units");
        });
        simulator.world()
    }

    /// Puts the accounts into their units; gives the units' ids, parents first.
    fn settle(self, world: &mut World) -> Vec<String> {
        let now = world.time;
        let organization = world.organizations.organizations.values_mut().next().expect("an organization");
        let named: BTreeMap<&str, &String> =
            organization.units.iter().map(|(id, unit)| (unit.name.as_str(), id)).collect();
        let units: Vec<String> = (0..self.units).map(|unit| named[leaf(unit).as_str()].clone()).collect();
        for account in 0..self.accounts {
            let id = format!("{:012}", 500_000_000_000_u64 + account as u64);
            let inside = Account {
                email: format!("{}@example.com", name(account)),
                name: name(account),
                parent: units[account % self.units].clone(),
                state: AccountState::Active,
                joined: Joined::Created,
                joined_at: now,
                ..Account::default()
            };
            // What AWS attaches to everything where its type is on.
            for kind in organization.root.policy_types.keys().filter(|kind| kind.ends_with("CONTROL_POLICY"))
            {
                let full =
                    if kind == "SERVICE_CONTROL_POLICY" { "p-FullAWSAccess" } else { "p-RCPFullAWSAccess" };
                organization.attachments.entry(id.clone()).or_default().insert(full.to_owned());
            }
            organization.accounts.insert(id, inside);
        }
        units
    }
}

fn leaf(unit: usize) -> String {
    format!("Unit{unit:05}")
}

/// The units after the first forty stand below those, in turn.
fn path(unit: usize) -> String {
    if unit < TOP { leaf(unit) } else { format!("{}/{}", leaf(unit % TOP), leaf(unit)) }
}

fn name(account: usize) -> String {
    format!("app{account:05}")
}

/// A document that must be valid.
pub(crate) fn read(yaml: &str) -> Spec {
    match parse(vec![Input::new("landing-zone.yaml", yaml)]) {
        Ok(loaded) => loaded.spec,
        Err(wrong) => panic!("{:?}", wrong.list),
    }
}

/// The graph of a document.
pub(crate) fn graph(spec: &Spec) -> ResourceGraph {
    expand(spec, None).expect("a graph")
}

/// What a survey finds where everything is as the graph wants it: each attribute that
/// somebody refers to has a value that tells it from all others.
pub(crate) fn converged(graph: &ResourceGraph) -> Snapshot {
    let mut attributes: BTreeMap<_, Attributes> = BTreeMap::new();
    for resource in graph.resources.values() {
        attributes.entry(resource.address.clone()).or_default();
        for Reference { address, attribute } in
            resource.fields.values().chain(resource.keys.values()).flat_map(references)
        {
            let value = format!("{attribute}-of-{address}");
            attributes.entry(address).or_default().insert(attribute, value);
        }
    }
    let known =
        |reference: &Reference| attributes.get(&reference.address)?.get(&reference.attribute).cloned();
    let live = graph.resources.values().map(|resource| {
        let fields = resource.fields.iter().map(|(name, value)| (name.clone(), resolve(value, &known)));
        let fields: Fields = fields.filter(|(_, value)| !value.is_null()).collect();
        (resource.address.clone(), Live { fields, attributes: attributes[&resource.address].clone() })
    });
    let types = BTreeMap::from([("SERVICE_CONTROL_POLICY".to_owned(), "ENABLED".to_owned())]);
    Snapshot {
        organization: Some("o-exampleorgid".parse().expect("an id")),
        management_account: Some("111122223333".parse().expect("an id")),
        live: live.collect(),
        facts: Facts {
            landing_zone: Some(true),
            identity_center: Some(true),
            policy_types: Some(types),
            ..Facts::default()
        },
        ..nothing()
    }
}

/// What a survey finds in an account without an organization.
pub(crate) fn nothing() -> Snapshot {
    Snapshot {
        account: "111122223333".parse().expect("an id"),
        caller: "arn:aws:iam::111122223333:user/operator".to_owned(),
        partition: lzctl::model::partition::Partition::named("aws"),
        home_region: HOME.parse().expect("a Region"),
        organization: None,
        management_account: None,
        live: BTreeMap::new(),
        gaps: BTreeMap::new(),
        facts: Facts { account_quota: Some(20_000), ..Facts::default() },
    }
}
