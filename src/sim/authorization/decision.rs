//! What all policies together say of one action on one resource.
//!
//! In: [`Policies`] and a [`Point`]. Out: allowed, with the statements of the identity's own policies that were
//! needed, or the reason why not. Absent: where the policies come from.
//!
//! Order: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>:
//! an explicit denial anywhere; resource control policies; service control policies; a resource-based policy that
//! names the caller; the identity's policies; the permissions boundary; session policies.

use std::sync::Arc;

use super::judge::{Opinion, Point, judge};
use super::policies::Policies;
use crate::sim::services::iam::document::Document;
use crate::sim::services::iam::evaluate::Verdict;

/// A kind of policy, as AWS names it in its messages
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Identity,
    Scp,
    Rcp,
    Boundary,
    Session,
}

impl Layer {
    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
        }
    }

    const fn article(self) -> &'static str {
        if matches!(self, Self::Identity) { "an" } else { "a" }
    }
}

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A policy of this kind denies it.
    Denied(Layer),
    /// No policy of this kind allows it.
    NotAllowed(Layer),
}

impl Refusal {
    /// The end of AWS's sentence.
    pub(super) fn words(self, action: &str) -> String {
        match self {
            Self::Denied(layer) => format!("with an explicit deny in {} {}", layer.article(), layer.name()),
            Self::NotAllowed(layer) => format!("because no {} allows the {action} action", layer.name()),
        }
    }
}

/// What a resource's own policy gives a caller of the same account by name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Grant {
    /// Nothing, or the whole account, which leaves it to the identity's policies.
    #[default]
    Nothing,
    /// The role: stands in for the identity's policies only.
    Role,
    /// The user or the session itself: nothing else has to allow it.
    Caller,
}

/// Statements of the identity's policies behind a decision: document, statement, action patterns.
pub(super) type Behind = Vec<(usize, usize, Vec<usize>)>;

/// Decides one point.
pub(super) fn decide(policies: &Policies, point: &Point<'_>, grant: Grant) -> Result<Behind, Refusal> {
    let say = |documents: &[Arc<Document>]| -> Vec<Opinion> {
        documents.iter().map(|document| judge(document, point)).collect()
    };
    let identity = policies.identity.as_deref().map(say);
    let boundary = policies.boundary.as_deref().map(|document| vec![judge(document, point)]);
    let session = policies.session.as_deref().map(say);
    let scps: Vec<Vec<Opinion>> = policies.scps.iter().map(|level| say(level)).collect();
    let rcps: Vec<Vec<Opinion>> = policies.rcps.iter().map(|level| say(level)).collect();
    let denies = |opinions: &[Opinion]| opinions.iter().any(|opinion| opinion.verdict == Verdict::Denied);
    let allows = |opinions: &[Opinion]| opinions.iter().any(|opinion| opinion.verdict == Verdict::Allowed);

    let single = [(Layer::Identity, &identity), (Layer::Boundary, &boundary), (Layer::Session, &session)];
    let leveled = [(Layer::Scp, &scps), (Layer::Rcp, &rcps)];
    for (layer, levels) in leveled {
        if levels.iter().any(|level| denies(level)) {
            return Err(Refusal::Denied(layer));
        }
    }
    for (layer, opinions) in single {
        if opinions.as_deref().is_some_and(denies) {
            return Err(Refusal::Denied(layer));
        }
    }
    for (layer, levels) in [(Layer::Rcp, &rcps), (Layer::Scp, &scps)] {
        if !levels.iter().all(|level| allows(level)) {
            return Err(Refusal::NotAllowed(layer));
        }
    }
    for (layer, opinions) in single {
        let granted = grant == Grant::Caller || (grant == Grant::Role && layer == Layer::Identity);
        if !granted && opinions.as_deref().is_some_and(|opinions| !allows(opinions)) {
            return Err(Refusal::NotAllowed(layer));
        }
    }
    let behind = identity.into_iter().flatten().enumerate().flat_map(|(document, opinion)| {
        opinion.allowing.into_iter().map(move |(statement, actions)| (document, statement, actions))
    });
    Ok(behind.collect())
}
