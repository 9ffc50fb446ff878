//! The unit where the account shall be governed.

use crate::observe::evidence::CONFIG_BASELINE;
use crate::preflight::scene::Scene;

/// Accounts in one unit, service control policies on it (catalogue, unit-full, too-many-policies).
const MOST_ACCOUNTS: usize = 1000;
const MOST_POLICIES: usize = 10;

pub(super) fn place(scene: &mut Scene<'_>) {
    let Some(zone) = &scene.evidence.zone else { return };
    let path = scene.unit_path();
    if zone.security_unit.as_deref() == Some(scene.to) {
        scene.find("unit-is-security", Some(path), "the landing zone's integration accounts are in it", &[]);
        return;
    }
    match scene.unit() {
        None => {
            let words = "no AWSControlTowerBaseline is enabled on it";
            scene.find("unit-not-registered", Some(path), words, &[]);
        }
        Some(unit) if unit.baseline == CONFIG_BASELINE => {
            scene.find(
                "config-baseline-only",
                Some(path),
                format!("{CONFIG_BASELINE} is enabled on it"),
                &[],
            );
        }
        Some(_) => {}
    }
}

pub(super) fn health(scene: &mut Scene<'_>) {
    let Some(unit) = scene.unit() else { return };
    let path = scene.unit_path();
    match unit.status.as_str() {
        "UNDER_CHANGE" => scene.find("unit-busy", Some(path), "its baseline is UNDER_CHANGE", &[]),
        "SUCCEEDED" => {}
        other => {
            let words = format!("its baseline is {other}");
            scene.find("unit-not-healthy", Some(path), words, &[("baseline", &unit.arn)]);
        }
    }
}

pub(super) fn neighbours(scene: &mut Scene<'_>) {
    let estate = &scene.evidence.estate;
    let path = scene.unit_path();
    let others = estate.accounts.iter().filter(|other| other.parent.as_deref() == Some(scene.to));
    let inactive = others.filter(|other| other.state != "ACTIVE" && other.id != scene.account.id);
    for other in inactive {
        let words = format!("{} ({}) is {}", other.name, other.id, other.state);
        let names = [("other", other.id.as_str()), ("unit_id", scene.to)];
        scene.find("inactive-neighbour", Some(path), words, &names);
    }
    for other in scene.unready.iter().filter(|other| **other != scene.account.id) {
        let words = format!("the account {other} would not pass Control Tower's checks");
        scene.find("neighbour-not-ready", Some(path), words, &[("other", other)]);
    }
}

pub(super) fn room(scene: &mut Scene<'_>) {
    let path = scene.unit_path();
    let accounts = &scene.evidence.estate.accounts;
    let inside = accounts.iter().filter(|other| other.parent.as_deref() == Some(scene.to)).count();
    let arrives = scene.account.parent.as_deref() != Some(scene.to);
    if inside + usize::from(arrives) > MOST_ACCOUNTS {
        scene.find("unit-full", Some(path), format!("it holds {inside} accounts"), &[]);
    }
    let Ok(policies) = &scene.evidence.policies else { return };
    let attached = policies.on(scene.to);
    let own = attached.iter().any(|policy| policy.name.starts_with("aws-guardrails-"));
    if attached.len() >= MOST_POLICIES && !own {
        let words = format!("{} service control policies are attached to it", attached.len());
        scene.find("too-many-policies", Some(path), words, &[]);
    }
}
