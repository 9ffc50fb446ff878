//! Policies within AWS's limits, and nobody locked out.
//!
//! Counted is what is attached to a target, whoever attached it: this document,
//! somebody else, AWS, Control Tower. Sources: Organizations User Guide, quotas and
//! SCP evaluation (a target needs an allowing policy at every level); the limits
//! themselves are read from Service Quotas where AWS lists them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::places::{Place, Traffic, stands_everywhere, traffic};
use super::super::planner::Situation;
use super::note;
use super::reserved_places::{self, Reserved};
use crate::catalog::policy_types::{self, OF_CONTROL_TOWER};
use crate::diff::Standing;
use crate::model::resource::Presence;
use crate::model::{Address, Kind, canonical, policy};

/// So many names are told.
const NAMES: usize = 12;

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    unknown(situation, notes);
    switched_over(situation, notes);
    sizes(situation, notes);
    let (busy, reserved) =
        (traffic(situation.steps.iter(), situation.snapshot), reserved_places::wanted(situation));
    for (place, traffic) in reserved_places::quiet(situation, &reserved, &busy) {
        room(situation, &place, &traffic, &reserved, notes);
    }
    for (place, traffic) in busy {
        room(situation, &place, &traffic, &reserved, notes);
        allowed(situation, &place, &traffic, notes);
    }
    narrowed(situation, notes);
}

/// A policy that AWS is said to manage must be one that AWS has.
fn unknown(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    for (address, resource) in &situation.graph.resources {
        let of_aws = address.kind == Kind::Policy && resource.presence == Presence::MadeByAnother;
        let missing =
            situation.changes.get(address).is_some_and(|change| change.standing == Standing::Missing);
        if of_aws && missing && situation.snapshot.organization.is_some() {
            notes.push(note(
                Level::Blocker,
                "policy-not-found",
                Some(address),
                format!("AWS manages no policy of the name {} and this type", address.name),
                "check the name, or leave `aws_managed` out to have the policy created",
            ));
        }
    }
}

fn switched_over(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let types = situation.steps.iter().filter(|s| s.address.kind == Kind::PolicyType && s.verb == "create");
    for step in types {
        let row = policy_types::by_word(&step.address.name);
        if let Some(consequence) = row.and_then(|row| row.switch_over.as_ref()) {
            let hint = "have a policy ready for every account that shall stay covered";
            notes.push(note(
                Level::Warning,
                "policy-type-switch-over",
                Some(&step.address),
                consequence.clone(),
                hint,
            ));
        }
    }
}

fn sizes(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let steps = situation.steps.iter().filter(|step| step.address.kind == Kind::Policy);
    for step in steps {
        let Some((content, kind)) =
            step.inputs.get("content").zip(step.keys.get("type").and_then(Value::as_str))
        else {
            continue;
        };
        let quota = situation.snapshot.facts.policy_quotas.get(kind).and_then(|quota| quota.size);
        let Some(limit) = quota.or_else(|| policy_types::by_name(kind).map(|row| row.size)) else { continue };
        let size = canonical::text(content).chars().count() as u64;
        if size > limit {
            notes.push(note(
                Level::Blocker,
                "policy-size",
                Some(&step.address),
                format!(
                    "the document of {} has {size} characters without white space, and AWS takes {limit}",
                    step.address
                ),
                "divide it over several policies, or say more with fewer statements",
            ));
        }
    }
}

/// Whether everything fits at a target.
fn room(
    situation: &Situation<'_>,
    place: &Place,
    traffic: &Traffic,
    reserved: &Reserved<'_>,
    notes: &mut Vec<Note>,
) {
    let (Some(limit), Some(live)) = (traffic.limit, &traffic.live) else { return };
    let word = policy_types::word_of(&place.kind);
    let controls = reserved_places::at(reserved, place, traffic);
    let finally = traffic.finally() + u64::from(!controls.is_empty());
    let address = traffic.attach.first().map(|(_, address)| address).or(controls.first().copied());
    if finally > limit {
        notes.push(note(
            Level::Blocker,
            "policy-attachments",
            address,
            format!(
                "{} would hold {finally} {word} policies, and {limit} fit: {}",
                place.name,
                told(situation, traffic, live, controls)
            ),
            "join policies, attach some to the unit above, or take targets away",
        ));
    } else if traffic.early().is_none() {
        notes.push(note(
            Level::Blocker,
            "policy-attachments",
            address,
            format!(
                "{} holds {} of {limit} {word} policies, too many to exchange {} of them at once",
                place.name,
                live.len(),
                traffic.attach.len()
            ),
            "take some targets away first, apply, and then attach the new policies",
        ));
    } else if finally == limit && !live.values().any(|name| name.starts_with(OF_CONTROL_TOWER)) {
        let registered = |step: &&crate::plan::Step| {
            step.address.kind == Kind::Baseline
                && step.address.name.rsplit_once(':').is_some_and(|(path, _)| path == place.name)
        };
        if word == "service_control" && situation.steps.iter().any(|step| registered(&step)) {
            notes.push(note(
                Level::Warning,
                "policy-attachments",
                address,
                format!("{} would be full with {limit} {word} policies, which leaves no room for Control Tower's own", place.name),
                "leave at least one place on a unit that Control Tower governs",
            ));
        }
    }
}

/// Whose policies a target would hold, with their names.
fn told(
    situation: &Situation<'_>,
    traffic: &Traffic,
    live: &std::collections::BTreeMap<String, String>,
    controls: &[&Address],
) -> String {
    let going: BTreeSet<&str> =
        traffic.detach.iter().filter_map(|(_, address)| id(situation, address)).collect();
    let staying = live.iter().filter(|(id, _)| !going.contains(id.as_str()));
    let ours: BTreeSet<&str> =
        situation.graph.resources.keys().filter_map(|address| id(situation, address)).collect();
    let (mut document, mut tower, mut aws, mut others) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, name) in staying {
        let group = match name {
            _ if stands_everywhere(name) => &mut aws,
            name if name.starts_with(OF_CONTROL_TOWER) => &mut tower,
            _ if ours.contains(id.as_str()) => &mut document,
            _ => &mut others,
        };
        group.push(name.as_str());
    }
    document.extend(traffic.attach.iter().map(|(_, address)| address.name.as_str()));
    document.sort_unstable();
    let groups =
        [("of this document", document), ("of Control Tower", tower), ("of AWS", aws), ("of others", others)];
    let for_controls: Vec<&str> = controls.iter().map(|address| address.name.as_str()).collect();
    let reserved = (!controls.is_empty())
        .then(|| format!("1 that Control Tower will make for controls ({})", for_controls.join(", ")));
    let group = |(whose, names): (&str, Vec<&str>)| {
        let more = names.len().saturating_sub(NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown: Vec<&str> = names.iter().copied().take(NAMES).collect();
        format!("{} {whose} ({}{more})", names.len(), shown.join(", "))
    };
    groups
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(group)
        .chain(reserved)
        .collect::<Vec<_>>()
        .join(", ")
}

fn id<'s>(situation: &Situation<'s>, address: &Address) -> Option<&'s str> {
    situation.snapshot.live.get(address)?.attribute("id")
}

/// A target that loses a policy must keep one that allows something: without, it and
/// everything below it can do nothing at all.
fn allowed(situation: &Situation<'_>, place: &Place, traffic: &Traffic, notes: &mut Vec<Note>) {
    if policy_types::word_of(&place.kind) != "service_control" || traffic.detach.is_empty() {
        return;
    }
    let going: BTreeSet<&str> =
        traffic.detach.iter().filter_map(|(_, address)| id(situation, address)).collect();
    let live = traffic.live.iter().flatten().filter(|(id, _)| !going.contains(id.as_str()));
    let attached: BTreeSet<&str> = live.clone().map(|(id, _)| id.as_str()).collect();
    let by_aws = live.into_iter().any(|(_, name)| stands_everywhere(name));
    let coming: BTreeSet<&Address> = traffic.attach.iter().map(|(_, address)| address).collect();
    let by_document = situation.graph.resources.iter().any(|(address, resource)| {
        let there =
            coming.contains(address) || id(situation, address).is_some_and(|id| attached.contains(id));
        let everywhere = stands_everywhere(&address.name) && coming.contains(address);
        there && (everywhere || resource.fields.get("content").is_some_and(policy::allows))
    });
    if !by_aws && !by_document {
        notes.push(note(
            Level::Blocker,
            "policy-lockout",
            traffic.detach.first().map(|(_, address)| address),
            format!(
                "{} would be left without a policy that allows anything: nothing at or below it would be permitted any more",
                place.name
            ),
            "attach a policy with Allow statements there, or leave FullAWSAccess",
        ));
    }
}

/// A policy that allowed something and would no longer.
fn narrowed(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    for step in
        situation.steps.iter().filter(|step| step.address.kind == Kind::Policy && step.verb == "update")
    {
        let change = step.changes.iter().find(|change| change.field == "content");
        let Some(from) = change.and_then(|change| change.from.as_ref()) else { continue };
        if policy::allows(from) && change.is_some_and(|change| !policy::allows(&change.to)) {
            notes.push(note(
                Level::Warning,
                "policy-lockout",
                Some(&step.address),
                format!("{} would no longer allow anything; where nothing else does, nothing is permitted any more", step.address),
                "make sure that FullAWSAccess or another allowing policy stands on each of its targets",
            ));
        }
    }
}
