//! The member accounts: where each is and where it will be.
//!
//! A place is the way from the root down to the account, in the names that policies'
//! targets have: `root`, addresses of units, addresses of accounts.

use std::collections::BTreeMap;

use crate::graph::ResourceGraph;
use crate::model::reference::as_reference;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Resource};
use crate::observe::Snapshot;
use crate::plan::step::{Step, StepId};

/// The root's name among targets.
pub const ROOT: &str = "root";

/// Targets on which nothing but the known policies allows anything after the plan
/// (`FullAWSAccess` is not there), with the step that makes it so.
pub type Closed = BTreeMap<String, Option<StepId>>;

/// One member account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its name in the document, or its id.
    pub name: String,
    /// Its id; none while it does not exist.
    pub id: Option<String>,
    /// The places above it and itself, now; none while it does not exist.
    pub before: Option<Vec<String>>,
    /// The same after the plan.
    pub after: Vec<String>,
    /// The step that brings it to its place.
    pub arrives: Option<StepId>,
    /// The role that was made in it for the management account, if the document says.
    pub role: Option<String>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Estate {
    /// The accounts.
    pub seats: Vec<Seat>,
    /// What is closed.
    pub closed: Closed,
}

impl Estate {
    /// The accounts in use: those that the document speaks of, and the others as they
    /// stand, which its policies bind as well.
    #[must_use]
    pub fn of(graph: &ResourceGraph, snapshot: &Snapshot, steps: &[Step]) -> Self {
        let units: BTreeMap<&str, &Address> = snapshot
            .live
            .iter()
            .filter(|(address, _)| address.kind == Kind::OrganizationalUnit)
            .filter_map(|(address, live)| Some((live.attribute("id")?, address)))
            .collect();
        let comes = |step: &&Step| {
            step.address.kind == Kind::Account && matches!(step.verb.as_str(), "move" | "create")
        };
        // The later step of an account takes the place of the earlier.
        let arrivals: BTreeMap<&Address, &StepId> =
            steps.iter().filter(comes).map(|step| (&step.address, &step.id)).collect();
        let in_use = |resource: &&Resource| {
            resource.address.kind == Kind::Account
                && resource.presence != Presence::Remove
                && !snapshot.facts.inactive_accounts.contains_key(&resource.address)
        };
        let seats = graph.resources.values().filter(in_use).map(|resource| {
            let address = &resource.address;
            let live = snapshot.live.get(address);
            let above = live.and_then(|live| live.attribute("parent_id")).map(|id| match units.get(id) {
                Some(unit) => way(Some(unit), address),
                None => way(None, address),
            });
            let wanted = resource.fields.get("unit").and_then(as_reference).map(|to| {
                let unit = (to.address.kind == Kind::OrganizationalUnit).then_some(to.address);
                way(unit.as_ref(), address)
            });
            Seat {
                name: address.name.clone(),
                id: live.and_then(|live| live.attribute("id")).map(str::to_owned),
                after: wanted.or_else(|| above.clone()).unwrap_or_else(|| way(None, address)),
                before: above,
                arrives: arrivals.get(address).map(|id| (*id).clone()),
                role: resource.fields.get("role_name").and_then(|role| role.as_str()).map(str::to_owned),
            }
        });
        let strangers = snapshot.facts.strangers.iter().map(|(id, unit)| {
            let place = way(unit.as_ref(), &Address::new(Kind::Account, id.as_str()));
            Seat {
                name: id.clone(),
                id: Some(id.clone()),
                before: Some(place.clone()),
                after: place,
                arrives: None,
                role: None,
            }
        });
        Self { seats: seats.chain(strangers).collect(), closed: Closed::new() }
    }
}

/// The way from the root down to an account in a unit.
fn way(unit: Option<&Address>, account: &Address) -> Vec<String> {
    let mut way = vec![ROOT.to_owned()];
    if let Some(path) = unit.and_then(|unit| unit.name.parse::<UnitPath>().ok()) {
        let mut above: Vec<UnitPath> = path.ancestors().collect();
        above.sort_by_key(|path| path.as_str().len());
        let names = above.iter().chain(std::iter::once(&path));
        way.extend(names.map(|path| Address::new(Kind::OrganizationalUnit, path.as_str()).to_string()));
    }
    way.push(account.to_string());
    way
}
