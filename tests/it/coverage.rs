//! Coverage against the NIST CSF 2.0, on simulated organizations.

use std::collections::BTreeMap;
use std::time::Duration;

use lzctl::catalog::capabilities::{self, Capability};
use lzctl::coverage::{Coverage, Estate, Mark, State, cover};
use lzctl::diff::compare_all;
use lzctl::graph::settled;
use lzctl::model::Resource;
use lzctl::observe::survey;
use lzctl::rehearse::{Bench, rehearse, virtual_runtime};
use lzctl::report::{Paint, coverage_text};
use lzctl::sim::{Settings, Simulator, World};
use serde_json::Value;

use super::documents::{graph, plan_text, spec};
use super::rehearsal::setting;

/// A document with two units and four accounts, and nothing that protects them.
const BARE: &str = "\
version: 1
organization: { home_region: us-east-1, governed_regions: [us-east-1, eu-west-1] }
organizational_units: { Workloads: {}, Workloads/Prod: {} }
accounts:
  app: { email: app@example.com, organizational_unit: Workloads }
  shop: { email: shop@example.com, organizational_unit: Workloads/Prod }
";

/// The coverage of a document in a world.
fn coverage(yaml: &str, world: Option<World>) -> Coverage {
    let graph = graph(yaml);
    let spec = spec(yaml);
    let regions = match spec.organization.governed_regions.as_slice() {
        [] => spec.organization.home_region.into_iter().collect(),
        governed => governed.to_vec(),
    };
    virtual_runtime().unwrap().block_on(async {
        let bench = Bench::open(&setting(yaml), world).await.unwrap();
        let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
        let snapshot = Box::pin(survey(&bench.connection, &wanted)).await.unwrap();
        let settled = settled(&graph, &snapshot.facts.controls);
        let changes = compare_all(&settled, &snapshot);
        let now = Estate::now(&settled, &snapshot, regions);
        cover(&now, Some(&Estate::after(&now, &settled, &changes)))
    })
}

/// The world after a document is applied, with the consents in it; and applied again when the time
/// has come for what could not be done before.
fn applied(yaml: &str) -> World {
    let apply = |world: Option<World>| {
        let consents = spec(yaml).consents;
        let done = rehearse(&graph(yaml), &setting(yaml), world, &consents, &mut |_, _, _| {}).unwrap();
        assert!(done.succeeded(), "{:#?}", done.outcome.map(|outcome| outcome.causes));
        done
    };
    let first = apply(None);
    if first.second_plan.notes.iter().all(|note| note.code != "deferred") {
        return first.world;
    }
    let settings = Settings { account: first.world.account.clone(), ..Settings::default() };
    let later = virtual_runtime().unwrap().block_on(async {
        let simulator = Simulator::from_world(first.world, settings);
        simulator.advance(Duration::from_secs(3 * 24 * 3600));
        simulator.world()
    });
    apply(Some(later)).world
}

/// How each capability stands after.
fn after(coverage: &Coverage) -> BTreeMap<&str, State> {
    coverage.capabilities.iter().map(|one| (one.id.as_str(), one.last().state)).collect()
}

fn now(coverage: &Coverage) -> BTreeMap<&str, State> {
    coverage.capabilities.iter().map(|one| (one.id.as_str(), one.now.state)).collect()
}

/// Lines put into a document as an operator would: key by key, lists joined.
fn merged(yaml: &str, lines: &str) -> String {
    let read =
        |text: &str| -> Value { serde_saphyr::from_str(text).unwrap_or_else(|e| panic!("{e}\n{text}")) };
    let mut whole = read(yaml);
    lay(&mut whole, read(lines));
    whole.to_string()
}

fn lay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(under), Value::Array(over)) => {
            for value in over {
                if !under.contains(&value) {
                    under.push(value);
                }
            }
        }
        (under, over) => *under = over,
    }
}

/// The accounts of the bare document in which a capability does not go as far as its lines
/// say they bring it.
fn short(row: &Capability, coverage: &Coverage) -> Vec<String> {
    let one = coverage.capabilities.iter().find(|one| one.id == row.id).unwrap();
    let best = Mark::from(row.brings);
    let groups = one.last().grid.groups.iter().filter(|group| group.marks.iter().any(|mark| *mark < best));
    let beyond = |account: &str| row.management.is_some() && account == "management";
    let ours = ["app", "shop", "management"];
    let accounts = groups.flat_map(|group| group.accounts.clone());
    accounts.filter(|name| ours.contains(&name.as_str()) && !beyond(name)).collect()
}

#[test]
fn the_closing_lines_of_each_gap_do_close_it() {
    let bare = coverage(BARE, None);
    let mut open = Vec::new();
    for row in capabilities::all().iter().filter(|row| row.configurable()) {
        let before = bare.capabilities.iter().find(|one| one.id == row.id).unwrap();
        assert_eq!(before.last().state, State::Gap, "{}", row.id);
        let gap = before.gap.as_ref().unwrap();
        let parts = gap.first.iter().map(|first| &first.lines).chain(&gap.lines);
        let whole = parts.fold(BARE.to_owned(), |whole, lines| merged(&whole, lines));
        let left = short(row, &coverage(&whole, None));
        if gap.lines.is_none() || !left.is_empty() {
            open.push(format!("{}: {left:?} with {:?} {:?}", row.id, gap.first, gap.lines));
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}

#[test]
fn what_an_apply_promised_is_what_there_is_then() {
    for name in ["detect", "ransomware-ready", "regulated"] {
        let yaml = plan_text(name);
        let fresh = coverage(&yaml, None);
        let done = coverage(&yaml, Some(applied(&yaml)));
        // What the document does not speak of was missing for certain before there was anything.
        let there = |states: BTreeMap<&str, State>| -> BTreeMap<String, State> {
            let there =
                states.into_iter().filter(|(_, state)| matches!(state, State::Covered | State::Partly));
            there.map(|(id, state)| (id.to_owned(), state)).collect()
        };
        assert_eq!(there(after(&fresh)), there(now(&done)), "{name}");
        assert_eq!(now(&done), after(&done), "{name}: nothing is left to do");
        assert!(now(&fresh).values().all(|state| *state == State::Gap), "{name}");
    }
}

#[test]
fn what_is_removed_covers_nobody_afterwards() {
    let on = BARE.replace(
        "us-east-1, eu-west-1] }",
        "us-east-1, eu-west-1], root_access: [credentials_management, sessions] }",
    );
    let world = applied(&on);
    let off = format!("{BARE}remove: [root_credentials_management, root_sessions]\n");
    let coverage = coverage(&off, Some(world));
    assert_eq!(
        (now(&coverage)["root-access"], after(&coverage)["root-access"]),
        (State::Covered, State::Gap)
    );
}

#[test]
fn an_excluded_region_and_the_accounts_without_it_are_seen_in_the_grid() {
    let yaml =
        plan_text("detect").replace("    features:", "    exclude_regions: [eu-west-1]\n    features:");
    let coverage = coverage(&yaml, None);
    let one = coverage.capabilities.iter().find(|one| one.id == "threat-detection").unwrap();
    assert_eq!(one.last().state, State::Partly);
    let regions: Vec<&str> = coverage.regions.iter().map(|region| region.as_str()).collect();
    assert_eq!(regions, ["us-east-1", "eu-west-1", "ap-northeast-1"]);
    assert_eq!(one.last().grid.groups.len(), 1);
    assert_eq!(one.last().grid.groups[0].marks, [Mark::Covered, Mark::Gap, Mark::Covered]);
    assert_eq!(one.last().grid.groups[0].accounts.len(), 4);
}

#[test]
fn the_framework_is_whole_and_the_recorded_coverage_is_what_the_program_says() {
    for name in ["detect", "ransomware-ready", "regulated"] {
        let coverage = coverage(&plan_text(name), None);
        let ids: Vec<&str> = coverage.functions.iter().map(|function| function.id.as_str()).collect();
        assert_eq!(ids, ["GV", "ID", "PR", "DE", "RS", "RC"]);
        assert_eq!(coverage.functions.iter().map(|function| function.categories.len()).sum::<usize>(), 22);
        let fresh = coverage_text::render(&coverage, Paint::PLAIN, false);
        let path = format!("{}/plans/{name}/coverage.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE_RECORDED").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let recorded = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(recorded, fresh, "{path}: run it with UPDATE_RECORDED=1 and read the difference");
    }
}
