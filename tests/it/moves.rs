//! Law: nothing is moved to the root on the way (trap 26: with automatic enrolment Control Tower takes an
//! account that comes to the root for one that leaves, and deletes what it made there).
//!
//! In: random organizations with and without a landing zone, and random documents of them: accounts that go
//! elsewhere, are enrolled, are said to be in the root or not said at all; units that are renamed, taken away
//! or new. Out: that the simulated Organizations has moved an account to the root only where the document
//! says the root of it, and has moved each account once at most.

use std::collections::{BTreeMap, BTreeSet};

use lzctl::rehearse::{Rehearsal, rehearse};
use lzctl::sim::World;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::documents::graph;
use super::rehearsal::setting;

/// Units that an organization can have, parents first.
const UNITS: [&str; 5] = ["A", "B", "C", "A/D", "B/E"];
/// What stands for the root, and for a place that is not said, beyond the units.
const ROOT: usize = UNITS.len();
const UNSAID: usize = UNITS.len() + 1;
const NEW: usize = UNITS.len() + 2;

/// What becomes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Renamed,
    Removed,
    Unsaid,
}

/// An account: where it is, where the document wants it, and whether Control Tower overlooked its coming.
#[derive(Debug, Clone, Copy)]
struct Member {
    from: usize,
    to: usize,
    late: bool,
}

/// A world and a document of it.
#[derive(Debug, Clone)]
struct Case {
    there: [bool; UNITS.len()],
    fates: [Fate; UNITS.len()],
    /// Units that are registered with Control Tower, and those that shall be.
    registered: [bool; UNITS.len()],
    governed: [bool; UNITS.len()],
    new_governed: bool,
    zone: bool,
    automatic: bool,
    members: Vec<Member>,
}

fn cases() -> impl Strategy<Value = Case> {
    let fate = prop_oneof![
        3 => Just(Fate::Kept), 2 => Just(Fate::Renamed), 2 => Just(Fate::Removed), 1 => Just(Fate::Unsaid)
    ];
    let flags = || prop::array::uniform5(any::<bool>());
    let member = (0..=ROOT, 0..=NEW, any::<bool>()).prop_map(|(from, to, late)| Member { from, to, late });
    let whole = (any::<bool>(), any::<bool>(), any::<bool>());
    (prop::array::uniform5(prop::bool::weighted(0.8)), prop::array::uniform5(fate), flags(), flags(), whole)
        .prop_flat_map(move |(there, fates, registered, governed, whole)| {
            (Just((there, fates, registered, governed, whole)), prop::collection::vec(member.clone(), 1..7))
        })
        .prop_map(|((there, fates, registered, governed, (zone, automatic, new_governed)), members)| {
            Case { there, fates, registered, governed, new_governed, zone, automatic, members }.made_whole()
        })
}

impl Case {
    /// What cannot be is made what can: a unit below one that is not there or goes, an account that stays in
    /// a unit that goes.
    fn made_whole(mut self) -> Self {
        for (child, parent) in [(3, 0), (4, 1)] {
            self.there[child] &= self.there[parent];
            match self.fates[parent] {
                Fate::Removed => self.fates[child] = Fate::Removed,
                Fate::Unsaid if self.fates[child] == Fate::Removed => self.fates[child] = Fate::Unsaid,
                _ => {}
            }
            // A unit is registered after the one above it.
            self.registered[child] &= self.registered[parent];
            self.governed[child] &= self.governed[parent] && self.fates[parent] != Fate::Unsaid;
        }
        for unit in 0..UNITS.len() {
            if self.there[unit] && self.registered[unit] && self.zone && self.fates[unit] != Fate::Removed {
                // Nothing is unregistered by not being said; that it goes on is said.
                self.governed[unit] = true;
                if self.fates[unit] == Fate::Unsaid {
                    self.fates[unit] = Fate::Kept;
                }
            }
        }
        for (child, parent) in [(3, 0), (4, 1)] {
            if self.fates[parent] == Fate::Unsaid && self.fates[child] != Fate::Unsaid {
                self.fates[parent] = Fate::Kept;
            }
        }
        let there = self.there;
        for member in &mut self.members {
            if member.from < ROOT && !there[member.from] {
                member.from = ROOT;
            }
        }
        self
    }

    /// The path that a unit has in the document, if it has one.
    fn path(&self, unit: usize) -> Option<String> {
        if !self.there[unit] || matches!(self.fates[unit], Fate::Removed | Fate::Unsaid) {
            return None;
        }
        let (above, name) = UNITS[unit].rsplit_once('/').unwrap_or(("", UNITS[unit]));
        let renamed = if self.fates[unit] == Fate::Renamed { "2" } else { "" };
        let above = match UNITS.iter().position(|path| *path == above) {
            Some(parent) => format!("{}/", self.path(parent)?),
            None => String::new(),
        };
        Some(format!("{above}{name}{renamed}"))
    }

    fn is_governed(&self, unit: usize) -> bool {
        self.zone && self.governed[unit]
    }

    fn world(&self) -> World {
        let units: Vec<&str> =
            (0..UNITS.len()).filter(|unit| self.there[*unit]).map(|unit| UNITS[unit]).collect();
        let mut units: Vec<Value> = units.into_iter().map(Value::from).collect();
        let mut accounts: Vec<Value> = self.members.iter().enumerate().map(|(number, member)| {
            let unit = UNITS.get(member.from).copied();
            json!({ "name": format!("m{number}"), "unit": unit, "late": member.late && self.zone && unit.is_some() })
        }).collect();
        let mut past = json!({ "account_quota": 50 });
        if self.zone {
            units.push(json!("Security"));
            accounts.extend(["log", "audit"].map(|name| json!({ "name": name, "unit": "Security" })));
            let registered: BTreeMap<&str, &str> = (0..UNITS.len())
                .filter(|unit| self.there[*unit] && self.registered[*unit])
                .map(|unit| (UNITS[unit], "5.0"))
                .collect();
            past["landing_zone"] = json!({ "version": "4.0", "auto_enroll": self.automatic, "units": registered,
                "manifest": { "governedRegions": ["us-east-1"], "accessManagement": { "enabled": false },
                    "backup": { "enabled": false },
                    "centralizedLogging": { "enabled": true, "accountId": "log" },
                    "config": { "enabled": true, "accountId": "audit" },
                    "securityRoles": { "enabled": true, "accountId": "audit" } } });
        }
        past["units"] = json!(units);
        past["accounts"] = json!(accounts);
        let world = json!({ "account": "111122223333", "region": "us-east-1", "time": "2026-03-01T00:00:00Z",
            "past": past });
        let mut world: World = serde_json::from_value(world).expect("a world");
        world.live_through().expect("a past");
        world
    }

    fn document(&self) -> String {
        let mut units = json!({});
        let mut remove = Vec::new();
        for (unit, old) in UNITS.into_iter().enumerate() {
            if self.there[unit] && self.fates[unit] == Fate::Removed {
                if self.zone && self.registered[unit] {
                    remove.push(format!("baseline.{old}:control_tower"));
                }
                remove.push(format!("organizational_unit.{old}"));
            }
            let Some(path) = self.path(unit) else { continue };
            let mut entry = json!({});
            if self.is_governed(unit) {
                entry["baselines"] = json!(["control_tower"]);
            }
            if self.fates[unit] == Fate::Renamed {
                // The old path stands below the new name of what is above.
                let above = path.rsplit_once('/').map(|(above, _)| format!("{above}/")).unwrap_or_default();
                let name = old.rsplit('/').next().expect("a name");
                entry["renamed_from"] = json!(format!("{above}{name}"));
            }
            units[path] = entry;
        }
        units["New"] = if self.zone && self.new_governed {
            json!({ "baselines": ["control_tower"] })
        } else {
            json!({})
        };
        let mut accounts = json!({});
        for (number, member) in self.members.iter().enumerate() {
            let mut entry = json!({ "email": format!("m{number}@example.com"), "join": "existing" });
            let place = match member.to {
                ROOT => Some("root".to_owned()),
                UNSAID => None,
                NEW => Some("New".to_owned()),
                unit => self.path(unit).or_else(|| Some("New".to_owned())),
            };
            if let Some(place) = place {
                entry["organizational_unit"] = json!(place);
            }
            accounts[format!("m{number}")] = entry;
        }
        let mut document = json!({ "version": 1, "remove": remove,
            "organization": { "home_region": "us-east-1", "governed_regions": ["us-east-1"] } });
        if self.zone {
            units["Security"] = json!({});
            for name in ["log", "audit"] {
                accounts[name] =
                    json!({ "email": format!("{name}@example.com"), "organizational_unit": "Security" });
            }
            document["landing_zone"] = json!({ "version": "4.0", "integration_unit": "Security",
                "auto_enroll": self.automatic, "identity_center": false, "backup": { "enabled": false },
                "centralized_logging": { "account": "log" }, "config": { "account": "audit" },
                "security_roles": { "account": "audit" } });
        }
        document["organizational_units"] = units;
        document["accounts"] = accounts;
        document.to_string()
    }
}

fn organization(world: &World) -> Value {
    let saved = serde_json::to_value(world).expect("a value");
    let all = saved["organizations"]["organizations"].as_object().expect("organizations");
    all.values().next().expect("one").clone()
}

/// Rehearsed with every consent that its plan asks for.
fn carried_out(case: &Case) -> (World, Rehearsal) {
    let (document, world) = (case.document(), case.world());
    let (graph, setting) = (graph(&document), setting(&document));
    let go = |consents: &BTreeSet<String>| {
        rehearse(&graph, &setting, Some(world.clone()), consents, &mut |_, _, _| {}).expect("a rehearsal")
    };
    let done = go(&BTreeSet::new());
    let asked: BTreeSet<String> = done.plan.consents.iter().map(|consent| consent.name.clone()).collect();
    let done = if asked.is_empty() { done } else { go(&asked) };
    (world, done)
}

/// What the cases came to, so that a law about nothing is noticed.
#[derive(Debug, Default)]
struct Tally {
    refused: usize,
    complete: usize,
    moves: usize,
    to_root: usize,
    removed: usize,
}

fn judge(case: &Case, tally: &mut Tally) -> Result<(), TestCaseError> {
    let (world, done) = carried_out(case);
    let before = organization(&world)["moves"].as_array().map_or(0, Vec::len);
    let after = organization(&done.world);
    let moves = &after["moves"].as_array().expect("moves")[before..];
    if done.outcome.is_none() {
        tally.refused += 1;
        prop_assert!(moves.is_empty(), "{moves:#?}");
        return Ok(());
    }
    let causes = done.outcome.as_ref().map(|outcome| &outcome.causes);
    prop_assert!(done.failed() == 0, "{}\n{causes:#?}", case.document());
    tally.complete += 1;
    tally.moves += moves.len();
    tally.removed +=
        done.plan.steps.iter().filter(|step| step.operation.contains("DeleteOrganizationalUnit")).count();
    let root = &after["root"]["id"];
    let mut moved = BTreeSet::new();
    for one in moves {
        let name =
            after["accounts"][one["account"].as_str().expect("an id")]["name"].as_str().expect("a name");
        prop_assert!(moved.insert(name.to_owned()), "{name} is moved twice: {moves:#?}\n{}", case.document());
        if one["to"] == *root {
            tally.to_root += 1;
            let number = name.strip_prefix('m').and_then(|number| number.parse::<usize>().ok());
            let wanted = number.is_some_and(|number| case.members[number].to == ROOT);
            prop_assert!(wanted, "{name} is moved to the root: {moves:#?}\n{}", case.document());
        }
    }
    Ok(())
}

#[test]
fn nothing_is_moved_to_the_root_unless_the_document_says_the_root_of_it() {
    let config = ProptestConfig {
        cases: 96,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let tally = std::cell::RefCell::new(Tally::default());
    let result = TestRunner::new(config).run(&cases(), |case| judge(&case, &mut tally.borrow_mut()));
    let tally = tally.into_inner();
    if let Err(wrong) = result {
        panic!("{wrong}");
    }
    // The law is about something: accounts are moved, to the root too where it is said, and units go.
    assert!(tally.complete > 40 && tally.moves > 60 && tally.to_root > 5 && tally.removed > 5, "{tally:?}");
}
