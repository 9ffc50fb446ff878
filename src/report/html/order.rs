//! What waits for what, as a picture, with the longest chain marked; and the chain in words.
//!
//! Steps that do the same to things of one kind at the same depth are one node, so that three
//! hundred accounts are drawn as one. Depth grows along every need, so no ring can come of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::time::Duration;

use super::escape::escape;
use super::layout;
use crate::catalog::{operations, ordering};
use crate::plan::{Plan, Step, StepId, bound};
use crate::report::{duration, story};

/// Alike steps at one depth that are drawn by themselves.
const FEW: usize = 3;
/// The size of a node and the room between nodes, in pixels.
const WIDE: usize = 244;
const HIGH: usize = 46;
const ALONG: usize = 44;
const BESIDE: usize = 14;
/// Letters that fit into the two lines of a node.
const LETTERS: usize = 28;
const SMALL_LETTERS: usize = 36;

/// A node: its steps, and how deep it stands.
struct Node<'p> {
    steps: Vec<&'p Step>,
    depth: usize,
    critical: bool,
}

pub(super) fn render(plan: &Plan) -> String {
    let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
    let bound = bound::lower_bound(&plan.steps, &usual, operations::table(), Duration::from_millis(100));
    let critical: BTreeSet<&StepId> = bound.critical_path.iter().collect();
    let (nodes, edges) = nodes(plan, &critical);
    let mut out = format!(
        "<p>The longest chain has {} of {} steps and is marked. Steps that read alike are drawn once.</p>\n",
        bound.critical_path.len(),
        plan.steps.len()
    );
    draw(&nodes, &layout::reduced(nodes.len(), &edges), &mut out);
    chain(plan, &bound.critical_path, &mut out);
    out
}

/// Nodes in the order of the plan, and the edges between them.
fn nodes<'p>(plan: &'p Plan, critical: &BTreeSet<&StepId>) -> (Vec<Node<'p>>, BTreeSet<(usize, usize)>) {
    let mut depth: HashMap<&StepId, usize> = HashMap::new();
    let mut alike: BTreeMap<(usize, &str, &str, bool), Vec<&Step>> = BTreeMap::new();
    for step in &plan.steps {
        // The steps of a plan stand after those that they need.
        let deep =
            step.needs.iter().filter_map(|need| depth.get(&need.step)).max().map_or(0, |deep| deep + 1);
        depth.insert(&step.id, deep);
        // Those of the chain are kept apart, so that the mark means what it says.
        let key = (deep, step.address.kind.name(), step.verb.as_str(), critical.contains(&step.id));
        alike.entry(key).or_default().push(step);
    }
    let mut nodes = Vec::new();
    let mut home: HashMap<&StepId, usize> = HashMap::new();
    for ((deep, .., is_critical), steps) in alike {
        let groups: Vec<Vec<&Step>> =
            if steps.len() > FEW { vec![steps] } else { steps.into_iter().map(|step| vec![step]).collect() };
        for steps in groups {
            home.extend(steps.iter().map(|step| (&step.id, nodes.len())));
            nodes.push(Node { steps, depth: deep, critical: is_critical });
        }
    }
    let needs = plan.steps.iter().flat_map(|step| step.needs.iter().map(move |need| (&need.step, &step.id)));
    let edges = needs.filter_map(|(from, to)| Some((*home.get(from)?, *home.get(to)?))).collect();
    (nodes, edges)
}

fn draw(nodes: &[Node<'_>], edges: &BTreeSet<(usize, usize)>, out: &mut String) {
    let layers: Vec<usize> = nodes.iter().map(|node| node.depth).collect();
    let asides = layout::asides(&layers, edges);
    let deep = layers.iter().max().map_or(0, |last| last + 1);
    let broad = asides.iter().copied().fold(0.0, f64::max) + 1.0;
    // The longer way goes down the page.
    let down = deep as f64 >= broad;
    let (across, along) = if down { (WIDE + BESIDE, HIGH + ALONG) } else { (HIGH + BESIDE, WIDE + ALONG) };
    let at = |node: usize| {
        let (far, aside) = (layers[node] * along + 8, pixels(asides[node], across) + 8);
        if down { (aside, far) } else { (far, aside) }
    };
    let (far, wide) = (deep * along, pixels(broad, across));
    let (width, height) = if down { (wide, far) } else { (far, wide) };
    let _ = writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"What waits for what\">\n\
         <svg class=\"graph\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" \
         aria-label=\"Steps and what they wait for; the longest chain follows in words\">",
        width + 16,
        height + 16
    );
    for (from, to) in edges {
        let both = nodes[*from].critical && nodes[*to].critical;
        let class = if both { "edge critical" } else { "edge" };
        let ((x1, y1), (x2, y2)) = (at(*from), at(*to));
        let path = if down {
            let (x1, y1, x2) = (x1 + WIDE / 2, y1 + HIGH, x2 + WIDE / 2);
            let bend = (y2.saturating_sub(y1)) / 2;
            format!("M{x1} {y1}C{x1} {} {x2} {} {x2} {y2}", y1 + bend, y2 - bend)
        } else {
            let (x1, y1, y2) = (x1 + WIDE, y1 + HIGH / 2, y2 + HIGH / 2);
            let bend = (x2.saturating_sub(x1)) / 2;
            format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2 - bend)
        };
        let _ = writeln!(out, "<path class=\"{class}\" data-from=\"{from}\" data-to=\"{to}\" d=\"{path}\"/>");
    }
    for (index, node) in nodes.iter().enumerate() {
        let (x, y) = at(index);
        box_of(node, index, x, y, out);
    }
    out.push_str("</svg></div>\n<p id=\"pointed\" role=\"status\" class=\"quiet\">Point at a box to see what it waits for.</p>\n");
}

/// So many widths of a node in pixels.
fn pixels(widths: f64, one: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place on a page, from 0 and of some thousands of pixels"
    )]
    let pixels = (widths * one as f64).round() as usize;
    pixels
}

fn box_of(node: &Node<'_>, index: usize, x: usize, y: usize, out: &mut String) {
    let Some(first) = node.steps.first() else { return };
    let longest = node.steps.iter().map(|step| step.usual_seconds).max().unwrap_or_default();
    let usual = duration::words(Duration::from_secs(longest));
    let verb = first.verb.replace('_', " ");
    let (head, done, all) = if let [one] = node.steps.as_slice() {
        let kind = one.address.kind.name().replace('_', " ");
        match one.address.name.as_str() {
            "" => (kind, verb, one.id.to_string()),
            name => (name.to_owned(), format!("{kind}: {verb}"), one.id.to_string()),
        }
    } else {
        let names: Vec<&str> = node.steps.iter().take(8).map(|step| step.address.name.as_str()).collect();
        (format!("{} {}", node.steps.len(), story::plural(first.address.kind)), verb, names.join(", "))
    };
    let class = if node.critical { "node critical" } else { "node" };
    let word = first.action.word();
    let room = SMALL_LETTERS.saturating_sub(usual.len() + 4);
    let _ = writeln!(
        out,
        "<g class=\"{class} {word}\" id=\"node-{index}\" tabindex=\"0\" data-node=\"{index}\" transform=\"translate({x} {y})\">\
         <title>{}: {}, usually {usual}</title><rect width=\"{WIDE}\" height=\"{HIGH}\" rx=\"6\"/>\
         <text x=\"10\" y=\"19\">{}</text><text class=\"small\" x=\"10\" y=\"36\">{} {}, {usual}</text></g>",
        escape(&all),
        escape(&first.operation),
        escape(&cut(&head, LETTERS)),
        first.action.symbol(),
        escape(&cut(&done, room))
    );
}

/// The head of a long name, and its end, which tells it from others.
fn cut(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let half = most.saturating_sub(3) / 2;
    let head: String = letters.iter().take(half).collect();
    let tail: String = letters.iter().skip(letters.len() - half).collect();
    format!("{head}...{tail}")
}

/// The longest chain in words, each step with what it waited for and when it can be done.
fn chain(plan: &Plan, critical: &[StepId], out: &mut String) {
    let steps: HashMap<&StepId, &Step> = plan.steps.iter().map(|step| (&step.id, step)).collect();
    let _ = writeln!(
        out,
        "<details class=\"chain\"><summary>The longest chain in words, {} steps</summary>\n<ol>",
        critical.len()
    );
    let mut so_far = 0;
    let mut before: Option<&StepId> = None;
    for step in critical.iter().filter_map(|id| steps.get(id)) {
        so_far += step.usual_seconds;
        let rule = step.needs.iter().find(|need| Some(&need.step) == before).map(|need| need.rule.as_str());
        let reason = rule
            .and_then(ordering::rule)
            .map(|rule| format!(" <span class=\"quiet\">{}</span>", escape(&rule.reason)));
        let _ = writeln!(
            out,
            "<li><code>{}</code> usually {}, so by {}{}</li>",
            escape(&step.id.0),
            duration::words(Duration::from_secs(step.usual_seconds)),
            duration::words(Duration::from_secs(so_far)),
            reason.unwrap_or_default()
        );
        before = Some(&step.id);
    }
    out.push_str("</ol></details>\n");
}
