//! One document's opinion of one action on one resource.
//!
//! In: a parsed document and a [`Point`]. Out: an [`Opinion`] with the statements behind it. Absent: how the opinions
//! of several documents are joined (`decision`).

use super::conditions::{self, Facts};
use super::pattern;
use crate::sim::services::iam::document::{Document, Effect, Matcher, Statement};
use crate::sim::services::iam::evaluate::{Principal, Verdict, names_action, names_principal};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point<'a> {
    /// E.g. `organizations:MoveAccount`.
    pub(crate) action: &'a str,
    /// ARN, or `*` where the action is about no resource.
    pub(crate) resource: &'a str,
    /// Who asks; compared only by documents that name principals.
    pub(crate) principal: &'a Principal,
    /// Condition keys.
    pub(crate) facts: &'a Facts,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opinion {
    pub(crate) verdict: Verdict,
    /// Index of each Allow statement that fits, with the indices of its action patterns that do.
    pub(crate) allowing: Vec<(usize, Vec<usize>)>,
}

/// A denial wins; else any statement that allows is enough.
pub(crate) fn judge(document: &Document, point: &Point<'_>) -> Opinion {
    let (mut verdict, mut allowing) = (Verdict::Silent, Vec::new());
    for (index, statement) in document.statements.iter().enumerate() {
        if !fits(statement, point, document.variables) {
            continue;
        }
        match statement.effect {
            Effect::Deny => verdict = Verdict::Denied,
            Effect::Allow => {
                if verdict == Verdict::Silent {
                    verdict = Verdict::Allowed;
                }
                allowing.push((index, fitting_actions(&statement.actions, point.action)));
            }
        }
    }
    Opinion { verdict, allowing }
}

fn fits(statement: &Statement, point: &Point<'_>, variables: bool) -> bool {
    let variables = variables.then_some(point.facts);
    let named = match &statement.principals {
        None => true,
        principals => names_principal(principals.as_ref(), point.principal),
    };
    // IAM refuses unknown operators when a policy comes. Where one is left, it never gives access.
    let unknown = statement.effect == Effect::Deny;
    named
        && names_action(&statement.actions, point.action)
        && names_resource(&statement.resources, point.resource, variables)
        && statement.conditions.iter().all(|condition| {
            let given = point.facts.get(&condition.key).map(Vec::as_slice);
            conditions::holds(condition, given, variables).unwrap_or(unknown)
        })
}

/// A trust policy has no resource: the role it belongs to is meant.
fn names_resource(matcher: &Matcher, resource: &str, variables: Option<&Facts>) -> bool {
    let named = matcher.patterns.iter().any(|pattern| pattern::with_variables(pattern, resource, variables));
    (matcher.patterns.is_empty() && !matcher.negated) || named != matcher.negated
}

fn fitting_actions(matcher: &Matcher, action: &str) -> Vec<usize> {
    let fits = |(index, pattern): (usize, &String)| {
        (pattern::action(pattern, action) != matcher.negated).then_some(index)
    };
    matcher.patterns.iter().enumerate().filter_map(fits).collect()
}
