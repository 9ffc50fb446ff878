//! One request from first byte to last: recognise, identify, admit, let the service act, answer, log.
//!
//! In: an HTTP request. Out: an HTTP response, or a lost answer. Absent: where requests come from (`connector`,
//! `server`) and what a service does (`services`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::authorization::Guard;
use super::clock::Clock;
use super::error::AwsError;
use super::faults::{self, Armed, Encounter, Fate, Loss};
use super::identity::{self, Credential};
use super::ids::Ids;
use super::log::{self, Entry};
use super::request::{Caller, Request};
use super::services;
use super::settings::Settings;
use super::shapes::Protocol;
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
    pub(crate) faults: Armed,
    pub(crate) guard: Guard,
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
    Lost(Loss),
}

impl Engine {
    pub(crate) fn new(world: World, settings: Settings) -> Self {
        let guard = Guard::new(settings.caller_policy.as_ref());
        Self::with_guard(world, settings, guard)
    }

    fn with_guard(world: World, settings: Settings, guard: Guard) -> Self {
        let run = Run {
            clock: Clock::new(world.time, settings.speed),
            world,
            log: Vec::new(),
            faults: Armed::default(),
            guard,
            authorizer: None,
            request_ids: Ids::new(settings.seed ^ 0x5eed),
        };
        Self { settings, state: Mutex::new(run) }
    }

    /// Another engine that goes on from the present world, with an empty log and no faults.
    pub(crate) fn fork(&self) -> Self {
        let mut run = self.run();
        let now = run.clock.now();
        run.world.settle(now);
        let fork = Self::with_guard(run.world.clone(), self.settings.clone(), run.guard.fresh());
        fork.run().authorizer.clone_from(&run.authorizer);
        fork
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
        if matches!(outcome, Outcome::Lost(Loss::Timeout)) {
            let wait = self.run().clock.real(GIVES_UP);
            travel(wait).await;
        }
        outcome
    }

    fn act(&self, http: &HttpRequest) -> Outcome {
        let mut run = self.run();
        let run = &mut *run;
        let now = run.clock.now();
        run.world.settle(now);
        let request_id = run.request_ids.uuid();
        let credential = wire::route::credential(http);
        let call = match wire::route::recognise(http, credential.as_ref()) {
            Ok(call) => call,
            Err((table, error)) => {
                return Outcome::Answer(wire::failure(table, &error, &request_id, http));
            }
        };
        let credential = credential.unwrap_or_default();
        let caller = self.identify(run, http, &credential, &call);
        let input = wire::input(&call, http);
        let write = log::is_write(&call.table.service, &call.name);
        let met = Encounter {
            call: &call,
            write,
            caller: caller.as_ref().ok(),
            input: input.as_ref().unwrap_or(&Value::Null),
        };
        let mut entry = Entry {
            time: now,
            account: caller.as_ref().map_or_else(|_| String::new(), |caller| caller.account.clone()),
            principal: caller.as_ref().map_or_else(|_| String::new(), |caller| caller.arn.clone()),
            region: self.region(http, &credential),
            service: call.table.service.clone(),
            operation: call.name.clone(),
            write,
            error: None,
            target: input.as_ref().map_or_else(|_| String::new(), log::target),
            fault: None,
        };
        let mut loss = None;
        let mut result = match run.faults.before(&mut run.world, &met, now) {
            Fate::Refused(error) => Err(error),
            Fate::Answered(answer) => Ok(answer),
            Fate::Lost(how) => {
                loss = Some(how);
                Ok(Value::Null)
            }
            Fate::Proceed => self.perform(run, &met, caller.clone(), input.clone(), &entry.region),
        };
        if loss.is_none() {
            loss = run.faults.after(&mut run.world, &met, &mut result);
        }
        entry.error = log::refusal(met.input, &result);
        entry.fault = run.faults.noted();
        run.log.push(entry);
        if let Some(how) = loss {
            return Outcome::Lost(how);
        }
        Outcome::Answer(match result {
            Ok(answer) => wire::success(&call, &answer, &request_id),
            Err(error) => wire::failure(Some(call.table), &error, &request_id, http),
        })
    }

    /// Where a request is answered: what it is signed for, else what its host tells.
    fn region(&self, http: &HttpRequest, credential: &Credential) -> String {
        if !credential.region.is_empty() {
            return credential.region.clone();
        }
        if credential.access_key.is_empty() {
            return wire::route::region_of_host(http).unwrap_or_default();
        }
        self.settings.region.clone()
    }

    fn perform(
        &self,
        run: &mut Run,
        met: &Encounter<'_>,
        caller: Result<Caller, AwsError>,
        input: Result<Value, AwsError>,
        region: &str,
    ) -> Result<Value, AwsError> {
        let (caller, call) = (caller?, met.call);
        let now = run.world.time;
        if self.settings.throttles {
            throttle::admit(&mut run.world.buckets, call.table, &call.name, &caller.account, now)?;
        }
        let input = faults::paged(met, input?, self.settings.page_size);
        let protocol = call.table.protocol;
        let service =
            services::named(&call.table.service).ok_or_else(|| wire::route::unknown_operation(protocol))?;
        let handler = service.handler(&call.name).ok_or_else(|| wire::route::unknown_operation(protocol))?;
        let request = Request {
            service: service.name,
            operation: call.name.clone(),
            input,
            caller,
            region: region.to_owned(),
            now,
        };
        run.guard.check(&run.world, &self.settings, &request, protocol)?;
        if let Some(authorizer) = run.authorizer.clone() {
            authorizer(&run.world, &request)?;
        }
        let result = run.faults.perform(&mut run.world, handler, &request, met);
        if met.write {
            services::cloudtrail::note(&mut run.world, &request, result.as_ref().err());
        }
        if let Err(error) = &result {
            let known = call.operation.errors.contains(&error.code) || wire::is_common(&error.code);
            debug_assert!(known, "{}:{} does not declare {}", service.name, call.name, error.code);
        }
        result
    }

    fn identify(
        &self,
        run: &Run,
        http: &HttpRequest,
        credential: &Credential,
        call: &Call,
    ) -> Result<Caller, AwsError> {
        let (protocol, world) = (call.table.protocol, &run.world);
        if run.faults.is_expired(&credential.access_key) {
            return Err(identity::expired(protocol));
        }
        if credential.access_key.is_empty() {
            if call.operation.unsigned {
                return Ok(Caller {
                    account: String::new(),
                    arn: String::new(),
                    user_id: String::new(),
                    access_key: String::new(),
                });
            }
            let garbled = wire::route::is_garbled(http);
            return Err(if garbled { signature::incomplete(protocol) } else { unsigned(protocol) });
        }
        if credential.service != call.table.signing_name {
            let words =
                format!("Credential should be scoped to correct service: '{}'. ", call.table.signing_name);
            return Err(signature::mismatch(protocol, &words));
        }
        let caller = identity::caller(world, &self.settings, credential, protocol)?;
        if self.settings.verify_signatures {
            let secret = identity::secret(world, &self.settings, &credential.access_key)
                .ok_or_else(|| identity::unknown_key(protocol))?;
            signature::verify(http, credential, secret, protocol, &[Timestamp::now(), world.time])?;
        }
        Ok(caller)
    }
}

/// How long a client waits, in virtual time, for an answer that a fault holds back.
const GIVES_UP: Duration = Duration::from_secs(60);

/// The shortest wait that tokio's timer, which counts milliseconds, keeps anywhere near.
const SHORTEST_WAIT: Duration = Duration::from_micros(500);

/// At a high speed a trip is shorter than the timer can tell; then only others get their turn.
async fn travel(half: Duration) {
    if half >= SHORTEST_WAIT {
        tokio::time::sleep(half).await;
    } else {
        tokio::task::yield_now().await;
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::faults::{Fault, FaultPlan, Strike};
    use super::super::testing::{ask, ask_as, done, organization, quiet, refused, send};
    use super::super::{Key, Settings, Simulator};

    const ORG: &str = "organizations";

    fn strike(operation: &str, call: u64, fault: Fault) -> Strike {
        Strike { operation: format!("organizations:{operation}"), call, fault }
    }

    #[tokio::test(start_paused = true)]
    async fn a_fault_before_the_effect_leaves_none_and_a_lost_answer_leaves_it() {
        let (sim, root) = organization(quiet()).await;
        let before =
            Fault::Before { code: "ServiceException".to_owned(), message: "again, please".to_owned() };
        sim.set_faults(FaultPlan::new(vec![
            strike("CreateOrganizationalUnit", 1, before),
            strike("CreateOrganizationalUnit", 2, Fault::LostAnswer),
        ]));
        let unit = json!({"ParentId": root, "Name": "A"});
        assert_eq!(refused(&sim, ORG, "CreateOrganizationalUnit", unit.clone()).await, "ServiceException");
        assert_eq!(
            done(&sim, ORG, "ListOrganizationalUnitsForParent", json!({"ParentId": root})).await["OrganizationalUnits"],
            json!([])
        );
        let request = http::Request::post("/")
            .header("x-amz-target", "AWSOrganizationsV20161128.CreateOrganizationalUnit")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/organizations/aws4_request, SignedHeaders=host, Signature=0")
            .body(unit.to_string().into())
            .expect("a request");
        assert_eq!(send(&sim, request).await, None);
        assert_eq!(
            refused(&sim, ORG, "CreateOrganizationalUnit", unit).await,
            "DuplicateOrganizationalUnitException"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn every_request_is_counted_with_what_became_of_it() {
        let (sim, root) = organization(Settings { throttles: true, ..quiet() }).await;
        for _ in 0..3 {
            ask(&sim, ORG, "CreateOrganizationalUnit", json!({"ParentId": root, "Name": "A"})).await;
        }
        let counts = sim.requests();
        assert_eq!(counts.operations["organizations:CreateOrganizationalUnit"], 3);
        assert_eq!((counts.reads, counts.writes, counts.throttled), (0, 4, 1));
        let log = sim.log();
        let errors: Vec<Option<&str>> = log.iter().skip(1).map(|entry| entry.error.as_deref()).collect();
        assert_eq!(
            errors,
            [None, Some("DuplicateOrganizationalUnitException"), Some("TooManyRequestsException")]
        );
        assert!(log[1].write && log[1].target.contains(&root) && log[1].account == "111122223333");
        sim.reset();
        assert!(sim.log().is_empty());
        assert_eq!(
            refused(&sim, ORG, "DescribeOrganization", json!({})).await,
            "AWSOrganizationsNotInUseException"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_issued_key_is_its_account_until_it_expires_and_needs_its_token() {
        let (sim, _) = organization(quiet()).await;
        let end = sim.now() + std::time::Duration::from_secs(900);
        let key = Key {
            secret: "s".to_owned(),
            token: Some("t".to_owned()),
            account: "444455556666".to_owned(),
            arn: "arn:aws:sts::444455556666:assumed-role/R/s".to_owned(),
            user_id: "AROA:s".to_owned(),
            expires: Some(end),
        };
        sim.change(|world| world.keys.insert("ASIAX".to_owned(), key));
        let describe = async |token: Option<&str>| {
            ask_as(&sim, "ASIAX", token, ORG, "DescribeOrganization", json!({})).await.code()
        };
        assert_eq!(describe(Some("t")).await.as_deref(), Some("AWSOrganizationsNotInUseException"));
        assert_eq!(describe(None).await.as_deref(), Some("UnrecognizedClientException"));
        sim.advance(std::time::Duration::from_secs(900));
        assert_eq!(describe(Some("t")).await.as_deref(), Some("ExpiredTokenException"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_unsigned_unknown_or_ill_typed_is_refused_as_aws_does() {
        let sim = Simulator::new(quiet());
        let bare = http::Request::post("/")
            .header("x-amz-target", "AWSOrganizationsV20161128.ListRoots")
            .body("{}".into())
            .expect("a request");
        let answer = send(&sim, bare).await.expect("an answer");
        assert_eq!(
            (answer.status, answer.code().as_deref()),
            (400, Some("MissingAuthenticationTokenException"))
        );
        let odd = http::Request::post("/")
            .header("x-amz-target", "AWSOrganizationsV20161128.Nonsense")
            .body("{}".into())
            .expect("a request");
        let garbled = http::Request::post("/")
            .header("x-amz-target", "AWSOrganizationsV20161128.ListRoots")
            .header("authorization", "Bearer x")
            .body("{}".into())
            .expect("a request");
        let answer = send(&sim, garbled).await.expect("an answer");
        assert_eq!(answer.code().as_deref(), Some("IncompleteSignatureException"));
        let elsewhere = http::Request::post("/")
            .header("x-amz-target", "AWSOrganizationsV20161128.ListRoots")
            .header("authorization", "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0")
            .body("{}".into())
            .expect("a request");
        let answer = send(&sim, elsewhere).await.expect("an answer");
        assert_eq!(answer.code().as_deref(), Some("InvalidSignatureException"));
        assert_eq!(
            send(&sim, odd).await.expect("an answer").code().as_deref(),
            Some("UnknownOperationException")
        );
        assert_eq!(
            refused(&sim, ORG, "DescribeAccount", json!({"AccountId": 12})).await,
            "SerializationException"
        );
        assert_eq!(
            refused(
                &sim,
                ORG,
                "InviteOrganizationToTransferResponsibility",
                json!({"Type": "BILLING", "Target": {"Type": "ACCOUNT", "Id": "222233334444"}, "StartTimestamp": 1, "SourceName": "a"})
            )
            .await,
            "UnknownOperationException"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_trip_takes_its_latency_in_virtual_time() {
        let sim = Simulator::new(Settings { latency: std::time::Duration::from_millis(80), ..quiet() });
        let start = sim.now();
        ask(&sim, ORG, "ListRoots", json!({})).await;
        assert_eq!(sim.now().duration_since(start).as_millis(), 80);
    }

    #[tokio::test(start_paused = true)]
    async fn an_authorizer_is_asked_before_the_service() {
        let (sim, _) = organization(quiet()).await;
        sim.set_authorizer(std::sync::Arc::new(|_, request| {
            if request.operation == "ListRoots" {
                Err(super::AwsError::new("AccessDeniedException", "no"))
            } else {
                Ok(())
            }
        }));
        assert_eq!(refused(&sim, ORG, "ListRoots", json!({})).await, "AccessDeniedException");
        done(&sim, ORG, "ListAccounts", json!({})).await;
    }

    #[tokio::test(start_paused = true)]
    async fn with_signatures_checked_an_unknown_key_is_refused() {
        let strict = Settings {
            verify_signatures: true,
            credentials: [("AKIAADMINISTRATOR000".to_owned(), "s".to_owned())].into(),
            ..quiet()
        };
        let sim = Simulator::new(strict);
        let stranger = ask_as(&sim, "AKIASTRANGER", None, ORG, "ListRoots", json!({})).await;
        assert_eq!(stranger.code().as_deref(), Some("UnrecognizedClientException"));
        let unsigned = refused(&sim, ORG, "ListRoots", json!({})).await;
        assert_eq!(unsigned, "IncompleteSignatureException", "a known key still has to sign");
    }
}
