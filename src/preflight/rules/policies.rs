//! Service control policies on the way from the root to where the account shall be.

use crate::model::evaluation::{Answer, Cause, Level, decide};
use crate::observe::evidence::Policies;
use crate::preflight::duties::{Desk, in_member};
use crate::preflight::scene::Scene;

pub(super) fn service_control(scene: &mut Scene<'_>) {
    let (Ok(policies), Some(zone)) = (&scene.evidence.policies, &scene.evidence.zone) else { return };
    if !policies.switched_on || scene.evidence.estate.is_management(scene.account) {
        return;
    }
    let estate = &scene.evidence.estate;
    let mut places = estate.above(Some(scene.to));
    places.push(&scene.account.id);
    let levels: Vec<Level<'_>> = places.iter().map(|place| level(scene, policies, place)).collect();
    let governed: Vec<String> = zone.governed.iter().map(ToString::to_string).collect();
    let desk = Desk {
        partition: scene.evidence.partition.as_str(),
        organization: estate.organization.id.as_str(),
        governed: &governed,
    };
    let mut worst: Option<(Answer, Cause, String)> = None;
    for ask in in_member(&desk, &scene.account.id, &|_| false) {
        let verdict = decide(&levels, &ask);
        if let Some(cause) = verdict.cause.filter(|_| verdict.answer == Answer::Denied)
            && worst.is_none()
        {
            worst = Some((verdict.answer, cause, ask.action));
        }
    }
    if let Some((_, cause, action)) = worst {
        let (policy, words) = told(&cause, &action);
        scene.find("policy-denies-enrolment", None, words, &[("policy", &policy)]);
    }
}

/// What is attached to one place.
fn level<'e>(scene: &Scene<'e>, policies: &'e Policies, place: &'e str) -> Level<'e> {
    let attached = policies.on(place);
    Level {
        name: if place == scene.account.id {
            scene.account.name.as_str()
        } else {
            scene.evidence.estate.path(place)
        },
        // Control Tower's own exempt its own role; what cannot be read is not held against anybody.
        open: attached.iter().any(|policy| policy.document.is_none()),
        policies: attached
            .iter()
            .filter_map(|policy| Some((policy.name.as_str(), policy.document.as_deref()?)))
            .collect(),
    }
}

fn told(cause: &Cause, action: &str) -> (String, String) {
    match cause {
        Cause::Denied { policy, statement, level } => {
            (policy.clone(), format!("{policy} at {level} denies {action} ({statement})"))
        }
        Cause::NotAllowed { level } => {
            (format!("the policies at {level}"), format!("nothing at {level} allows {action}"))
        }
    }
}
