//! Control Tower takes fewer e-mail addresses than Organizations does.
//!
//! Asked only of accounts that it will enrol or use: an address outside its pattern
//! fails the pre-check of the whole unit, long after the account was created.
//! Source: Control Tower User Guide, common causes of failure for registration.

use super::{Rule, View};
use crate::model::unit_path::UnitPath;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::Located;
use crate::spec::shape::words::BaselineWord;
use crate::spec::topic::Topic;
use crate::spec::view::registers;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "control-tower-email",
        title: "Control Tower does not take this e-mail address",
        explanation: "Before registering a unit Control Tower checks that every account's address matches \
                      [A-Z0-9a-z._%+-]+@[A-Za-z0-9.-]+[.]+[A-Za-z]+, which is narrower than what \
                      Organizations takes. The rule is asked of integration accounts and of accounts in \
                      registered units. Source: AWS Control Tower User Guide, common causes of failure.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    let integration = view.integration_accounts();
    for (name, account) in view.accounts() {
        let Some(email) = account.email.as_ref().filter(|email| !email.suits_control_tower()) else {
            continue;
        };
        let enrolled = view.unit_of(name).is_some_and(|unit| enrols(view, unit));
        let used = integration.iter().any(|named| named.account.value == name.value);
        if enrolled || used {
            findings.push(
                Diagnostic::error(
                    RULE.topic.code,
                    format!("Control Tower would refuse account `{name}` for its e-mail address"),
                )
                .at(email.span, "outside Control Tower's pattern")
                .help("use letters, digits and . _ % + - before the @, and a domain that ends in letters"),
            );
        }
    }
}

/// Whether a unit's accounts will be enrolled: a baseline that is left alone enrols nobody.
fn enrols(view: &View<'_>, unit: &UnitPath) -> bool {
    let acts = |word: &&Located<BaselineWord>| !view.leaves_alone(&format!("baseline.{unit}:{}", word.0));
    view.baselines(unit).filter(acts).any(|word| registers(&word.value))
}
