//! Baselines that cannot stand together, or need one another, on one unit.
//!
//! Source: Control Tower User Guide, types of baselines; the combinations are
//! columns of the catalogue's table.

use super::{Rule, View};
use crate::catalog::baselines;
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::words::BaselineWord;
use crate::spec::topic::Topic;
use crate::spec::view::{Part, State};

/// A baseline as a unit lists it.
type Word<'d> = &'d Located<BaselineWord>;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "baseline-combination",
        title: "Baselines that do not go together",
        explanation: "`control_tower` and `config` exclude each other on one unit. `backup` needs \
                      `control_tower` on the same unit (except on the Security unit, which takes `backup` \
                      alone) and the landing zone's `backup` integration. Source: AWS Control Tower User \
                      Guide, types of baselines.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (path, _) in view.listed() {
        let words: Vec<Word<'_>> = view.baselines(path).collect();
        check_exclusive(path, &words, findings);
        if view.whole(&format!("organizational_units.{path}.baselines")) {
            check_needs(view, path, &words, findings);
        }
    }
    let backup = view.listed().flat_map(|(path, _)| view.baselines(path)).find(|word| word.0 == "backup");
    if let Some(word) = backup {
        check_integration(view, word, findings);
    }
}

fn check_exclusive(path: &UnitPath, words: &[Word<'_>], findings: &mut Findings) {
    for (index, word) in words.iter().enumerate() {
        let excludes = baselines::by_word(&word.0).map_or(&[][..], |row| &row.excludes);
        for other in words.iter().take(index) {
            let message = if other.0 == word.0 {
                format!("unit `{path}` lists the baseline `{}` twice", word.0)
            } else if excludes.contains(&other.0) {
                format!("unit `{path}` cannot have both `{}` and `{}`", other.0, word.0)
            } else {
                continue;
            };
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(word.span, "this one")
                    .at(other.span, "and this one"),
            );
        }
    }
}

fn check_needs(view: &View<'_>, path: &UnitPath, words: &[Word<'_>], findings: &mut Findings) {
    let security = view.security_unit();
    for word in words {
        let Some(row) = baselines::by_word(&word.0) else { continue };
        if security.as_ref() == Some(path) && row.on_security_unit {
            continue;
        }
        for needed in row.needs.iter().filter(|needed| !words.iter().any(|other| other.0 == **needed)) {
            let message = format!("the baseline `{}` needs `{needed}` on the same unit", word.0);
            findings.push(
                Diagnostic::error(RULE.topic.code, message)
                    .at(word.span, format!("`{path}` has no `{needed}`"))
                    .help(format!("write `baselines: [{needed}, {}]`", word.0)),
            );
        }
    }
}

fn check_integration(view: &View<'_>, word: &Located<BaselineWord>, findings: &mut Findings) {
    let Some(zone) = view.landing_zone() else { return };
    match view.state(Part::Backup) {
        State::On => {}
        State::Off(span) => findings.push(
            Diagnostic::error(
                RULE.topic.code,
                "the baseline `backup` needs landing_zone.backup, which is off",
            )
            .at(word.span, "listed here")
            .at(span, "switched off here"),
        ),
        State::Unsaid if view.whole("landing_zone.backup") => findings.push(
            Diagnostic::warning(
                RULE.topic.code,
                "the baseline `backup` needs landing_zone.backup, which is not said",
            )
            .at(word.span, "listed here")
            .at(zone.span, "has no `backup`")
            .help("say `backup`, unless the live landing zone has it already"),
        ),
        State::Unsaid => {}
    }
}
