//! One resource explained: what the document says of it, what waits for what and why, by which
//! operations it comes to be and changes, and what would need a consent.
//!
//! In: a graph and an address; where somebody looked, how the resource stands. Out: text.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Paint, duration, graph_text, story, value_text};
use crate::catalog::operations;
use crate::coverage::Estate;
use crate::diff::{Change, Standing};
use crate::graph::{Edge, ResourceGraph};
use crate::model::kinds::{KindInfo, Verb, info};
use crate::model::resource::Presence;
use crate::model::{Address, Resource};

/// So many that wait for it are told.
const WAITING: usize = 12;

/// The explanation, ending with a line break; none when the document does not speak of it.
#[must_use]
pub fn render(
    graph: &ResourceGraph,
    address: &Address,
    change: Option<&Change>,
    paint: Paint,
) -> Option<String> {
    let resource = graph.resources.get(address)?;
    let mut out = String::new();
    let origin =
        resource.origin.as_ref().map_or("added by lzctl, because something else needs it".to_owned(), |at| {
            format!("asked for in {at}")
        });
    line(&mut out, &format!("{}  ({origin})", paint.heading(&address.to_string())));
    line(&mut out, &format!("  {}", presence(resource)));
    if let Some(change) = change {
        line(&mut out, &format!("  now: {}", standing(change)));
    }
    said(&mut out, resource, change);
    order(&mut out, graph, address);
    operated(&mut out, info(address.kind), resource);
    let estate = Estate::said(&graph.resources.values().cloned().collect::<Vec<_>>());
    if let Some(radius) = story::radius(&estate, address) {
        line(&mut out, "");
        line(&mut out, &format!("  It {radius}."));
    }
    Some(out)
}

const fn presence(resource: &Resource) -> &'static str {
    match resource.presence {
        Presence::Ensure => "it is created when it is missing",
        Presence::Existing => "it must exist already, and is only ever adopted",
        Presence::MadeByAnother => "something else makes it; it is compared once it is there",
        Presence::OnDemand => "it is created when a step that is planned anyway waits for it",
        Presence::Remove => "it shall go",
        Presence::LeftAlone => "it is only known, and left as it is",
    }
}

fn standing(change: &Change) -> String {
    match &change.standing {
        Standing::Missing => "it does not exist".to_owned(),
        Standing::Present if change.differences.is_empty() => "it is as the document says".to_owned(),
        Standing::Present => format!("it differs in {} fields", change.differences.len()),
        Standing::Unwanted => "it exists".to_owned(),
        Standing::NotYet(why) => format!("nothing can be done about it yet: {why}"),
        Standing::Unreadable(why) => format!("it could not be read: {why}"),
    }
}

/// What the document says, and where that differs from what is live.
fn said(out: &mut String, resource: &Resource, change: Option<&Change>) {
    if resource.fields.is_empty() {
        return;
    }
    line(out, "");
    line(out, "  Said of it:");
    for (name, value) in &resource.fields {
        let differs = change.and_then(|change| change.differences.get(name));
        let lines = match differs {
            Some(difference) => value_text::change(name, difference.from.as_ref(), &difference.to, false),
            None => value_text::change(name, None, value, false),
        };
        let mark = if differs.is_some() { "~" } else { " " };
        lines.iter().enumerate().for_each(|(at, text)| {
            line(out, &format!("  {} {text}", if at == 0 { mark } else { " " }));
        });
    }
}

fn order(out: &mut String, graph: &ResourceGraph, address: &Address) {
    let needs: Vec<&Edge> = graph.edges_of(address).collect();
    if !needs.is_empty() {
        line(out, "");
        line(out, "  It waits for:");
        needs.iter().for_each(|edge| {
            let verbs = edge.verbs.map(|verbs| format!(" (to {})", verbs.join(", "))).unwrap_or_default();
            line(out, &format!("    {}{verbs}: {}", edge.provider, graph_text::reason(edge)));
        });
    }
    let waiting: Vec<&Edge> = graph.edges.iter().filter(|edge| edge.provider == *address).collect();
    if !waiting.is_empty() {
        line(out, "");
        line(out, "  Waiting for it:");
        for edge in waiting.iter().take(WAITING) {
            line(out, &format!("    {}: {}", edge.dependent, graph_text::reason(edge)));
        }
        if waiting.len() > WAITING {
            line(out, &format!("    and {} more", waiting.len() - WAITING));
        }
    }
}

/// The verbs of its kind, each with its operation.
fn operated(out: &mut String, info: &KindInfo, resource: &Resource) {
    line(out, "");
    line(out, "  What lzctl can do to it:");
    for verb in info.verbs {
        line(out, &format!("    {:<14} {}{}", verb.name, verb.operation, cost(verb, info, resource)));
    }
}

/// How long it usually takes, and what it needs a consent for.
fn cost(verb: &Verb, info: &KindInfo, resource: &Resource) -> String {
    let usual = operations::table().get(verb.operation).and_then(|row| row.usual_seconds);
    let usual = usual.map(|seconds| format!(", usually {}", duration::words(Duration::from_secs(seconds))));
    let of_fields = info.fields.iter().filter(|rule| rule.verb == verb.name).find_map(|rule| rule.consent);
    let consent = verb
        .consent
        .or(of_fields)
        .map(|class| format!(", with the consent {class}.{}", resource.address.name));
    format!("{}{}", usual.unwrap_or_default(), consent.unwrap_or_default())
}

fn line(out: &mut String, text: &str) {
    // Writing into a text cannot fail.
    let _ = writeln!(out, "{}", text.trim_end());
}

#[cfg(test)]
mod tests {
    use super::super::graph_text::tests::two_units;
    use super::*;

    #[test]
    fn a_resource_says_what_it_waits_for_and_what_waits_for_it() {
        let graph = two_units();
        let above = "organizational_unit.A".parse().unwrap();
        let text = render(&graph, &above, None, Paint::PLAIN).unwrap();
        assert!(text.contains("Waiting for it:\n    organizational_unit.A/B"), "{text}");
        assert!(text.contains("delete         organizations:DeleteOrganizationalUnit"), "{text}");
        assert!(text.contains("with the consent unit_deletion.A"), "{text}");
        assert!(render(&graph, &"account.none".parse().unwrap(), None, Paint::PLAIN).is_none());
    }
}
