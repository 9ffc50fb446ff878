//! One transform per section of the document.
//!
//! In: the spec and the home Region. Out: the finished graph. Each transform adds
//! its resources and the edges whose dependent is its own; `finish` drops edges to
//! what the document does not speak of.

mod accounts;
mod backup;
mod backup_plans;
mod backup_proofs;
mod backup_vaults;
mod baselines;
mod config;
pub mod controls;
mod delegation;
pub mod enrolment;
mod identity_center;
mod key_policies;
mod keys;
mod landing_zone;
mod leave_alone;
mod manifest;
mod organization;
mod policies;
mod removals;
mod resource_policy;
mod root_access;
mod security;
mod service_roles;
mod stack_sets;
mod units;

use serde_json::Value;

use super::{GraphError, ResourceGraph};
use crate::catalog::partitions;
use crate::model::reference;
use crate::model::region::Region;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Fields, Kind, Origin, Resource};
use crate::spec::Spec;
use crate::spec::document::MANAGEMENT;

/// What every transform works on.
struct Expansion<'s> {
    spec: &'s Spec,
    home_region: Region,
    partition: &'static str,
    graph: ResourceGraph,
}

/// The transforms, in the order in which their resources come to be.
const TRANSFORMS: &[fn(&mut Expansion<'_>)] = &[
    organization::expand,
    units::expand,
    accounts::expand,
    keys::expand,
    service_roles::expand,
    landing_zone::expand,
    baselines::expand,
    policies::expand,
    resource_policy::expand,
    root_access::expand,
    delegation::expand,
    security::expand,
    backup::expand,
    config::expand,
    stack_sets::expand,
    identity_center::expand,
    controls::expand,
    removals::expand,
    leave_alone::expand,
];

/// Brings a document into a graph.
///
/// `region` is used when the document names no home Region.
///
/// # Errors
/// When no home Region is known, or resources wait for each other in a ring.
pub fn expand(spec: &Spec, region: Option<&Region>) -> Result<ResourceGraph, GraphError> {
    let home = spec.organization.home_region.as_ref().or(region).ok_or(GraphError::NoHomeRegion)?;
    let mut expansion = Expansion {
        spec,
        home_region: home.clone(),
        partition: &partitions::of_region(home).name,
        graph: ResourceGraph::default(),
    };
    expansion.graph.signatures = spec.signatures;
    for transform in TRANSFORMS {
        transform(&mut expansion);
    }
    expansion.graph.finish()
}

impl Expansion<'_> {
    /// Whether the document names something and leaves it as it is.
    fn leaves_alone(&self, address: &Address) -> bool {
        self.spec.leave_alone.contains_key(&address.to_string())
    }

    /// The Regions in which a Regional service is looked at, by its word: the governed ones,
    /// or the home Region where none is said, without those that `security` excludes for it.
    fn regions_of(&self, service: &str) -> Vec<Region> {
        let governed = &self.spec.organization.governed_regions;
        let all = if governed.is_empty() { std::slice::from_ref(&self.home_region) } else { governed };
        let excluded = |region: &Region| {
            self.spec.security.as_ref().is_some_and(|security| security.excludes(service, region))
        };
        all.iter().filter(|region| !excluded(region)).cloned().collect()
    }
}

/// The address of the organization.
fn the_organization() -> Address {
    Address::only(Kind::Organization)
}

/// The address of the landing zone.
fn the_landing_zone() -> Address {
    Address::only(Kind::LandingZone)
}

/// The address of a unit.
fn unit(path: &UnitPath) -> Address {
    Address::new(Kind::OrganizationalUnit, path.as_str())
}

/// The address of an account.
fn account(name: &str) -> Address {
    Address::new(Kind::Account, name)
}

/// The id of an account as a value.
fn account_id(name: &str) -> Value {
    reference::from(&account(name), "id")
}

/// The document's word for everybody.
const ORGANIZATION: &str = "organization";

/// The id of an account, or of the management account by the document's name for it.
fn id_of(name: &str) -> Value {
    if name == MANAGEMENT { management_id() } else { account_id(name) }
}

/// The id of the management account as a value.
fn management_id() -> Value {
    reference::from(&the_organization(), "management_account_id")
}

/// A resource with nothing said yet.
fn resource(address: Address, origin: Option<&Origin>) -> Resource {
    Resource {
        address,
        fields: Fields::new(),
        keys: Fields::new(),
        at_creation: Fields::new(),
        whole: Default::default(),
        presence: Presence::Ensure,
        origin: origin.cloned(),
    }
}

/// Adds one leaf per entry of a map, e.g. `tags.owner`.
fn leaves<'m>(fields: &mut Fields, group: &str, entries: impl Iterator<Item = (&'m String, Value)>) {
    for (name, value) in entries {
        fields.insert(format!("{group}.{name}"), value);
    }
}
