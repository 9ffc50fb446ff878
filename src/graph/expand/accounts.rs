//! `accounts`.

use serde_json::json;

use super::organization::ACCOUNT_MANAGEMENT;
use super::{Expansion, account, enrolment, landing_zone, resource, the_organization, unit, units};
use crate::graph::edge::Edge;
use crate::model::reference;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind};
use crate::spec::document::{Account, Join, Placement};

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    for (name, said) in &expansion.spec.accounts {
        if said.close {
            closed(expansion, name, said);
            continue;
        }
        let address = account(name);
        let mut wanted = resource(address.clone(), Some(&said.origin));
        let root = reference::from(&the_organization(), "root_id");
        let joins = said.join == Join::Invite;
        // One that comes from outside brings its name with it.
        let own = said.name.as_ref().or((!joins).then_some(name));
        wanted.fields.extend(own.map(|name| ("name".to_owned(), json!(name))));
        wanted.fields.insert("email".to_owned(), json!(said.email.as_str()));
        if let Some(role) = &expansion.spec.organization.access_role {
            wanted.fields.insert("role_name".to_owned(), json!(role));
        }
        let place = match &said.placement {
            Placement::Unsaid => None,
            Placement::Root => Some(root.clone()),
            Placement::Unit(path) if landing_zone_places(expansion, name, path) => None,
            Placement::Unit(path) => Some(reference::from(&unit(path), "id")),
        };
        if place.is_some() && expansion.spec.landing_zone.as_ref().is_some_and(|z| z.clean_inherited_controls)
        {
            wanted.whole.insert("inherited_controls".to_owned());
        }
        wanted.fields.extend(place.map(|id| ("unit".to_owned(), id)));
        wanted.at_creation.insert("unit".to_owned(), root);
        describe(&mut wanted.fields, said);
        // Found by its id, it may have another address.
        if said.id.is_some() {
            let code = ("email_code".to_owned(), json!(said.email.as_str()));
            wanted.at_creation.extend([code.clone()]);
            wanted.fields.extend([code]);
        }
        wanted.keys.insert("email".to_owned(), json!(said.email.as_str()));
        wanted.keys.extend(said.id.as_ref().map(|id| ("id".to_owned(), json!(id.as_str()))));
        if joins {
            let steps = ["invitation", "membership"];
            wanted.fields.extend(steps.map(|step| (step.to_owned(), json!(true))));
        }
        // One with an id was there: if it is not, it has left, and no other may take its place.
        if said.join != Join::Create || said.id.is_some() {
            wanted.presence = Presence::Existing;
        }
        expansion.graph.connect(Edge::exists(&address, &the_organization(), "organization-first"));
        let access = Address::new(Kind::TrustedAccess, ACCOUNT_MANAGEMENT);
        let waits = Edge::settled(&address, &access, "account-management-access");
        expansion.graph.connect(waits.only(&["rename", "send_code", "change_email", "put_contact"]));
        expansion.graph.add(wanted);
    }
}

/// An account that shall be closed is let go of by Account Factory, moved where the document has it, and closed when
/// Control Tower has let go of it and it administers nothing any more. Nothing else is said of it: one that is closed
/// cannot be changed, and one that is gone for good is not missed.
fn closed(expansion: &mut Expansion<'_>, name: &str, said: &Account) {
    let address = account(name);
    let mut wanted = resource(address.clone(), Some(&said.origin));
    wanted.presence = Presence::Existing;
    wanted.fields.insert("closed".to_owned(), json!(true));
    match &said.placement {
        Placement::Unsaid => {}
        Placement::Root => {
            wanted.fields.insert("unit".to_owned(), reference::from(&the_organization(), "root_id"));
        }
        Placement::Unit(path) => {
            wanted.fields.insert("unit".to_owned(), reference::from(&unit(path), "id"));
        }
    }
    wanted.keys.insert("email".to_owned(), json!(said.email.as_str()));
    wanted.keys.extend(said.id.as_ref().map(|id| ("id".to_owned(), json!(id.as_str()))));
    if expansion.spec.landing_zone.is_some() {
        wanted.keys.insert("unenrolled_by".to_owned(), json!("move"));
    }
    // A product that stays behind is an orphan, and without one's end Control Tower keeps its account wherever that
    // stands (Control Tower User Guide, delete-account and account-auto-enrollment). The end takes the account to the
    // root: not where it would have to go back into a governed unit.
    if !enrolment::is_governed(expansion.spec, &said.placement) {
        wanted.whole.insert("products".to_owned());
    }
    expansion.graph.connect(Edge::exists(&address, &the_organization(), "organization-first"));
    for service in expansion.spec.delegated_administrators.keys() {
        let office = Address::new(Kind::DelegatedAdministrator, service);
        let first = Edge::settled(&address, &office, "hand-over-before-closing");
        expansion.graph.connect(first.only(&["close"]));
    }
    expansion.graph.add(wanted);
}

/// A 3.x landing zone makes its Security unit and moves its own accounts there (Control Tower User
/// Guide, lz-api-launch). Whoever says the same place says nothing that lzctl could do: the unit
/// comes only with the landing zone, which waits for these accounts.
fn landing_zone_places(expansion: &Expansion<'_>, name: &String, path: &UnitPath) -> bool {
    let zone = expansion.spec.landing_zone.as_ref();
    let its_own = zone.is_some_and(|zone| landing_zone::integration_accounts(zone).contains(&name));
    its_own && units::made_by_landing_zone(expansion, path)
}

fn describe(fields: &mut crate::model::Fields, said: &Account) {
    super::leaves(fields, "tags", said.tags.iter().map(|(key, value)| (key, json!(value))));
    let contacts = said.alternate_contacts.iter().map(|(kind, contact)| {
        let value = json!({
            "name": contact.name,
            "title": contact.title,
            "email": contact.email,
            "phone": contact.phone,
        });
        (kind, value)
    });
    super::leaves(fields, "alternate_contacts", contacts);
}
