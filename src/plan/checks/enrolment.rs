//! Accounts that Control Tower does not govern yet: what stands between them and the document.
//!
//! One that the document wants governed and that Control Tower would refuse keeps the plan from
//! being applied: its whole unit could fail with it. One that the document leaves ungoverned is told
//! with what would stand in the way, so that nobody takes it for governed. The codes are those of
//! `lzctl preflight`.

use serde_json::Value;

use super::super::document::{Level, Note};
use super::super::planner::Situation;
use super::note;
use crate::model::reference::as_reference;
use crate::model::region::Region;
use crate::model::{Address, Kind, Resource};
use crate::observe::evidence::Inside;
use crate::preflight::{self, Finding};

/// What the plan takes out of the account itself.
const CLEARED: [&str; 2] = ["config-delivery-channel", "config-recorder"];
/// How the names of Control Tower's own recorders and channels begin.
const OF_CONTROL_TOWER: &str = "aws-controltower-";
/// What is not known.
const UNKNOWN: &str = "not-looked-into";

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    let mut unknown = Vec::new();
    for (address, inside) in &situation.snapshot.facts.inside {
        let Some(resource) = situation.graph.resources.get(address) else { continue };
        let findings = found(situation, resource, inside);
        if resource.whole.contains("recorders") {
            to_be_governed(situation, address, &findings, notes);
            unknown.extend(findings.iter().any(|one| one.code == UNKNOWN).then_some(address.name.as_str()));
        } else {
            ungoverned(address, &place(resource), &findings, notes);
        }
    }
    if !unknown.is_empty() {
        let message = format!(
            "what is inside {} shall be enrolled is not known: {}",
            match unknown.len() {
                1 => "an account that".to_owned(),
                several => format!("{several} accounts that"),
            },
            unknown.join(", ")
        );
        let hint = "Control Tower gets in by itself, and refuses the whole unit where AWS Config records already; \
                    `lzctl preflight` tells of each account why it could not be looked into";
        notes.push(note(Level::Warning, UNKNOWN, None, message, hint));
    }
}

fn found(situation: &Situation<'_>, resource: &Resource, inside: &Inside) -> Vec<Finding> {
    let regions = resource.keys.get("governed_regions").and_then(Value::as_array);
    let governed: Vec<Region> =
        regions.into_iter().flatten().filter_map(|region| region.as_str()?.parse().ok()).collect();
    let live = situation.snapshot.live.get(&resource.address);
    let account = live.and_then(|live| live.attribute("id")).unwrap_or(&resource.address.name);
    let unit = place(resource);
    let management = situation.snapshot.account.as_str();
    let about = [("account", account), ("management", management), ("unit", unit.as_str())];
    preflight::inside(inside, &governed, &about)
}

/// The unit where the document wants an account, by its path.
fn place(resource: &Resource) -> String {
    let unit = resource.fields.get("unit").and_then(as_reference);
    unit.map_or_else(String::new, |unit| {
        if unit.address.name.is_empty() { "root".to_owned() } else { unit.address.name }
    })
}

fn to_be_governed(situation: &Situation<'_>, address: &Address, findings: &[Finding], notes: &mut Vec<Note>) {
    let clears = situation.steps.iter().any(|step| {
        step.address == *address && ["delete_channel", "delete_recorder"].contains(&step.verb.as_str())
    });
    let cleared = |finding: &Finding| clears && CLEARED.contains(&finding.code);
    // A plan that works neither on the account nor on what governs units fails by nothing inside it.
    let governs = [Kind::LandingZone, Kind::Baseline];
    let at_work =
        situation.steps.iter().any(|step| step.address == *address || governs.contains(&step.address.kind));
    let level = if at_work { Level::Blocker } else { Level::Warning };
    // Control Tower's own is no obstacle to it: the account may be enrolled already, which a late list
    // does not show yet, or what is left of an enrolment is mended by the next.
    let own =
        |finding: &Finding| CLEARED.contains(&finding.code) && finding.evidence.contains(OF_CONTROL_TOWER);
    for finding in findings.iter().filter(|finding| finding.stops() && !cleared(finding) && !own(finding)) {
        let message = format!("it cannot be enrolled: {}", in_words(finding));
        let hint = format!("{}; or place it in a unit without baselines", finding.repair);
        notes.push(note(level, finding.code, Some(address), message, &hint));
    }
}

fn ungoverned(address: &Address, place: &str, findings: &[Finding], notes: &mut Vec<Note>) {
    let stops: Vec<&Finding> = findings.iter().filter(|finding| finding.stops()).collect();
    let unknown = findings.iter().find(|finding| finding.code == UNKNOWN);
    let (level, code, message, hint) = match (stops.first(), unknown) {
        (Some(first), _) => {
            let words: Vec<String> = stops.iter().map(|finding| in_words(finding)).collect();
            let message =
                format!("it stays ungoverned in {place} and cannot be enrolled: {}", words.join("; "));
            (Level::Warning, first.code, message, first.repair.as_str())
        }
        (None, Some(unknown)) => {
            let message = format!("it stays ungoverned in {place}, and what is inside it is not known");
            (Level::Warning, UNKNOWN, message, unknown.repair.as_str())
        }
        (None, None) => {
            let message = format!("it stays ungoverned in {place}; nothing inside it stands in the way");
            (Level::Info, "ungoverned", message, "place it in a unit with baselines")
        }
    };
    notes.push(note(level, code, Some(address), message, hint));
}

fn in_words(finding: &Finding) -> String {
    match &finding.place {
        Some(place) => format!("{} ({place})", finding.evidence),
        None => finding.evidence.clone(),
    }
}
