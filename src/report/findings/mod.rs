//! What needs a look, in the forms in which CI systems show it: SARIF, which forges draw beside
//! the lines of a pull request, and JUnit, which they list as failed tests.
//!
//! In: the diagnostics of a document, or the notes and consents of a plan. Out: one list of
//! [`Finding`]s, then a file. Absent: what a plan changes; a change is no fault.

mod junit;
mod sarif;

pub use junit::junit;
pub use sarif::sarif;

use crate::model::{Address, Origin};
use crate::plan::Plan;
use crate::plan::document::Level;
use crate::spec::{Diagnostics, Severity};

/// One thing that needs a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is; a blocker and an error of a document are alike.
    pub level: Level,
    /// The rule that found it.
    pub code: String,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The line of a document that it is about.
    pub origin: Option<Origin>,
}

/// What a document's rules found.
#[must_use]
pub fn of_document(diagnostics: &Diagnostics) -> Vec<Finding> {
    let one = |entry: crate::spec::diagnostic::Entry<'_>| Finding {
        level: match entry.severity {
            Severity::Error => Level::Blocker,
            Severity::Warning => Level::Warning,
        },
        code: entry.code.to_owned(),
        message: entry.message.to_owned(),
        hint: entry.help.map(str::to_owned),
        origin: entry.places.first().map(|place| place.origin.clone()),
    };
    diagnostics.entries().into_iter().map(one).collect()
}

/// Notes of a plan, and the consents that it lacks.
#[must_use]
pub fn of_plan(plan: &Plan) -> Vec<Finding> {
    let origin = |address: &Address| {
        let resource = plan.resources.iter().find(|resource| resource.address == *address);
        resource.and_then(|resource| resource.origin.clone())
    };
    let notes = plan.notes.iter().map(|note| Finding {
        level: note.level,
        code: note.code.clone(),
        message: match &note.address {
            Some(address) => format!("{address}: {}", note.message),
            None => note.message.clone(),
        },
        hint: note.hint.clone(),
        origin: note.address.as_ref().and_then(origin),
    });
    let missing = plan.missing_consents().map(|consent| Finding {
        level: Level::Blocker,
        code: "consent-missing".to_owned(),
        message: format!("{}: {}", consent.name, consent.consequence),
        hint: Some(format!("list {} under `consents:` in the document, or say --consent", consent.name)),
        origin: plan
            .steps
            .iter()
            .find(|step| step.consent.as_ref() == Some(&consent.name))
            .and_then(|step| step.origin.clone()),
    });
    notes.chain(missing).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::plan_text::tests::{plan, step};
    use super::*;
    use crate::model::kinds::Action;
    use crate::plan::document::{Consent, Note};

    /// A blocker, a warning without a place, and a missing consent.
    pub(super) fn found() -> Vec<Finding> {
        let mut removal = step("account.a", "create", Action::Create, "o:C");
        removal.consent = Some("unit_deletion.Old".to_owned());
        removal.origin = Some(Origin { file: "lz & co.yaml".to_owned(), line: 7, column: 3 });
        let mut plan = plan(vec![removal]);
        let note = |level, code: &str, address: Option<&str>| Note {
            level,
            code: code.to_owned(),
            address: address.map(|text| text.parse().unwrap()),
            message: "too <many>".to_owned(),
            hint: Some("ask \"AWS\"".to_owned()),
        };
        plan.notes = vec![
            note(Level::Blocker, "account-quota", Some("account.a")),
            note(Level::Warning, "busy", None),
        ];
        plan.consents.push(Consent {
            name: "unit_deletion.Old".to_owned(),
            consequence: "it is gone".to_owned(),
            window: "none".to_owned(),
            given: false,
        });
        of_plan(&plan)
    }

    #[test]
    fn a_consent_that_is_missing_is_found_at_the_line_that_needs_it() {
        let found = found();
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["account-quota", "busy", "consent-missing"]);
        assert_eq!(found[2].origin.as_ref().map(|origin| origin.line), Some(7));
        assert_eq!(found[0].message, "account.a: too <many>");
    }
}
