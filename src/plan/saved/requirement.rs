//! Whose signatures, and how many, a plan needs before it is applied.

use std::collections::BTreeSet;

use super::{KeyId, PublicKey, SavedPlan, Unsound};
use crate::plan::Plan;
use crate::plan::consent;

/// How many different trusted keys must have signed a plan. The default asks for
/// none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requirement {
    /// For any plan.
    pub every: usize,
    /// For a plan that contains an irreversible act, one that needs a consent. The
    /// larger of the two numbers holds.
    pub irreversible: usize,
}

impl Requirement {
    /// The number for this plan, and whether irreversible acts have raised it.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> (usize, bool) {
        let irreversible =
            plan.steps.iter().any(|step| step.consent.is_some() || consent::owed(step).is_some());
        let raised = irreversible && self.irreversible > self.every;
        (if raised { self.irreversible } else { self.every }, raised)
    }

    /// The largest number that any plan may need.
    #[must_use]
    pub fn most(&self) -> usize {
        self.every.max(self.irreversible)
    }

    /// What is lacking, if anything. Signatures by other keys than those trusted
    /// count for nothing, and a key counts once however often it is named.
    #[must_use]
    pub fn lacking(&self, saved: &SavedPlan, trusted: &[PublicKey]) -> Option<Unsound> {
        let (required, irreversible) = self.of(&saved.plan);
        let trusted: BTreeSet<KeyId> = trusted.iter().map(PublicKey::id).collect();
        let signed: BTreeSet<KeyId> = saved.signers().into_iter().filter(|id| trusted.contains(id)).collect();
        let signed: Vec<KeyId> = signed.into_iter().collect();
        let enough = signed.len() >= required;
        (!enough).then_some(Unsound::TooFewSignatures { required, signed, irreversible })
    }
}
