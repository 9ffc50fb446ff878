//! AWS Backup as far as it is asked about: switches and opt-ins of the management account, and in
//! each account and Region its vaults, shares, restore tests, reports and frameworks.
//!
//! Vaults are listed once for each account and Region. An account that does not exist yet has
//! nothing. A lock is told in the terms that the resource asks in (see `model::kinds`), and in
//! full as a fact for the checks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::findings::Findings;
use super::snapshot::VaultLock;
use super::wanted::{Wanted, key, leaves};
use crate::cloud::call::Site;
use crate::cloud::inventory::backup_audit;
use crate::cloud::inventory::backup_settings::{self, SWITCH_NAMES};
use crate::cloud::inventory::backup_vaults::{self, Lock, Vault};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::{invalid_policies, resource_shares, restore_testing};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::model::{Attributes, Fields, Kind, Live, Resource};

/// AWS's name of the type of policies that plans of backups are.
pub(super) const BACKUP_POLICY: &str = "BACKUP_POLICY";

/// An account (none for the caller's own) in a Region.
type Place = (Option<String>, Region);

/// Fills in everything of AWS Backup that is wanted.
pub(super) async fn observe(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    settings(connection, &wanted.kind(Kind::BackupSettings), findings).await;
    opt_ins(connection, &wanted.kind(Kind::BackupOptIn), findings).await;
    let mut all = wanted.kind(Kind::BackupVault);
    all.extend(wanted.kind(Kind::AirGappedVault));
    vaults(connection, &all, findings).await;
    // These name vaults, roles and frameworks, whose attributes must be known for the comparison.
    for kinds in [
        &[
            Kind::ResourceShare,
            Kind::RestoreTestingPlan,
            Kind::RestoreTestingSelection,
            Kind::BackupFramework,
        ][..],
        &[Kind::ReportPlan],
    ] {
        let some: Vec<&Resource> = kinds.iter().flat_map(|kind| wanted.kind(*kind)).collect();
        others(connection, &some, findings).await;
    }
    note_invalid(connection, wanted, findings).await;
}

/// Notes what AWS finds wrong with plans that are in force. Not every caller may ask, so an error
/// is an absent fact.
async fn note_invalid(connection: &Connection, wanted: &Wanted<'_>, findings: &mut Findings) {
    let plans =
        wanted.kind(Kind::Policy).into_iter().filter(|policy| policy.keys.contains_key("backup_plan"));
    if !plans.into_iter().any(|policy| findings.live.contains_key(&policy.address)) {
        return;
    }
    match invalid_policies::invalid(connection, BACKUP_POLICY).await {
        Ok(all) => {
            let invalid = all.into_iter().map(|one| (one.account, one.errors));
            findings.facts.invalid_backup_policies = invalid.collect();
        }
        Err(error) => tracing::debug!(%error, "whether backup policies are valid could not be read"),
    }
}

async fn settings(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    for resource in wanted {
        match backup_settings::switches(connection).await {
            Ok(live) => {
                let on = |name: &str| live.get(name).map(|text| json!(text == "true"));
                let fields =
                    SWITCH_NAMES.iter().filter_map(|(field, name)| Some(((*field).to_owned(), on(name)?)));
                findings.see(resource, Live { fields: fields.collect(), ..Live::default() });
            }
            Err(error) => findings.gap(resource, &error),
        }
    }
}

async fn opt_ins(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let questions = wanted.iter().filter_map(|resource| {
        let region: Region = key(resource, "region")?.parse().ok()?;
        let (connection, resource) = (connection.clone(), (*resource).clone());
        Some(async move { (resource, backup_settings::opt_ins(&connection, &region).await) })
    });
    for (resource, seen) in fan_out(questions.collect()).await {
        match seen {
            Ok(seen) => {
                let mut fields = Fields::new();
                for (group, all) in [("types", seen.types), ("full_management", seen.full_management)] {
                    fields.extend(all.into_iter().map(|(name, on)| (format!("{group}.{name}"), json!(on))));
                }
                findings.see(&resource, Live { fields, ..Live::default() });
            }
            Err(error) => findings.gap(&resource, &error),
        }
    }
}

/// Where a resource lives; none while its account does not exist.
fn place(resource: &Resource, findings: &Findings) -> Option<Place> {
    let account = match resource.keys.get("account") {
        None => None,
        Some(value) => Some(findings.resolved(value)?.as_str()?.to_owned()),
    };
    Some((account, key(resource, "region")?.parse().ok()?))
}

async fn vaults(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let placed: Vec<(&Resource, Place)> =
        wanted.iter().filter_map(|resource| Some((*resource, place(resource, findings)?))).collect();
    let places: BTreeSet<Place> = placed.iter().map(|(_, place)| place.clone()).collect();
    let questions = places.into_iter().map(|place| {
        let connection = connection.clone();
        async move {
            let listed = async {
                let site = connection.site_in(place.0.as_deref(), &place.1).await?;
                let vaults = backup_vaults::list(&site).await?;
                Ok::<_, CallError>((site, vaults))
            };
            let listed = listed.await;
            (place, listed)
        }
    });
    let listed: BTreeMap<Place, Result<(Site, Vec<Vault>), CallError>> =
        fan_out(questions.collect()).await.into_iter().collect();
    let questions = placed.iter().filter_map(|(resource, place)| match listed.get(place)? {
        Ok((site, vaults)) => {
            let name = key(resource, "vault").unwrap_or(&resource.address.name);
            let vault = vaults.iter().find(|vault| vault.name == name)?.clone();
            let (site, resource) = (site.clone(), (*resource).clone());
            Some(async move {
                let live = async {
                    let mut fields = vault_fields(&site, &resource, &vault).await?;
                    let (team, remark) = approval_team(&site, &resource, &vault).await?;
                    fields.extend(team.map(|team| ("approval_team".to_owned(), team)));
                    Ok::<_, CallError>((fields, remark))
                };
                let live = live.await;
                (resource, vault, live)
            })
        }
        Err(_) => None,
    });
    for (resource, vault, live) in fan_out(questions.collect()).await {
        match live {
            Ok((fields, remark)) => {
                note_lock(&resource, &vault, findings);
                findings.facts.remarks.extend(remark);
                let attributes = Attributes::from([("arn".to_owned(), vault.arn)]);
                findings.see(&resource, Live { fields, attributes });
            }
            Err(error) => findings.gap(&resource, &error),
        }
    }
    for (resource, place) in &placed {
        if let Some(Err(error)) = listed.get(place) {
            findings.gap(resource, error);
        }
    }
}

/// A vault in the fields of its kind, with further reads only for what is asked about.
async fn vault_fields(site: &Site, resource: &Resource, vault: &Vault) -> Result<Fields, CallError> {
    let mut fields = Fields::new();
    let mut put = |name: &str, value: Option<Value>| {
        fields.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("key", vault.key.as_ref().map(|arn| json!(arn)));
    if let Some(lock) = &vault.lock {
        // A lock that nobody can take away is also one that somebody shall not.
        let group =
            if lock.since.is_some() && !asks(resource, "governance") { "compliance" } else { "governance" };
        for (name, days) in [("min_days", lock.min_days), ("max_days", lock.max_days)] {
            put(name, days.map(|days| json!(days)));
            put(&format!("{group}.{name}"), days.map(|days| json!(days)));
        }
    }
    if resource.fields.contains_key("access_policy") {
        let policy = backup_vaults::access_policy(site, &vault.name).await?;
        fields.extend(policy.map(|policy| ("access_policy".to_owned(), policy)));
    }
    Ok(fields)
}

/// The approval team of a vault, if it is asked about. While the present team is asked whether it
/// agrees to another, nothing may be sent again: AWS does not say which one is to come, and what
/// the document says counts as sent.
async fn approval_team(
    site: &Site,
    resource: &Resource,
    vault: &Vault,
) -> Result<(Option<Value>, Option<String>), CallError> {
    let Some(wanted) = resource.fields.get("approval_team") else { return Ok((None, None)) };
    let Some(seen) = backup_vaults::describe(site, &vault.name).await? else { return Ok((None, None)) };
    let team = seen.approval_team.map(|arn| json!(arn));
    match seen.team_asked {
        Some(since) if team.as_ref() != Some(wanted) => {
            let present = team.as_ref().and_then(Value::as_str).unwrap_or_default();
            let remark = format!(
                "{}: another approval team waits since {since} for the approval of the present one, {present}; nothing is sent until that is decided",
                resource.address
            );
            Ok((Some(wanted.clone()), Some(remark)))
        }
        _ => Ok((team, None)),
    }
}

fn asks(resource: &Resource, group: &str) -> bool {
    !leaves(resource, group).is_empty()
}

fn note_lock(resource: &Resource, vault: &Vault, findings: &mut Findings) {
    let Some(Lock { since, min_days, max_days }) = vault.lock.clone() else { return };
    let lock = VaultLock { since: since.map(|at| at.to_string()), min_days, max_days };
    findings.facts.vault_locks.insert(resource.address.clone(), lock);
}

/// What is asked for one by one, by name.
async fn others(connection: &Connection, wanted: &[&Resource], findings: &mut Findings) {
    let questions = wanted.iter().filter_map(|resource| {
        let (account, region) = place(resource, findings)?;
        let (connection, resource) = (connection.clone(), (*resource).clone());
        let wanted = resolved(&resource, findings);
        Some(async move {
            let read = async {
                let site = connection.site_in(account.as_deref(), &region).await?;
                one(&site, &resource, &wanted).await
            };
            let live = read.await;
            (resource, live)
        })
    });
    for (resource, live) in fan_out(questions.collect()).await {
        match live {
            Ok(Some(live)) => findings.see(&resource, live),
            Ok(None) => {}
            Err(error) => findings.gap(&resource, &error),
        }
    }
}

/// The wanted values as far as they are known.
fn resolved(resource: &Resource, findings: &Findings) -> Fields {
    let known = |(name, value): (&String, &Value)| Some((name.clone(), findings.resolved(value)?));
    resource.fields.iter().filter_map(known).collect()
}

async fn one(site: &Site, resource: &Resource, wanted: &Fields) -> Result<Option<Live>, CallError> {
    let named = |name| key(resource, name).unwrap_or(&resource.address.name);
    match resource.address.kind {
        Kind::ResourceShare => share(site, named("share"), wanted).await,
        Kind::RestoreTestingPlan => restore_testing::plan(site, named("plan")).await,
        Kind::RestoreTestingSelection => {
            restore_testing::selection(site, named("plan"), named("selection")).await
        }
        Kind::ReportPlan => {
            Ok(backup_audit::report_plan(site, named("report")).await?.map(|deployed| deployed.live))
        }
        _ => Ok(backup_audit::framework(site, named("framework")).await?.map(|deployed| deployed.live)),
    }
}

/// A share: of each wanted leaf whether it is there, since AWS has no names for them.
async fn share(site: &Site, name: &str, wanted: &Fields) -> Result<Option<Live>, CallError> {
    let Some(share) = resource_shares::named(site, name).await? else { return Ok(None) };
    let mut fields = Fields::from([("external".to_owned(), json!(share.external))]);
    for (field, value) in wanted {
        let there = match (field.split_once('.'), value.as_str()) {
            (Some(("resources", _)), Some(arn)) => share.resources.contains(arn),
            (Some(("principals", _)), Some(principal)) => share.principals.contains(principal),
            _ => false,
        };
        if there {
            fields.insert(field.clone(), value.clone());
        }
    }
    Ok(Some(Live { fields, attributes: Attributes::from([("arn".to_owned(), share.arn)]) }))
}
