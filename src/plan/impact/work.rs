//! What has to be done in member accounts: entering them, Control Tower's part, and the
//! plan's own steps.

use std::collections::BTreeMap;

use serde_json::Value;

use super::InForce;
use super::binding::{Binding, Layer};
use super::estate::{Estate, Seat};
use super::spared::Spared;
use crate::catalog::{baselines, member_work};
use crate::graph::ResourceGraph;
use crate::model::evaluation::{Ask, Fact};
use crate::model::reference::as_reference;
use crate::model::{Address, Kind};
use crate::observe::Snapshot;
use crate::plan::permissions::{self, Errand};
use crate::plan::step::{Step, StepId};
use crate::preflight::{self, Desk};

/// Services whose resources resource control policies bind, as far as this program or
/// Control Tower touches them (Organizations User Guide, orgs_manage_policies_rcps).
const RCP_SERVICES: [&str; 5] = ["kms", "s3", "secretsmanager", "sqs", "sts"];

/// What something is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// To enter the account and govern it at all.
    Access,
    /// For Control Tower to lay and keep its baseline.
    ControlTower,
    /// For one step of this plan.
    Own,
}

/// One request, and what kind of policy it is held against.
#[derive(Debug, Clone)]
pub struct Request {
    /// What kind of policy.
    pub layer: Layer,
    /// The request.
    pub ask: Ask,
}

/// Something to be done in one account.
#[derive(Debug, Clone)]
pub struct Task {
    /// Which of the estate's seats.
    pub seat: usize,
    /// The step that does it; none when only later plans would.
    pub step: Option<StepId>,
    /// What it is for.
    pub duty: Duty,
    /// The requests it takes, once for each role that could make them.
    pub ways: Vec<Vec<Request>>,
}

/// Who asks, and from where.
struct Scene<'s> {
    snapshot: &'s Snapshot,
    management: String,
    home: String,
    governed: Vec<String>,
    manifest: Option<&'s Value>,
}

/// Everything that must remain possible in the accounts of an estate.
#[must_use]
pub fn tasks(graph: &ResourceGraph, snapshot: &Snapshot, steps: &[Step], estate: &Estate) -> Vec<Task> {
    let mut all = Vec::new();
    seat_by_seat(graph, snapshot, steps, estate, None, &mut |tasks| all.extend(tasks));
    all
}

/// The same, account by account: those of ten thousand at once would fill the memory. Where the
/// policies are told, Control Tower's work is left out in accounts in which they let all of it
/// through.
pub(super) fn seat_by_seat(
    graph: &ResourceGraph,
    snapshot: &Snapshot,
    steps: &[Step],
    estate: &Estate,
    bindings: Option<&[Binding]>,
    take: &mut dyn FnMut(Vec<Task>),
) {
    let zone = graph.resources.get(&Address::only(Kind::LandingZone));
    let manifest = zone.and_then(|zone| zone.fields.get("manifest"));
    let regions = manifest.and_then(|manifest| manifest["governedRegions"].as_array());
    let home = snapshot.home_region.to_string();
    let scene = Scene {
        snapshot,
        management: snapshot.account.to_string(),
        governed: regions
            .map(|regions| regions.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_else(|| vec![home.clone()]),
        home,
        manifest,
    };
    let errands = permissions::errands(snapshot, steps);
    let mut by_account: BTreeMap<&str, Vec<&Errand>> = BTreeMap::new();
    for errand in &errands {
        by_account.entry(&errand.account).or_default().push(errand);
    }
    let order = Order::of(steps);
    let known = bindings.map(|bindings| (InForce::of(bindings), scene.spared(bindings)));
    for (index, seat) in estate.seats.iter().enumerate() {
        let own = by_account.get(seat.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let governed = zone.is_some().then(|| governing(graph, &order, seat, manifest)).flatten();
        let first = order.first(own, governed.as_ref());
        let mut tasks =
            vec![Task { seat: index, step: first, duty: Duty::Access, ways: scene.entering(seat) }];
        let unhindered = || {
            let spared =
                |(in_force, spared): &(InForce<'_>, Spared<'_>)| spared.is(seat, in_force, &estate.closed);
            !scene.serves(seat) && known.as_ref().is_some_and(spared)
        };
        if let Some(by) = governed.filter(|_| !unhindered()) {
            let ways = vec![scene.control_tower(seat)];
            tasks.push(Task { seat: index, step: by.step, duty: Duty::ControlTower, ways });
        }
        tasks.extend(own.iter().map(|errand| Task {
            seat: index,
            step: Some(errand.step.clone()),
            duty: Duty::Own,
            ways: scene.errand(seat, errand),
        }));
        take(tasks);
    }
}

/// Where steps stand in a plan.
struct Order<'s> {
    places: BTreeMap<&'s StepId, usize>,
    /// The first step of each baseline.
    baselines: BTreeMap<&'s Address, &'s StepId>,
    /// The first step of the landing zone.
    zone: Option<&'s StepId>,
}

impl<'s> Order<'s> {
    fn of(steps: &'s [Step]) -> Self {
        let mut baselines = BTreeMap::new();
        for step in steps.iter().filter(|step| step.address.kind == Kind::Baseline) {
            baselines.entry(&step.address).or_insert(&step.id);
        }
        let zone = steps.iter().find(|step| step.address.kind == Kind::LandingZone).map(|step| &step.id);
        let places = steps.iter().enumerate().map(|(at, step)| (&step.id, at)).collect();
        Self { places, baselines, zone }
    }

    fn earliest<'i>(&self, ids: impl Iterator<Item = &'i StepId>) -> Option<StepId> {
        let placed = ids.filter_map(|id| Some((self.places.get(id)?, id)));
        placed.min().map(|(_, id)| id.clone())
    }

    /// The earliest step that is carried out in an account.
    fn first(&self, own: &[&Errand], governed: Option<&Governing>) -> Option<StepId> {
        let of_control_tower = governed.and_then(|governed| governed.step.as_ref());
        self.earliest(own.iter().map(|errand| &errand.step).chain(of_control_tower))
    }
}

/// Control Tower's part in an account.
struct Governing {
    /// The first step by which it does it.
    step: Option<StepId>,
}

/// Whether Control Tower works in an account: it serves the landing zone, or its unit is
/// registered.
fn governing(
    graph: &ResourceGraph,
    order: &Order<'_>,
    seat: &Seat,
    manifest: Option<&Value>,
) -> Option<Governing> {
    const SERVING: [&str; 3] =
        ["/centralizedLogging/accountId", "/config/accountId", "/securityRoles/accountId"];
    let serves = SERVING.iter().any(|place| named(manifest, place, seat));
    let unit = seat.after.iter().rev().nth(1).and_then(|unit| unit.parse::<Address>().ok());
    let on_unit: Vec<Address> = unit
        .iter()
        .flat_map(|unit| {
            let words = baselines::all().iter().map(|row| &row.word);
            words.map(|word| Address::new(Kind::Baseline, format!("{}:{word}", unit.name)))
        })
        .filter(|address| graph.resources.contains_key(address))
        .collect();
    if !serves && on_unit.is_empty() {
        return None;
    }
    let on_unit = on_unit.iter().filter_map(|address| order.baselines.get(address));
    let zone = order.zone.iter().filter(|_| serves);
    Some(Governing { step: order.earliest(on_unit.chain(zone).copied()) })
}

/// Whether a place in the manifest names an account.
fn named(manifest: Option<&Value>, place: &str, seat: &Seat) -> bool {
    let value = manifest.and_then(|manifest| manifest.pointer(place));
    value.is_some_and(|value| match as_reference(value) {
        Some(reference) => reference.address == Address::new(Kind::Account, seat.name.as_str()),
        None => value.as_str().is_some_and(|id| Some(id) == seat.id.as_deref()),
    })
}

impl Scene<'_> {
    /// Entering an account by each role that may be in it. To AWS a caller from the
    /// management account is exempt from service control policies when it assumes a role
    /// in a member (orgs_manage_policies_scps); they are asked all the same, as the role
    /// itself: who may not even do this as that role is held out of the account as soon
    /// as anybody but the management account comes, and is as good as dead in it.
    fn entering(&self, seat: &Seat) -> Vec<Vec<Request>> {
        let enter = |role: String| {
            let caller = self.caller();
            let mut from_outside = self.ask(&caller, "sts:AssumeRole", &role, &self.home);
            from_outside.learn("aws:PrincipalAccount", &self.management);
            vec![
                Request { layer: Layer::Scp, ask: self.ask(&role, "sts:AssumeRole", &role, &self.home) },
                Request { layer: Layer::Rcp, ask: from_outside },
            ]
        };
        self.roles(seat).into_iter().map(enter).collect()
    }

    /// What Control Tower does in an account, as its role.
    fn control_tower(&self, seat: &Seat) -> Vec<Request> {
        let serves = |place: &str| named(self.manifest, place, seat);
        let asks = preflight::in_member(&self.desk(), &id(seat), &serves);
        asks.into_iter().flat_map(|ask| self.held(ask)).collect()
    }

    /// What policies do to that work, as far as it is the same in every account.
    fn spared<'b>(&self, bindings: &'b [Binding]) -> Spared<'b> {
        // What is not known is written so.
        const UNKNOWN: &str = "*";
        let anywhere = [UNKNOWN.to_owned()];
        let work = |governed: &[String]| -> Vec<Request> {
            let asks = preflight::in_member(&Desk { governed, ..self.desk() }, UNKNOWN, &|_| false);
            asks.into_iter().flat_map(|ask| self.held(ask)).collect()
        };
        Spared::by(bindings, &work(&anywhere), &work(&self.governed))
    }

    /// Whether Control Tower does more in an account than in others.
    fn serves(&self, seat: &Seat) -> bool {
        let mut places = member_work::table().work.iter().filter_map(|row| row.only.as_deref());
        places.any(|place| named(self.manifest, place, seat))
    }

    /// What one step of the plan does in an account, by each role that may be in it.
    fn errand(&self, seat: &Seat, errand: &Errand) -> Vec<Vec<Request>> {
        let by = |role: String| {
            let mut requests = Vec::new();
            for need in &errand.needs {
                for resource in &need.resources {
                    let region = resource.split(':').nth(3).filter(|region| !region.is_empty());
                    let mut ask = self.ask(&role, &need.action, resource, region.unwrap_or(&self.home));
                    for (key, values) in &need.known {
                        let values = values.iter().cloned().collect();
                        ask.facts.insert(key.to_ascii_lowercase(), Fact::Known(values));
                    }
                    requests.extend(self.held(ask));
                }
            }
            requests
        };
        self.roles(seat).into_iter().map(by).collect()
    }

    /// A request inside an account, held against both kinds of policies where both apply.
    fn held(&self, ask: Ask) -> Vec<Request> {
        let service = ask.action.split(':').next().unwrap_or_default();
        let mut requests = Vec::new();
        if RCP_SERVICES.contains(&service) {
            requests.push(Request { layer: Layer::Rcp, ask: ask.clone() });
        }
        requests.push(Request { layer: Layer::Scp, ask });
        requests
    }

    fn ask(&self, principal: &str, action: &str, resource: &str, region: &str) -> Ask {
        self.desk().ask(principal, action, resource, region)
    }

    fn desk(&self) -> Desk<'_> {
        let organization = self.snapshot.organization.as_ref();
        Desk {
            partition: self.snapshot.partition.as_str(),
            organization: organization.map_or("<id of the organization>", |id| id.as_str()),
            governed: &self.governed,
        }
    }

    /// The roles that may be in an account, the document's first.
    fn roles(&self, seat: &Seat) -> Vec<String> {
        let names = permissions::roles(seat.role.as_deref());
        names.iter().map(|name| self.role(seat, name)).collect()
    }

    fn role(&self, seat: &Seat, name: &str) -> String {
        format!("arn:{}:iam::{}:role/{name}", self.snapshot.partition.as_str(), id(seat))
    }

    /// The caller as conditions see it: the role behind a session, whose path the
    /// session does not tell.
    fn caller(&self) -> String {
        let caller = self.snapshot.caller.as_str();
        let Some((_, session)) = caller.split_once(":assumed-role/") else {
            return caller.to_owned();
        };
        let role = session.split('/').next().unwrap_or_default();
        format!("arn:{}:iam::{}:role/*{role}", self.snapshot.partition.as_str(), self.management)
    }
}

/// The id of an account. One that AWS has yet to assign stands in no policy, so a text
/// that equals none takes its place.
fn id(seat: &Seat) -> String {
    seat.id.clone().unwrap_or_else(|| format!("<id of {}>", seat.name))
}
