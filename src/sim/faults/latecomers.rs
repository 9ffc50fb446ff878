//! Objects that exist already but cannot be found yet.
//!
//! In: the world and a kind of object. Out: which are new, and a world without them. Absent: how long (the fault says).

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::clock::later;
use crate::sim::world::World;

/// Kinds of objects that may come late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Latecomer {
    /// IAM roles.
    Role,
    /// Member accounts; the status of their creation says that they are there.
    Account,
    /// KMS keys.
    Key,
    /// Organizational units.
    Unit,
}

/// The parts of a name, e.g. account and role.
type Name = Vec<String>;

/// What is waited for, and since when each object exists.
#[derive(Debug)]
pub(super) struct Late {
    /// The strike it belongs to.
    pub(super) index: usize,
    kind: Latecomer,
    delay: Duration,
    /// `None`: it was there before.
    born: BTreeMap<Name, Option<Timestamp>>,
}

impl Late {
    /// Waits for objects that are created from now on.
    pub(super) fn new(index: usize, kind: Latecomer, seconds: u32, world: &World) -> Self {
        let born = created(world, kind).map(|(name, _)| (name, None)).collect();
        Self { index, kind, delay: Duration::from_secs(seconds.into()), born }
    }

    /// Notes what has come since.
    pub(super) fn look(&mut self, world: &World) {
        for (name, at) in created(world, self.kind) {
            self.born.entry(name).or_insert(Some(at));
        }
    }

    /// Takes out of a world what cannot be found yet at `now`; false: nothing.
    pub(super) fn hide(&self, world: &mut World, now: Timestamp) -> bool {
        let hidden =
            self.born.iter().filter(|(_, born)| born.is_some_and(|born| later(born, self.delay) > now));
        let mut any = false;
        for (name, _) in hidden {
            any |= remove(world, self.kind, name).is_some();
        }
        any
    }
}

/// Every object of a kind, with the time of its creation; a unit keeps none, so it counts from when it is seen.
fn created(world: &World, kind: Latecomer) -> Box<dyn Iterator<Item = (Name, Timestamp)> + '_> {
    let organizations = || world.organizations.organizations.values();
    match kind {
        Latecomer::Role => Box::new(world.iam.accounts.iter().flat_map(|(account, iam)| {
            iam.roles.iter().map(move |(name, role)| (vec![account.clone(), name.clone()], role.created))
        })),
        Latecomer::Account => Box::new(organizations().flat_map(|organization| {
            organization.accounts.iter().map(|(id, account)| (vec![id.clone()], account.joined_at))
        })),
        Latecomer::Unit => Box::new(
            organizations()
                .flat_map(|organization| organization.units.keys())
                .map(|id| (vec![id.clone()], world.time)),
        ),
        Latecomer::Key => Box::new(
            world
                .kms
                .accounts
                .values()
                .flat_map(|regions| regions.values())
                .flat_map(|region| region.keys.values())
                .map(|key| (vec![key.account.clone(), key.region.clone(), key.id.clone()], key.created)),
        ),
    }
}

fn remove(world: &mut World, kind: Latecomer, name: &[String]) -> Option<()> {
    match (kind, name) {
        (Latecomer::Role, [account, role]) => {
            world.iam.accounts.get_mut(account)?.roles.remove(role).map(drop)
        }
        (Latecomer::Account, [id]) => {
            let mut organizations = world.organizations.organizations.values_mut();
            organizations.find_map(|organization| organization.accounts.remove(id)).map(drop)
        }
        (Latecomer::Unit, [id]) => {
            let mut organizations = world.organizations.organizations.values_mut();
            organizations.find_map(|organization| organization.units.remove(id)).map(drop)
        }
        (Latecomer::Key, [account, region, id]) => {
            world.kms.accounts.get_mut(account)?.get_mut(region)?.keys.remove(id).map(drop)
        }
        _ => None,
    }
}
