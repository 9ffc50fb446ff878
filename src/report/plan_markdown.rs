//! A plan as Markdown, for a comment on a pull request or the summary of a CI job.
//!
//! The same story as the text, in tables; what is long is folded. Forges cut long comments, so
//! what does not fit any more is counted instead.

use std::fmt::Write as _;

use super::story::{Entry, Story};
use super::{estimate_text, plan_text, value_text};
use crate::plan::Plan;
use crate::plan::document::{Level, Note};
use crate::plan::estimate::Estimate;

/// Bytes that every forge takes in one comment: GitHub's limit is 65 536 characters, GitLab's
/// a million.
const MOST: usize = 60_000;

/// The plan as Markdown, ending with a line break.
#[must_use]
pub fn render(plan: &Plan, estimate: Option<&Estimate>) -> String {
    let story = Story::of(plan);
    let mut out = format!("## lzctl plan\n\n**{}**\n", plan_text::summary(plan));
    if let Some(estimate) = estimate.filter(|_| !plan.steps.is_empty()) {
        let _ = writeln!(
            out,
            "It will take about {}, in {} steps.",
            estimate_text::time(estimate),
            plan.steps.len()
        );
        if let Some(money) = estimate_text::money(&estimate.cost) {
            let _ = writeln!(out, "{}", text(&money));
        }
    }
    notes(&mut out, plan, Level::Blocker, "Blockers: this plan will not be applied");
    consents(&mut out, plan);
    table(
        &mut out,
        "Look at these first: taken away, or not to be taken back",
        &story.dangers,
        story.accounts,
    );
    notes(&mut out, plan, Level::Warning, "Warnings");
    for (chapter, entries) in &story.chapters {
        table(&mut out, chapter.title(), entries, story.accounts);
    }
    differences(&mut out, &story);
    notes(&mut out, plan, Level::Info, "Notes");
    let _ = writeln!(out, "\n<sub>plan `{}`</sub>", plan.id.get(..16).unwrap_or(&plan.id));
    out
}

fn notes(out: &mut String, plan: &Plan, level: Level, heading: &str) {
    let notes: Vec<&Note> = plan.notes.iter().filter(|note| note.level == level).collect();
    if notes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {heading}\n");
    for note in notes {
        let about = note.address.as_ref().map(|address| format!("{}: ", code(&address.to_string())));
        let hint = note.hint.as_ref().map(|hint| format!(" _Hint: {}_", text(hint))).unwrap_or_default();
        let _ = writeln!(out, "- {}{} `{}`{hint}", about.unwrap_or_default(), text(&note.message), note.code);
    }
}

fn consents(out: &mut String, plan: &Plan) {
    if plan.consents.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### Consents\n");
    for consent in &plan.consents {
        let given = if consent.given { "x" } else { " " };
        let _ = writeln!(
            out,
            "- [{given}] {}: {}. Way back: {}",
            code(&consent.name),
            text(&consent.consequence),
            text(&consent.window)
        );
    }
}

fn table(out: &mut String, heading: &str, entries: &[Entry<'_>], accounts: usize) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {heading}\n\n| | what | reaches | asked for in |\n|---|---|---|---|");
    for (told, entry) in entries.iter().enumerate() {
        if out.len() > MOST {
            let _ = writeln!(out, "| | and {} more | | |", entries.len() - told);
            return;
        }
        let names = entry.named();
        let names = if names.is_empty() { String::new() } else { format!("<br>{}", cell(&names.join("; "))) };
        let radius = entry.radius(accounts).unwrap_or_default();
        let radius = radius.strip_prefix("reaches ").unwrap_or(&radius);
        let _ = writeln!(
            out,
            "| {} {} | {}{names} | {} | {} |",
            entry.action.symbol(),
            entry.action.word(),
            code(&entry.title),
            cell(radius),
            cell(&entry.said())
        );
    }
}

/// What differs in things that are there already, folded.
fn differences(out: &mut String, story: &Story<'_>) {
    use crate::model::kinds::Action;
    let changed: Vec<&Entry<'_>> = story
        .entries()
        .filter(|entry| entry.action != Action::Create && !entry.differences.is_empty())
        .collect();
    if changed.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n<details><summary>What differs</summary>\n");
    for (told, entry) in changed.iter().enumerate() {
        if out.len() > MOST {
            let _ = writeln!(out, "and {} more\n", changed.len() - told);
            break;
        }
        let _ = writeln!(out, "{}\n\n```diff", code(&entry.title));
        for one in &entry.differences {
            for line in value_text::change(one.field, one.from, one.to, false) {
                let _ = writeln!(out, "{}", marked(&line));
            }
        }
        let _ = writeln!(out, "```\n");
    }
    let _ = writeln!(out, "</details>");
}

/// A line of a difference with its mark in the first column, where a forge colours it.
fn marked(line: &str) -> String {
    let inside = line.trim_start();
    let indent = line.len() - inside.len();
    match inside.split_at_checked(1) {
        Some((mark @ ("+" | "-"), rest)) if rest.starts_with(' ') => {
            format!("{mark}{}{rest}", " ".repeat(indent))
        }
        _ => format!(" {line}").replace("```", "'''"),
    }
}

/// Text in a paragraph.
fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}

/// Text in a cell of a table.
fn cell(inside: &str) -> String {
    text(inside).replace('|', "\\|").replace('\n', " ")
}

/// Text set as code, also in a cell of a table.
fn code(inside: &str) -> String {
    let inside = inside.replace('|', "\\|").replace('\n', " ");
    if inside.contains('`') { format!("`` {inside} ``") } else { format!("`{inside}`") }
}

#[cfg(test)]
mod tests {
    use super::super::plan_text::tests::{plan, step};
    use super::*;
    use crate::model::kinds::Action;
    use crate::plan::document::Consent;

    #[test]
    fn what_cannot_be_taken_back_stands_before_the_rest_and_names_are_no_markup() {
        let mut removal = step("policy.<b>*a|b*</b>", "delete", Action::Remove, "organizations:DeletePolicy");
        removal.consent = Some("policy_deletion.x".to_owned());
        let mut plan = plan(vec![step("account.a", "create", Action::Create, "o:C"), removal]);
        plan.consents.push(Consent {
            name: "policy_deletion.x".to_owned(),
            consequence: "it is <gone>".to_owned(),
            window: "none".to_owned(),
            given: false,
        });
        let estimate =
            Estimate::of(&plan, &|step| std::time::Duration::from_secs(step.usual_seconds), &|_| None);
        let text = render(&plan, Some(&estimate));
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is not in\n{text}"));
        assert!(place("- [ ] `policy_deletion.x`: it is &lt;gone>") < place("Look at these first"));
        assert!(place("| - remove | `policy.<b>*a\\|b*</b>`") < place("| + create | `account.a`"));
        assert!(text.starts_with("## lzctl plan\n\n**Plan: 1 to create, 0 to change"), "{text}");
    }

    #[test]
    fn a_comment_never_grows_longer_than_a_forge_takes() {
        let steps = (0..3000).map(|n| {
            let mut one =
                step(&format!("policy.p{n}"), "delete", Action::Remove, "organizations:DeletePolicy");
            one.consent = Some(format!("policy_deletion.p{n}"));
            one
        });
        let text = render(&plan(steps.collect()), None);
        assert!(text.len() < 65_536 && text.contains("more | | |"), "{}", text.len());
    }
}
