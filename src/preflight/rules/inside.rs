//! What was seen inside the account, and what could not be.

use super::found::Found;
use crate::cloud::CallError;
use crate::model::region::Region;
use crate::observe::evidence::{Inside, Seen};
use crate::preflight::scene::Scene;

/// The name of the role that Control Tower works with.
const ROLE: &str = "AWSControlTowerExecution";

pub(super) fn within(scene: &mut Scene<'_>) {
    let Some(inside) = scene.inside() else { return };
    let zone = scene.evidence.zone.as_ref();
    let governed = zone.map_or(&[] as &[Region], |zone| zone.governed.as_slice());
    for one in noted(inside, governed).0 {
        let names: Vec<(&str, &str)> =
            one.names.iter().map(|(name, value)| (*name, value.as_str())).collect();
        scene.find(one.code, one.place.as_deref(), one.evidence, &names);
    }
}

/// What there is to find in an account, whatever is around it.
pub(in crate::preflight) fn noted(inside: &Inside, governed: &[Region]) -> Found {
    let mut found = Found::default();
    looked_into(inside, &mut found);
    regions(inside, governed, &mut found);
    if let Some(seen) = &inside.seen {
        execution_role(seen, &mut found);
        config(seen, &mut found);
        leftovers(seen, &mut found);
    }
    found
}

fn looked_into(inside: &Inside, found: &mut Found) {
    if let Err(none) = &inside.way {
        found.find("not-looked-into", None, none.to_string(), &[]);
        return;
    }
    let refused: Vec<&CallError> = inside.refused().collect();
    for error in refused {
        found.find("not-looked-into", None, error.to_string(), &[]);
    }
}

fn execution_role(seen: &Seen, found: &mut Found) {
    let Ok(role) = &seen.execution_role else { return };
    match role {
        None => found.find("execution-role-missing", None, format!("there is no role {ROLE}"), &[]),
        Some(role) if !role.trusts_management => {
            found.find("execution-role-unusable", None, "it does not trust the management account", &[]);
        }
        Some(role) if !role.administers => {
            found.find("execution-role-unusable", None, "AdministratorAccess is not attached to it", &[]);
        }
        Some(_) => {}
    }
}

fn config(seen: &Seen, found: &mut Found) {
    for (region, recording) in &seen.config {
        let Ok(recording) = recording else { continue };
        for recorder in &recording.recorders {
            let words = format!("the recorder {recorder} exists");
            let names = [("name", recorder.as_str()), ("region", region.as_str())];
            found.find("config-recorder", Some(region.as_str()), words, &names);
        }
        for channel in &recording.channels {
            let words = format!("the delivery channel {channel} exists");
            let names = [("name", channel.as_str()), ("region", region.as_str())];
            found.find("config-delivery-channel", Some(region.as_str()), words, &names);
        }
    }
}

fn regions(inside: &Inside, governed: &[Region], found: &mut Found) {
    for (region, answers) in inside.seen.iter().flat_map(|seen| &seen.sts) {
        if let Ok(false) = answers {
            let names = [("region", region.as_str())];
            let words = "STS gives the account no sessions there";
            found.find("sts-inactive", Some(region.as_str()), words, &names);
        }
    }
    let Ok(enabled) = &inside.regions else { return };
    for region in governed {
        match enabled.get(region.as_str()).map(String::as_str) {
            None | Some("ENABLED" | "ENABLED_BY_DEFAULT") => {}
            Some(status) => {
                let names = [("region", region.as_str())];
                found.find("region-not-enabled", Some(region.as_str()), format!("it is {status}"), &names);
            }
        }
    }
}

fn leftovers(seen: &Seen, found: &mut Found) {
    let Ok(roles) = &seen.leftover_roles else { return };
    for role in roles {
        found.find("leftover-role", None, format!("the role {role} exists"), &[("name", role)]);
    }
}
