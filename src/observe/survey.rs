//! The survey: who asks what, in which order.
//!
//! Caller and organization come first. Then units beside accounts, trusted
//! services, the account quota, roles and Control Tower, all at once. Last the
//! keys, which live in accounts that must be known, and tags and contacts of what
//! was found.

use super::error::ObserveError;
use super::findings::Findings;
use super::snapshot::Snapshot;
use super::wanted::Wanted;
use super::{accounts, control_tower, keys, people, roles, units};
use crate::cloud::inventory::organization::{self, Organization, Root};
use crate::cloud::inventory::quotas;
use crate::cloud::{CallError, Connection};
use crate::model::{Fields, Kind, Live, Resource};

/// Reads the live organization as far as `wanted` asks about it. No call changes
/// anything (invariant I8). Where there is no organization yet, only the
/// account itself is read: its roles, keys and quotas.
///
/// # Errors
/// When the caller or the organization cannot be read, or the caller is not the
/// management account. Anything else that cannot be read is a gap.
pub async fn survey(connection: &Connection, wanted: &[Resource]) -> Result<Snapshot, ObserveError> {
    let (caller, organization) = tokio::join!(connection.caller(), organization::describe(connection));
    let caller = caller.map_err(ObserveError::Caller)?;
    let organization = organization.map_err(ObserveError::Organization)?;
    let mut findings = Findings::default();
    if let Some(organization) = &organization {
        if caller.account != organization.management_account {
            return Err(ObserveError::NotManagement {
                caller: caller.account.clone(),
                management: organization.management_account.clone(),
            });
        }
        look(connection, &Wanted::of(wanted), organization, &mut findings).await?;
    } else {
        look_around(connection, &Wanted::of(wanted), &mut findings).await;
    }
    Ok(Snapshot {
        account: caller.account.clone(),
        caller: caller.arn.clone(),
        partition: caller.partition.clone(),
        home_region: connection.home_region().clone(),
        management_account: organization.as_ref().map(|o| o.management_account.clone()),
        organization: organization.map(|o| o.id),
        live: findings.live,
        gaps: findings.gaps,
        facts: findings.facts,
    })
}

/// Reads what an account has before it has an organization: a run that was stopped
/// early may have left roles and keys.
async fn look_around(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    let roles_wanted = wanted.kind(Kind::ServiceRole);
    let (quota, roles) = tokio::join!(quota(connection, wanted), roles::read(connection, &roles_wanted));
    findings.facts.account_quota = quota;
    roles::observe(&roles_wanted, roles, findings);
    keys::observe(connection, &wanted.kind(Kind::Key), findings).await;
}

/// Reads an organization that exists.
async fn look(
    connection: &Connection,
    wanted: &Wanted<'_>,
    organization: &Organization,
    findings: &mut Findings,
) -> Result<(), ObserveError> {
    let roles_wanted = wanted.kind(Kind::ServiceRole);
    let people = async {
        let root = organization::root(connection).await?;
        let people = people::read(connection, wanted, &root).await;
        Ok::<_, CallError>((root, people))
    };
    let (people, trusted, quota, roles, tower) = tokio::join!(
        people,
        trusted(connection, wanted),
        quota(connection, wanted),
        roles::read(connection, &roles_wanted),
        control_tower::read(connection, wanted)
    );
    let (root, people) = people.map_err(ObserveError::Organization)?;
    observe_organization(wanted, organization, &root, findings);
    observe_trusted(wanted, trusted, findings);
    findings.facts.account_quota = quota;
    roles::observe(&roles_wanted, roles, findings);
    observe_people(connection, wanted, &root, &people, findings).await;
    keys::observe(connection, &wanted.kind(Kind::Key), findings).await;
    observe_tower(connection, wanted, tower, people, organization, findings).await;
    Ok(())
}

/// Trusted services, when somebody asks: the landing zone's checks do, too.
async fn trusted(
    connection: &Connection,
    wanted: &Wanted<'_>,
) -> Option<Result<std::collections::BTreeSet<String>, CallError>> {
    if !wanted.any(&[Kind::TrustedAccess, Kind::LandingZone]) {
        return None;
    }
    Some(organization::trusted_services(connection).await)
}

/// The quota on accounts, when accounts are wanted. Not every caller may read
/// quotas, so an error is an absent fact.
async fn quota(connection: &Connection, wanted: &Wanted<'_>) -> Option<u64> {
    if !wanted.any(&[Kind::Account]) {
        return None;
    }
    match quotas::accounts(connection).await {
        Ok(quota) => quota,
        Err(error) => {
            tracing::debug!(%error, "the account quota could not be read");
            None
        }
    }
}

fn observe_organization(
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

fn observe_trusted(
    wanted: &Wanted<'_>,
    trusted: Option<Result<std::collections::BTreeSet<String>, CallError>>,
    findings: &mut Findings,
) {
    let resources = wanted.kind(Kind::TrustedAccess);
    match trusted {
        None => {}
        Some(Err(error)) => findings.gap_all(&resources, &error),
        Some(Ok(services)) => {
            for resource in resources.into_iter().filter(|r| services.contains(&r.address.name)) {
                findings.see(resource, Live::default());
            }
            findings.facts.trusted_services = Some(services);
        }
    }
}

async fn observe_people(
    connection: &Connection,
    wanted: &Wanted<'_>,
    root: &Root,
    people: &people::People,
    findings: &mut Findings,
) {
    let units_wanted = wanted.kind(Kind::OrganizationalUnit);
    match &people.units {
        Ok(tree) => {
            let found = units::matched(&units_wanted, tree, root);
            units::observe(connection, &units_wanted, &found, findings).await;
            if let Ok(all) = &people.accounts {
                units::note_inactive(&units_wanted, &found, all, findings);
            }
        }
        Err(error) => findings.gap_all(&units_wanted, error),
    }
    let accounts_wanted = wanted.kind(Kind::Account);
    match &people.accounts {
        Ok(all) if !accounts_wanted.is_empty() => {
            accounts::observe(connection, &accounts_wanted, all, findings).await;
        }
        Ok(_) => {}
        Err(error) => findings.gap_all(&accounts_wanted, error),
    }
}

async fn observe_tower(
    connection: &Connection,
    wanted: &Wanted<'_>,
    tower: Result<control_tower::Tower, CallError>,
    people: people::People,
    organization: &Organization,
    findings: &mut Findings,
) {
    let (zones, on_units) = (wanted.kind(Kind::LandingZone), wanted.kind(Kind::Baseline));
    let tower = match tower {
        Ok(tower) => tower,
        Err(error) => {
            findings.gap_all(&zones, &error);
            findings.gap_all(&on_units, &error);
            return;
        }
    };
    control_tower::observe_zone(&zones, &tower, findings);
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
