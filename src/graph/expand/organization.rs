//! `organization`: the organization itself and trusted access.

use serde_json::json;

use super::{Expansion, resource, the_landing_zone, the_organization};
use crate::catalog::service_access;
use crate::graph::edge::Edge;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, Origin};

/// The service that must be trusted before the management account may touch
/// contacts and names of members (Account Management Reference Guide).
pub(super) const ACCOUNT_MANAGEMENT: &str = "account.amazonaws.com";

/// The service that must not be trusted when a landing zone is first set up.
const CONFIG: &str = "config.amazonaws.com";

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let spec = &expansion.spec.organization;
    let mut organization = resource(the_organization(), spec.origin.as_ref());
    organization.fields.insert("feature_set".to_owned(), json!("ALL"));
    if let Some(guard) = &spec.management_account {
        organization.keys.insert("management_account".to_owned(), json!(guard.as_str()));
    }
    expansion.graph.add(organization);
    for (principal, origin) in &spec.trusted_access {
        let mut asked = resource(Address::new(Kind::TrustedAccess, principal), Some(origin));
        if let Some(own) = service_access::by_own_call(principal) {
            asked.fields.insert(own.field.clone(), json!(true));
        }
        trust(expansion, asked);
    }
    if !expansion.spec.accounts.is_empty() {
        let mut wanted = resource(Address::new(Kind::TrustedAccess, ACCOUNT_MANAGEMENT), None);
        wanted.presence = Presence::OnDemand;
        trust(expansion, wanted);
    }
}

/// Trusted access that another section rests on; gives its address.
pub(super) fn needed(expansion: &mut Expansion<'_>, principal: &str, origin: &Origin) -> Address {
    let address = Address::new(Kind::TrustedAccess, principal);
    // The account of members' contacts may stand there already, on demand only.
    let on_demand = expansion.graph.resources.get(&address).map(|known| known.presence);
    if on_demand == Some(Presence::OnDemand) {
        expansion.graph.resources.remove(&address);
    }
    trust(expansion, resource(address.clone(), Some(origin)));
    address
}

pub(super) fn trust(expansion: &mut Expansion<'_>, mut access: crate::model::Resource) {
    if let Some(own) = service_access::by_own_call(&access.address.name).filter(|own| !own.asked) {
        access.fields.insert(own.field.clone(), json!(true));
    }
    let address = access.address.clone();
    expansion.graph.connect(Edge::exists(&address, &the_organization(), "organization-first"));
    if address.name == CONFIG {
        expansion.graph.connect(Edge::settled(&address, &the_landing_zone(), "config-access-after-setup"));
    }
    expansion.graph.add(access);
}
