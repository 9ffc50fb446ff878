//! The landing zone: is it there and ready, which accounts are its own, does it enrol by itself.

use crate::preflight::scene::Scene;

/// The most stack instances that Control Tower's stack sets hold (catalogue, stack-sets-full).
const MOST_INSTANCES: usize = 150_000;

pub(super) fn landing_zone(scene: &mut Scene<'_>) {
    let Some(zone) = &scene.evidence.zone else {
        scene.find("no-landing-zone", None, "Control Tower has no landing zone in this organization", &[]);
        return;
    };
    let arn = [("zone", zone.arn.as_str())];
    if zone.status != "ACTIVE" {
        scene.find("landing-zone-not-ready", None, format!("its status is {}", zone.status), &arn);
    } else if zone.drift == "DRIFTED" {
        scene.find("landing-zone-not-ready", None, "it has drifted", &arn);
    } else if zone.busy {
        scene.find("landing-zone-not-ready", None, "an operation on it is in progress", &arn);
    }
    let governed = scene.evidence.members.len() + 1;
    if governed * zone.governed.len() > MOST_INSTANCES {
        let counted = format!("{governed} accounts in {} Regions", zone.governed.len());
        scene.find("stack-sets-full", None, counted, &[]);
    }
}

pub(super) fn own_accounts(scene: &mut Scene<'_>) {
    if scene.evidence.estate.is_management(scene.account) {
        scene.find("management-account", None, "it is the management account", &[]);
    }
    let zone = scene.evidence.zone.as_ref();
    if zone.is_some_and(|zone| zone.integration.contains(&scene.account.id)) {
        scene.find("integration-account", None, "the landing zone's manifest names it", &[]);
    }
}

/// What automatic enrolment does not do.
pub(super) fn automatic(scene: &mut Scene<'_>) {
    let Some(zone) = &scene.evidence.zone else { return };
    if !zone.auto_enroll {
        let words = "the landing zone has no remediation type INHERITANCE_DRIFT";
        scene.find("no-automatic-enrolment", None, words, &[]);
    }
    if scene.account.parent.as_deref() == Some(scene.to) {
        scene.find("already-there", Some(scene.unit_path()), "it would not move", &[]);
    }
    let failed = scene.evidence.members.get(&scene.account.id).filter(|child| child.status == "FAILED");
    if failed.is_some() {
        let words = "its enabled baseline has the status FAILED";
        scene.find("enrolment-failed", None, words, &[]);
    }
}
