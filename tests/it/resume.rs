//! I6 against the simulated AWS: from every prefix of a run's journal, and with
//! the last answers lost or not, a resumed run reaches the same organization.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex};

use lzctl::apply::journal::{Journal, MemorySink, Run, Sink, read};
use lzctl::apply::outcome::Ending;
use lzctl::apply::{self, Outcome, Settings, refusals_on_resume};
use lzctl::graph::ResourceGraph;
use lzctl::model::Resource;
use lzctl::observe::{Snapshot, survey};
use lzctl::plan::{Plan, make};
use lzctl::rehearse::{Bench, Setting, virtual_runtime};
use lzctl::sim::{Simulator, World};
use tokio::sync::mpsc;

use super::documents::{graph, plan_text, spec};

/// A journal in memory that keeps the world as it was before each append.
struct Witness {
    lines: MemorySink,
    simulator: Simulator,
    moments: Arc<Mutex<Vec<Moment>>>,
}

/// The journal and the world right after an append, before anything it announces.
struct Moment {
    journal: String,
    world: World,
}

impl Sink for Witness {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        self.lines.append(lines)?;
        let moment = Moment { journal: self.lines.text(), world: self.simulator.world() };
        self.moments.lock().unwrap().push(moment);
        Ok(())
    }
}

struct Subject {
    graph: ResourceGraph,
    setting: Setting,
    wanted: Vec<Resource>,
}

impl Subject {
    fn new(name: &str) -> Self {
        let yaml = plan_text(name);
        let graph = graph(&yaml);
        let home = spec(&yaml).organization.home_region.expect("a home Region");
        let setting = Setting::of(&graph, &home);
        let wanted = graph.resources.values().cloned().collect();
        Self { graph, setting, wanted }
    }

    async fn bench(&self, world: Option<World>) -> Bench {
        Bench::open(&self.setting, world).await.expect("a bench")
    }

    async fn seen(&self, bench: &Bench) -> Snapshot {
        Box::pin(survey(&bench.connection, &self.wanted)).await.expect("a snapshot")
    }
}

async fn carry_out(bench: &Bench, plan: &Plan, journal: &mut Journal) -> Outcome {
    let run = Run::new(&plan.id, bench.simulator.now());
    let (_, nobody) = mpsc::channel(1);
    let performer = Arc::new(bench.connection.clone());
    apply::run(plan, performer, journal, &run, Settings::default(), nobody, &mut |_, _| {})
        .await
        .expect("an outcome")
}

/// What must be the same at the end, whatever identifiers AWS has drawn.
fn shape(world: &World) -> (BTreeMap<String, usize>, usize, usize) {
    let value = serde_json::to_value(world).expect("a world");
    let organizations = value["organizations"]["organizations"].as_object().expect("organizations");
    let organization = organizations.values().next().expect("an organization");
    let mut emails: BTreeMap<String, usize> = BTreeMap::new();
    for account in organization["accounts"].as_object().expect("accounts").values() {
        *emails.entry(account["email"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let units = organization["units"].as_object().map_or(0, serde_json::Map::len);
    (emails, units, organizations.len())
}

/// Resumes from a prefix in a world; says what came of it when it is not all well.
async fn resumed(
    subject: &Subject,
    plan: &Plan,
    moment: (&str, &World),
    whole: &World,
) -> Result<(), String> {
    let (journal, world) = moment;
    let bench = subject.bench(Some(world.clone())).await;
    let ledger = read(journal.as_bytes()).expect("a journal").ledger;
    let fresh = subject.seen(&bench).await;
    let refusals = refusals_on_resume(plan, &fresh, &ledger);
    if !refusals.is_empty() {
        return Err(format!("refused: {refusals:?}"));
    }
    let mut journal = Journal::after(ledger, Box::new(MemorySink::default()));
    let outcome = carry_out(&bench, plan, &mut journal).await;
    if outcome.ending != Ending::Complete {
        return Err(format!("{:?}: {:?}", outcome.ending, outcome.causes));
    }
    let second = make(&subject.graph, &subject.seen(&bench).await, &BTreeSet::new());
    if !second.steps.is_empty() {
        return Err(format!("left: {:?}", second.steps.iter().map(|step| &step.id).collect::<Vec<_>>()));
    }
    let (expected, found) = (shape(whole), shape(&bench.simulator.world()));
    if expected == found { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}")) }
}

#[test]
fn from_every_prefix_of_a_journal_a_resumed_run_reaches_the_same_organization_i6() {
    let subject = Subject::new("minimal");
    let runtime = virtual_runtime().expect("a runtime");
    runtime.block_on(async {
        let bench = subject.bench(None).await;
        let plan = make(&subject.graph, &subject.seen(&bench).await, &BTreeSet::new());
        let moments = Arc::new(Mutex::new(Vec::new()));
        let simulator = bench.simulator.clone();
        let witness = Witness { lines: MemorySink::default(), simulator, moments: Arc::clone(&moments) };
        let outcome = carry_out(&bench, &plan, &mut Journal::new(Box::new(witness))).await;
        assert_eq!(outcome.ending, Ending::Complete);
        let whole = bench.simulator.world();
        let moments = std::mem::take(&mut *moments.lock().unwrap());
        let mut wrong = Vec::new();
        let mut tried = 0;
        for (place, pair) in moments.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            // Cut off before the calls were sent, and after they took effect with
            // every answer lost; then each line that the next append could tear off.
            let mut cuts =
                vec![(before.journal.clone(), &before.world), (before.journal.clone(), &after.world)];
            let batch = after.journal.get(before.journal.len()..).unwrap_or_default();
            let mut torn = before.journal.clone();
            for line in batch.split_inclusive('\n').rev().skip(1).collect::<Vec<_>>().into_iter().rev() {
                torn.push_str(line);
                cuts.push((torn.clone(), &after.world));
            }
            for (which, (journal, world)) in cuts.iter().enumerate() {
                tried += 1;
                if let Err(problem) = resumed(&subject, &plan, (journal, world), &whole).await {
                    let last = journal.lines().last().unwrap_or_default();
                    wrong.push(format!("moment {place}, cut {which}: {problem}\n  after {last}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 50, "{tried}");
    });
}
