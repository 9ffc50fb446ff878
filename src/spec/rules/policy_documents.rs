//! Documents of policies, as far as their form can be told without AWS.
//!
//! Sources: Organizations User Guide, syntax of SCPs (no principal), of RCPs (deny
//! only, principal `*`, no action `*` alone) and of the management policies (one
//! member at the top, which the catalogue names where AWS does).

use serde_json::{Map, Value};

use super::{Rule, View};
use crate::catalog::policy_types::{Grammar, PolicyType, by_name};
use crate::spec::diagnostic::{Diagnostic, Findings};
use crate::spec::topic::Topic;

pub(super) const RULE: Rule = Rule {
    topic: Topic {
        code: "policy-document",
        title: "A policy has no document, or not one of its type",
        explanation: "A policy needs its `document`, except one that AWS manages: that has none, and neither \
                      description, tags nor another name. Service control policies have Version and \
                      statements without Principal; resource control policies only deny, to the principal \
                      `*`, and not the action `*`; the other types have one member at the top, such as \
                      `tags` or `plans`. AWS refuses anything else as malformed. Sources: AWS Organizations \
                      User Guide, the syntax page of each type.",
    },
    check,
};

fn check(view: &View<'_>, findings: &mut Findings) {
    for (name, policy) in view.policies() {
        let managed = policy.aws_managed.as_ref().is_some_and(|managed| managed.value);
        let wrong = |what: String| Diagnostic::error(RULE.topic.code, what);
        if let Some(word) = policy.detached_from.as_ref().filter(|_| !managed).and_then(|words| words.first())
        {
            findings.push(
                wrong(format!("`detached_from` of `{name}` is for policies of AWS"))
                    .at(word.span, "not needed here")
                    .help("`targets` lists everything that this policy is attached to"),
            );
        }
        if managed {
            let said = [
                policy.document.as_ref().map(|document| ("document", document.span)),
                policy.name.as_ref().map(|name| ("name", name.span)),
                policy.description.as_ref().map(|text| ("description", text.span)),
                policy.renamed_from.as_ref().map(|old| ("renamed_from", old.span)),
                policy.tags.as_ref().and_then(|tags| tags.keys().next()).map(|key| ("tags", key.span)),
            ];
            for (key, span) in said.into_iter().flatten() {
                let message = format!("`{name}` is a policy of AWS, whose `{key}` cannot be set");
                findings.push(wrong(message).at(span, "not to be changed"));
            }
            continue;
        }
        let Some(document) = &policy.document else {
            if view.whole(&format!("policies.{name}.document")) {
                let message = format!("the policy `{name}` has no `document`");
                findings.push(wrong(message).at(name.span, "needs a document"));
            }
            continue;
        };
        let kind = policy.r#type.as_ref().and_then(|kind| by_name(&kind.0));
        let content = view.attached.content(document).and_then(Value::as_object);
        if let Some(problem) = kind.zip(content).and_then(|(kind, content)| misshapen(kind, content)) {
            let message = format!("the document of `{name}` is not of its type: {problem}");
            findings.push(wrong(message).at(document.span, "AWS would refuse it"));
        }
    }
}

/// What is wrong with the form of a document.
fn misshapen(kind: &PolicyType, content: &Map<String, Value>) -> Option<String> {
    match (kind.grammar, &kind.key) {
        (Grammar::Iam, _) => statements(kind, content),
        (Grammar::Tree, Some(key)) => {
            let other = content.keys().find(|given| *given != key);
            match (content.is_empty(), other) {
                (true, _) => Some(format!("it has no `{key}`")),
                (_, Some(other)) => Some(format!("at the top stands `{key}`, not `{other}`")),
                _ => None,
            }
        }
        (Grammar::Tree, None) => None,
    }
}

fn statements(kind: &PolicyType, content: &Map<String, Value>) -> Option<String> {
    if content.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
        return Some("it needs `Version` \"2012-10-17\" in quotes".to_owned());
    }
    let listed: Vec<&Value> = match content.get("Statement") {
        Some(Value::Array(items)) if !items.is_empty() => items.iter().collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => return Some("it needs `Statement`".to_owned()),
    };
    listed.iter().enumerate().find_map(|(index, statement)| {
        let problem =
            statement.as_object().map_or(Some("it is no mapping"), |one| statement_problem(kind, one))?;
        Some(format!("statement {}: {problem}", index + 1))
    })
}

fn statement_problem(kind: &PolicyType, statement: &Map<String, Value>) -> Option<&'static str> {
    let has = |key: &str| statement.contains_key(key);
    let effect = statement.get("Effect").and_then(Value::as_str);
    let denies_only = kind.word == "resource_control";
    let principal = statement.get("Principal");
    let everybody = principal.and_then(Value::as_str) == Some("*")
        || principal.and_then(|one| one.get("AWS")).and_then(Value::as_str) == Some("*");
    let problems = [
        (!matches!(effect, Some("Allow" | "Deny")), "`Effect` is Allow or Deny"),
        (has("Action") == has("NotAction"), "it needs either `Action` or `NotAction`"),
        (has("Resource") == has("NotResource"), "it needs either `Resource` or `NotResource`"),
        (!denies_only && has("Principal"), "a service control policy names no `Principal`"),
        (denies_only && effect != Some("Deny"), "a resource control policy only denies"),
        (denies_only && !everybody, "the `Principal` of a resource control policy is \"*\""),
        (
            denies_only && statement.get("Action").and_then(Value::as_str) == Some("*"),
            "a resource control policy cannot name the action \"*\" alone",
        ),
    ];
    problems.into_iter().find(|(wrong, _)| *wrong).map(|(_, problem)| problem)
}
