//! `remove`: units, accounts, trusted access, baselines, controls, policies, their types and
//! administrators that shall go.
//!
//! What stands below goes first, and nothing goes before the accounts that the
//! document speaks of are where they shall be.

use super::{
    Expansion, account, config, controls, delegation, identity_center, resource, security, stack_sets, unit,
};
use crate::catalog::baselines::{Baseline, by_word};
use crate::catalog::policy_types as catalogue;
use crate::graph::edge::Edge;
use crate::model::controls::on_unit;
use crate::model::resource::Presence;
use crate::model::unit_path::UnitPath;
use crate::model::{Address, Kind, Origin, Resource, reference};

/// A baseline to be disabled.
struct Leaving {
    address: Address,
    path: UnitPath,
    row: &'static Baseline,
}

pub(super) fn expand(expansion: &mut Expansion<'_>) {
    let going: Vec<(Address, &Origin)> = expansion
        .spec
        .remove
        .iter()
        .filter_map(|(text, origin)| Some((text.parse().ok()?, origin)))
        .collect();
    let leaving: Vec<Leaving> = going.iter().filter_map(|(address, _)| leaving(address)).collect();
    for (address, origin) in &going {
        match address.kind {
            Kind::OrganizationalUnit => units(expansion, address, origin, &going, &leaving),
            Kind::Account => closing(expansion, address, origin),
            Kind::TrustedAccess => {
                for (other, _) in going.iter().filter(|(other, _)| other.kind == Kind::PolicyType) {
                    let edge = Edge::settled(address, other, "policy-type-before-access-removal");
                    expansion.graph.connect(edge);
                }
                expansion.graph.add(unwanted(address, origin));
            }
            Kind::Policy => {
                let mut unwanted = unwanted(address, origin);
                unwanted.whole.insert("targets".to_owned());
                expansion.graph.add(unwanted);
            }
            Kind::PolicyType => policy_types(expansion, address, origin, &going),
            Kind::ResourcePolicy => expansion.graph.add(unwanted(address, origin)),
            Kind::RootCredentialsManagement | Kind::RootSessions => {
                // Without trust in IAM the switch could not be reached any more.
                let trust = Address::new(Kind::TrustedAccess, "iam.amazonaws.com");
                expansion.graph.connect(Edge::settled(&trust, address, "root-access-off-before-trust"));
                expansion.graph.add(unwanted(address, origin));
            }
            Kind::DelegatedAdministrator => delegation::vacant(expansion, address, origin),
            Kind::PermissionSet | Kind::Group | Kind::Assignment => {
                identity_center::removal(expansion, address, unwanted(address, origin), &going);
            }
            Kind::Baseline => {
                baselines(expansion, address, origin, &leaving);
                for (control, _) in going.iter().filter(|(other, _)| is_on_unit_of(other, address)) {
                    let edge = Edge::settled(address, control, "controls-before-deregistration");
                    expansion.graph.connect(edge);
                }
            }
            Kind::Control => control(expansion, address, origin),
            Kind::StackSet => stack_sets::removal(expansion, unwanted(address, origin)),
            Kind::Trail => security::cloudtrail::removal(expansion, unwanted(address, origin)),
            Kind::FirewallPolicy => {
                security::withdrawal(expansion, unwanted(address, origin), "firewall_manager");
            }
            Kind::AutomationRule => {
                security::withdrawal(expansion, unwanted(address, origin), "security_hub");
            }
            Kind::ConfigAggregator | Kind::ConfigRule | Kind::ConformancePack => {
                config::removal(expansion, unwanted(address, origin));
            }
            // The document's rules let nothing else through.
            _ => {}
        }
    }
}

/// Unit and baseline in an address such as `baseline.Workloads:backup`.
fn leaving(address: &Address) -> Option<Leaving> {
    let (path, word) = address.name.rsplit_once(':').filter(|_| address.kind == Kind::Baseline)?;
    Some(Leaving { address: address.clone(), path: path.parse().ok()?, row: by_word(word)? })
}

/// Whether an address names a control on the unit of a baseline.
fn is_on_unit_of(control: &Address, baseline: &Address) -> bool {
    let unit = baseline.name.rsplit_once(':').map(|(path, _)| path);
    control.kind == Kind::Control && on_unit(&control.name).map(|(path, _)| path) == unit
}

fn control(expansion: &mut Expansion<'_>, address: &Address, origin: &Origin) {
    let Some((path, name)) = controls::place(address) else { return };
    let wanted = controls::wanted(&path, name, origin);
    let target = wanted.fields.into_iter().filter(|(field, _)| field == "target").collect();
    let going = Resource { fields: target, presence: Presence::Remove, ..wanted };
    expansion.graph.add(Resource { address: address.clone(), ..going });
    let zone = Edge::settled(address, &super::the_landing_zone(), "landing-zone-before-controls");
    expansion.graph.connect(zone);
}

/// A type is switched off when the policies that shall go have gone.
fn policy_types(
    expansion: &mut Expansion<'_>,
    address: &Address,
    origin: &Origin,
    going: &[(Address, &Origin)],
) {
    let mut unwanted = unwanted(address, origin);
    let name = catalogue::by_word(&address.name).map_or(address.name.as_str(), |row| row.name.as_str());
    unwanted.keys.insert("type".to_owned(), name.into());
    expansion.graph.add(unwanted);
    for (other, _) in going.iter().filter(|(other, _)| other.kind == Kind::Policy) {
        expansion.graph.connect(Edge::settled(address, other, "policies-before-removal"));
    }
}

fn unwanted(address: &Address, origin: &Origin) -> Resource {
    Resource { presence: Presence::Remove, ..resource(address.clone(), Some(origin)) }
}

/// An account is closed when nobody needs it any more to administer anything.
fn closing(expansion: &mut Expansion<'_>, address: &Address, origin: &Origin) {
    let offices = expansion.spec.delegated_administrators.keys();
    for office in offices.map(|service| Address::new(Kind::DelegatedAdministrator, service)) {
        expansion.graph.connect(Edge::settled(address, &office, "hand-over-before-closing"));
    }
    expansion.graph.add(unwanted(address, origin));
}

/// A unit goes when it is empty: its units, its accounts and its baselines first.
fn units(
    expansion: &mut Expansion<'_>,
    address: &Address,
    origin: &Origin,
    going: &[(Address, &Origin)],
    leaving: &[Leaving],
) {
    let mut unwanted = unwanted(address, origin);
    unwanted.keys.insert("path".to_owned(), address.name.clone().into());
    expansion.graph.add(unwanted);
    let below = format!("{}/", address.name);
    let lower =
        going.iter().filter(|(other, _)| other.kind == address.kind && other.name.starts_with(&below));
    for (other, _) in lower {
        expansion.graph.connect(Edge::settled(address, other, "children-before-removal"));
    }
    for name in expansion.spec.accounts.keys() {
        expansion.graph.connect(Edge::settled(address, &account(name), "children-before-removal"));
    }
    let here = |other: &Address| on_unit(&other.name).is_some_and(|(path, _)| path == address.name);
    for (control, _) in going.iter().filter(|(other, _)| other.kind == Kind::Control && here(other)) {
        let edge = Edge::settled(address, control, "controls-before-deregistration");
        expansion.graph.connect(edge);
    }
    for baseline in leaving.iter().filter(|baseline| unit(&baseline.path) == *address) {
        let edge = Edge::settled(address, &baseline.address, "deregistration-before-removal");
        expansion.graph.connect(edge);
    }
}

fn baselines(expansion: &mut Expansion<'_>, address: &Address, origin: &Origin, leaving: &[Leaving]) {
    let Some(me) = leaving.iter().find(|baseline| baseline.address == *address) else {
        return;
    };
    let mut unwanted = unwanted(address, origin);
    unwanted.fields.insert("target".to_owned(), reference::from(&unit(&me.path), "arn"));
    unwanted.keys.insert("baseline".to_owned(), me.row.name.clone().into());
    expansion.graph.add(unwanted);
    for other in leaving {
        if other.path.ancestors().any(|above| above == me.path) {
            let edge = Edge::settled(address, &other.address, "child-baselines-before-parent");
            expansion.graph.connect(edge);
        }
        if other.path == me.path && other.row.needs.contains(&me.row.word) {
            let edge = Edge::settled(address, &other.address, "backup-removed-before-control-tower");
            expansion.graph.connect(edge);
        }
    }
    if me.row.empty_unit_to_remove {
        for name in expansion.spec.accounts.keys() {
            let edge = Edge::settled(address, &account(name), "accounts-leave-before-deregistration");
            expansion.graph.connect(edge);
        }
    }
}
