//! What is covered: functions and categories now and after, then each capability with its
//! accounts and Regions and the lines that close its gap.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::escape::escape;
use crate::catalog::capabilities;
use crate::coverage::{CapabilityCoverage, CategoryCoverage, Coverage, Mark, Standing, State};
use crate::report::coverage_text;

/// Every state, the best first.
const STATES: [State; 4] = [State::Covered, State::Partly, State::Gap, State::NotRead];

pub(super) fn render(coverage: &Coverage) -> String {
    let after = coverage.accounts.1.is_some();
    let mut out = format!(
        "<p>{}. {}</p>\n<table class=\"matrix\"><thead><tr><th>category</th><th>now</th>{}<th>served by</th></tr></thead>\n",
        escape(&coverage.framework),
        escape(&coverage_text::summary(coverage)),
        if after { "<th>after</th>" } else { "" }
    );
    let by_id: BTreeMap<&str, &CapabilityCoverage> =
        coverage.capabilities.iter().map(|one| (one.id.as_str(), one)).collect();
    for function in &coverage.functions {
        let columns = if after { 4 } else { 3 };
        let _ = writeln!(
            out,
            "<tbody><tr class=\"function\"><th colspan=\"{columns}\" scope=\"rowgroup\">{} {}</th></tr>",
            escape(&function.id),
            escape(&function.name)
        );
        function.categories.iter().for_each(|one| category(&mut out, one, &by_id));
        out.push_str("</tbody>\n");
    }
    out.push_str("</table>\n<h3>Capabilities</h3>\n");
    coverage.capabilities.iter().for_each(|one| capability(&mut out, one, coverage));
    bases(&mut out);
    frameworks(&mut out, coverage);
    out
}

/// What the mappings rest on.
fn bases(out: &mut String) {
    let _ = writeln!(
        out,
        "<p class=\"quiet\">Mappings to the framework, as of {}:</p><dl class=\"quiet\">",
        capabilities::read()
    );
    for (word, means) in capabilities::bases() {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(word), escape(means));
    }
    out.push_str("</dl>\n");
}

/// Frameworks by the Control Catalog's own mappings, where they were asked for.
fn frameworks(out: &mut String, coverage: &Coverage) {
    if coverage.frameworks.is_empty() {
        return;
    }
    out.push_str(
        "<h3>Control Tower's controls by framework</h3>\n<p class=\"quiet\">Mappings of AWS's Control Catalog.</p>\n\
         <table class=\"grid\"><thead><tr><th>framework</th><th>controls</th><th>enabled now</th><th>after</th></tr></thead><tbody>\n",
    );
    for one in &coverage.frameworks {
        let after = one.after.map(|after| after.to_string()).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{after}</td></tr>",
            escape(&one.name),
            one.controls,
            one.now
        );
    }
    out.push_str("</tbody></table>\n");
}

fn category(out: &mut String, category: &CategoryCoverage, by_id: &BTreeMap<&str, &CapabilityCoverage>) {
    let served = category.capabilities.iter().filter_map(|id| by_id.get(id.as_str())).map(|one| {
        format!(
            "<a class=\"pill {}\" href=\"#capability-{}\">{} <span>{}</span></a>",
            class(one.last().state),
            escape(&one.id),
            escape(&one.name),
            one.last().state.word()
        )
    });
    let served: String = served.collect::<Vec<_>>().join(" ");
    let organizational = category
        .organizational
        .as_ref()
        .map(|why| format!("<p class=\"quiet\">organizational, not configurable: {}</p>", escape(why)));
    let after =
        category.after.as_ref().map(|counts| format!("<td data-column=\"after\">{}</td>", tally(counts)));
    let _ = writeln!(
        out,
        "<tr><th scope=\"row\">{} <span class=\"name\">{}</span></th><td data-column=\"now\">{}</td>{}<td>{}{served}</td></tr>",
        escape(&category.id),
        escape(&category.name),
        tally(&category.now),
        after.unwrap_or_default(),
        organizational.unwrap_or_default()
    );
}

/// How many capabilities stand how: a bar, and the same in words.
fn tally(counts: &BTreeMap<State, usize>) -> String {
    let there = || STATES.iter().filter_map(|state| counts.get(state).map(|count| (*state, *count)));
    if there().next().is_none() {
        return "<span class=\"quiet\">by people</span>".to_owned();
    }
    let bar: String = there()
        .map(|(state, count)| format!("<i class=\"{}\" style=\"flex:{count}\"></i>", class(state)))
        .collect();
    let words: Vec<String> = there().map(|(state, count)| format!("{count} {}", state.word())).collect();
    format!(
        "<span class=\"tally\" aria-hidden=\"true\">{bar}</span><span class=\"words\">{}</span>",
        words.join(", ")
    )
}

const fn class(state: State) -> &'static str {
    match state {
        State::Covered => "covered",
        State::Partly => "partly",
        State::Gap => "gap",
        State::NotRead => "unread",
    }
}

fn capability(out: &mut String, one: &CapabilityCoverage, coverage: &Coverage) {
    let last = one.last();
    let states = match &one.after {
        Some(after) => {
            format!("{} {} {}", pill(one.now.state), "<span class=\"to\">after</span>", pill(after.state))
        }
        None => pill(one.now.state),
    };
    let _ = writeln!(
        out,
        "<details class=\"capability\" id=\"capability-{}\"><summary><span class=\"title\">{}</span> <span class=\"quiet\">{}</span> \
         <span class=\"said\">{}</span> {states}</summary>\n<div class=\"inside\">",
        escape(&one.id),
        escape(&one.name),
        escape(&one.services),
        escape(&one.categories.join(", "))
    );
    grid(out, last, coverage);
    if !last.evidence.is_empty() {
        let told: Vec<String> = last
            .evidence
            .iter()
            .take(8)
            .map(|address| format!("<code>{}</code>", escape(&address.to_string())))
            .collect();
        let more = last.evidence.len() - told.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "<p class=\"quiet\">shown by {}{more}</p>", told.join(", "));
    }
    if let Some(gap) = &one.gap {
        for remark in &gap.remarks {
            let _ = writeln!(out, "<p>{}</p>", escape(remark));
        }
        if let Some(first) = &gap.first {
            let _ = writeln!(
                out,
                "<details class=\"more\"><summary>First {}</summary><pre>{}</pre></details>",
                escape(&first.what),
                escape(&first.lines)
            );
        }
        if let Some(lines) = &gap.lines {
            let _ = writeln!(out, "<p>Lines of a document that close it:</p>\n<pre>{}</pre>", escape(lines));
        }
    }
    let _ = writeln!(out, "<p class=\"quiet\">Mapping: {}</p>\n</div></details>", escape(&one.mapping));
}

fn pill(state: State) -> String {
    format!("<span class=\"pill {}\">{}</span>", class(state), state.word())
}

/// Accounts by Region; accounts that look the same share a row.
fn grid(out: &mut String, standing: &Standing, coverage: &Coverage) {
    if standing.of == 0 || standing.state == State::NotRead {
        return;
    }
    out.push_str("<table class=\"grid\"><thead><tr><th>accounts</th>");
    for region in &coverage.regions {
        let _ = write!(out, "<th>{}</th>", escape(region.as_str()));
    }
    out.push_str("</tr></thead><tbody>\n");
    for group in &standing.grid.groups {
        let shown: Vec<&str> = group.accounts.iter().take(8).map(String::as_str).collect();
        let more = group.accounts.len() - shown.len();
        let names = if more > 0 {
            let rest: Vec<&str> = group.accounts.iter().skip(8).map(String::as_str).collect();
            format!(
                "{} <details class=\"more\"><summary>and {more} more</summary>{}</details>",
                escape(&shown.join(", ")),
                escape(&rest.join(", "))
            )
        } else {
            escape(&shown.join(", "))
        };
        let _ = write!(out, "<tr><th scope=\"row\">{names}</th>");
        for mark in &group.marks {
            let (class, word) = match mark {
                Mark::Covered => ("covered", "covered"),
                Mark::Partly => ("partly", "partly"),
                Mark::Gap => ("gap", "gap"),
            };
            let _ = write!(out, "<td class=\"{class}\">{word}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
}
