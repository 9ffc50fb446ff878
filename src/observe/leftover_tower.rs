//! A landing zone, baselines and controls of which a document does not speak.
//!
//! In: a connection, the desired resources, the paths of units. Out: what is left over. Absent:
//! baselines of accounts, which belong to their unit's.

use std::collections::{BTreeMap, BTreeSet};

use super::control_tower;
use super::controls::{self, Listed, Named};
use super::leftovers::{Leftover, removal};
use crate::catalog::baselines as catalogue;
use crate::cloud::inventory::baselines::{self, Enabled, Which};
use crate::cloud::inventory::landing_zone;
use crate::cloud::{CallError, Connection};
use crate::model::{Address, Kind, Resource};

/// What Control Tower has.
#[derive(Debug, Default)]
pub(super) struct Tower {
    /// The landing zone's ARN.
    pub(super) zone: Option<String>,
    /// Those whom the landing zone has appointed itself: id and service principal.
    pub(super) appointed: BTreeSet<(String, String)>,
    /// Baselines by name.
    offered: BTreeMap<String, String>,
    enabled: Vec<Enabled>,
    controls: Listed,
}

/// Lists it; nothing more is asked where there is no landing zone.
pub(super) async fn look(connection: &Connection, wanted: &[Resource]) -> Result<Tower, CallError> {
    let Some(zone) = landing_zone::get(connection).await? else { return Ok(Tower::default()) };
    let (offered, enabled, controls) = tokio::join!(
        baselines::offered(connection),
        baselines::enabled(connection, Which::All),
        controls::list(connection, wanted)
    );
    let appointed = control_tower::appointed_by(&zone).into_iter();
    Ok(Tower {
        appointed: appointed.map(|(principal, id)| (id, principal.to_owned())).collect(),
        zone: Some(zone.arn),
        offered: offered?,
        enabled: enabled?,
        controls: controls?,
    })
}

/// What nobody speaks of.
pub(super) fn unspoken(
    tower: &Tower,
    paths: &BTreeMap<&str, String>,
    spoken: &BTreeSet<&Address>,
) -> Vec<Leftover> {
    let mut found: Vec<Leftover> = zone(tower, spoken).into_iter().collect();
    found.extend(baselines_left(tower, paths, spoken));
    found.extend(controls_left(tower, paths));
    found
}

fn zone(tower: &Tower, spoken: &BTreeSet<&Address>) -> Option<Leftover> {
    let arn = tower.zone.clone().filter(|_| !spoken.contains(&Address::only(Kind::LandingZone)))?;
    Some(Leftover {
        kind: Kind::LandingZone,
        name: "landing_zone".to_owned(),
        place: arn,
        adopt: "landing_zone: { version: ... } with the sections that shall be managed".to_owned(),
        remove: "a landing zone is decommissioned by hand".to_owned(),
    })
}

/// Baselines enabled on units. Those of accounts belong to their unit's.
fn baselines_left(
    tower: &Tower,
    paths: &BTreeMap<&str, String>,
    spoken: &BTreeSet<&Address>,
) -> Vec<Leftover> {
    let name_of: BTreeMap<&str, &str> =
        tower.offered.iter().map(|(name, arn)| (arn.as_str(), name.as_str())).collect();
    let leftover = |enabled: &Enabled| {
        let unit = enabled.target.rsplit('/').next()?;
        let path = paths.get(unit)?;
        let name = name_of.get(enabled.baseline.as_str()).copied().unwrap_or(enabled.baseline.as_str());
        let Some(row) = catalogue::all().iter().find(|row| row.name == name) else {
            return Some(Leftover {
                kind: Kind::Baseline,
                name: format!("{path}:{name}"),
                place: enabled.arn.clone(),
                adopt: "the document has no word for this baseline".to_owned(),
                remove: "by hand".to_owned(),
            });
        };
        let address = Address::new(Kind::Baseline, format!("{path}:{}", row.word));
        (!spoken.contains(&address)).then(|| Leftover {
            kind: Kind::Baseline,
            name: address.name.clone(),
            place: enabled.arn.clone(),
            adopt: format!("organizational_units: {{ {path}: {{ baselines: [{}] }} }}", row.word),
            remove: removal(&address.to_string(), &format!("baseline_removal.{}", address.name)),
        })
    };
    tower.enabled.iter().filter(|enabled| enabled.parent.is_none()).filter_map(leftover).collect()
}

/// Controls enabled on units.
fn controls_left(tower: &Tower, paths: &BTreeMap<&str, String>) -> Vec<Leftover> {
    let leftover = |control: &Named| {
        let path = paths.get(control.target.rsplit('/').next()?)?;
        if tower.controls.spoken.contains(&(path.clone(), control.control.clone())) {
            return None;
        }
        let address = Address::new(Kind::Control, format!("{path}:{}", control.alias));
        Some(Leftover {
            kind: Kind::Control,
            name: address.name.clone(),
            place: control.arn.clone(),
            adopt: format!("organizational_units: {{ {path}: {{ controls: [{}] }} }}", control.alias),
            remove: removal(&address.to_string(), &format!("control_removal.{}", address.name)),
        })
    };
    tower.controls.enabled.iter().filter_map(leftover).collect()
}
