//! Where a script is played: one simulated AWS, the program on this side of it, and what the last run left.
//!
//! In: commands. Out: what each showed. Absent: reading documents, and words for people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::command::{Ask, Command, Expectation, Moment};
use super::{ScriptError, Wanted};
use crate::apply::journal::{Journal, Run};
use crate::apply::outcome::Ending;
use crate::apply::{self, Outcome, Settings, preconditions};
use crate::cloud::task::{Performer as _, Task};
use crate::diff::promises::{Judgement, Known, asked, judge};
use crate::model::Resource;
use crate::observe::{self, Snapshot, recovery};
use crate::plan::{self, Plan};
use crate::rehearse::bench::Bench;
use crate::rehearse::error::RehearseError;
use crate::rehearse::memory::{Text, torn};
use crate::rehearse::saboteur::{Mischief, Place, Saboteur};
use crate::sim::caller::Asker;
use crate::sim::{FaultPlan, World};

/// What a line showed.
#[derive(Debug)]
pub enum Told {
    /// Nothing to see: it is so from now on.
    Noted,
    /// Somebody else's change: whether there was anything to change.
    Drifted(bool),
    /// A plan.
    Plan(Box<Plan>),
    /// A plan that may not be applied, and why.
    Refused(Box<Plan>, Vec<String>),
    /// A run that came to an end.
    Ended(Box<Outcome>),
    /// A run that died: how many steps had ended, and how many were in flight.
    Crashed {
        /// Steps that had ended.
        ended: usize,
        /// Steps whose call was announced and not answered, or that AWS works on.
        in_flight: usize,
    },
    /// What AWS answered: its body, or code and words of its refusal.
    Answered(Result<Value, (String, String)>),
    /// The organization as it is.
    Seen(Box<Snapshot>),
    /// How the promises of backups stand.
    Judged(Box<Judgement>),
}

/// What the last run left: its plan and its journal.
struct Left {
    plan: Plan,
    journal: Text,
}

pub(super) struct Stage {
    wanted: Wanted,
    consents: BTreeSet<String>,
    bench: Bench,
    crash: Option<(usize, Moment)>,
    left: Option<Left>,
    /// The call that a run was about to send when it died.
    unsent: Option<Task>,
    /// How the last run ended, in a script's words.
    ending: Option<&'static str>,
    /// What AWS answered to the last question.
    answer: Option<Result<Value, (String, String)>>,
    /// What AWS last granted; a refusal has nothing to go on with.
    granted: Option<Value>,
}

impl Stage {
    pub(super) async fn open(wanted: Wanted, world: Option<World>) -> Result<Self, RehearseError> {
        let bench = Bench::open(&wanted.setting, world).await?;
        let consents = BTreeSet::new();
        Ok(Self {
            wanted,
            consents,
            bench,
            crash: None,
            left: None,
            unsent: None,
            ending: None,
            answer: None,
            granted: None,
        })
    }

    pub(super) fn world(&self) -> World {
        self.bench.simulator.world()
    }

    /// From now on this is wanted.
    pub(super) fn want(&mut self, wanted: Wanted) -> Told {
        self.wanted = wanted;
        Told::Noted
    }

    pub(super) async fn carry_out(&mut self, line: usize, command: &Command) -> Result<Told, ScriptError> {
        let simulator = self.bench.simulator.clone();
        Ok(match command {
            // The player loads documents, since that reads files.
            Command::Document(_) => Told::Noted,
            Command::Consent(name) => {
                self.consents.insert(name.clone());
                Told::Noted
            }
            Command::Plan => Told::Plan(Box::new(self.plan().await?)),
            Command::Apply => self.apply().await?,
            Command::Resume => self.resume(line).await?,
            Command::Crash { call, moment } => {
                self.crash = Some((*call, *moment));
                Told::Noted
            }
            Command::Tear => self.tear(line)?,
            Command::Wake => self.wake(line).await?,
            Command::Fault(strike) => {
                simulator.arm(FaultPlan::new(vec![strike.clone()]));
                Told::Noted
            }
            Command::Heal => {
                simulator.arm(FaultPlan::default());
                simulator.change(World::end_hanging);
                Told::Noted
            }
            Command::Drift(act) | Command::Seed(act) => {
                let now = simulator.now();
                Told::Drifted(simulator.change(|world| act.carry_out(world, now)))
            }
            Command::Ask(ask) => self.ask(line, ask).await?,
            Command::Advance(by) => {
                tokio::time::sleep(*by).await;
                Told::Noted
            }
            Command::Show => {
                let wanted = self.resources();
                Told::Seen(Box::new(self.survey(&wanted).await?))
            }
            Command::Verify => Told::Judged(Box::new(self.verify().await?)),
            Command::Expect(expectation) => self.expect(line, expectation).await?,
        })
    }

    /// Somebody in an account asks AWS, past the program.
    async fn ask(&mut self, line: usize, ask: &Ask) -> Result<Told, ScriptError> {
        let impossible = |why: String| ScriptError::Impossible { line, why };
        let simulator = &self.bench.simulator;
        let account = simulator.account(&ask.account);
        let key = account.ok_or_else(|| impossible(format!("there is no account `{}`", ask.account)))?;
        let last = self.granted.as_ref();
        let mut input = Map::new();
        for (name, value) in &ask.input {
            let path = value.as_str().and_then(|text| text.strip_prefix('$'));
            let value = match path {
                None => spelled_out(value, &|name| simulator.account(name)),
                Some(path) => last
                    .and_then(|answer| at(answer, path))
                    .cloned()
                    .ok_or_else(|| impossible(format!("what AWS last granted holds no `{path}`")))?,
            };
            input.insert(name.clone(), value);
        }
        let region = ask.region.clone().unwrap_or_else(|| self.wanted.setting.home_region.to_string());
        let asker = Asker { key: &key, token: None, region: &region };
        let answer = simulator.ask(asker, &ask.service, &ask.operation, &Value::Object(input)).await;
        let answer = answer.ok_or_else(|| impossible("the answer was lost".to_owned()))?;
        let told = match answer.code() {
            None => Ok(answer.json()),
            Some(code) => Err((code, answer.words().unwrap_or_default())),
        };
        if let Ok(body) = &told {
            self.granted = Some(body.clone());
        }
        self.answer = Some(told.clone());
        Ok(Told::Answered(told))
    }

    fn resources(&self) -> Vec<Resource> {
        self.wanted.graph.resources.values().cloned().collect()
    }

    async fn survey(&self, wanted: &[Resource]) -> Result<Snapshot, RehearseError> {
        Ok(Box::pin(observe::survey(&self.bench.connection, wanted)).await?)
    }

    async fn plan(&self) -> Result<Plan, RehearseError> {
        let snapshot = self.survey(&self.resources()).await?;
        let consents = self.wanted.consents.union(&self.consents).cloned().collect();
        Ok(plan::make(&self.wanted.graph, &snapshot, &consents))
    }

    /// How the promises of backups stand now.
    async fn verify(&self) -> Result<Judgement, RehearseError> {
        // Sessions of a run are held to its plan, so this is a program of its own.
        let connection = Bench::connected(&self.wanted.setting, &self.bench.simulator).await?;
        let (promises, asked) = (&self.wanted.promises, asked(self.wanted.graph.resources.values()));
        let known = Known::of(&Box::pin(observe::survey(&connection, &asked)).await?);
        let evidence = Box::pin(recovery::read(&connection, &promises.questions(&known))).await;
        Ok(judge(promises, &evidence, &known, self.bench.simulator.now()))
    }

    async fn apply(&mut self) -> Result<Told, RehearseError> {
        self.restart().await?;
        let plan = self.plan().await?;
        let refusals = preconditions::of_itself(&plan);
        if !refusals.is_empty() {
            self.ending = Some("refused");
            return Ok(Told::Refused(Box::new(plan), refusals.iter().map(ToString::to_string).collect()));
        }
        self.run(Left { plan, journal: Text::default() }).await
    }

    async fn resume(&mut self, line: usize) -> Result<Told, ScriptError> {
        let Some(left) = self.left.take() else {
            return Err(ScriptError::Impossible { line, why: "there is no run to go on with".to_owned() });
        };
        self.restart().await?;
        let fresh = self.survey(&left.plan.resources).await?;
        let refusals = preconditions::refusals_on_resume(&left.plan, &fresh, &left.journal.ledger);
        if !refusals.is_empty() {
            self.ending = Some("refused");
            let why = refusals.iter().map(ToString::to_string).collect();
            return Ok(Told::Refused(Box::new(left.plan), why));
        }
        Ok(self.run(left).await?)
    }

    /// A program that starts anew knows nothing: new clients, lanes and sessions.
    async fn restart(&mut self) -> Result<(), RehearseError> {
        self.bench.connection = Bench::connected(&self.wanted.setting, &self.bench.simulator).await?;
        Ok(())
    }

    async fn run(&mut self, left: Left) -> Result<Told, RehearseError> {
        let simulator = &self.bench.simulator;
        let crash = self.crash.take();
        let effect = crash.is_some_and(|(_, moment)| moment == Moment::After);
        let mischief = crash.map(|(call, _)| (Place::Nth(call - 1), Mischief::Crash { effect }));
        let saboteur = Saboteur::new(
            self.bench.connection.clone(),
            simulator.clone(),
            mischief.into_iter().collect::<BTreeMap<_, _>>(),
        );
        let saboteur = Arc::new(saboteur);
        let run = Run::new(&left.plan.id, simulator.now());
        let mut journal = Journal::after(left.journal.ledger.clone(), Box::new(left.journal.sink.clone()));
        let (_, interrupts) = mpsc::channel(1);
        let (performer, settings) = (Arc::clone(&saboteur), Settings::default());
        let outcome = {
            let mut silent = |_, _: &_| {};
            let applied = apply::dispatch::run(
                &left.plan,
                performer,
                &mut journal,
                &run,
                settings,
                interrupts,
                &mut silent,
            );
            tokio::select! {
                biased;
                () = saboteur.crashed() => None,
                outcome = applied => Some(outcome?),
            }
        };
        let ledger = journal.ledger().clone();
        let ended = outcome.as_ref().map(|outcome| outcome.ending);
        let told = match outcome {
            Some(outcome) => {
                self.ending = Some(ending(outcome.ending));
                Told::Ended(Box::new(outcome))
            }
            None => {
                self.ending = Some("crashed");
                Told::Crashed {
                    ended: ledger.steps.values().filter(|step| step.state.ended()).count(),
                    in_flight: ledger.in_flight().count(),
                }
            }
        };
        if let (None, Some(begun)) = (&ended, saboteur.begun().last()) {
            self.unsent = (!effect).then(|| begun.task.clone());
        }
        let journal = Text { ledger, ..left.journal };
        self.left = (self.ending != Some("complete")).then_some(Left { plan: left.plan, journal });
        Ok(told)
    }

    fn tear(&mut self, line: usize) -> Result<Told, ScriptError> {
        let impossible = |why: String| ScriptError::Impossible { line, why };
        let Some(left) = &mut self.left else {
            return Err(impossible("there is no run whose journal could be torn".to_owned()));
        };
        left.journal = Text::of(torn(left.journal.sink.text().as_bytes())).map_err(impossible)?;
        Ok(Told::Noted)
    }

    /// The call arrives; whoever sent it hears nothing any more.
    async fn wake(&mut self, line: usize) -> Result<Told, ScriptError> {
        let Some(task) = self.unsent.take() else {
            let why = "no run died before a call, so none wakes".to_owned();
            return Err(ScriptError::Impossible { line, why });
        };
        let _ = self.bench.connection.begin(&task).await;
        Ok(Told::Noted)
    }

    async fn expect(&self, line: usize, expectation: &Expectation) -> Result<Told, ScriptError> {
        let (wanted, found) = match expectation {
            Expectation::Ending(word) => {
                let so = self.ending.unwrap_or("never begun");
                (format!("the last run to be {word}"), (so != word).then(|| format!("it is {so}")))
            }
            Expectation::Nothing => {
                let steps = self.plan().await?.steps.len();
                ("nothing to do".to_owned(), (steps > 0).then(|| format!("there are {steps} steps")))
            }
            Expectation::Steps(number) => {
                let steps = self.plan().await?.steps.len();
                (format!("{number} steps"), (steps != *number).then(|| format!("there are {steps}")))
            }
            Expectation::Answer(_) | Expectation::Error(_) => answered(self.answer.as_ref(), expectation),
            Expectation::Broken(number) => {
                let broken = self.verify().await?.broken();
                let found = (broken != *number).then(|| format!("{broken} are broken"));
                (format!("{number} broken promises of backups"), found)
            }
            Expectation::Refused => {
                let allowed = preconditions::of_itself(&self.plan().await?).is_empty();
                ("a plan that is refused".to_owned(), allowed.then(|| "it may be applied".to_owned()))
            }
        };
        match found {
            None => Ok(Told::Noted),
            Some(found) => Err(ScriptError::Unexpected { line, wanted, found }),
        }
    }
}

/// A text with the id of each account in the place of its name in braces; anything else as it is.
fn spelled_out(value: &Value, id: &dyn Fn(&str) -> Option<String>) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once('}').and_then(|(name, rest)| Some((id(name)?, rest)));
        match known {
            Some((id, rest)) => out.extend([id.as_str(), rest]),
            None => out.extend(["{", part]),
        }
    }
    Value::String(out)
}

/// What is at a path such as `detectorIds.0`.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    value.pointer(&format!("/{}", path.replace('.', "/")))
}

/// What is expected of an answer, and what was found instead.
fn answered(
    answer: Option<&Result<Value, (String, String)>>,
    expectation: &Expectation,
) -> (String, Option<String>) {
    let found = match answer {
        None => "nobody has asked anything".to_owned(),
        Some(Err((code, words))) => format!("AWS refuses: {code}: {words}"),
        Some(Ok(body)) => format!("AWS answers: {body}"),
    };
    let answer = answer.map(Result::as_ref);
    let (wanted, so) = match (expectation, answer) {
        (Expectation::Error(code), answer) => {
            (format!("the refusal {code}"), matches!(answer, Some(Err((other, _))) if other == code))
        }
        (Expectation::Answer(Some((path, value))), answer) => {
            let held = answer.and_then(Result::ok).and_then(|body| at(body, path));
            (format!("an answer with {path}={value}"), held == Some(value))
        }
        (_, answer) => ("an answer".to_owned(), matches!(answer, Some(Ok(_)))),
    };
    (wanted, (!so).then_some(found))
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "complete",
        Ending::Incomplete => "incomplete",
        Ending::Interrupted => "interrupted",
    }
}
