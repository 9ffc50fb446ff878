//! From answers to findings: each kind's observer gets what it needs, and what
//! could not be read becomes a gap of every resource that asked for it.

use std::collections::BTreeSet;

use super::control_tower::Tower;
use super::controls::Catalog;
use super::findings::Findings;
use super::people::People;
use super::wanted::Wanted;
use super::{accounts, control_tower, controls, delegation, inherited_controls, outsiders, policies, units};
use crate::catalog::service_access;
use crate::cloud::inventory::organization::{Organization, Root};
use crate::cloud::inventory::own_trust;
use crate::cloud::inventory::quotas::Quotas;
use crate::cloud::{CallError, Connection};
use crate::model::{Fields, Kind, Live, Resource};

/// Fills in the organization.
pub(super) fn organization(
    wanted: &Wanted<'_>,
    organization: &Organization,
    root: &Root,
    findings: &mut Findings,
) {
    for resource in wanted.kind(Kind::Organization) {
        let fields = Fields::from([("feature_set".to_owned(), organization.feature_set.clone().into())]);
        findings.see(resource, Live { fields, attributes: organization.attributes(root) });
    }
}

/// Notes the limits that the checks hold plans against.
pub(super) fn quotas(wanted: &Wanted<'_>, quotas: &Quotas, findings: &mut Findings) {
    if wanted.any(&[Kind::Account]) {
        findings.facts.account_quota = quotas.accounts();
    }
    policies::note_quotas(&wanted.kind(Kind::Policy), quotas, findings);
}

/// Fills in the trusted services; of those with a call of their own, whether it was made.
pub(super) async fn trusted(
    connection: &Connection,
    wanted: &Wanted<'_>,
    trusted: Option<Result<BTreeSet<String>, CallError>>,
    findings: &mut Findings,
) {
    let resources = wanted.kind(Kind::TrustedAccess);
    match trusted {
        None => {}
        Some(Err(error)) => findings.gap_all(&resources, &error),
        Some(Ok(services)) => {
            for resource in resources.into_iter().filter(|r| services.contains(&r.address.name)) {
                match own_call(connection, resource).await {
                    Ok(fields) => findings.see(resource, Live { fields, ..Live::default() }),
                    Err(error) => findings.gap(resource, &error),
                }
            }
            findings.facts.trusted_services = Some(services);
        }
    }
}

/// The field of a service with a call of its own, when the document wants it.
async fn own_call(connection: &Connection, resource: &Resource) -> Result<Fields, CallError> {
    let own = service_access::by_own_call(&resource.address.name);
    let Some(own) = own.filter(|own| resource.fields.contains_key(&own.field)) else {
        return Ok(Fields::new());
    };
    let on = own_trust::is_on(connection, own).await?;
    Ok(on.then(|| (own.field.clone(), true.into())).into_iter().collect())
}

/// Fills in units and accounts, with tags and contacts where they are managed.
pub(super) async fn people(
    connection: &Connection,
    wanted: &Wanted<'_>,
    root: &Root,
    people: &People,
    findings: &mut Findings,
) {
    let units_wanted = wanted.kind(Kind::OrganizationalUnit);
    match &people.units {
        Ok(tree) => {
            let found = units::matched(&units_wanted, tree, root);
            units::observe(connection, &units_wanted, &found, findings).await;
            if let Ok(all) = &people.accounts {
                units::note_inactive(&units_wanted, &found, all, findings);
                units::note_occupants(&wanted.leaving(), &found, all, findings);
            }
        }
        Err(error) => findings.gap_all(&units_wanted, error),
    }
    let accounts_wanted = wanted.kind(Kind::Account);
    match &people.accounts {
        Ok(all) if !accounts_wanted.is_empty() => {
            accounts::observe(connection, &accounts_wanted, all, findings).await;
            outsiders::observe(connection, &accounts_wanted, Some(root), findings).await;
        }
        Ok(_) => {}
        Err(error) => findings.gap_all(&accounts_wanted, error),
    }
}

/// Fills in the delegated administrators. Where Control Tower could not be asked whom it has
/// appointed, those of the services that concern it are not told.
pub(super) async fn administrators(
    connection: &Connection,
    wanted: &Wanted<'_>,
    tower: &Result<Tower, CallError>,
    findings: &mut Findings,
) {
    let offices = wanted.kind(Kind::DelegatedAdministrator);
    let (left, told) = match tower {
        Ok(tower) => (tower.appointed(), offices),
        Err(error) => {
            let (gone, told): (Vec<_>, Vec<_>) =
                offices.into_iter().partition(|office| delegation::concerns_control_tower(&[office]));
            findings.gap_all(&gone, error);
            (Default::default(), told)
        }
    };
    delegation::observe(connection, &told, &left, findings).await;
}

/// Fills in the landing zone and the baselines.
pub(super) async fn tower(
    connection: &Connection,
    wanted: &Wanted<'_>,
    tower: Result<Tower, CallError>,
    people: People,
    organization: &Organization,
    catalog: &Catalog,
    findings: &mut Findings,
) {
    let (zones, on_units) = (wanted.kind(Kind::LandingZone), wanted.kind(Kind::Baseline));
    let controls_wanted = wanted.kind(Kind::Control);
    let tower = match tower {
        Ok(tower) => tower,
        Err(error) => {
            findings.gap_all(&zones, &error);
            findings.gap_all(&on_units, &error);
            findings.gap_all(&controls_wanted, &error);
            // An account must not be closed while Control Tower may govern it.
            let closed = wanted.kind(Kind::Account).into_iter().filter(|one| accounts::goes(one));
            findings.gap_all(&closed.collect::<Vec<_>>(), &error);
            return;
        }
    };
    findings.facts.landing_zone = tower.there;
    control_tower::observe_zone(&zones, &tower, &people, findings);
    if let Ok(accounts) = &people.accounts {
        control_tower::note_departed(accounts, &tower, findings);
    }
    control_tower::note_enrolled(&wanted.kind(Kind::Account), &tower, findings);
    // Without units nobody knows where a control is.
    match &people.units {
        Ok(_) => {
            controls::observe(connection, &controls_wanted, &tower.controls, catalog, findings).await;
            let members = wanted.kind(Kind::Account);
            if inherited_controls::are_of_concern(wanted) {
                inherited_controls::observe(connection, &members, &tower, catalog, findings).await;
            }
            let units = controls::units_of_policies(&controls_wanted, &catalog.facts, findings);
            policies::note_units_of_controls(connection, units, findings).await;
        }
        Err(error) => findings.gap_all(&controls_wanted, error),
    }
    // Without units a baseline's target is unknown, and without accounts its
    // members are: neither may look as if all were well.
    match (people.units, people.accounts) {
        (Ok(_), Ok(accounts)) => {
            let management = organization.management_account.as_str();
            control_tower::observe_baselines(connection, &on_units, &tower, &accounts, management, findings)
                .await;
        }
        (Err(error), _) | (_, Err(error)) => findings.gap_all(&on_units, &error),
    }
}
