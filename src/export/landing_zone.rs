//! `landing_zone`, from its manifest.

use serde_json::Value;

use super::draft::Draft;
use super::service_roles;
use super::yaml::{Map, Node};
use crate::model::{Address, Kind};

pub(super) fn write(draft: &mut Draft<'_>) {
    let Some(zone) = draft.tower.zone else { return };
    let mut section = Map::default();
    section.put("version", &zone.version);
    section.put_some("integration_unit", draft.tower.security.clone());
    let sandbox = draft.tower.said("/organizationStructure/sandbox/name").and_then(Value::as_str);
    section.put_some("sandbox_unit", sandbox);
    section.put_some("centralized_logging", integration(draft, "centralizedLogging", true));
    if !draft.tower.is_classic() {
        section.put_some("config", integration(draft, "config", true));
    }
    section.put_some("security_roles", integration(draft, "securityRoles", false));
    section
        .put_some("identity_center", draft.tower.said("/accessManagement/enabled").and_then(Value::as_bool));
    section.put_some("backup", backup(draft));
    // Whether it enrols by itself is unsaid where AWS says something else than yes or no.
    let sayable = draft.tower.enrols() || (zone.remediation_types.is_empty() && !draft.tower.is_classic());
    section.put_some("auto_enroll", sayable.then(|| draft.tower.enrols()));
    draft.root.put("landing_zone", section);
    let why = match (zone.status.as_str(), zone.drift.as_str()) {
        ("ACTIVE", "IN_SYNC") => None,
        ("ACTIVE", drift) => Some(format!("it is {drift}")),
        (status, _) => Some(format!("it is {status}")),
    };
    if let Some(why) = why {
        draft.leave(&Address::only(Kind::LandingZone), why);
    }
    service_roles::compare(draft);
}

/// Whether a section of the manifest is on; one without a switch is.
fn is_on(draft: &Draft<'_>, section: &str) -> Option<bool> {
    let live = draft.tower.said(&format!("/{section}"))?;
    Some(live.get("enabled").and_then(Value::as_bool).unwrap_or(true))
}

/// A section that says nothing but that it is off.
fn off() -> Map {
    let mut map = Map::default();
    map.put("enabled", false);
    map
}

/// An integration that lives in one account; none when the manifest does not speak of it, or
/// of an account that the document does not have.
fn integration(draft: &mut Draft<'_>, section: &str, records: bool) -> Option<Map> {
    let on = is_on(draft, section)?;
    let mut said = if on { Map::default() } else { off() };
    let id = draft.tower.said(&format!("/{section}/accountId")).and_then(Value::as_str);
    let account = id.and_then(|id| draft.names.account(id)).map(str::to_owned);
    if on && account.is_none() {
        draft.remark(format!("{section} of the landing zone: its account is not in the document"));
        return None;
    }
    // A 3.x landing zone names the logging account even when logging is off.
    if on || draft.tower.is_classic() {
        said.put_some("account", account);
    }
    if on && records {
        let at = |rest: &str| format!("/{section}/configurations/{rest}");
        said.put_some("retention_days", days(draft.tower.said(&at("loggingBucket/retentionDays"))));
        let access = days(draft.tower.said(&at("accessLoggingBucket/retentionDays")));
        said.put_some("access_log_retention_days", access);
        said.put_some("key", draft.tower.said(&at("kmsKeyArn")).and_then(Value::as_str));
    }
    Some(said)
}

/// AWS has returned days as numbers and as texts of numbers.
fn days(value: Option<&Value>) -> Option<Node> {
    let days = match value? {
        Value::String(text) => text.parse::<f64>().ok()?,
        other => other.as_f64()?,
    };
    (days >= 1.0 && days.fract() == 0.0).then(|| Node::Plain(format!("{days:.0}")))
}

fn backup(draft: &mut Draft<'_>) -> Option<Map> {
    if !is_on(draft, "backup")? {
        return Some(off());
    }
    let at = |who: &str| format!("/backup/configurations/{who}");
    let account = |draft: &Draft<'_>, who: &str| {
        let id = draft.tower.said(&at(&format!("{who}/accountId"))).and_then(Value::as_str)?;
        draft.names.account(id).map(str::to_owned)
    };
    let parts = (
        account(draft, "backupAdmin"),
        account(draft, "centralBackup"),
        draft.tower.said(&at("kmsKeyArn")).and_then(Value::as_str),
    );
    let (Some(administrator), Some(central), Some(key)) = parts else {
        draft.remark("backup of the landing zone: its accounts or its key are not in the document");
        return None;
    };
    let mut said = Map::default();
    said.put("administrator", administrator);
    said.put("central", central);
    said.put("key", key);
    Some(said)
}
