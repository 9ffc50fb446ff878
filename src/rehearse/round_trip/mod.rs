//! Census, export, plan: a document of what is there finds nothing to do.
//!
//! In: worlds of the plans, and worlds that grew by acts which nobody planned. Out: that the plan
//! is empty, that the document says all that it has words for, and that nothing was changed.

mod acts;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Bench, Setting, rehearse, virtual_runtime};
use crate::export::{DOCUMENT, Exported, document};
use crate::graph;
use crate::model::Resource;
use crate::model::region::Region;
use crate::observe::census::{self, Census, Gap, Part};
use crate::observe::survey;
use crate::plan::{self, Plan};
use crate::sim::{Simulator, World};
use crate::spec::{Input, Spec, parse_with};
use acts::Act;
use stage::Stage;

/// What came of one round.
struct Round {
    census: Census,
    exported: Exported,
    spec: Spec,
    plan: Plan,
}

/// The document of what a simulator holds, and the plan of it.
async fn round(simulator: &Simulator, home: &Region) -> Round {
    let setting = setting(home);
    let connection = Bench::connected(&setting, simulator).await.expect("a connection");
    let census = Box::pin(census::take(&connection, &[])).await.expect("a census");
    // What is written is read again, as a command does that works from a file.
    let text = serde_json::to_string(&census).expect("JSON");
    let census: Census = serde_json::from_str(&text).expect("the same census");
    // Contacts are for those who trust Account Management, and some accounts nobody can enter.
    let trusted = census.organization.as_ref().and_then(|one| one.trusted_access.as_ref());
    let closed = !trusted.is_some_and(|trusted| trusted.contains_key("account.amazonaws.com"));
    let allowed =
        |gap: &Gap| (closed && gap.part == Part::Contacts) || gap.error.operation == "sts:AssumeRole";
    let unread: Vec<&Gap> = census.gaps.iter().filter(|gap| !allowed(gap)).collect();
    assert_eq!(unread, Vec::<&Gap>::new(), "what could not be read");
    let exported = document(&census).expect("a document");
    let spec = read(&exported);
    let graph = graph::expand(&spec, Some(home)).expect("a graph");
    let wanted: Vec<Resource> = graph.resources.values().cloned().collect();
    let snapshot = Box::pin(survey(&connection, &wanted)).await.expect("a snapshot");
    assert_eq!(connection.counts().writes, 0, "reading changed something");
    let plan = plan::make(&graph, &snapshot, &BTreeSet::new());
    Round { census, exported, spec, plan }
}

fn setting(home: &Region) -> Setting {
    Setting {
        home_region: home.clone(),
        management_account: None,
        access_role: None,
        caller_policy: None,
        page_size: None,
        accounts: 100,
        sign_in: None,
    }
}

fn read(exported: &Exported) -> Spec {
    let text = exported.files[DOCUMENT].clone();
    let mut beside = |path: &str| match exported.files.get(path) {
        Some(text) => Input::new(path, text.clone()),
        None => Input::unreadable(path, "there is no such file"),
    };
    match parse_with(vec![Input::new(DOCUMENT, text.clone())], &mut beside) {
        Ok(loaded) => loaded.spec,
        Err(wrong) => panic!("{wrong}\n{text}"),
    }
}

impl Round {
    /// Why the plan is not empty, with the document.
    fn trouble(&self) -> Option<String> {
        let steps: Vec<String> = self
            .plan
            .steps
            .iter()
            .map(|step| format!("{}: {:?} {:?}", step.id.0, step.reasons, step.changes))
            .collect();
        let blockers: Vec<String> = self.plan.blockers().map(|note| format!("{note:?}")).collect();
        let all = [steps, blockers, self.exported.refused.clone()].concat();
        (!all.is_empty()).then(|| format!("{}\n{}", all.join("\n"), self.exported.files[DOCUMENT]))
    }

    /// What the document should have and has not.
    fn lacking(&self) -> Vec<String> {
        let mut lacking = Vec::new();
        if self.spec.units.len() != self.census.units.len() {
            lacking.push(format!("{} of {} units", self.spec.units.len(), self.census.units.len()));
        }
        let members =
            self.census.accounts.iter().filter(|one| !one.is_closed() && !self.census.is_management(&one.id));
        let members = members.count();
        if self.spec.accounts.len() != members {
            lacking.push(format!("{} of {members} accounts", self.spec.accounts.len()));
        }
        let ours = self.census.policies.values().flatten().filter(|policy| policy.is_ours()).count();
        let said = self.spec.policies.values().filter(|policy| !policy.aws_managed).count();
        if said != ours {
            lacking.push(format!("{said} of {ours} policies"));
        }
        lacking
    }
}

/// A plan's document with the world that it leads to.
struct Planned {
    name: String,
    home: Region,
    world: World,
}

fn plans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plans")
}

/// The world after a plan was applied.
fn planned(folder: &Path) -> Planned {
    let input = |name: &str| Input::new(name, std::fs::read(folder.join(name)).expect("a file"));
    let loaded = parse_with(vec![input(DOCUMENT)], &mut |path| input(path)).expect("a valid document");
    let graph = graph::expand(&loaded.spec, None).expect("a graph");
    let home = loaded.spec.organization.home_region.clone().expect("a home Region");
    let world = folder.join("world.json");
    let world = world.exists().then(|| super::seed::load(&world).expect("a world"));
    let setting = Setting { access_role: loaded.spec.organization.access_role, ..Setting::of(&graph, &home) };
    let done =
        rehearse(&graph, &setting, world, &loaded.spec.consents, &mut |_, _, _| {}).expect("a rehearsal");
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    Planned { name, home, world: done.world }
}

/// Worlds of the plans, made once.
static PLANNED: LazyLock<Vec<Planned>> = LazyLock::new(|| {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(plans())
        .expect("the plans")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join(DOCUMENT).is_file())
        .collect();
    folders.sort();
    folders.iter().map(|folder| planned(folder)).collect()
});

#[test]
fn the_document_of_every_plans_world_says_all_of_it_and_finds_nothing_to_do() {
    let runtime = virtual_runtime().expect("a runtime");
    for planned in PLANNED.iter() {
        let settings =
            crate::sim::Settings { account: planned.world.account.clone(), ..stage::settings(&planned.home) };
        let round = runtime.block_on(async {
            let simulator = Simulator::from_world(planned.world.clone(), settings);
            round(&simulator, &planned.home).await
        });
        assert_eq!(round.trouble(), None, "{}", planned.name);
        assert_eq!(round.lacking(), Vec::<String>::new(), "{}", planned.name);
        assert_eq!(round.exported.left_alone, BTreeMap::new(), "{}", planned.name);
        let unread = "could not be read: alternate contacts";
        let remarks = round.exported.remarks.iter().filter(|remark| !remark.starts_with(unread));
        assert_eq!(remarks.collect::<Vec<_>>(), Vec::<&String>::new(), "{}", planned.name);
    }
}

/// A world that grew: from nothing, or from that of a plan.
fn grown(base: usize, acts: &[Act]) -> Round {
    let planned = base.checked_sub(1).map(|at| &PLANNED[at % PLANNED.len()]);
    let runtime = virtual_runtime().expect("a runtime");
    runtime.block_on(async {
        let mut stage = match planned {
            Some(planned) => Stage::from(&planned.world, &planned.home),
            None => Stage::new().await,
        };
        for act in acts {
            stage.perform(act).await;
        }
        let home = stage.home.parse().expect("a Region");
        round(&stage.simulator, &home).await
    })
}

fn acts() -> impl Strategy<Value = (usize, Vec<Act>)> {
    // As many begin with nothing as with all plans together.
    let base = prop_oneof![Just(0_usize), 1..=PLANNED.len()];
    (base, prop::collection::vec(Act::any(), 5..60))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_document_of_a_world_that_grew_by_itself_finds_nothing_to_do((base, acts) in acts()) {
        let round = grown(base, &acts);
        if let Some(trouble) = round.trouble() {
            return Err(TestCaseError::fail(trouble));
        }
        prop_assert_eq!(round.lacking(), Vec::<String>::new());
    }
}

#[test]
#[ignore = "for people"]
fn troubles_of_many_worlds() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};
    let many: usize = std::env::var("WORLDS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let mut runner = TestRunner::new(Config::default());
    let mut told: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut sums: BTreeMap<String, usize> = BTreeMap::new();
    let start = std::time::Instant::now();
    for _ in 0..many {
        let (base, acts) = acts().new_tree(&mut runner).unwrap().current();
        let outcome = std::panic::catch_unwind(|| grown(base, &acts));
        let trouble = match outcome {
            Ok(round)
                if {
                    count(&mut sums, &round);
                    false
                } =>
            {
                None
            }
            Ok(round) => {
                round.trouble().or_else(|| (!round.lacking().is_empty()).then(|| round.lacking().join(",")))
            }
            Err(panic) => Some(format!("panic {:?}", panic.downcast_ref::<String>())),
        };
        if let Some(trouble) = trouble {
            let first: String = trouble.lines().next().unwrap_or_default().chars().take(160).collect();
            let key: String = first.chars().filter(|c| !c.is_ascii_digit()).collect();
            told.entry(key).or_insert((0, format!("base {base}\n{trouble}"))).0 += 1;
        }
    }
    eprintln!("SUMS {sums:?}");
    eprintln!("TOOK {:?} for {many}", start.elapsed());
    for (key, (count, trouble)) in told {
        eprintln!("=== {count} x {key}\n{trouble}\n");
    }
}

fn count(sums: &mut BTreeMap<String, usize>, round: &Round) {
    let mut add = |what: &str, n: usize| *sums.entry(what.to_owned()).or_default() += n;
    let c = &round.census;
    add("units", c.units.len());
    add("accounts", c.accounts.len());
    add("closed", c.accounts.iter().filter(|a| a.is_closed()).count());
    add("inactive", c.accounts.iter().filter(|a| !a.is_active()).count());
    add("policies", c.policies.values().flatten().filter(|p| p.is_ours()).count());
    add(
        "attached",
        c.policies
            .values()
            .flatten()
            .filter(|p| p.is_ours())
            .map(|p| p.targets.as_ref().map_or(0, |t| t.len()))
            .sum(),
    );
    add("services", c.administrators.services.len());
    add("guardduty", c.security.guardduty.len());
    add("sets", c.identity_center.iter().flat_map(|i| i.permission_sets.iter().flatten()).count());
    add("groups", c.identity_center.iter().flat_map(|i| i.groups.iter().flatten()).count());
    add("assignments", c.identity_center.iter().flat_map(|i| i.assignments.iter().flatten()).count());
    add(
        "user assignments",
        c.identity_center
            .iter()
            .flat_map(|i| i.assignments.iter().flatten())
            .filter(|a| matches!(a.who, crate::observe::census::identity_center::Who::User(_)))
            .count(),
    );
    add("controls", c.control_tower.iter().flat_map(|t| t.controls.iter().flatten()).count());
    add("baselines", c.control_tower.iter().flat_map(|t| t.baselines.iter().flatten()).count());
    add("contacts", c.accounts.iter().filter(|a| a.contacts.as_ref().is_some_and(|c| !c.is_empty())).count());
    add("own policy", usize::from(c.organization.as_ref().is_some_and(|o| o.resource_policy.is_some())));
    add("left alone", round.exported.left_alone.len());
    for (address, why) in &round.exported.left_alone {
        let kind = address.split('.').next().unwrap_or_default();
        let why: String = why
            .split_whitespace()
            .take(4)
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .collect();
        *sums.entry(format!("left {kind}: {why}")).or_default() += 1;
    }
    for remark in &round.exported.remarks {
        let words: String = remark
            .split_whitespace()
            .take(3)
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .collect();
        *sums.entry(format!("remark {words}")).or_default() += 1;
    }
    let excluded = round.exported.files[DOCUMENT].contains("exclude_regions");
    *sums.entry("guardduty excluded".into()).or_default() += usize::from(excluded);
    *sums.entry("guardduty section".into()).or_default() += usize::from(round.spec.security.is_some());
    *sums.entry("named beside".into()).or_default() +=
        round.exported.files[DOCUMENT].matches("\n    name: ").count();
}
