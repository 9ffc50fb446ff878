//! A consent that names nothing allows nothing.
//!
//! Consents are `class.name`, the class being one that a kind's table knows. Source:
//! this document's own meaning.

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::model::address::{Address, Kind};
use crate::model::kinds::{self, Verb};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "consents",
        title: "A consent that names nothing known",
        explanation: "An irreversible act needs a consent that names it: its class, then a dot and the \
                      name of the thing where there can be several, such as `unit_deletion.Old`. The plan \
                      prints the consent it asks for, so it can be copied. A consent that nothing asks \
                      for is only a warning.",
    },
    check,
};

/// The classes of consent that kinds of resources ask for, each with the kind that
/// is removed by it, when it is a removal.
fn classes() -> BTreeMap<&'static str, Option<Kind>> {
    let infos = || Kind::ALL.iter().map(|kind| kinds::info(*kind));
    let of_field = infos().flat_map(|info| info.fields.iter().filter_map(|field| field.consent));
    let of_verb = infos().flat_map(|info| {
        // Other verbs that remove take away a part, which the document may just leave out.
        let whole = |verb: &Verb| {
            info.remover().is_some_and(|remover| remover.name == verb.name).then_some(info.kind)
        };
        info.verbs.iter().filter_map(move |verb| verb.consent.map(|class| (class, whole(verb))))
    });
    of_field.map(|class| (class, None)).chain(of_verb).collect()
}

fn check(view: &View<'_>, findings: &mut Findings) {
    let known = classes();
    for consent in view.doc.consents.iter().flatten() {
        let (class, name) = consent.split_once('.').unwrap_or((consent.as_str(), ""));
        let (label, help) = match known.get(class) {
            Some(Some(kind)) if !removes(view, *kind, name) && view.whole("remove") => {
                ("nothing of that name is removed", format!("`remove` does not list `{kind}.{name}`"))
            }
            Some(_) => continue,
            None => ("unknown consent", suggestion(class, &known)),
        };
        findings.push(
            Diagnostic::warning(RULE.topic.code, format!("nothing asks for the consent `{consent}`"))
                .at(consent.span, label)
                .help(help),
        );
    }
}

fn removes(view: &View<'_>, kind: Kind, name: &str) -> bool {
    let only = kind.name() == name;
    let address = if only { Address::only(kind) } else { Address::new(kind, name) }.to_string();
    view.doc.remove.iter().flatten().any(|entry| entry.value == address)
}

fn suggestion(class: &str, known: &BTreeMap<&'static str, Option<Kind>>) -> String {
    nearest(class, known.keys().copied()).map_or_else(
        || format!("known: {}", known.keys().copied().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    )
}
