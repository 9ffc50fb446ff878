//! What rules and conformance packs of an organization have in common: they reach its accounts one by one, in time.
//!
//! In: a deployment that an administrator puts or deletes; accounts that join; time. Out: how far it is in each account. An
//! account without a recorder fails with `NoAvailableConfigurationRecorderException`, as
//! <https://github.com/superwerker/superwerker/issues/291> shows; in an account that joins later that is tried again for
//! seven hours (<https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html>).
//! UNSOURCED: how long an account takes, and that the management account is reached like any other, which is what public
//! modules exclude it for. Absent: what the rules find.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sim::clock::{epoch, later};
use crate::sim::error::AwsError;
use crate::sim::request::Request;
use crate::sim::services::iam::queries;
use crate::sim::services::organizations::AccountState;
use crate::sim::world::World;

use super::authority::{self, DEPLOYMENT};
use super::refusal::refuse;
use super::state::{Deployed, Deployment, Reach, Stage, Verb, status};
use super::{PAGES, mark, tags};

const TAKES: Duration = Duration::from_mins(2);
const AGAIN: Duration = Duration::from_mins(10);
const PATIENCE: Duration = Duration::from_hours(7);
/// UNSOURCED: the error of an account without a recorder, as the detailed status gives it.
const NO_RECORDER: &str = "NoAvailableConfigurationRecorderException";

/// Rules or packs: where they are kept, and what their members are called.
pub(super) struct Family {
    pub(super) of: fn(&Deployed) -> &std::collections::BTreeMap<String, Deployment>,
    pub(super) of_mut: fn(&mut Deployed) -> &mut std::collections::BTreeMap<String, Deployment>,
    /// The member that names one.
    pub(super) name: &'static str,
    /// The member that names several.
    pub(super) names: &'static str,
    /// The ARN's kind.
    pub(super) kind: &'static str,
    /// The code of one that is not there.
    pub(super) unknown: &'static str,
    /// The code of one too many, and how many there may be.
    pub(super) limit: (&'static str, usize),
    /// The members of listing, statuses and detailed status.
    pub(super) listing: &'static str,
    pub(super) statuses: &'static str,
    pub(super) details: &'static str,
    /// The member of a status.
    pub(super) status: &'static str,
    /// In the detailed status: the member that names what was deployed, and the one of its status.
    pub(super) detail: (&'static str, &'static str),
}

fn busy() -> AwsError {
    refuse("ResourceInUse", "A creation, update or deletion is in progress. Try your request again later.")
}

fn unknown(family: &Family) -> AwsError {
    refuse(family.unknown, "The organization rule or conformance pack does not exist.")
}

/// Every active account of an organization that is not excluded.
fn accounts(world: &World, holder: &str, excluded: &BTreeSet<String>) -> Vec<String> {
    let organization = world.organizations.of(holder);
    let all = organization.into_iter().flat_map(|organization| &organization.accounts);
    let active = all.filter(|(_, member)| member.state == AccountState::Active);
    active.map(|(account, _)| account.clone()).filter(|account| !excluded.contains(account)).collect()
}

/// Puts a deployment with what its reader answers, and sends it on its way.
pub(super) fn put(
    world: &mut World,
    request: &Request,
    family: &Family,
    body: Map<String, Value>,
) -> Result<String, AwsError> {
    authority::organization(world, request, DEPLOYMENT)?;
    let (holder, region, now) = (&request.caller.account, &request.region, request.now);
    let name = request.required(family.name);
    let place = world.config.deployed(holder, region);
    let known = place.and_then(|place| (family.of)(place).get(name)).cloned();
    if known.as_ref().is_some_and(|known| known.standing().1 == Stage::InProgress) {
        return Err(busy());
    }
    let many = place.map_or(0, |place| (family.of)(place).len());
    if known.is_none() && many >= family.limit.1 {
        return Err(refuse(family.limit.0, "The limit of organization resources is reached."));
    }
    authority::trust(world, holder, DEPLOYMENT, now);
    queries::ensure_service_linked_role(world, holder, DEPLOYMENT, now);
    let excluded: BTreeSet<String> =
        request.list("ExcludedAccounts").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut deployment = match known {
        Some(known) => known,
        None => Deployment {
            arn: format!(
                "arn:aws:config:{region}:{holder}:{}/{name}-{}",
                family.kind,
                mark(&[holder, region, family.kind, name], 8)
            ),
            body: Map::new(),
            excluded: BTreeSet::new(),
            updated: now,
            reach: std::collections::BTreeMap::new(),
            tags: tags::given(request),
        },
    };
    (deployment.body, deployment.excluded, deployment.updated) = (body, excluded, now);
    let wanted = accounts(world, holder, &deployment.excluded);
    let due = world.end_of(now, TAKES);
    let begin = |verb| Reach { verb, stage: Stage::InProgress, due, patience: due, changed: now };
    for account in &wanted {
        let there = deployment
            .reach
            .get(account)
            .is_some_and(|reach| reach.verb == Verb::Update || reach.stage == Stage::Successful);
        let verb = if there { Verb::Update } else { Verb::Create };
        deployment.reach.insert(account.clone(), begin(verb));
    }
    for (account, reach) in &mut deployment.reach {
        if !wanted.contains(account) {
            *reach = begin(Verb::Delete);
        }
    }
    let arn = deployment.arn.clone();
    (family.of_mut)(world.config.deployed_mut(holder, region)).insert(name.to_owned(), deployment);
    Ok(arn)
}

pub(super) fn delete(world: &mut World, request: &Request, family: &Family) -> Result<Value, AwsError> {
    authority::organization(world, request, DEPLOYMENT)?;
    let due = world.end_of(request.now, TAKES);
    let place = world.config.deployed_mut(&request.caller.account, &request.region);
    let found = (family.of_mut)(place).get_mut(request.required(family.name));
    let deployment = found.ok_or_else(|| unknown(family))?;
    if deployment.standing().1 == Stage::InProgress {
        return Err(busy());
    }
    deployment.updated = request.now;
    for reach in deployment.reach.values_mut() {
        *reach =
            Reach { verb: Verb::Delete, stage: Stage::InProgress, due, patience: due, changed: request.now };
    }
    if deployment.reach.is_empty() {
        (family.of_mut)(place).remove(request.required(family.name));
    }
    Ok(json!({}))
}

/// The caller's own deployments that a reader asks for; nobody sees those of another account, as the model says.
fn chosen<'w>(
    world: &'w World,
    request: &Request,
    family: &Family,
) -> Result<Vec<(&'w String, &'w Deployment)>, AwsError> {
    authority::organization(world, request, DEPLOYMENT)?;
    let place = world.config.deployed(&request.caller.account, &request.region);
    let all: Vec<(&String, &Deployment)> = place.into_iter().flat_map(|place| (family.of)(place)).collect();
    let names: Vec<&str> = request.list(family.names).iter().filter_map(Value::as_str).collect();
    if names.iter().any(|name| !all.iter().any(|(known, _)| known == name)) {
        return Err(unknown(family));
    }
    Ok(all.into_iter().filter(|(name, _)| names.is_empty() || names.contains(&name.as_str())).collect())
}

pub(super) fn describe(world: &mut World, request: &Request, family: &Family) -> Result<Value, AwsError> {
    let found = chosen(world, request, family)?;
    PAGES.page(request, family.listing, found, |(name, deployment)| {
        let mut view = deployment.body.clone();
        view.insert(family.name.to_owned(), json!(name));
        view.insert(family.name.replace("Name", "Arn"), json!(deployment.arn));
        view.insert("ExcludedAccounts".into(), json!(deployment.excluded));
        view.insert("LastUpdateTime".into(), json!(epoch(deployment.updated)));
        Value::Object(view)
    })
}

pub(super) fn statuses(world: &mut World, request: &Request, family: &Family) -> Result<Value, AwsError> {
    let found = chosen(world, request, family)?;
    PAGES.page(request, family.statuses, found, |(name, deployment)| {
        let (verb, stage) = deployment.standing();
        let mut view = Map::new();
        view.insert(family.name.to_owned(), json!(name));
        view.insert(family.status.to_owned(), json!(status(verb, stage)));
        view.insert("LastUpdateTime".into(), json!(epoch(deployment.updated)));
        if stage == Stage::Failed {
            let failed = deployment.reach.values().filter(|reach| reach.stage == Stage::Failed).count();
            view.insert("ErrorCode".into(), json!(NO_RECORDER));
            view.insert("ErrorMessage".into(), json!(format!("{NO_RECORDER} in {failed} account(s)")));
        }
        Value::Object(view)
    })
}

pub(super) fn details(world: &mut World, request: &Request, family: &Family) -> Result<Value, AwsError> {
    authority::organization(world, request, DEPLOYMENT)?;
    let name = request.required(family.name);
    let place = world.config.deployed(&request.caller.account, &request.region);
    let deployment = place.and_then(|place| (family.of)(place).get(name)).ok_or_else(|| unknown(family))?;
    let filters = &request.input["Filters"];
    let (called, status) = family.detail;
    // What a deployment is called in an account ends in an id of its own, as its ARN does.
    let id = deployment.arn.rsplit('-').next().unwrap_or_default();
    let fits = |account: &String, reach: &Reach| {
        filters["AccountId"].as_str().is_none_or(|wanted| wanted == account)
            && filters[status].as_str().is_none_or(|wanted| wanted == reach.status())
    };
    let found = deployment.reach.iter().filter(|(account, reach)| fits(account, reach)).collect();
    PAGES.page(request, family.details, found, |(account, reach): (&String, &Reach)| {
        let mut view = Map::new();
        view.insert("AccountId".into(), json!(account));
        view.insert(called.to_owned(), json!(format!("Org-{name}-{id}")));
        view.insert(status.to_owned(), json!(reach.status()));
        view.insert("LastUpdateTime".into(), json!(epoch(reach.changed)));
        if reach.stage == Stage::Failed {
            view.insert("ErrorCode".into(), json!(NO_RECORDER));
            let words = "AWS Config is not enabled in the account: there is no configuration recorder.";
            view.insert("ErrorMessage".into(), json!(words));
        }
        Value::Object(view)
    })
}

/// Every deployment of a place.
fn every(place: &Deployed) -> impl Iterator<Item = &Deployment> {
    place.rules.values().chain(place.packs.values())
}

fn every_mut(place: &mut Deployed) -> impl Iterator<Item = &mut Deployment> {
    place.rules.values_mut().chain(place.packs.values_mut())
}

/// An account has joined an organization: what is deployed there reaches it too.
pub(super) fn account_joined(world: &mut World, account: &str, now: Timestamp) {
    let Some(organization) = world.organizations.of(account) else { return };
    let members: BTreeSet<String> = organization.accounts.keys().cloned().collect();
    if world.config.deployed.is_empty() {
        return;
    }
    let due = later(now, TAKES);
    let patience = later(now, PATIENCE);
    let fresh = Reach { verb: Verb::Create, stage: Stage::InProgress, due, patience, changed: now };
    for places in world.config.deployed.values_mut() {
        for (_, place) in places.iter_mut().filter(|(holder, _)| members.contains(*holder)) {
            for deployment in every_mut(place).filter(|one| !one.excluded.contains(account)) {
                deployment.reach.entry(account.to_owned()).or_insert_with(|| fresh.clone());
            }
        }
    }
}

/// When something is due in some account next.
pub(super) fn due(world: &World) -> Option<Timestamp> {
    let places = world.config.deployed.values().flat_map(|places| places.values());
    let reaches = places.flat_map(every).flat_map(|deployment| deployment.reach.values());
    reaches.filter(|reach| reach.stage == Stage::InProgress).map(|reach| reach.due).min()
}

/// Lets end in each account what is due.
pub(super) fn settle(world: &mut World, now: Timestamp) {
    let recorders: BTreeSet<(String, String)> = world
        .config
        .regions
        .iter()
        .flat_map(|(region, places)| {
            let recording = places.iter().filter(|(_, place)| place.recorder.is_some());
            recording.map(|(account, _)| (region.clone(), account.clone()))
        })
        .collect();
    for (region, places) in &mut world.config.deployed {
        for place in places.values_mut() {
            for deployment in every_mut(place) {
                for (account, reach) in &mut deployment.reach {
                    if reach.stage == Stage::InProgress && reach.due <= now {
                        conclude(reach, recorders.contains(&(region.clone(), account.clone())), now);
                    }
                }
                let gone = |reach: &Reach| reach.verb == Verb::Delete && reach.stage == Stage::Successful;
                deployment.reach.retain(|_, reach| !gone(reach));
            }
            let deleted = |deployment: &Deployment| deployment.reach.is_empty();
            place.rules.retain(|_, deployment| !deleted(deployment));
            place.packs.retain(|_, deployment| !deleted(deployment));
        }
    }
}

fn conclude(reach: &mut Reach, records: bool, now: Timestamp) {
    reach.changed = now;
    if records || reach.verb == Verb::Delete {
        reach.stage = Stage::Successful;
    } else if now < reach.patience {
        reach.due = later(now, AGAIN);
    } else {
        reach.stage = Stage::Failed;
    }
}
