//! What was seen inside the account, and what could not be.

use crate::cloud::CallError;
use crate::preflight::scene::Scene;

/// The name of the role that Control Tower works with.
const ROLE: &str = "AWSControlTowerExecution";

pub(super) fn looked_into(scene: &mut Scene<'_>) {
    let Some(inside) = scene.inside() else { return };
    if let Err(none) = &inside.way {
        scene.find("not-looked-into", None, none.to_string(), &[]);
        return;
    }
    let refused: Vec<&CallError> = inside.refused().collect();
    for error in refused {
        scene.find("not-looked-into", None, error.to_string(), &[]);
    }
}

pub(super) fn execution_role(scene: &mut Scene<'_>) {
    let Some(Ok(role)) = scene.seen().map(|seen| &seen.execution_role) else { return };
    match role {
        None => scene.find("execution-role-missing", None, format!("there is no role {ROLE}"), &[]),
        Some(role) if !role.trusts_management => {
            scene.find("execution-role-unusable", None, "it does not trust the management account", &[]);
        }
        Some(role) if !role.administers => {
            scene.find("execution-role-unusable", None, "AdministratorAccess is not attached to it", &[]);
        }
        Some(_) => {}
    }
}

pub(super) fn config(scene: &mut Scene<'_>) {
    let Some(seen) = scene.seen() else { return };
    for (region, found) in &seen.config {
        let Ok(found) = found else { continue };
        for recorder in &found.recorders {
            let words = format!("the recorder {recorder} exists");
            let names = [("name", recorder.as_str()), ("region", region.as_str())];
            scene.find("config-recorder", Some(region.as_str()), words, &names);
        }
        for channel in &found.channels {
            let words = format!("the delivery channel {channel} exists");
            let names = [("name", channel.as_str()), ("region", region.as_str())];
            scene.find("config-delivery-channel", Some(region.as_str()), words, &names);
        }
    }
}

pub(super) fn regions(scene: &mut Scene<'_>) {
    let Some(inside) = scene.inside() else { return };
    for (region, answers) in inside.seen.iter().flat_map(|seen| &seen.sts) {
        if let Ok(false) = answers {
            let names = [("region", region.as_str())];
            let words = "STS gives the account no sessions there";
            scene.find("sts-inactive", Some(region.as_str()), words, &names);
        }
    }
    let Ok(enabled) = &inside.regions else { return };
    let governed = scene.evidence.zone.iter().flat_map(|zone| &zone.governed);
    for region in governed {
        match enabled.get(region.as_str()).map(String::as_str) {
            None | Some("ENABLED" | "ENABLED_BY_DEFAULT") => {}
            Some(status) => {
                let names = [("region", region.as_str())];
                scene.find("region-not-enabled", Some(region.as_str()), format!("it is {status}"), &names);
            }
        }
    }
}

pub(super) fn leftovers(scene: &mut Scene<'_>) {
    let Some(Ok(roles)) = scene.seen().map(|seen| &seen.leftover_roles) else { return };
    for role in roles {
        scene.find("leftover-role", None, format!("the role {role} exists"), &[("name", role)]);
    }
}
