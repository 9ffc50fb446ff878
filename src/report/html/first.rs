//! What an operator looks at first: what stops the plan, what cannot be taken back, what is
//! taken away, what needs a look; after a run, what went wrong.

use std::fmt::Write as _;

use super::escape::escape;
use super::{Page, changes};
use crate::apply::outcome::{RootCause, Status};
use crate::plan::document::{Consent, Level, Note, Plan};
use crate::report::story::Story;
use crate::report::{outcome, verdict_hint};

pub(super) fn render(page: &Page<'_>, story: Option<&Story<'_>>) -> String {
    let mut out = String::new();
    if let Some(result) = page.outcome {
        let _ =
            writeln!(out, "<p class=\"end {:?}\">{}</p>", result.ending, escape(&outcome::summary(result)));
        result.causes.iter().for_each(|cause| failed(&mut out, cause));
    }
    let mut calm = page.outcome.is_none_or(|outcome| outcome.causes.is_empty());
    if let Some(plan) = page.plan {
        calm &= of_plan(&mut out, plan, story);
    }
    if calm && page.plan.is_some() {
        out.push_str("<p class=\"calm\">Nothing here is blocked, irreversible or taken away.</p>\n");
    }
    if let Some(coverage) = page.coverage.filter(|_| page.plan.is_none()) {
        let _ = writeln!(out, "<p>{}</p>", escape(&crate::report::coverage_text::summary(coverage)));
    }
    out
}

/// What went wrong, in AWS's own words.
fn failed(out: &mut String, cause: &RootCause) {
    let word = if cause.status == Status::Stuck { "stuck" } else { "failed" };
    let _ = write!(
        out,
        "<div class=\"card bad\"><p><b>{word}</b> <code>{}</code></p>",
        escape(&cause.step.to_string())
    );
    match &cause.error {
        Some(error) => {
            let _ = write!(
                out,
                "<p>{}</p><p class=\"hint\">{}</p>",
                escape(&error.to_string()),
                escape(verdict_hint::of(error))
            );
        }
        None => {
            out.push_str("<p>AWS has not ended it in the time it may take; it may still end well there</p>");
        }
    }
    if cause.held_up > 0 {
        let _ = write!(out, "<p class=\"quiet\">held up {} steps</p>", cause.held_up);
    }
    out.push_str("</div>\n");
}

/// Gives whether there is nothing to worry about.
fn of_plan(out: &mut String, plan: &Plan, story: Option<&Story<'_>>) -> bool {
    let of = |level: Level| plan.notes.iter().filter(move |note| note.level == level);
    of(Level::Blocker).for_each(|note| card(out, note));
    plan.missing_consents().for_each(|consent| asked(out, consent));
    plan.consents.iter().filter(|consent| consent.given).for_each(|consent| asked(out, consent));
    let dangers = story.map(|story| story.dangers.as_slice()).unwrap_or_default();
    if !dangers.is_empty() {
        out.push_str("<h3>Taken away, or not to be taken back</h3>\n");
        let accounts = story.map_or(0, |story| story.accounts);
        dangers.iter().for_each(|entry| changes::entry(out, entry, accounts));
    }
    of(Level::Warning).for_each(|note| card(out, note));
    let calm = out.is_empty();
    let notes: Vec<&Note> = of(Level::Info).collect();
    if !notes.is_empty() {
        let _ = writeln!(out, "<details><summary>{} notes</summary>", notes.len());
        notes.into_iter().for_each(|note| card(out, note));
        out.push_str("</details>\n");
    }
    calm
}

fn card(out: &mut String, note: &Note) {
    let (class, word) = match note.level {
        Level::Blocker => ("bad", "blocker"),
        Level::Warning => ("warn", "warning"),
        Level::Info => ("info", "note"),
    };
    let about =
        note.address.as_ref().map(|address| format!("<code>{}</code> ", escape(&address.to_string())));
    let _ = write!(
        out,
        "<div class=\"card {class}\"><p><b>{word}</b> {}{} <span class=\"quiet\">[{}]</span></p>",
        about.unwrap_or_default(),
        escape(&note.message),
        escape(&note.code)
    );
    if let Some(hint) = &note.hint {
        let _ = write!(out, "<p class=\"hint\">{}</p>", escape(hint));
    }
    out.push_str("</div>\n");
}

fn asked(out: &mut String, consent: &Consent) {
    let (class, word) = if consent.given { ("warn", "consent given") } else { ("bad", "consent missing") };
    let name = escape(&consent.name);
    let _ = write!(
        out,
        "<div class=\"card {class}\"><p><b>{word}</b> <code>{name}</code></p><p>{}</p><p class=\"quiet\">way back: {}</p>",
        escape(&consent.consequence),
        escape(&consent.window)
    );
    if !consent.given {
        let _ = write!(
            out,
            "<p class=\"hint\">give it with <code>--consent {name}</code>, or under <code>consents:</code> in the document</p>"
        );
    }
    out.push_str("</div>\n");
}
