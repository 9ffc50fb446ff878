//! How many people must have signed a plan before it is applied.

use serde::{Deserialize, Serialize};

/// Numbers of different keys. Nothing is asked by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureRule {
    /// For any plan.
    #[serde(default)]
    pub every: usize,
    /// For a plan that contains an irreversible act, one that needs a consent. The
    /// larger of the two numbers holds.
    #[serde(default)]
    pub irreversible: usize,
}

impl SignatureRule {
    /// Whether nothing is asked.
    #[must_use]
    pub const fn is_silent(&self) -> bool {
        self.every == 0 && self.irreversible == 0
    }

    /// The stricter of two rules, number by number: whoever adds one can only raise.
    #[must_use]
    pub fn raised(self, other: Self) -> Self {
        Self { every: self.every.max(other.every), irreversible: self.irreversible.max(other.irreversible) }
    }
}
