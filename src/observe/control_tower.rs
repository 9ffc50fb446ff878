//! The landing zone and the baselines on units.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::delegation;
use super::findings::Findings;
use super::people::People;
use super::wanted::{Wanted, key, leaves};
use super::{accounts, inherited_controls};
use crate::cloud::inventory::accounts::Account;
use crate::cloud::inventory::baselines::{self, Enabled, Which};
use crate::cloud::inventory::controls;
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::landing_zone::{self, LandingZone};
use crate::cloud::inventory::units::Unit;
use crate::cloud::{CallError, Connection};
use crate::model::{Attributes, Fields, Kind, Live, Resource};

/// What Control Tower told.
#[derive(Debug)]
pub(super) struct Tower {
    /// Whether there is a landing zone; none when nobody asked.
    pub(super) there: Option<bool>,
    zone: Option<LandingZone>,
    /// The landing zone, when it was read only for whom it appoints.
    appointing: Option<LandingZone>,
    offered: BTreeMap<String, String>,
    enabled: Vec<Enabled>,
    busy: BTreeSet<String>,
    /// Controls on units.
    pub(super) controls: Vec<controls::Enabled>,
    /// Controls that accounts have from units in which they are not any more.
    pub(super) inherited: Result<Vec<controls::Inherited>, CallError>,
}

/// Asks Control Tower, if anything is wanted of it. Without a landing zone there
/// is nothing else to ask.
pub(super) async fn read(connection: &Connection, wanted: &Wanted<'_>) -> Result<Tower, CallError> {
    let goes = |one: &&Resource| accounts::goes(one);
    let closes = wanted.kind(Kind::Account).iter().any(goes);
    if !closes && !wanted.any(&[Kind::LandingZone, Kind::Baseline, Kind::Control]) {
        // What is to go might be needed by a landing zone.
        if wanted.removes(Kind::TrustedAccess) || wanted.removes(Kind::PolicyType) {
            let there = Some(landing_zone::exists(connection).await?);
            return Ok(Tower { there, ..Tower::default() });
        }
        // Some administrators may be those that a landing zone has appointed.
        if delegation::concerns_control_tower(&wanted.kind(Kind::DelegatedAdministrator)) {
            let zone = landing_zone::get(connection).await?;
            return Ok(Tower { there: Some(zone.is_some()), appointing: zone, ..Tower::default() });
        }
        return Ok(Tower::default());
    }
    let Some(zone) = landing_zone::get(connection).await? else {
        return Ok(Tower { there: Some(false), ..Tower::default() });
    };
    let controls = async {
        if !wanted.any(&[Kind::Control]) {
            return Ok(Vec::new());
        }
        controls::enabled(connection, None).await
    };
    let inherited = async {
        if !inherited_controls::are_of_concern(wanted) {
            return Ok(Vec::new());
        }
        controls::inherited(connection, None).await
    };
    let (offered, enabled, running, controls, inherited) = tokio::join!(
        baselines::offered(connection),
        baselines::enabled(connection, Which::All),
        landing_zone::operations(connection, true),
        controls,
        inherited
    );
    let (offered, enabled, controls) = (offered?, enabled?, controls?);
    let under_change = enabled.iter().filter(|e| e.status == "UNDER_CHANGE");
    let mut busy: BTreeSet<String> = under_change.filter_map(|e| e.last_operation.clone()).collect();
    busy.extend(running?.into_iter().map(|(id, _)| id));
    Ok(Tower {
        there: Some(true),
        zone: Some(zone),
        appointing: None,
        offered,
        enabled,
        busy,
        controls,
        inherited,
    })
}

/// Of nothing that was asked.
impl Default for Tower {
    fn default() -> Self {
        Self {
            there: None,
            zone: None,
            appointing: None,
            offered: BTreeMap::new(),
            enabled: Vec::new(),
            busy: BTreeSet::new(),
            controls: Vec::new(),
            inherited: Ok(Vec::new()),
        }
    }
}

impl Tower {
    /// Whether accounts that move are followed by Control Tower itself.
    pub(super) fn follows_moves(&self) -> bool {
        self.zone.as_ref().is_some_and(LandingZone::enrols_automatically)
    }

    /// The accounts that Control Tower has, or is about to have; one whose enrolment failed is not.
    pub(super) fn governed(&self) -> BTreeSet<String> {
        let children = self.enabled.iter().filter(|one| one.parent.is_some() && one.status != "FAILED");
        children.filter_map(|child| child.target.rsplit('/').next()).map(str::to_owned).collect()
    }

    /// The unit in which each account is governed, its baseline being healthy: account to unit, ids.
    pub(super) fn seats(&self) -> BTreeMap<String, String> {
        let last = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
        let unit = |parent: &String| {
            let of_unit = self.enabled.iter().find(|one| one.parent.is_none() && one.arn == *parent)?;
            Some(last(&of_unit.target))
        };
        let healthy = self.enabled.iter().filter(|one| one.status == "SUCCEEDED" && one.drift != "DRIFTED");
        healthy.filter_map(|child| Some((last(&child.target), unit(child.parent.as_ref()?)?))).collect()
    }

    /// The accounts that the landing zone has appointed itself, by service principal (Control
    /// Tower User Guide, config-updates-v4 and backup-resources).
    pub(super) fn appointed(&self) -> BTreeMap<&'static str, String> {
        self.zone.iter().chain(&self.appointing).flat_map(appointed_by).collect()
    }
}

/// The accounts that a landing zone has appointed itself, by service principal.
pub(super) fn appointed_by(zone: &LandingZone) -> BTreeMap<&'static str, String> {
    let mut appointed = BTreeMap::new();
    let mut put = |principal, section: &str, account: &str| {
        let on = zone.manifest.pointer(&format!("/{section}/enabled")) == Some(&Value::Bool(true));
        let account = zone.manifest.pointer(&format!("/{section}/{account}")).and_then(Value::as_str);
        appointed.extend(account.filter(|_| on).map(|account| (principal, account.to_owned())));
    };
    if !zone.version.starts_with("3.") {
        put("config.amazonaws.com", "config", "accountId");
    }
    put("backup.amazonaws.com", "backup", "configurations/backupAdmin/accountId");
    appointed
}

/// Fills in the landing zone and what is known about Control Tower's work.
pub(super) fn observe_zone(wanted: &[&Resource], tower: &Tower, people: &People, findings: &mut Findings) {
    findings.facts.control_tower_busy = tower.busy.clone();
    let Some(zone) = &tower.zone else { return };
    findings.facts.latest_landing_zone = zone.latest.clone();
    let mut attributes = Attributes::from([("arn".to_owned(), zone.arn.clone())]);
    let identity_center = tower.offered.get(baselines::IDENTITY_CENTER);
    let enabled = tower.enabled.iter().find(|e| Some(&e.baseline) == identity_center && e.parent.is_none());
    attributes.extend(enabled.map(|e| ("identity_center_baseline".to_owned(), e.arn.clone())));
    let mut fields = Fields::from([
        ("version".to_owned(), json!(zone.version)),
        ("manifest".to_owned(), zone.manifest.clone()),
        ("remediation_types".to_owned(), json!(zone.remediation_types)),
        ("status".to_owned(), json!(zone.status)),
        ("drift".to_owned(), json!(zone.drift)),
    ]);
    if let Some((name, id)) = security_unit(zone, tower, people) {
        fields.insert("security_unit_name".to_owned(), json!(name));
        attributes.extend(id.map(|id| ("security_unit".to_owned(), id)));
    }
    for resource in wanted {
        findings.see(resource, Live { fields: fields.clone(), attributes: attributes.clone() });
    }
}

/// What the unit is called that a landing zone up to 3.3 made for its accounts, and its id. AWS reports no drift
/// when somebody renames it, so it is known by those accounts where no unit has the name of the manifest. Where
/// AWS does report drift they may have been moved, and a unit that is registered is not it: then the reset, which
/// makes the unit again and brings them back, has its way.
fn security_unit(zone: &LandingZone, tower: &Tower, people: &People) -> Option<(String, Option<String>)> {
    let name = zone.manifest.pointer("/organizationStructure/security/name")?.as_str()?;
    let (units, accounts) = (people.units.as_ref().ok()?, people.accounts.as_ref().ok()?);
    let is_top = |unit: &&Unit| units.iter().all(|other| other.id != unit.parent);
    if let Some(unit) = units.iter().find(|unit| unit.name == name && is_top(unit)) {
        return Some((name.to_owned(), Some(unit.id.clone())));
    }
    let mut own = BTreeSet::new();
    account_ids(&zone.manifest, &mut own);
    let members = accounts.iter().filter(|account| own.contains(&account.id));
    let places: BTreeSet<&String> = members.filter_map(|account| account.parent.as_ref()).collect();
    let only = places.first().filter(|_| places.len() == 1 && zone.drift != "DRIFTED");
    let is_registered = |unit: &Unit| tower.enabled.iter().any(|one| one.target == unit.arn);
    let mut tops = units.iter().filter(|unit| is_top(unit) && !is_registered(unit));
    let renamed = only.and_then(|place| tops.find(|unit| unit.id == **place));
    Some(match renamed {
        Some(unit) => (unit.name.clone(), Some(unit.id.clone())),
        None => (name.to_owned(), None),
    })
}

/// Notes the accounts that Control Tower has and the organization has not any more.
pub(super) fn note_departed(accounts: &[Account], tower: &Tower, findings: &mut Findings) {
    // Nobody asked for the accounts.
    if accounts.is_empty() {
        return;
    }
    let mut known = BTreeSet::new();
    if let Some(zone) = &tower.zone {
        account_ids(&zone.manifest, &mut known);
    }
    let enrolled = tower.enabled.iter().filter(|enabled| enabled.target.contains(":account/"));
    known.extend(enrolled.filter_map(|enabled| enabled.target.rsplit('/').next()).map(str::to_owned));
    known.retain(|id| accounts.iter().all(|account| account.id != *id));
    findings.facts.departed = known;
}

/// Every account that a manifest names.
fn account_ids(manifest: &Value, found: &mut BTreeSet<String>) {
    for (key, value) in manifest.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(id) if key == "accountId" => drop(found.insert(id.to_owned())),
            _ => account_ids(value, found),
        }
    }
}

/// Notes which of the accounts that are to be closed Control Tower still governs.
pub(super) fn note_enrolled(wanted: &[&Resource], tower: &Tower, findings: &mut Findings) {
    let enrolled: BTreeSet<&str> =
        tower.enabled.iter().filter_map(|enabled| enabled.target.rsplit('/').next()).collect();
    for resource in wanted.iter().filter(|one| accounts::goes(one)) {
        let live = findings.live.get(&resource.address).and_then(|live| live.attribute("id"));
        if live.is_some_and(|id| enrolled.contains(id)) {
            findings.facts.enrolled.insert(resource.address.clone());
        }
    }
}

/// Fills in the baselines of the desired units. A unit that does not exist has none.
pub(super) async fn observe_baselines(
    connection: &Connection,
    wanted: &[&Resource],
    tower: &Tower,
    accounts: &[Account],
    management: &str,
    findings: &mut Findings,
) {
    let on_targets: BTreeMap<(&str, &str), &Enabled> =
        tower.enabled.iter().rev().map(|one| ((one.target.as_str(), one.baseline.as_str()), one)).collect();
    let on_unit = |resource: &Resource| {
        let target = findings.resolved(resource.fields.get("target")?)?;
        let baseline = tower.offered.get(key(resource, "baseline")?)?;
        on_targets.get(&(target.as_str()?, baseline.as_str())).copied()
    };
    let found: Vec<(&Resource, &Enabled)> =
        wanted.iter().filter_map(|resource| Some((*resource, on_unit(resource)?))).collect();
    let parameters = parameters(connection, &found).await;
    let governed = Governed::of(&tower.enabled, accounts, management);
    for ((resource, enabled), parameters) in found.into_iter().zip(parameters) {
        let missing = governed.missing_members(enabled);
        let mut fields = Fields::from([
            ("target".to_owned(), json!(enabled.target)),
            ("version".to_owned(), json!(enabled.version)),
            ("status".to_owned(), json!(enabled.status)),
            ("drift".to_owned(), json!(enabled.drift)),
            ("missing_members".to_owned(), json!(missing)),
        ]);
        match parameters {
            Ok(found) => fields.extend(found.into_iter().map(|(k, v)| (format!("parameters.{k}"), v))),
            Err(error) => findings.gap(resource, &error),
        }
        let attributes = Attributes::from([("arn".to_owned(), enabled.arn.clone())]);
        findings.see(resource, Live { fields, attributes });
    }
}

/// The parameters of each, which lists do not tell; only where somebody asks.
async fn parameters(
    connection: &Connection,
    found: &[(&Resource, &Enabled)],
) -> Vec<Result<BTreeMap<String, Value>, CallError>> {
    let questions = found.iter().map(|(resource, enabled)| {
        let (connection, arn) = (connection.clone(), enabled.arn.clone());
        let asked = !leaves(resource, "parameters").is_empty();
        async move {
            if !asked {
                return Ok(BTreeMap::new());
            }
            baselines::details(&connection, &arn).await.map(|details| details.parameters)
        }
    });
    fan_out(questions.collect()).await
}

/// Who stands in which unit, and who is enrolled with it.
struct Governed<'a> {
    /// Active accounts by the unit they are in, without the management account, which is
    /// never enrolled.
    members: BTreeMap<&'a str, Vec<&'a str>>,
    /// Accounts with a healthy child, by the enabled baseline of their unit.
    enrolled: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Governed<'a> {
    fn of(enabled: &'a [Enabled], accounts: &'a [Account], management: &str) -> Self {
        let mut governed = Self { members: BTreeMap::new(), enrolled: BTreeMap::new() };
        for account in accounts.iter().filter(|a| a.state == "ACTIVE" && a.id != management) {
            let Some(unit) = account.parent.as_deref() else { continue };
            governed.members.entry(unit).or_default().push(&account.id);
        }
        for child in enabled.iter().filter(|one| one.status == "SUCCEEDED" && one.drift != "DRIFTED") {
            let account = child.target.rsplit('/').next();
            let Some((parent, account)) = child.parent.as_deref().zip(account) else { continue };
            governed.enrolled.entry(parent).or_default().insert(account);
        }
        governed
    }

    /// Active accounts directly in the unit without a healthy child baseline.
    fn missing_members(&self, enabled: &Enabled) -> BTreeSet<String> {
        let unit = enabled.target.rsplit('/').next().unwrap_or_default();
        let enrolled = self.enrolled.get(enabled.arn.as_str());
        let is_missing = |id: &&&str| enrolled.is_none_or(|all| !all.contains(**id));
        self.members.get(unit).into_iter().flatten().filter(is_missing).map(|id| (*id).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enabled(arn: &str, target: &str, parent: Option<&str>, status: &str, drift: &str) -> Enabled {
        Enabled {
            arn: arn.into(),
            baseline: "b".into(),
            version: "5.0".into(),
            target: target.into(),
            parent: parent.map(str::to_owned),
            status: status.into(),
            drift: drift.into(),
            last_operation: None,
        }
    }

    fn account(id: &str, parent: &str, state: &str) -> Account {
        Account {
            id: id.into(),
            arn: String::new(),
            name: String::new(),
            email: String::new(),
            state: state.into(),
            parent: Some(parent.into()),
        }
    }

    #[test]
    fn members_without_a_healthy_child_baseline_are_missing() {
        let unit = enabled("e", "arn:aws:organizations::0:ou/o-1/ou-1", None, "SUCCEEDED", "IN_SYNC");
        let child = |id: &str, status, drift| {
            enabled(id, &format!("arn:aws:organizations::0:account/o-1/{id}"), Some("e"), status, drift)
        };
        let all = [
            unit.clone(),
            child("1", "SUCCEEDED", "IN_SYNC"),
            child("2", "FAILED", "IN_SYNC"),
            child("3", "SUCCEEDED", "DRIFTED"),
        ];
        let mut accounts: Vec<Account> =
            ["0", "1", "2", "3", "4"].map(|id| account(id, "ou-1", "ACTIVE")).into();
        accounts.push(account("5", "ou-1", "SUSPENDED"));
        accounts.push(account("6", "ou-2", "ACTIVE"));
        let missing = Governed::of(&all, &accounts, "0").missing_members(&unit);
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["2", "3", "4"]);
    }
}
