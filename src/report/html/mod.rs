//! One page that holds everything: what to look at first, what changes, the organization as a
//! tree, the order of the steps, the run on a line of time, what is covered.
//!
//! In: a plan, an outcome, a coverage, whichever there are. Out: one HTML file that needs
//! nothing else: no network, no other file. It reads in light and in dark, on paper, and
//! without sight; script only folds, filters and points, so that everything is there without
//! it. Rendering decides nothing (invariant I12).

mod changes;
mod escape;
mod first;
mod layout;
mod matrix;
mod order;
mod organization;
mod run;

use std::fmt::Write as _;

use super::duration;
use super::story::Story;
use crate::apply::Outcome;
use crate::coverage::Coverage;
use crate::plan::Plan;
use crate::plan::estimate::Estimate;
use escape::escape;

/// How the page looks; see `style.css` beside this file.
const STYLE: &str = include_str!("style.css");
/// What the page does; see `page.js` beside this file.
const SCRIPT: &str = include_str!("page.js");
/// The page may fetch nothing from anywhere, even if a text in it were to try.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// What a page is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'p> {
    /// The documents, as they were typed.
    pub documents: &'p str,
    /// The time at the AWS worked on, as text.
    pub time: &'p str,
    /// The plan.
    pub plan: Option<&'p Plan>,
    /// What the plan takes, when somebody worked it out.
    pub estimate: Option<&'p Estimate>,
    /// What became of it.
    pub outcome: Option<&'p Outcome>,
    /// What is covered.
    pub coverage: Option<&'p Coverage>,
}

/// One part of the page: the anchor, the heading, what is in it.
struct Section {
    id: &'static str,
    title: &'static str,
    body: String,
}

/// The page as text.
#[must_use]
pub fn render(page: &Page<'_>) -> String {
    let story = page.plan.map(Story::of);
    let mut sections = Vec::new();
    let mut add =
        |id, title, body: Option<String>| sections.extend(body.map(|body| Section { id, title, body }));
    let planned = page.plan.zip(story.as_ref());
    add("first", "Look first", Some(first::render(page, story.as_ref())));
    add("changes", "What changes", planned.map(|(plan, story)| changes::render(plan, story, page.estimate)));
    add("organization", "The organization", page.plan.and_then(organization::render));
    add("order", "Order of the steps", page.plan.filter(|plan| !plan.steps.is_empty()).map(order::render));
    add("run", "The run", page.outcome.map(run::render));
    add("coverage", "What is covered", page.coverage.map(matrix::render));
    document(page, &sections)
}

fn document(page: &Page<'_>, sections: &[Section]) -> String {
    let mut out = String::new();
    let title = format!("lzctl: {}", page.documents);
    // Writing into a text cannot fail.
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <title>{}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#first\">Skip to the report</a>\n{}<nav aria-label=\"Parts of the report\"><ul>",
        escape(&title),
        head(page)
    );
    for section in sections {
        let _ = write!(out, "<li><a href=\"#{}\">{}</a></li>", section.id, section.title);
    }
    out.push_str("</ul></nav>\n<main>\n");
    for Section { id, title, body } in sections {
        let _ = writeln!(
            out,
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{body}</section>"
        );
    }
    let _ = writeln!(
        out,
        "</main>\n<footer>Written by lzctl {}. This file needs no network.</footer>\n<script>\n{SCRIPT}</script>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    );
    out
}

/// The head of the page: what it is about, and its size in figures.
fn head(page: &Page<'_>) -> String {
    let what = match (page.outcome, page.plan) {
        (Some(_), _) => "Run of a plan",
        (None, Some(_)) => "Plan",
        (None, None) => "Coverage",
    };
    let mut facts: Vec<(String, &str)> = Vec::new();
    if let Some(plan) = page.plan {
        let words = if plan.steps.len() == 1 { "step" } else { "steps" };
        facts.push((plan.steps.len().to_string(), words));
        if let Some(estimate) = page.estimate.filter(|_| !plan.steps.is_empty()) {
            facts.push((duration::words(estimate.usual), "usually"));
            if estimate.slow != estimate.usual {
                facts.push((duration::words(estimate.slow), "seldom more"));
            }
        }
        facts.push((plan.missing_consents().count().to_string(), "consents missing"));
        facts.push((plan.blockers().count().to_string(), "blockers"));
    }
    if let Some(outcome) = page.outcome {
        facts.push((duration::words(outcome.makespan), "the run took"));
    }
    if let Some(coverage) = page.coverage {
        let covered = coverage.capabilities.iter().filter(|one| one.gap.is_none()).count();
        facts.push((format!("{covered} of {}", coverage.capabilities.len()), "capabilities covered"));
    }
    let tiles: String = facts
        .iter()
        .map(|(figure, word)| format!("<div><dt>{word}</dt><dd>{}</dd></div>", escape(figure)))
        .collect();
    let about = page.plan.map(|plan| {
        let organization =
            plan.organization.as_ref().map_or("a new organization".to_owned(), ToString::to_string);
        format!("{organization}, account {}, home Region {}", plan.account, plan.home_region)
    });
    let about: Vec<String> =
        about.into_iter().chain([page.time.to_owned()]).filter(|text| !text.is_empty()).collect();
    format!(
        "<header>\n<p class=\"kicker\">{what}</p>\n<h1>{}</h1>\n<p class=\"about\">{}</p>\n<dl class=\"facts\">{tiles}</dl>\n</header>\n",
        escape(page.documents),
        escape(&about.join(", "))
    )
}
