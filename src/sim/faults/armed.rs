//! The faults of a run: counted, struck, and what they have to remember.
//!
//! In: each request, before it is acted on, as it is acted on, and after. Out: a refusal, a loss, or another answer.
//! A strike counts as struck only when it changed what the client saw or what the world became.
//! Absent: HTTP and the log (`engine`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::latecomers::Late;
use super::views::{History, Shadow};
use super::{Encounter, Fault, FaultPlan, Loss, Strike, async_operations, pages, refusals};
use crate::sim::authorization;
use crate::sim::clock::later;
use crate::sim::error::AwsError;
use crate::sim::identity;
use crate::sim::request::Request;
use crate::sim::service::Handler;
use crate::sim::world::World;

/// What becomes of a request before it is acted on.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is acted on.
    Proceed,
    /// It is refused.
    Refused(AwsError),
    /// It is lost.
    Lost(Loss),
    /// It is answered without being acted on.
    Answered(Value),
}

/// A change by a test of this process.
pub(crate) type Change = Box<dyn FnOnce(&mut World) + Send>;

/// A change at one request.
struct Hook {
    operation: String,
    left: u64,
    act: Option<Change>,
}

#[derive(Debug, Default)]
struct Count {
    seen: u64,
    struck: u64,
}

/// A plan under way.
#[derive(Default)]
pub(crate) struct Armed {
    strikes: Vec<(Strike, Count)>,
    hooks: Vec<Hook>,
    /// Strikes in force for the request at hand, and the names of those that struck it.
    in_force: Vec<usize>,
    noted: Vec<&'static str>,
    expired_keys: BTreeSet<String>,
    history: History,
    shadow: Option<Shadow>,
    late: Vec<Late>,
    last_items: BTreeMap<String, Value>,
}

impl Armed {
    /// Arms a plan in the present world; what another plan left behind is forgotten.
    pub(crate) fn new(plan: FaultPlan, world: &World) -> Self {
        let mut armed = Self::default();
        for strike in plan.strikes {
            if let Fault::StaleRead { age, .. } = &strike.fault {
                armed.history.keep(Duration::from_secs((*age).into()), world);
            }
            armed.strikes.push((strike, Count::default()));
        }
        armed
    }

    /// Lets `act` happen just before the `call`-th matching request.
    pub(crate) fn hook(&mut self, operation: &str, call: u64, act: Change) {
        self.hooks.push(Hook { operation: operation.to_owned(), left: call.max(1), act: Some(act) });
    }

    /// How often each strike of the plan struck, in its order.
    pub(crate) fn struck(&self) -> Vec<u64> {
        self.strikes.iter().map(|(_, count)| count.struck).collect()
    }

    /// Whether nothing can strike.
    pub(crate) fn is_idle(&self) -> bool {
        self.strikes.is_empty() && self.hooks.is_empty()
    }

    /// Whether a fault made an access key useless.
    pub(crate) fn is_expired(&self, access_key: &str) -> bool {
        self.expired_keys.contains(access_key)
    }

    /// The world was changed from outside.
    pub(crate) fn changed(&mut self, world: &World) {
        self.history.record(world);
    }

    /// The names of the faults that struck the request at hand.
    pub(crate) fn noted(&mut self) -> Option<String> {
        let names = std::mem::take(&mut self.noted).join("+");
        (!names.is_empty()).then_some(names)
    }

    fn note(&mut self, index: usize) {
        if let Some((strike, count)) = self.strikes.get_mut(index) {
            count.struck += 1;
            self.noted.push(strike.fault.name());
        }
    }

    /// Counts a request and decides what becomes of it.
    pub(crate) fn before(&mut self, world: &mut World, met: &Encounter<'_>, now: Timestamp) -> Fate {
        self.in_force.clear();
        self.noted.clear();
        // What became due by itself since the last request drew its ids then: a version
        // that were let go on from before other draws would show ids that never were.
        self.history.record(world);
        self.run_hooks(world, met);
        for (index, (strike, count)) in self.strikes.iter_mut().enumerate() {
            if met.is_at(&strike.operation) && met.suits(&strike.fault, world) {
                count.seen += 1;
                let first = strike.call.max(1);
                if count.seen >= first && count.seen - first < u64::from(strike.fault.times()) {
                    self.in_force.push(index);
                }
            }
        }
        self.late.iter_mut().for_each(|late| late.look(world));
        for index in self.in_force.clone() {
            let Some(fault) = self.strikes.get(index).map(|(strike, _)| strike.fault.clone()) else {
                continue;
            };
            let fate = self.strike(index, &fault, world, met, now);
            if !matches!(fate, Fate::Proceed) {
                self.note(index);
                return fate;
            }
        }
        Fate::Proceed
    }

    fn run_hooks(&mut self, world: &mut World, met: &Encounter<'_>) {
        for hook in self.hooks.iter_mut().filter(|hook| met.is_at(&hook.operation)) {
            hook.left -= 1;
            if let Some(act) = hook.act.take_if(|_| hook.left == 0) {
                act(world);
                self.history.record(world);
                self.noted.push("actor");
            }
        }
        self.hooks.retain(|hook| hook.act.is_some());
    }

    fn strike(
        &mut self,
        index: usize,
        fault: &Fault,
        world: &mut World,
        met: &Encounter<'_>,
        now: Timestamp,
    ) -> Fate {
        match fault {
            Fault::ResetBefore { .. } => Fate::Lost(Loss::Reset),
            Fault::StopsAnswering { how: how @ (Loss::Reset | Loss::Timeout) } => Fate::Lost(*how),
            Fault::EmptyPage { .. } => pages::empty(met).map_or(Fate::Proceed, Fate::Answered),
            Fault::CredentialsExpire => self.expire(world, met, now),
            Fault::RoleNotAssumable { seconds } => not_assumable(world, met, *seconds, now),
            Fault::Actor { act } => {
                if act.carry_out(world, now) {
                    self.history.record(world);
                    self.note(index);
                }
                Fate::Proceed
            }
            Fault::Delayed { kind, seconds } => {
                if self.late.iter().all(|late| late.index != index) {
                    self.late.push(Late::new(index, *kind, *seconds, world));
                }
                Fate::Proceed
            }
            other => refusals::refusal(other, met).map_or(Fate::Proceed, Fate::Refused),
        }
    }

    fn expire(&mut self, world: &mut World, met: &Encounter<'_>, now: Timestamp) -> Fate {
        let Some(caller) = met.caller else { return Fate::Proceed };
        match world.keys.get_mut(&caller.access_key) {
            Some(key) => key.expires = Some(now),
            None => {
                self.expired_keys.insert(caller.access_key.clone());
            }
        }
        Fate::Refused(identity::expired(met.table().protocol))
    }

    /// Lets the service act, or answers from another view of the world.
    pub(crate) fn perform(
        &mut self,
        world: &mut World,
        handler: Handler,
        request: &Request,
        met: &Encounter<'_>,
    ) -> Result<Value, AwsError> {
        if self.is_idle() {
            return handler(world, request);
        }
        if met.write || request.service == "sts" {
            self.change(world, handler, request, met)
        } else {
            self.read(world, handler, request)
        }
    }

    fn change(
        &mut self,
        world: &mut World,
        handler: Handler,
        request: &Request,
        met: &Encounter<'_>,
    ) -> Result<Value, AwsError> {
        if let Some((index, error)) = self.too_early(world, handler, request) {
            self.note(index);
            return Err(error);
        }
        if !met.write {
            return handler(world, request);
        }
        let begins = self.of_force(|fault| match fault {
            Fault::Unobserved { until } => Some(until.clone()),
            _ => None,
        });
        match (&mut self.shadow, &begins) {
            (None, Some((index, until))) => self.shadow = Some(Shadow::new(*index, until, world)),
            (Some(shadow), _) => shadow.follow(world, handler, request),
            (None, None) => {}
        }
        let result = handler(world, request);
        let ends = begins.is_none() && self.shadow.as_ref().is_some_and(|shadow| met.is_at(&shadow.until));
        if ends && result.is_ok() {
            self.shadow = None;
        }
        self.late.iter_mut().for_each(|late| late.look(world));
        self.history.record(world);
        result
    }

    /// The error of a request that needs an object which cannot be found yet.
    fn too_early(&self, world: &World, handler: Handler, request: &Request) -> Option<(usize, AwsError)> {
        let (index, mut without) = self.without_latecomers(world, request.now)?;
        let error = handler(&mut without, request).err()?;
        let really = handler(&mut world.clone(), request).err();
        (really.as_ref() != Some(&error)).then_some((index, error))
    }

    fn without_latecomers(&self, world: &World, now: Timestamp) -> Option<(usize, World)> {
        let mut without = world.clone();
        let mut hiding = None;
        for late in &self.late {
            if late.hide(&mut without, now) {
                hiding = hiding.or(Some(late.index));
            }
        }
        hiding.map(|index| (index, without))
    }

    fn read(&mut self, world: &mut World, handler: Handler, request: &Request) -> Result<Value, AwsError> {
        let stale = self.of_force(|fault| match fault {
            Fault::StaleRead { age, .. } => Some(Duration::from_secs((*age).into())),
            _ => None,
        });
        let stale = stale.and_then(|(index, age)| Some((index, self.history.at(request.now, age)?)));
        let hidden = || self.shadow.as_ref().map(|shadow| (shadow.index, shadow.view(request.now)));
        let view = stale.or_else(hidden).or_else(|| self.without_latecomers(world, request.now));
        let real = handler(world, request);
        let Some((index, mut view)) = view else { return real };
        let request = Request { now: view.time.min(request.now), ..request.clone() };
        let seen = handler(&mut view, &request);
        if seen != real {
            self.note(index);
        }
        seen
    }

    /// The first strike in force for which `pick` finds something.
    fn of_force<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<(usize, T)> {
        self.in_force.iter().find_map(|index| {
            let (strike, _) = self.strikes.get(*index)?;
            pick(&strike.fault).map(|found| (*index, found))
        })
    }

    /// Changes the answer, or loses it.
    pub(crate) fn after(
        &mut self,
        world: &mut World,
        met: &Encounter<'_>,
        result: &mut Result<Value, AwsError>,
    ) -> Option<Loss> {
        let mut loss = None;
        for index in self.in_force.clone() {
            let Some(fault) = self.strikes.get(index).map(|(strike, _)| strike.fault.clone()) else {
                continue;
            };
            let struck = match &fault {
                Fault::LostAnswer => loss.replace(Loss::Reset).is_none(),
                Fault::Lost { how, .. } => loss.replace(*how).is_none(),
                _ => result.as_mut().is_ok_and(|answer| self.distort(&fault, world, met, answer)),
            };
            if struck {
                self.note(index);
            }
        }
        self.remember(met, result);
        if let Some(Loss::ServerError(status)) = loss {
            *result = Err(refusals::server_error(met, status));
            return None;
        }
        loss
    }

    fn distort(&self, fault: &Fault, world: &mut World, met: &Encounter<'_>, answer: &mut Value) -> bool {
        match fault {
            Fault::OperationFails { .. } | Fault::OperationHangs => {
                async_operations::spoil(fault, world, met, answer)
            }
            Fault::RepeatedItem { .. } => {
                let last = self.last_items.get(&met.name());
                let items = pages::items(met, answer);
                last.zip(items).map(|(last, items)| items.insert(0, last.clone())).is_some()
            }
            Fault::SkippedItem { .. } => {
                let items = pages::items(met, answer).filter(|items| !items.is_empty());
                items.map(|items| items.remove(0)).is_some()
            }
            _ => false,
        }
    }

    /// The last item of each listing, for the fault that shows it again.
    fn remember(&mut self, met: &Encounter<'_>, result: &mut Result<Value, AwsError>) {
        let needed =
            self.strikes.iter().any(|(strike, _)| matches!(strike.fault, Fault::RepeatedItem { .. }));
        let items = result.as_mut().ok().filter(|_| needed).and_then(|answer| pages::items(met, answer));
        if let Some(last) = items.and_then(|items| items.last()) {
            self.last_items.insert(met.name(), last.clone());
        }
    }
}

impl std::fmt::Debug for Armed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Armed").field("strikes", &self.strikes).finish_non_exhaustive()
    }
}

/// The answer to AssumeRole while the role is too young.
fn not_assumable(world: &World, met: &Encounter<'_>, seconds: u32, now: Timestamp) -> Fate {
    let arn = met.input.get("RoleArn").and_then(Value::as_str).unwrap_or_default();
    let (account, name) =
        (arn.split(':').nth(4).unwrap_or_default(), arn.rsplit('/').next().unwrap_or_default());
    let young = |created| later(created, Duration::from_secs(seconds.into())) > now;
    if world.iam.role(account, name).is_none_or(|role| !young(role.created)) {
        return Fate::Proceed;
    }
    let user = met.caller.map_or("", |caller| caller.arn.as_str());
    let words = format!("User: {user} is not authorized to perform: sts:AssumeRole on resource: {arn}");
    Fate::Refused(authorization::denied(met.table().protocol, words))
}

/// The request as the service is to see it: without the token of an empty first page, and with pages of at most
/// `most` items.
pub(crate) fn paged(met: &Encounter<'_>, input: Value, most: Option<u32>) -> Value {
    let input = pages::strip(met).unwrap_or(input);
    match most {
        Some(most) => pages::shortened(met, input, most),
        None => input,
    }
}
