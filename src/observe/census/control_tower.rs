//! The landing zone with its service roles, baselines on units, controls on units.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gap::{Gaps, Part};
use crate::catalog::service_roles;
use crate::cloud::call::Site;
use crate::cloud::inventory::baselines::{self, Enabled, Which};
use crate::cloud::inventory::fan_out::fan_out;
use crate::cloud::inventory::landing_zone::{self, LandingZone};
use crate::cloud::inventory::{controls, roles};
use crate::cloud::{CallError, Connection};
use crate::model::region::Region;
use crate::observe::control_tower::appointed_by;
use crate::observe::controls::{self as named, Named};

/// What Control Tower has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlTower {
    /// The landing zone's ARN.
    pub arn: String,
    /// Its version.
    pub version: String,
    /// Its manifest, as AWS gives it back.
    pub manifest: Value,
    /// Remediation types, sorted.
    pub remediation_types: Vec<String>,
    /// `ACTIVE`, `PROCESSING` or `FAILED`.
    pub status: String,
    /// `IN_SYNC` or `DRIFTED`.
    pub drift: String,
    /// The ARN of the enabled baseline that stands for Identity Center, where it is on.
    pub identity_center_baseline: Option<String>,
    /// Accounts that it has made administrators itself, by service principal.
    pub appointed: BTreeMap<String, String>,
    /// Roles that its version requires, by name, as far as they are there; none when they
    /// could not be read.
    pub service_roles: Option<BTreeMap<String, Role>>,
    /// Baselines on units; none when they could not be read.
    pub baselines: Option<Vec<Baseline>>,
    /// Controls on units that an API can change; none when they could not be read.
    pub controls: Option<Vec<Control>>,
}

/// A service role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// Its path.
    pub path: String,
    /// Who may assume it.
    pub trust: Value,
    /// ARNs of attached policies.
    pub managed_policies: BTreeSet<String>,
    /// Its inline policies, as far as they are required.
    pub inline_policies: BTreeMap<String, Value>,
}

/// A baseline that is enabled on a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Its own ARN.
    pub arn: String,
    /// Its name, such as `AWSControlTowerBaseline`; the ARN of one that AWS does not list.
    pub name: String,
    /// The unit's id.
    pub unit: String,
    /// Its version.
    pub version: String,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub status: String,
    /// `IN_SYNC` or `DRIFTED`.
    pub drift: String,
    /// Its parameters by key; none when they could not be read.
    pub parameters: Option<BTreeMap<String, Value>>,
    /// How it stands in the accounts that have it from the unit: status and drift, by id.
    pub accounts: BTreeMap<String, (String, String)>,
}

/// A control that is enabled on a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// Its own ARN.
    pub arn: String,
    /// The control's readable name.
    pub name: String,
    /// The control's global ARN.
    pub control: String,
    /// The unit's id.
    pub unit: String,
    /// `SUCCEEDED`, `FAILED` or `UNDER_CHANGE`.
    pub status: String,
    /// Whether AWS says that it drifted.
    pub drifted: bool,
    /// Its parameters, lists in them sorted; none when they could not be read.
    pub parameters: Option<BTreeMap<String, Value>>,
}

impl ControlTower {
    /// The Regions that it governs.
    #[must_use]
    pub fn governed(&self) -> Vec<Region> {
        let listed = self.manifest.get("governedRegions").and_then(Value::as_array).into_iter().flatten();
        listed.filter_map(|region| region.as_str()?.parse().ok()).collect()
    }
}

/// Reads it; nothing more is asked where there is no landing zone.
pub(super) async fn read(connection: &Connection, gaps: &Gaps) -> Option<ControlTower> {
    let zone = gaps.read(Part::ControlTower, None, landing_zone::get(connection).await)??;
    let (laid, roles, controls) = tokio::join!(
        baselines_on_units(connection, gaps),
        service_roles(connection, &zone, gaps),
        controls_on_units(connection, gaps)
    );
    let laid = gaps.read(Part::ControlTower, Some("baselines"), laid);
    let (baselines, identity_center_baseline) = laid.map_or((None, None), |(all, own)| (Some(all), own));
    let appointed = appointed_by(&zone).into_iter();
    Some(ControlTower {
        appointed: appointed.map(|(principal, id)| (principal.to_owned(), id)).collect(),
        arn: zone.arn,
        version: zone.version,
        manifest: zone.manifest,
        remediation_types: zone.remediation_types,
        status: zone.status,
        drift: zone.drift,
        identity_center_baseline,
        service_roles: roles,
        baselines,
        controls: gaps.read(Part::Controls, None, controls),
    })
}

/// The last part of an ARN, which of a unit or an account is its id.
fn id_in(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// Baselines on units, and the one that stands for Identity Center.
async fn baselines_on_units(
    connection: &Connection,
    gaps: &Gaps,
) -> Result<(Vec<Baseline>, Option<String>), CallError> {
    let (offered, enabled) =
        tokio::join!(baselines::offered(connection), baselines::enabled(connection, Which::All));
    let (offered, enabled) = (offered?, enabled?);
    let name_of: BTreeMap<&str, &str> =
        offered.iter().map(|(name, arn)| (arn.as_str(), name.as_str())).collect();
    let identity_center = offered.get(baselines::IDENTITY_CENTER);
    let own = enabled.iter().find(|one| Some(&one.baseline) == identity_center && one.parent.is_none());
    let own = own.map(|one| one.arn.clone());
    let on_units: Vec<&Enabled> =
        enabled.iter().filter(|one| one.parent.is_none() && id_in(&one.target).starts_with("ou-")).collect();
    let questions = on_units.iter().map(|one| {
        let (connection, arn) = (connection.clone(), one.arn.clone());
        async move { baselines::details(&connection, &arn).await }
    });
    let details = fan_out(questions.collect()).await;
    let baseline = |(one, details): (&&Enabled, Result<baselines::Details, CallError>)| {
        let below = enabled.iter().filter(|child| child.parent.as_deref() == Some(&one.arn));
        let accounts =
            below.map(|child| (id_in(&child.target).to_owned(), (child.status.clone(), child.drift.clone())));
        Baseline {
            arn: one.arn.clone(),
            name: name_of.get(one.baseline.as_str()).map_or(&*one.baseline, |name| name).to_owned(),
            unit: id_in(&one.target).to_owned(),
            version: one.version.clone(),
            status: one.status.clone(),
            drift: one.drift.clone(),
            parameters: gaps
                .read(Part::ControlTower, Some(&one.arn), details)
                .map(|details| details.parameters),
            accounts: accounts.collect(),
        }
    };
    let mut all: Vec<Baseline> = on_units.iter().zip(details).map(baseline).collect();
    all.sort_by(|one, other| (&one.unit, &one.name).cmp(&(&other.unit, &other.name)));
    Ok((all, own))
}

/// Controls on units with their parameters.
async fn controls_on_units(connection: &Connection, gaps: &Gaps) -> Result<Vec<Control>, CallError> {
    let listed = named::list(connection, &[]).await?.enabled;
    let questions = listed.iter().map(|one| {
        let (connection, arn) = (connection.clone(), one.arn.clone());
        async move { controls::details(&connection, &arn).await }
    });
    let details = fan_out(questions.collect()).await;
    let control = |(one, details): (Named, Result<controls::Details, CallError>)| Control {
        parameters: gaps.read(Part::Controls, Some(&one.arn), details).map(|details| details.parameters),
        unit: id_in(&one.target).to_owned(),
        arn: one.arn,
        name: one.alias,
        control: one.control,
        status: one.status,
        drifted: one.drifted,
    };
    let mut all: Vec<Control> = listed.into_iter().zip(details).map(control).collect();
    all.sort_by(|one, other| (&one.unit, &one.name).cmp(&(&other.unit, &other.name)));
    Ok(all)
}

async fn service_roles(
    connection: &Connection,
    zone: &LandingZone,
    gaps: &Gaps,
) -> Option<BTreeMap<String, Role>> {
    let questions = service_roles::required_by(&zone.version).map(|row| {
        let connection = connection.clone();
        async move { (row.name.clone(), role(&connection.global(), &row.name, row).await) }
    });
    let mut found = BTreeMap::new();
    for (name, answer) in fan_out(questions.collect()).await {
        found.extend(gaps.read(Part::ServiceRoles, Some(&name), answer)?.map(|role| (name, role)));
    }
    Some(found)
}

/// A role of an account with what a row requires of it; none when it is not there.
pub(super) async fn role(
    site: &Site,
    name: &str,
    row: &service_roles::ServiceRole,
) -> Result<Option<Role>, CallError> {
    let Some(role) = roles::get(site, name).await? else { return Ok(None) };
    let mut inline_policies = BTreeMap::new();
    if let Some(inline) = &row.inline_policy {
        let document = roles::inline(site, name, &inline.name).await?;
        inline_policies.extend(document.map(|document| (inline.name.clone(), document)));
    }
    Ok(Some(Role {
        path: role.path,
        trust: role.trust,
        managed_policies: roles::attached(site, name).await?,
        inline_policies,
    }))
}
