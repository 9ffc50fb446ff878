//! The run without faults, recorded: what every other run begins with and is held against.
//!
//! In: a target. Out: a [`Reference`]: its plan, each mutation with the world before
//! it, each append to the journal with the world at that moment, and the inventory
//! at the end. A run with a fault begins at a copy of such a world instead of at the
//! start. Absent: faults.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::inventory::Inventory;
use super::run::AFTERWARDS;
use super::site::{SHORT_PAGE, settings};
use super::target::{SweepError, Target};
use crate::apply;
use crate::apply::journal::{Entry, Journal, Ledger, Run, Sink, line, read};
use crate::apply::outcome::Ending;
use crate::observe;
use crate::plan::{self, Plan, StepId};
use crate::rehearse::bench::{Bench, Setting};
use crate::rehearse::error::RehearseError;
use crate::rehearse::saboteur::{Begun, Saboteur};
use crate::sim::{Simulator, World};

/// One append to the journal.
#[derive(Debug, Clone)]
pub(super) struct Append {
    /// How long the journal was after it, in bytes.
    pub(super) after: usize,
    /// The world at that moment.
    pub(super) world: World,
    /// What the journal says before it.
    pub(super) ledger: Ledger,
    /// Steps whose sending it announces.
    intents: Vec<StepId>,
}

/// The first sending of a step.
#[derive(Debug, Clone)]
pub(super) struct Mutation {
    /// The call, and the world just before it.
    pub(super) begun: Begun,
    /// The append that announced it.
    pub(super) append: usize,
}

/// The run without faults.
#[derive(Debug)]
pub(super) struct Reference {
    /// Its plan.
    pub(super) plan: Plan,
    /// The whole journal.
    pub(super) journal: String,
    /// Its appends.
    pub(super) appends: Vec<Append>,
    /// Its mutations, in the order of their sending.
    pub(super) mutations: Vec<Mutation>,
    /// Reads of one survey at the end, with short pages.
    pub(super) reads: usize,
    /// What there is at the end.
    pub(super) inventory: Inventory,
}

/// A journal in memory that keeps the world of each append.
#[derive(Clone)]
struct Witness(Arc<Mutex<Vec<(String, World)>>>, Simulator);

impl Sink for Witness {
    fn append(&mut self, lines: &str) -> io::Result<()> {
        let world = self.1.world();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((lines.to_owned(), world));
        Ok(())
    }
}

/// Records the run without faults.
///
/// # Errors
/// When it does not reach its end, or leaves something to do.
pub(super) async fn record(target: &Target) -> Result<Reference, SweepError> {
    let wrong = |problem: String| SweepError::Reference { name: target.name.clone(), problem };
    let bench = Bench::open(&target.setting, target.world.clone()).await.map_err(RehearseError::from)?;
    let survey = || Box::pin(observe::survey(&bench.connection, &target.wanted));
    let first = survey().await.map_err(RehearseError::from)?;
    let plan = plan::make(&target.graph, &first, &target.consents);
    if let Some(note) = plan.blockers().next() {
        return Err(wrong(format!("is refused: {}", note.message)));
    }
    let simulator = bench.simulator.clone();
    let witness = Witness(Arc::default(), simulator.clone());
    let mut journal = Journal::new(Box::new(witness.clone()));
    let run = Run::new(&plan.id, simulator.now());
    let saboteur = Arc::new(Saboteur::recording(bench.connection.clone(), simulator.clone()));
    let (_, interrupts) = mpsc::channel(1);
    let performer = Arc::clone(&saboteur);
    let outcome =
        apply::dispatch::run(&plan, performer, &mut journal, &run, settings(), interrupts, &mut |_, _| {})
            .await
            .map_err(RehearseError::from)?;
    if outcome.ending != Ending::Complete {
        return Err(wrong(format!("does not complete: {:?}", outcome.causes)));
    }
    let last = survey().await.map_err(RehearseError::from)?;
    let reads = reads(target, simulator.world()).await?;
    let second = plan::make(&target.graph, &last, &target.consents);
    if let Some(step) = second.steps.first() {
        return Err(wrong(format!("leaves {} steps, the first is {}", second.steps.len(), step.id)));
    }
    let (journal, appends) = appends(&witness).map_err(wrong)?;
    let mutations = mutations(&saboteur.begun(), &appends);
    // AWS goes on by itself for a while, and as long as in the runs that are held against this.
    tokio::time::sleep(AFTERWARDS).await;
    let inventory = Inventory::of(&simulator.world());
    Ok(Reference { plan, journal, appends, mutations, reads, inventory })
}

/// How many reads a survey of the end takes where the pages are short.
async fn reads(target: &Target, world: World) -> Result<usize, RehearseError> {
    let setting = Setting { page_size: Some(SHORT_PAGE), ..target.setting.clone() };
    let bench = Bench::open(&setting, Some(world)).await?;
    Box::pin(observe::survey(&bench.connection, &target.wanted)).await?;
    Ok(usize::try_from(bench.simulator.requests().reads).unwrap_or(usize::MAX))
}

/// The text of the journal, and each append with what was read before it.
fn appends(witness: &Witness) -> Result<(String, Vec<Append>), String> {
    let written = witness.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (mut text, mut ledger, mut found) = (String::new(), Ledger::default(), Vec::new());
    for (lines, world) in written {
        text.push_str(&lines);
        let former = ledger.clone();
        let mut intents = Vec::new();
        for line in lines.lines() {
            let record = line::decode(line).map_err(|error| error.to_string())?;
            ledger.admit(&record, line::digest(line)).map_err(|error| error.to_string())?;
            if let Entry::Intent { step, .. } = record.entry {
                intents.push(step);
            }
        }
        found.push(Append { after: text.len(), world, ledger: former, intents });
    }
    let whole = read(text.as_bytes()).map_err(|error| error.to_string())?;
    if whole.ledger == ledger {
        Ok((text, found))
    } else {
        Err("has a journal that reads otherwise".to_owned())
    }
}

fn mutations(begun: &[Begun], appends: &[Append]) -> Vec<Mutation> {
    let mut found: Vec<Mutation> = Vec::new();
    for call in begun {
        let known = found.iter().any(|known| known.begun.step == call.step);
        let append = appends.iter().position(|append| append.intents.contains(&call.step));
        if let (false, Some(append)) = (known, append) {
            found.push(Mutation { begun: call.clone(), append });
        }
    }
    found
}
