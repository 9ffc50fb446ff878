//! A consent that names nothing allows nothing.
//!
//! Consents are `class.name`, the class being one that a kind's table knows. Source:
//! this document's own meaning.

use std::collections::BTreeSet;

use super::{Rule, View};
use crate::model::address::Kind;
use crate::model::kinds;
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "consents",
        title: "A consent that names nothing known",
        explanation: "An irreversible act needs a consent that names it: its class, then a dot and the name of the thing \
                      where there can be several, such as `unit_deletion.Old`. The plan prints the consent it \
                      asks for, so it can be copied. A consent that nothing asks for is only a warning.",
    },
    check,
};

/// Every class of consent that some kind of resource asks for, with whether a name follows it.
fn classes() -> BTreeSet<&'static str> {
    let infos = || Kind::ALL.iter().map(|kind| kinds::info(*kind));
    let verbs = infos().flat_map(|info| info.verbs.iter().filter_map(|verb| verb.consent));
    verbs.chain(infos().flat_map(|info| info.fields.iter().filter_map(|field| field.consent))).collect()
}

fn check(view: &View<'_>, findings: &mut Findings) {
    let known = classes();
    for consent in view.doc.consents.iter().flatten() {
        let class = consent.split_once('.').map_or(consent.as_str(), |(class, _)| class);
        if !known.contains(class) {
            let help = nearest(class, known.iter().copied()).map_or_else(
                || format!("known: {}", known.iter().copied().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            findings.push(
                Diagnostic::warning(RULE.topic.code, format!("nothing asks for the consent `{consent}`"))
                    .at(consent.span, "unknown consent")
                    .help(help),
            );
        }
    }
}
