//! What a policy is attached to must be there.
//!
//! Source: this document's own meaning; Organizations API Reference, AttachPolicy
//! (roots, units and accounts); Organizations User Guide, SCPs and RCPs (neither
//! binds the management account).

use std::collections::BTreeMap;

use super::{Rule, View};
use crate::catalog::policy_types::{Grammar, by_name};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::document::Target;
use crate::spec::shape::Located;
use crate::spec::shape::read::nearest;
use crate::spec::topic::Topic;
use crate::spec::view::NoTarget;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "policy-target",
        title: "A policy cannot be attached to this",
        explanation: "`targets` lists everything that a policy is attached to: `root`, the path of a unit, \
                      the name of an account, or `management`. Each stands once and names an entry of this \
                      document; what the document does not name goes by its id in quotes. Where a unit and an account have one name, write `unit:NAME` or \
                      `account:NAME`. Neither service nor resource control policies bind the management \
                      account.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, policy) in view.policies() {
        let mut seen: BTreeMap<Target, &Located<String>> = BTreeMap::new();
        let words = [&policy.targets, &policy.detached_from].into_iter().flatten().flatten();
        for word in words {
            let target = match view.target(word) {
                Ok(target) => target,
                Err(why) => {
                    findings.extend(unnamed(view, name, word, why));
                    continue;
                }
            };
            let kind = policy.r#type.as_ref().and_then(|kind| by_name(&kind.0));
            if target == Target::Management && kind.is_some_and(|kind| kind.grammar == Grammar::Iam) {
                let message = format!("the policy `{name}` has no effect in the management account");
                findings.push(
                    Diagnostic::warning(RULE.topic.code, message)
                        .at(word.span, "never bound by policies of this type"),
                );
            }
            if let Some(first) = seen.insert(target, word) {
                let message = format!("the policy `{name}` names `{word}` twice");
                findings.push(
                    Diagnostic::error(RULE.topic.code, message)
                        .at(word.span, "here again")
                        .at(first.span, "first here"),
                );
            }
        }
    }
}

pub(super) fn unnamed(
    view: &View<'_>,
    policy: &str,
    word: &Located<String>,
    why: NoTarget,
) -> Option<Diagnostic> {
    if !(view.whole("accounts") && view.whole("organizational_units")) {
        return None;
    }
    let diagnostic = match why {
        NoTarget::Ambiguous => {
            let message = format!("`{word}` is both a unit and an account");
            Diagnostic::error(RULE.topic.code, message)
                .at(word.span, "which of them?")
                .help(format!("write `unit:{word}` or `account:{word}`"))
        }
        NoTarget::Unknown => {
            let units = view.units.keys().map(|path| path.as_str());
            let names = view.accounts().map(|(name, _)| name.value.as_str());
            let near = nearest(word, units.chain(names));
            let message = format!("the policy `{policy}` names the target `{word}`, which does not exist");
            Diagnostic::error(RULE.topic.code, message).at(word.span, "no such unit or account").help(
                near.map_or_else(
                    || format!("add `{word}` under organizational_units or accounts"),
                    |near| format!("did you mean `{near}`?"),
                ),
            )
        }
    };
    Some(diagnostic)
}
