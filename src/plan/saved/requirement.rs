//! Whose signatures, and how many, a plan needs before it is applied.
//!
//! The document's rule is part of the plan, so that it is signed and cannot be left out
//! on the way; whoever applies can only raise it.

use std::collections::BTreeSet;

use super::{KeyId, PublicKey, SavedPlan, Unsound};
use crate::model::signatures::SignatureRule;
use crate::plan::Plan;
use crate::plan::consent;

/// How many different trusted keys must have signed a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requirement(SignatureRule);

impl Requirement {
    /// What whoever applies asks for, beside what plans say themselves.
    #[must_use]
    pub const fn at_least(rule: SignatureRule) -> Self {
        Self(rule)
    }

    /// The number for this plan, and whether irreversible acts have raised it.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> (usize, bool) {
        let rule = self.0.raised(plan.signatures);
        let irreversible =
            plan.steps.iter().any(|step| step.consent.is_some() || consent::owed(step).is_some());
        let raised = irreversible && rule.irreversible > rule.every;
        (if raised { rule.irreversible } else { rule.every }, raised)
    }

    /// The largest number that any plan may need for its sake.
    #[must_use]
    pub fn most(&self) -> usize {
        self.0.every.max(self.0.irreversible)
    }

    /// What is lacking, if anything. Signatures by other keys than those trusted
    /// count for nothing, and a key counts once however often it is named.
    #[must_use]
    pub fn lacking(&self, saved: &SavedPlan, trusted: &[PublicKey]) -> Option<Unsound> {
        let trusted: BTreeSet<KeyId> = trusted.iter().map(PublicKey::id).collect();
        let signed = saved.signers().into_iter().filter(|id| trusted.contains(id)).collect();
        self.unmet(&saved.plan, signed)
    }

    /// What a plan lacks that nobody could sign, because it was not saved.
    #[must_use]
    pub fn lacking_unsaved(&self, plan: &Plan) -> Option<Unsound> {
        self.unmet(plan, Vec::new())
    }

    fn unmet(&self, plan: &Plan, signed: Vec<KeyId>) -> Option<Unsound> {
        let (required, irreversible) = self.of(plan);
        let enough = signed.len() >= required;
        (!enough).then_some(Unsound::TooFewSignatures { required, signed, irreversible })
    }
}
