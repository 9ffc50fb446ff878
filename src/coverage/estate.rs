//! The organization as coverage looks at it: accounts with their places, Regions, and what
//! there is, each thing with its fields.
//!
//! In: a graph and a snapshot; for the time after, what differs as well. Out: an [`Estate`].
//! What a document leaves unsaid stays as it is, and what it takes away is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalog::capabilities::Reach;
use crate::diff::{ChangeSet, Standing};
use crate::graph::ResourceGraph;
use crate::model::controls::Behavior;
use crate::model::reference::as_reference;
use crate::model::region::Region;
use crate::model::resource::Presence;
use crate::model::{Address, Fields, Kind, Live, Resource};
use crate::observe::Snapshot;

/// The document's name for the management account.
pub(super) const MANAGEMENT: &str = "management";

/// Where an account is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// It is the management account.
    Management,
    /// Directly under the root.
    Root,
    /// In a unit, by its path.
    Unit(String),
    /// In the organization; nobody said where.
    Unknown,
}

/// One thing that is there.
#[derive(Debug, Clone, Default)]
pub(super) struct Thing {
    pub(super) fields: Fields,
    /// Natural keys, and attributes that AWS assigned.
    pub(super) keys: Fields,
}

/// The organization at one moment.
#[derive(Debug, Clone)]
pub struct Estate {
    pub(super) accounts: BTreeMap<String, Place>,
    pub(super) regions: Vec<Region>,
    pub(super) things: BTreeMap<Address, Thing>,
    /// Names of accounts by their ids, and by other names that they go by.
    pub(super) names: BTreeMap<String, String>,
    /// How controls act, by their names.
    pub(super) behaviors: BTreeMap<String, Behavior>,
    /// What was asked about.
    pub(super) asked: BTreeSet<Address>,
    /// Kinds of which everything was looked at, asked about or not.
    pub(super) read: BTreeSet<Kind>,
}

impl Estate {
    /// As it is, as far as it was asked about.
    #[must_use]
    pub fn now(graph: &ResourceGraph, snapshot: &Snapshot, regions: Vec<Region>) -> Self {
        let mut estate = Self::empty(graph, snapshot, regions);
        for (address, live) in &snapshot.live {
            let keys = graph.resources.get(address).map(|resource| &resource.keys);
            estate.things.insert(address.clone(), seen(live, keys));
        }
        if snapshot.organization.is_some() {
            estate.accounts.insert(MANAGEMENT.to_owned(), Place::Management);
        }
        let units = units_by_id(snapshot);
        let of_accounts = snapshot.live.iter().filter(|(address, _)| address.kind == Kind::Account);
        for (address, live) in of_accounts {
            estate.accounts.insert(address.name.clone(), place_of(live, snapshot, &units));
        }
        for (id, unit) in &snapshot.facts.strangers {
            let place = unit.as_ref().map_or(Place::Root, |unit| Place::Unit(unit.name.clone()));
            estate.accounts.insert(id.clone(), place);
        }
        for name in snapshot.facts.everybody.keys() {
            estate.accounts.entry(name.clone()).or_insert(Place::Unknown);
        }
        estate
    }

    /// With everything that is there of some kinds, as a document of the whole organization
    /// found it. What this estate knows already, and its names of accounts, stand.
    #[must_use]
    pub fn beside(mut self, whole: Self, read: &[Kind]) -> Self {
        for (id, theirs) in &whole.names {
            let ours = self.names.entry(id.clone()).or_insert_with(|| theirs.clone()).clone();
            self.accounts.remove(id);
            if ours != *theirs {
                self.names.insert(theirs.clone(), ours);
            }
        }
        for (theirs, place) in whole.accounts {
            let ours = self.names.get(&theirs).cloned().unwrap_or(theirs);
            self.accounts.entry(ours).or_insert(place);
        }
        for (mut address, thing) in whole.things {
            if address.kind == Kind::Account
                && let Some(ours) = self.names.get(&address.name)
            {
                address.name.clone_from(ours);
            }
            self.things.entry(address).or_insert(thing);
        }
        self.behaviors.extend(whole.behaviors);
        self.asked.extend(whole.asked);
        self.read.extend(read);
        self
    }

    /// As a document will have made what there is `now`.
    #[must_use]
    pub fn after(now: &Self, graph: &ResourceGraph, changes: &ChangeSet) -> Self {
        let mut estate = now.clone();
        estate.accounts.insert(MANAGEMENT.to_owned(), Place::Management);
        for (address, resource) in &graph.resources {
            let Some(change) = changes.get(address) else { continue };
            let gone = resource.presence == Presence::Remove;
            let comes = change.standing != Standing::Missing
                || !matches!(resource.presence, Presence::OnDemand | Presence::Existing);
            if gone || !comes {
                estate.things.remove(address);
                if address.kind == Kind::Account {
                    estate.accounts.remove(&address.name);
                }
                continue;
            }
            let thing = estate.things.entry(address.clone()).or_default();
            thing.keys.extend(change.keys.clone());
            thing.fields.extend(change.target.clone());
            for (field, _) in change.differences.iter().filter(|(_, difference)| difference.is_surplus()) {
                thing.fields.remove(field);
            }
            if address.kind == Kind::Account {
                let said = said_place(resource);
                let known = estate.accounts.get(&address.name).cloned();
                let place = said.or(known).unwrap_or(Place::Root);
                estate.accounts.insert(address.name.clone(), place);
            }
        }
        estate
    }

    /// As the resources of a document say it shall be, whatever there is: accounts where they
    /// are put, everything with what is said of it.
    #[must_use]
    pub fn said(resources: &[Resource]) -> Self {
        let there = || resources.iter().filter(|resource| resource.presence != Presence::Remove);
        let of_accounts = there().filter(|resource| resource.address.kind == Kind::Account);
        let mut accounts: BTreeMap<String, Place> = of_accounts
            .map(|resource| (resource.address.name.clone(), said_place(resource).unwrap_or(Place::Unknown)))
            .collect();
        accounts.insert(MANAGEMENT.to_owned(), Place::Management);
        // What is to go reaches somebody until it is gone.
        let things = resources.iter().map(|resource| {
            let thing = Thing { fields: resource.fields.clone(), keys: resource.keys.clone() };
            (resource.address.clone(), thing)
        });
        Self {
            accounts,
            regions: Vec::new(),
            things: things.collect(),
            names: BTreeMap::new(),
            behaviors: BTreeMap::new(),
            asked: BTreeSet::new(),
            read: Kind::ALL.iter().copied().collect(),
        }
    }

    /// The accounts that a thing reaches.
    #[must_use]
    pub fn reached(&self, reach: &Reach, address: &Address) -> BTreeSet<String> {
        match self.things.get(address) {
            Some(thing) => super::reach::accounts(reach, address, thing, self),
            None => BTreeSet::new(),
        }
    }

    /// The accounts that a thing reaches by some of its fields alone, wanted or not.
    #[must_use]
    pub fn reached_by(&self, reach: &Reach, address: &Address, fields: &[&str]) -> BTreeSet<String> {
        let keys = self.things.get(address).map(|thing| thing.keys.clone()).unwrap_or_default();
        let fields = fields.iter().map(|field| ((*field).to_owned(), Value::Bool(true))).collect();
        super::reach::accounts(reach, address, &Thing { fields, keys }, self)
    }

    /// How many accounts there are, the management account among them.
    #[must_use]
    pub fn size(&self) -> usize {
        self.accounts.len()
    }

    fn empty(graph: &ResourceGraph, snapshot: &Snapshot, regions: Vec<Region>) -> Self {
        let of_accounts = snapshot.live.iter().filter(|(address, _)| address.kind == Kind::Account);
        let mut names: BTreeMap<String, String> = of_accounts
            .filter_map(|(address, live)| Some((live.attribute("id")?.to_owned(), address.name.clone())))
            .collect();
        names.extend(snapshot.management_account.iter().map(|id| (id.to_string(), MANAGEMENT.to_owned())));
        let known = snapshot.facts.controls.known.iter();
        Self {
            accounts: BTreeMap::new(),
            regions,
            things: BTreeMap::new(),
            names,
            behaviors: known.map(|(name, control)| (name.clone(), control.behavior)).collect(),
            asked: graph.resources.keys().cloned().collect(),
            // Where there is no organization there is nothing that could have been missed.
            read: match snapshot.organization {
                Some(_) => BTreeSet::new(),
                None => Kind::ALL.iter().copied().collect(),
            },
        }
    }

    /// Whether anything of a kind is there.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.things.keys().any(|address| address.kind == kind)
    }

    /// Paths of units that accounts are in.
    pub(super) fn unit_of(&self, account: &str) -> Option<&str> {
        match self.accounts.get(account) {
            Some(Place::Unit(path)) => Some(path),
            _ => None,
        }
    }
}

fn seen(live: &Live, keys: Option<&Fields>) -> Thing {
    let mut all: Fields =
        live.attributes.iter().map(|(name, text)| (name.clone(), text.clone().into())).collect();
    all.extend(keys.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())));
    Thing { fields: live.fields.clone(), keys: all }
}

fn units_by_id(snapshot: &Snapshot) -> BTreeMap<&str, &str> {
    let units = snapshot.live.iter().filter(|(address, _)| address.kind == Kind::OrganizationalUnit);
    units.filter_map(|(address, live)| Some((live.attribute("id")?, address.name.as_str()))).collect()
}

/// Where an account was seen.
fn place_of(live: &Live, snapshot: &Snapshot, units: &BTreeMap<&str, &str>) -> Place {
    let parent = live.attribute("parent_id");
    let root = snapshot.live.get(&Address::only(Kind::Organization)).and_then(|one| one.attribute("root_id"));
    match parent {
        Some(id) if Some(id) == root => Place::Root,
        Some(id) => units.get(id).map_or(Place::Unknown, |path| Place::Unit((*path).to_owned())),
        None => Place::Unknown,
    }
}

/// Where the document puts an account, if it does.
fn said_place(resource: &Resource) -> Option<Place> {
    let reference = as_reference(resource.fields.get("unit")?)?;
    Some(match reference.address.kind {
        Kind::OrganizationalUnit => Place::Unit(reference.address.name),
        _ => Place::Root,
    })
}
