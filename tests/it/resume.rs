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
use super::rehearsal::rehearsed;

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
    consents: BTreeSet<String>,
}

impl Subject {
    fn new(yaml: &str, consents: &[&str]) -> Self {
        let graph = graph(yaml);
        let home = spec(yaml).organization.home_region.expect("a home Region");
        let setting = Setting::of(&graph, &home);
        let wanted = graph.resources.values().cloned().collect();
        Self { graph, setting, wanted, consents: consents.iter().map(|name| (*name).to_owned()).collect() }
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
    let second = make(&subject.graph, &subject.seen(&bench).await, &subject.consents);
    if !second.steps.is_empty() {
        return Err(format!("left: {:?}", second.steps.iter().map(|step| &step.id).collect::<Vec<_>>()));
    }
    let (expected, found) = (shape(whole), shape(&bench.simulator.world()));
    if expected == found { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}")) }
}

/// Breaks a run off everywhere and resumes it; gives how often, and what did not end well.
fn broken_off_everywhere(subject: &Subject, start: Option<&World>) -> (usize, Vec<String>) {
    let runtime = virtual_runtime().expect("a runtime");
    runtime.block_on(async {
        let bench = subject.bench(start.cloned()).await;
        let plan = make(&subject.graph, &subject.seen(&bench).await, &subject.consents);
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
                if let Err(problem) = resumed(subject, &plan, (journal, world), &whole).await {
                    let last = journal.lines().last().unwrap_or_default();
                    wrong.push(format!("moment {place}, cut {which}: {problem}\n  after {last}"));
                }
            }
        }
        (tried, wrong)
    })
}

#[test]
fn from_every_prefix_of_a_journal_a_resumed_run_reaches_the_same_organization_i6() {
    let (tried, wrong) = broken_off_everywhere(&Subject::new(&plan_text("minimal"), &[]), None);
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 50, "{tried}");
}

const ORGANIZATION: &str = "version: 1
organization: { home_region: us-east-1 }
policies:
  deny-leaving:
    type: service_control
    targets: [root]
    document: { Version: \"2012-10-17\", Statement: { Effect: Deny, Action: \"organizations:LeaveOrganization\", Resource: \"*\" } }
";

const WITH_AN_ALLOW_LIST: &str = "  only-compute:
    type: service_control
    targets: [New]
    document: { Version: \"2012-10-17\", Statement: { Effect: Allow, Action: [\"ec2:*\", \"sts:*\"], Resource: \"*\" } }
  FullAWSAccess: { type: service_control, aws_managed: true, detached_from: [New] }
organizational_units: { New: {} }
";

#[test]
fn what_aws_attaches_to_a_unit_that_the_run_has_made_does_not_stop_its_resumption_i6() {
    let first = rehearsed(ORGANIZATION);
    let document = format!("{ORGANIZATION}{WITH_AN_ALLOW_LIST}");
    let subject = Subject::new(&document, &["policy_detachment.FullAWSAccess"]);
    let (tried, wrong) = broken_off_everywhere(&subject, Some(&first.world));
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 8, "{tried}");
}

const DETECTING: &str = "version: 1
organization: { home_region: us-east-1 }
accounts: { audit: { email: audit@example.com } }
";

#[test]
fn what_an_appointment_switches_on_in_the_administrators_account_does_not_stop_a_resumption_i6() {
    let first = rehearsed(DETECTING);
    let offices = "security:\n  guardduty: { administrator: audit }\n  macie: { administrator: audit }\n";
    let subject = Subject::new(&format!("{DETECTING}{offices}"), &[]);
    let (tried, wrong) = broken_off_everywhere(&subject, Some(&first.world));
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 20, "{tried}");
}
