//! What changes, chapter by chapter, each change once, with what is behind it when opened.

use std::fmt::Write as _;
use std::time::Duration;

use super::escape::escape;
use crate::catalog::ordering;
use crate::plan::estimate::Estimate;
use crate::plan::{Plan, Step};
use crate::report::story::{Entry, Story};
use crate::report::{duration, estimate_text, plan_text, value_text};

pub(super) fn render(plan: &Plan, story: &Story<'_>, estimate: Option<&Estimate>) -> String {
    let mut out = format!("<p>{}</p>\n", escape(&plan_text::summary(plan)));
    if plan.steps.is_empty() {
        return out;
    }
    cost(&mut out, estimate);
    out.push_str(
        "<p class=\"tools\"><label>Only with <input type=\"search\" id=\"filter\" autocomplete=\"off\" \
         placeholder=\"a name, a verb, an operation\"></label> \
         <button type=\"button\" data-open=\"true\">Open all</button> \
         <button type=\"button\" data-open=\"false\">Close all</button> \
         <span id=\"found\" role=\"status\"></span></p>\n",
    );
    for (chapter, entries) in &story.chapters {
        let _ = writeln!(out, "<div class=\"chapter\"><h3>{}</h3>", chapter.title());
        entries.iter().for_each(|one| entry(&mut out, one, story.accounts));
        out.push_str("</div>\n");
    }
    out
}

/// What it adds to the bill, with what the prices hang on.
fn cost(out: &mut String, estimate: Option<&Estimate>) {
    let Some((cost, told)) = estimate.and_then(|one| Some((&one.cost, estimate_text::money(&one.cost)?)))
    else {
        return;
    };
    let _ = writeln!(
        out,
        "<details class=\"steps\"><summary>{}</summary>\n<p>Prices, as they were read on {}:</p><ul>",
        escape(&told),
        cost.read
    );
    for price in estimate_text::prices(cost) {
        let _ = writeln!(out, "<li>{}</li>", escape(&price));
    }
    out.push_str("</ul></details>\n");
}

/// One change.
pub(super) fn entry(out: &mut String, entry: &Entry<'_>, accounts: usize) {
    let word = entry.action.word();
    let radius =
        entry.radius(accounts).map(|text| format!("<span class=\"radius\">{}</span>", escape(&text)));
    let said = entry.said();
    let said = if said.is_empty() { "what it rests on".to_owned() } else { said };
    let _ = writeln!(
        out,
        "<details class=\"entry {word}\"><summary><span class=\"mark\">{} {word}</span> <span class=\"title\">{}</span> \
         {} <span class=\"said\">{}</span></summary>\n<div class=\"inside\">",
        entry.action.symbol(),
        escape(&entry.title),
        radius.unwrap_or_default(),
        escape(&said)
    );
    for line in entry.named() {
        let _ = writeln!(out, "<p class=\"names\">{}</p>", escape(&line));
    }
    for one in &entry.differences {
        let lines = value_text::change(one.field, one.from, one.to, true);
        let told: String = lines.iter().map(|line| difference(line)).collect();
        let _ = writeln!(out, "<pre class=\"diff\">{told}</pre>");
    }
    steps(out, &entry.steps);
    out.push_str("</div></details>\n");
}

/// A line of a difference; its first mark says what it is.
fn difference(line: &str) -> String {
    let class = match line.trim_start().as_bytes() {
        [b'+', b' ', ..] => "plus",
        [b'-', b' ', ..] => "minus",
        _ => "same",
    };
    format!("<span class=\"{class}\">{}</span>\n", escape(line))
}

fn steps(out: &mut String, steps: &[&Step]) {
    let word = if steps.len() == 1 { "1 step".to_owned() } else { format!("{} steps", steps.len()) };
    let _ = writeln!(
        out,
        "<details class=\"steps\"><summary>{word}</summary>\n<table><thead><tr><th>step</th><th>operation</th>\
         <th>usually</th><th>because</th><th>after</th></tr></thead><tbody>"
    );
    for step in steps {
        let mut needs: Vec<String> = step
            .needs
            .iter()
            .map(|need| {
                let reason =
                    ordering::rule(&need.rule).map_or(need.rule.as_str(), |rule| rule.reason.as_str());
                format!("<span title=\"{}\">{}</span>", escape(reason), escape(&need.step.0))
            })
            .collect();
        let more = needs.len().saturating_sub(4);
        needs.truncate(4);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(
            out,
            "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}{more}</td></tr>",
            escape(&step.id.0),
            escape(&step.operation),
            duration::words(Duration::from_secs(step.usual_seconds)),
            escape(&step.reasons.join("; ")),
            needs.join(", ")
        );
    }
    out.push_str("</tbody></table></details>\n");
}
