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
use crate::model::Address;
use crate::model::Resource;
use crate::model::reference::as_reference;
use crate::model::region::Region;
use crate::observe::evidence::Inside;
use crate::preflight::{self, Finding};

/// What the plan takes out of the account itself.
const CLEARED: [&str; 2] = ["config-delivery-channel", "config-recorder"];
/// What is not known.
const UNKNOWN: &str = "not-looked-into";

pub(super) fn check(situation: &Situation<'_>, notes: &mut Vec<Note>) {
    for (address, inside) in &situation.snapshot.facts.inside {
        let Some(resource) = situation.graph.resources.get(address) else { continue };
        let findings = found(situation, resource, inside);
        if resource.whole.contains("recorders") {
            to_be_governed(situation, address, &findings, notes);
        } else {
            ungoverned(address, &place(resource), &findings, notes);
        }
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
    for finding in findings {
        let cleared = clears && CLEARED.contains(&finding.code);
        if finding.stops() && !cleared {
            let message = format!("{address} cannot be enrolled: {}", in_words(finding));
            let hint = format!("{}; or place it in a unit without baselines", finding.repair);
            notes.push(note(Level::Blocker, finding.code, Some(address), message, &hint));
        } else if finding.code == UNKNOWN {
            let message = format!(
                "{address} shall be enrolled, and what is inside it is not known: {}",
                finding.evidence
            );
            notes.push(note(Level::Warning, UNKNOWN, Some(address), message, &finding.repair));
        }
    }
}

fn ungoverned(address: &Address, place: &str, findings: &[Finding], notes: &mut Vec<Note>) {
    let telling: Vec<&Finding> =
        findings.iter().filter(|finding| finding.stops() || finding.code == UNKNOWN).collect();
    let Some(first) = telling.first() else {
        let message =
            format!("{address} stays ungoverned in {place}; nothing was found in the way of enrolling it");
        notes.push(note(
            Level::Info,
            "ungoverned",
            Some(address),
            message,
            "place it in a unit with baselines",
        ));
        return;
    };
    let words: Vec<String> = telling.iter().map(|finding| in_words(finding)).collect();
    let message =
        format!("{address} stays ungoverned in {place} and cannot be enrolled: {}", words.join("; "));
    notes.push(note(Level::Warning, first.code, Some(address), message, &first.repair));
}

fn in_words(finding: &Finding) -> String {
    match &finding.place {
        Some(place) => format!("{} ({place})", finding.evidence),
        None => finding.evidence.clone(),
    }
}
