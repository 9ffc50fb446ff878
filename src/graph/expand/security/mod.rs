//! `security`: services that one account sets for the whole organization, Region by Region.
//!
//! A file for each service; here what all have in common: where a service is set, and whom it
//! reaches. A Region that the document excludes has no resource at all, so nothing is asked or
//! changed there, and nothing elsewhere either.

mod access_analyzer;
mod automation_rules;
pub(super) mod cloudtrail;
mod detective;
mod firewall_manager;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

use serde_json::{Value, json};

use super::{Expansion, account, account_id, management_id, resource, the_landing_zone, the_organization};
use crate::catalog::services;
use crate::graph::edge::Edge;
use crate::model::region::Region;
use crate::model::{Address, Kind, Origin, Resource};
use crate::spec::security::Seat;

/// The document's name for the management account.
const MANAGEMENT: &str = "management";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    guardduty::expand(expansion);
    security_hub::expand(expansion);
    inspector::expand(expansion);
    macie::expand(expansion);
    detective::expand(expansion);
    access_analyzer::expand(expansion);
    firewall_manager::expand(expansion);
    cloudtrail::expand(expansion);
}

/// The section of one service, with the word that its administrators go by.
#[derive(Clone, Copy)]
struct Service<'s> {
    word: &'static str,
    seat: &'s Seat,
}

impl<'s> Service<'s> {
    fn of(section: &str, seat: &'s Seat) -> Option<Self> {
        services::by_section(section).map(|row| Self { word: &row.word, seat })
    }

    /// The Regions in which it is set.
    fn regions(self, expansion: &Expansion<'_>) -> Vec<Region> {
        expansion.regions_of(self.word)
    }

    fn by_management(self) -> bool {
        self.seat.administrator == MANAGEMENT
    }

    fn administrator(self) -> Value {
        if self.by_management() { management_id() } else { account_id(&self.seat.administrator) }
    }

    /// A resource in the administrator's account, which comes after its appointment.
    fn set_by_administrator(self, expansion: &mut Expansion<'_>, address: Address, region: &str) -> Resource {
        let mut wanted = resource(address, Some(&self.seat.origin));
        wanted.keys.insert("account".to_owned(), self.administrator());
        wanted.keys.insert("region".to_owned(), json!(region));
        let office = super::delegation::administrators_of(self.word);
        let me = &wanted.address;
        let mut edges = vec![
            Edge::exists(me, &the_organization(), "organization-first"),
            Edge::settled(me, &office, "administrator-before-settings"),
        ];
        if !self.by_management() {
            edges.push(Edge::settled(me, &account(&self.seat.administrator), "administrator-in-place-first"));
        }
        for edge in edges {
            expansion.graph.connect(edge);
        }
        wanted
    }

    /// The service in the management account itself, where nobody else can switch it on; none
    /// where that is the administrator.
    fn in_management(self, expansion: &mut Expansion<'_>, kind: Kind, region: &str) -> Option<Resource> {
        if self.by_management() {
            return None;
        }
        let me = Address::new(kind, format!("{region}/{MANAGEMENT}"));
        let mut own = resource(me.clone(), Some(&self.seat.origin));
        own.keys.insert("region".to_owned(), json!(region));
        let graph = &mut expansion.graph;
        graph.connect(Edge::exists(&me, &the_organization(), "organization-first"));
        graph.connect(Edge::settled(&me, &the_landing_zone(), "landing-zone-before-delegation"));
        Some(own)
    }

    /// A leaf for each account that the document names, the management account among them, as
    /// far as it is not the administrator; a key says that every other active account is one, too.
    fn reach_everybody(self, expansion: &Expansion<'_>, wanted: &mut Resource, group: &str) {
        wanted.keys.insert(format!("{group}_everybody"), json!(true));
        // An account that is left alone is reached as far as it is active, like one that the
        // document does not name.
        let reached = |name: &str| name != self.seat.administrator && !expansion.leaves_alone(&account(name));
        let others = expansion.spec.accounts.iter().filter(|(name, _)| reached(name));
        for (name, member) in others {
            let one = json!({ "id": account_id(name), "email": member.email.as_str() });
            wanted.fields.insert(format!("{group}.{name}"), one);
        }
        if !self.by_management() {
            wanted.fields.insert(format!("{group}.{MANAGEMENT}"), json!({ "id": management_id() }));
        }
    }
}

/// What the document removes of a kind.
fn going(expansion: &Expansion<'_>, kind: Kind) -> Vec<(Address, Origin)> {
    let all = expansion.spec.remove.iter();
    let all = all.filter_map(|(text, origin)| Some((text.parse::<Address>().ok()?, origin.clone())));
    all.filter(|(address, _)| address.kind == kind).collect()
}

/// What its administrator shall take away in one Region, by `NAME/REGION`; who that is is said by
/// the section of the service or by the delegations.
pub(super) fn withdrawal(expansion: &mut Expansion<'_>, mut unwanted: Resource, section: &str) {
    let Some(service) = services::by_section(section) else { return };
    let spec = expansion.spec;
    let seat = spec.security.as_ref().and_then(|security| security.seat(section));
    let delegated = spec.delegated_administrators.get(&service.word);
    let delegated = delegated.and_then(|one| one.accounts.first());
    if let Some(holder) = seat.map(|seat| &seat.administrator).or(delegated) {
        unwanted.keys.insert("account".to_owned(), account_id(holder));
    }
    let name = unwanted.address.name.clone();
    let (name, region) = name.split_once('/').unwrap_or((&name, expansion.home_region.as_str()));
    unwanted.keys.insert("name".to_owned(), json!(name));
    unwanted.keys.insert("region".to_owned(), json!(region));
    let me = unwanted.address.clone();
    expansion.graph.connect(Edge::exists(&me, &the_organization(), "organization-first"));
    // Whoever goes out of office can no longer take it away.
    let office = super::delegation::administrators_of(&service.word);
    expansion.graph.connect(Edge::settled(&office, &me, "deployments-before-dismissal"));
    expansion.graph.add(unwanted);
}

/// The management account's own comes before what makes it a member.
fn management_first(dependent: &Resource, own: &Resource, verbs: &'static [&'static str]) -> Edge {
    Edge::settled(&dependent.address, &own.address, "management-account-first").only(verbs)
}

/// The address of a service in a Region.
fn in_region(kind: Kind, region: &Region) -> Address {
    Address::new(kind, region.as_str())
}
