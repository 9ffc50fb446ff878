//! Plans to try: small ones by hand, random ones, and random landing zones.

use std::collections::BTreeMap;

use super::Dice;
use crate::catalog::operations::table;
use crate::model::kinds::Action;
use crate::model::{Address, Fields, Kind, reference};
use crate::plan::document::{FORMAT, Plan};
use crate::plan::step::Need;
use crate::plan::{Step, StepId};

/// A step `account.NAME:VERB` of an operation, with its usual duration.
pub(crate) fn step(name: &str, operation: &str, usual: u64, needs: &[&Step]) -> Step {
    let address = Address::new(Kind::Account, name);
    let row = table().get(operation).unwrap();
    let mut inputs = Fields::new();
    for (at, need) in needs.iter().enumerate() {
        inputs.insert(format!("from{at}"), reference::from(&need.address, "id"));
    }
    Step {
        id: StepId::of(&address, "create", ""),
        address,
        action: Action::Create,
        verb: "create".to_owned(),
        item: String::new(),
        operation: operation.to_owned(),
        inputs,
        keys: Fields::new(),
        changes: Vec::new(),
        reasons: Vec::new(),
        origin: None,
        needs: needs.iter().map(|need| Need { step: need.id.clone(), rule: "refers".to_owned() }).collect(),
        lane: row.lane.clone().unwrap_or_else(|| operation.to_owned()),
        also: Vec::new(),
        usual_seconds: usual,
        consent: None,
    }
}

/// The plan of some steps.
pub(crate) fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        format: FORMAT,
        id: "0f0f".to_owned(),
        account: "111122223333".parse().unwrap(),
        organization: None,
        partition: serde_json::from_value("aws".into()).unwrap(),
        home_region: "eu-west-1".parse().unwrap(),
        spec_digest: String::new(),
        fingerprints: BTreeMap::new(),
        read_fields: BTreeMap::new(),
        steps,
        known: BTreeMap::new(),
        consents: Vec::new(),
        signatures: Default::default(),
        notes: Vec::new(),
        resources: Vec::new(),
    }
}

/// Operations that random plans use: of each lane, of each class, with and without rate.
const OPERATIONS: &[(&str, u64)] = &[
    ("organizations:CreateAccount", 90),
    ("organizations:CreateOrganizationalUnit", 1),
    ("organizations:MoveAccount", 1),
    ("organizations:TagResource", 1),
    ("iam:CreateRole", 1),
    ("kms:CreateKey", 1),
    ("kms:ReplicateKey", 30),
    ("controltower:CreateLandingZone", 1800),
    ("controltower:EnableBaseline", 1200),
    ("controltower:ResetEnabledBaseline", 700),
];

/// A random plan of `count` steps.
pub(super) fn random(dice: &mut Dice, count: usize) -> Plan {
    let mut steps: Vec<Step> = Vec::new();
    for number in 0..count {
        let wanted = if number == 0 { 0 } else { dice.below(4) };
        let needed: Vec<Step> = (0..wanted).map(|_| steps[dice.below(number)].clone()).collect();
        let (operation, usual) = OPERATIONS[dice.below(OPERATIONS.len())];
        let mut made = step(&format!("s{number}"), operation, usual, &needed.iter().collect::<Vec<_>>());
        if dice.below(3) == 0 {
            made.also.push(format!("enrolment(U{})", dice.below(3)));
        }
        if dice.below(5) == 0 {
            made.also.push("unit-changes".to_owned());
        }
        steps.push(made);
    }
    plan(steps)
}

/// A random landing zone of 3 to 12 units and 10 to 119 accounts.
pub(super) fn landing_zone(dice: &mut Dice) -> Plan {
    let (units, accounts) = (3 + dice.below(10), 10 + dice.below(110));
    landing_zone_of(dice, units, accounts)
}

/// A landing zone: units (some nested), accounts moved into them, service
/// roles, the landing zone, then one or two baselines per unit.
pub(super) fn landing_zone_of(dice: &mut Dice, unit_count: usize, accounts: usize) -> Plan {
    let mut steps: Vec<Step> = Vec::new();
    let add = |steps: &mut Vec<Step>, made: Step| {
        steps.push(made.clone());
        made
    };
    let organization = add(&mut steps, step("organization", "organizations:CreateOrganization", 1, &[]));
    let roles: Vec<Step> = (0..4)
        .map(|n| {
            let role = add(&mut steps, step(&format!("role{n}"), "iam:CreateRole", 1, &[&organization]));
            add(&mut steps, step(&format!("policy{n}"), "iam:AttachRolePolicy", 1, &[&role]))
        })
        .collect();
    let mut units: Vec<(Step, Option<usize>)> = Vec::new();
    for n in 0..unit_count {
        let parent = if n > 2 && dice.below(3) == 0 { Some(dice.below(n)) } else { None };
        let above = parent.map_or(&organization, |p| &units[p].0).clone();
        let mut unit = step(&format!("unit{n}"), "organizations:CreateOrganizationalUnit", 1, &[&above]);
        unit.also.push(format!("unit-changes({})", parent.map_or(-1, |p| p as i64)));
        units.push((add(&mut steps, unit), parent));
    }
    let mut members: Vec<Vec<Step>> = vec![Vec::new(); units.len()];
    for n in 0..accounts {
        let unit = if n < 3 { 0 } else { dice.below(units.len()) };
        let made = add(
            &mut steps,
            step(&format!("account{n}"), "organizations:CreateAccount", 90, &[&organization]),
        );
        let mut moved = step(&format!("move{n}"), "organizations:MoveAccount", 1, &[&made, &units[unit].0]);
        moved.also.push(format!("enrolment(unit{unit})"));
        members[unit].push(add(&mut steps, moved));
    }
    let before: Vec<&Step> = roles.iter().chain(members[0].iter().take(3)).collect();
    let zone = add(&mut steps, step("zone", "controltower:CreateLandingZone", 1800, &before));
    let mut baselines: Vec<Step> = Vec::new();
    for (n, (_, parent)) in units.iter().enumerate() {
        let mut needs: Vec<&Step> = vec![&zone];
        needs.extend(parent.and_then(|p| baselines.get(p)));
        needs.extend(&members[n]);
        let usual = 600 + 120 * members[n].len() as u64;
        let made = step(&format!("baseline{n}"), "controltower:EnableBaseline", usual, &needs);
        baselines.push(add(&mut steps, made));
        if dice.below(4) == 0 {
            add(
                &mut steps,
                step(&format!("backup{n}"), "controltower:EnableBaseline", 600, &[&baselines[n]]),
            );
        }
    }
    plan(steps)
}
