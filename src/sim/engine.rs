//! One request from first byte to last: recognise, identify, admit, let the service act, answer, log.
//!
//! In: an HTTP request. Out: an HTTP response, or a lost answer. Absent: where requests come from (`connector`,
//! `server`) and what a service does (`services`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::clock::Clock;
use super::error::AwsError;
use super::faults::{Fault, FaultPlan};
use super::identity::{self, Credential};
use super::ids::Ids;
use super::log::{self, Entry};
use super::request::{Caller, Request};
use super::services;
use super::settings::Settings;
use super::shapes::{Protocol, Table};
use super::signature;
use super::throttle;
use super::wire::{self, Call, HttpRequest, HttpResponse};
use super::world::World;

/// Decides whether a caller may do what a request asks; the default allows everything.
pub type Authorizer = Arc<dyn Fn(&World, &Request) -> Result<(), AwsError> + Send + Sync>;

/// The parts of a running simulator.
pub(crate) struct Engine {
    pub(crate) settings: Settings,
    state: Mutex<Run>,
}

/// What changes while the simulator runs.
pub(crate) struct Run {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) log: Vec<Entry>,
    pub(crate) faults: FaultPlan,
    pub(crate) authorizer: Option<Authorizer>,
    request_ids: Ids,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What the client gets.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// An answer.
    Answer(HttpResponse),
    /// The connection breaks; the effect may have happened.
    Lost,
}

impl Engine {
    pub(crate) fn new(world: World, settings: Settings) -> Self {
        let run = Run {
            clock: Clock::new(world.time, settings.speed),
            world,
            log: Vec::new(),
            faults: FaultPlan::default(),
            authorizer: None,
            request_ids: Ids::new(settings.seed ^ 0x5eed),
        };
        Self { settings, state: Mutex::new(run) }
    }

    /// The run, also after a panic elsewhere: a half-made change is better seen than hidden.
    pub(crate) fn run(&self) -> MutexGuard<'_, Run> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Handles one request, with half of the round trip before and half after it.
    pub(crate) async fn handle(&self, request: HttpRequest) -> Outcome {
        let half = self.run().clock.real(self.settings.latency) / 2;
        travel(half).await;
        let outcome = self.act(&request);
        travel(half).await;
        outcome
    }

    fn act(&self, request: &HttpRequest) -> Outcome {
        let mut run = self.run();
        let now = run.clock.now();
        run.world.settle(now);
        let request_id = run.request_ids.uuid();
        let credential = wire::route::credential(request);
        let call = match wire::route::recognise(request, credential.as_ref()) {
            Ok(call) => call,
            Err((table, error)) => {
                return Outcome::Answer(wire::failure(table, &error, &request_id));
            }
        };
        let credential = credential.unwrap_or_default();
        let mut entry = Entry {
            time: now,
            account: String::new(),
            principal: String::new(),
            region: self.region(&credential),
            service: call.table.service.clone(),
            operation: call.name.clone(),
            write: log::is_write(&call.table.service, &call.name),
            error: None,
            target: String::new(),
        };
        let fault = run.faults.strike(&call.table.service, &call.name);
        let result = match &fault {
            Some(Fault::Before { code, message }) => Err(injected(call.table, code, message)),
            _ => self.perform(&mut run, request, &credential, &call, &mut entry),
        };
        entry.error = result.as_ref().err().map(|error| error.code.clone());
        run.log.push(entry);
        if fault == Some(Fault::LostAnswer) {
            return Outcome::Lost;
        }
        Outcome::Answer(match result {
            Ok(answer) => wire::success(&call, &answer, &request_id),
            Err(error) => wire::failure(Some(call.table), &error, &request_id),
        })
    }

    fn region(&self, credential: &Credential) -> String {
        if credential.region.is_empty() { self.settings.region.clone() } else { credential.region.clone() }
    }

    fn perform(
        &self,
        run: &mut Run,
        http: &HttpRequest,
        credential: &Credential,
        call: &Call,
        entry: &mut Entry,
    ) -> Result<Value, AwsError> {
        let caller = self.identify(&run.world, http, credential, call)?;
        entry.account.clone_from(&caller.account);
        entry.principal.clone_from(&caller.arn);
        let now = run.world.time;
        if self.settings.throttles {
            throttle::admit(&mut run.world.buckets, call.table, &call.name, &caller.account, now)?;
        }
        let input = wire::input(call, http)?;
        entry.target = log::target(&input);
        let protocol = call.table.protocol;
        let service =
            services::named(&call.table.service).ok_or_else(|| wire::route::unknown_operation(protocol))?;
        let handler = service.handler(&call.name).ok_or_else(|| wire::route::unknown_operation(protocol))?;
        let request = Request {
            service: service.name,
            operation: call.name.clone(),
            input,
            caller,
            region: entry.region.clone(),
            now,
        };
        if let Some(authorizer) = run.authorizer.clone() {
            authorizer(&run.world, &request)?;
        }
        handler(&mut run.world, &request)
    }

    fn identify(
        &self,
        world: &World,
        http: &HttpRequest,
        credential: &Credential,
        call: &Call,
    ) -> Result<Caller, AwsError> {
        let protocol = call.table.protocol;
        if credential.access_key.is_empty() {
            if call.operation.unsigned {
                return Ok(Caller {
                    account: String::new(),
                    arn: String::new(),
                    user_id: String::new(),
                    access_key: String::new(),
                });
            }
            return Err(unsigned(protocol));
        }
        let caller = identity::caller(world, &self.settings, credential, protocol)?;
        if self.settings.verify_signatures {
            let secret = identity::secret(world, &self.settings, &credential.access_key)
                .ok_or_else(|| identity::unknown_key(protocol))?;
            signature::verify(http, credential, secret, protocol, wall_clock())?;
        }
        Ok(caller)
    }
}

async fn travel(half: Duration) {
    if !half.is_zero() {
        tokio::time::sleep(half).await;
    }
}

/// Clients sign with the time of the machine, whatever the virtual time is.
fn wall_clock() -> Option<Timestamp> {
    Some(Timestamp::now())
}

fn unsigned(protocol: Protocol) -> AwsError {
    match protocol {
        Protocol::Query => {
            AwsError::new("MissingAuthenticationToken", "Request is missing Authentication Token").status(403)
        }
        Protocol::Json => {
            AwsError::new("MissingAuthenticationTokenException", "Missing Authentication Token").status(400)
        }
        Protocol::RestJson => {
            AwsError::new("MissingAuthenticationTokenException", "Missing Authentication Token").status(403)
        }
    }
}

/// A fault's error keeps the status of the shape table; one that no table knows is a failure of the server.
fn injected(table: &Table, code: &str, message: &str) -> AwsError {
    let error = AwsError::new(code, message);
    let known = table.errors.contains_key(code) || log::THROTTLE_CODES.contains(&code);
    if known { error } else { error.status(500) }
}
