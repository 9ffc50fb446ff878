//! Harms in words, one note for all accounts that one statement harms alike.

use std::collections::{BTreeMap, BTreeSet};

use super::Harm;
use super::binding::Layer;
use super::order::is_done_before;
use super::work::Duty;
use crate::model::evaluation::{Answer, Cause};
use crate::plan::document::{Level, Note};
use crate::plan::step::{Step, StepId};

/// So many accounts are named.
const NAMES: usize = 5;

/// Harms that are told together.
type Together<'h> = BTreeMap<(Duty, Answer, &'h Cause, Option<&'h StepId>), Vec<&'h Harm>>;

/// What the operator must know of the harms, the plan's steps being in their final order.
#[must_use]
pub fn notes(harms: &[Harm], steps: &[Step]) -> Vec<Note> {
    let mut together = Together::new();
    for harm in harms {
        // A lock-out is one thing however many steps it would break.
        let step = harm.step.as_ref().filter(|_| harm.duty == Duty::Own);
        together.entry((harm.duty, harm.answer, &harm.cause, step)).or_default().push(harm);
    }
    // Who cannot enter an account cannot carry out its steps either.
    let shut: BTreeSet<(&Cause, Answer)> = together
        .keys()
        .filter(|(duty, ..)| *duty == Duty::Access)
        .map(|(_, answer, cause, _)| (*cause, *answer))
        .collect();
    let implied = |(duty, answer, cause, _): &(Duty, Answer, &Cause, Option<&StepId>)| {
        *duty == Duty::Own && shut.contains(&(*cause, *answer))
    };
    together
        .iter()
        .filter(|(key, _)| !implied(key))
        .filter_map(|((duty, ..), harms)| told(*duty, harms, steps))
        .collect()
}

fn told(duty: Duty, harms: &[&Harm], steps: &[Step]) -> Option<Note> {
    let harm = harms.first()?;
    let step = earliest(harms, steps);
    let saved =
        duty == Duty::Own && step.is_some_and(|(_, step)| is_done_before(steps, &step.id, &harm.since));
    let already = harm.since.is_empty();
    let certain = harm.answer == Answer::Denied;
    let level = match (saved, certain, already && step.is_none()) {
        (true, ..) => Level::Info,
        (false, true, false) => Level::Blocker,
        _ => Level::Warning,
    };
    let code = match duty {
        Duty::Access => "policy-locks-out",
        Duty::ControlTower => "policy-stops-control-tower",
        Duty::Own if saved => "policy-waits",
        Duty::Own => "policy-denies-step",
    };
    Some(Note {
        level,
        code: code.to_owned(),
        address: address(&harm.cause),
        message: message(duty, harms, step, saved),
        hint: Some(hint(duty, harm, saved)),
    })
}

fn address(cause: &Cause) -> Option<crate::model::Address> {
    match cause {
        Cause::Denied { policy, .. } => policy.parse().ok(),
        Cause::NotAllowed { .. } => None,
    }
}

/// The earliest step that any of the harms would break, with its place counted from 1.
fn earliest<'s>(harms: &[&Harm], steps: &'s [Step]) -> Option<(usize, &'s Step)> {
    let named: BTreeSet<&StepId> = harms.iter().filter_map(|harm| harm.step.as_ref()).collect();
    let mut numbered = (1_usize..).zip(steps);
    numbered.find(|(_, step)| named.contains(&step.id))
}

fn message(duty: Duty, harms: &[&Harm], step: Option<(usize, &Step)>, saved: bool) -> String {
    let Some(harm) = harms.first() else {
        return String::new();
    };
    let who = match &harm.cause {
        Cause::Denied { policy, statement, level } => format!("{policy} on {level} ({statement})"),
        Cause::NotAllowed { level } => {
            format!("what is attached to {level}, which allows nothing of the kind,")
        }
    };
    let would = match (harm.answer, harm.since.is_empty()) {
        (Answer::Denied, false) => "would",
        (Answer::Denied, true) => "does",
        _ => "may, depending on conditions that nobody can know here,",
    };
    let what = format!("{} on {}", harm.action, harm.resource);
    let names = names(harms);
    let step_text = step.map(|(place, step)| format!("step {place} ({})", step.id));
    if let (Duty::Own, Some(step)) = (duty, &step_text) {
        let then = if saved { "; it is attached after that step" } else { "" };
        return format!("{who} {would} deny {step} in {names}: {what}{then}");
    }
    let does = if duty == Duty::Access {
        "lock the access role out of"
    } else {
        "keep Control Tower from working in"
    };
    let breaks = step_text.map_or_else(
        || "; no step of this plan, but every later one there".to_owned(),
        |step| format!("; it would break {step}"),
    );
    format!("{who} {would} {does} {names}: {what}{breaks}")
}

fn names(harms: &[&Harm]) -> String {
    let accounts: BTreeSet<&str> = harms.iter().map(|harm| harm.account.as_str()).collect();
    let shown: Vec<&str> = accounts.iter().take(NAMES).copied().collect();
    match accounts.len() {
        1 => format!("account {}", shown.concat()),
        all if all > NAMES => format!("{all} accounts ({}, ...)", shown.join(", ")),
        all => format!("{all} accounts ({})", shown.join(", ")),
    }
}

fn hint(duty: Duty, harm: &Harm, saved: bool) -> String {
    if saved {
        return "a later plan that needs the same will be refused".to_owned();
    }
    match (duty, &harm.cause, harm.layer) {
        (_, Cause::NotAllowed { .. }, _) => {
            "keep FullAWSAccess there, or attach a policy that allows it".to_owned()
        }
        (Duty::Access | Duty::ControlTower, _, Layer::Scp) => {
            "exempt the role: ArnNotLike on aws:PrincipalArn with arn:aws:iam::*:role/AWSControlTowerExecution \
             and the access role"
                .to_owned()
        }
        (Duty::Access | Duty::ControlTower, _, Layer::Rcp) => {
            "let the organization's own principals through: StringNotEqualsIfExists on aws:PrincipalOrgID, and \
             BoolIfExists on aws:PrincipalIsAWSService"
                .to_owned()
        }
        (Duty::Own, Cause::Denied { .. }, _) if harm.since.is_empty() => {
            "exempt the access role in it, or detach it first".to_owned()
        }
        (Duty::Own, ..) => "exempt the access role, or attach the policy by a later plan".to_owned(),
    }
}
