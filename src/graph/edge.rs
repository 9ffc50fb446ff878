//! One resource waits for another, and why.

use crate::model::Address;

/// An edge from a dependent to what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Who waits.
    pub dependent: Address,
    /// Which of its verbs wait; all of them when none.
    pub verbs: Option<&'static [&'static str]>,
    /// For whom.
    pub provider: Address,
    /// How far the other must have come.
    pub until: Until,
    /// The id of the rule in the catalogue's ordering table.
    pub rule: &'static str,
    /// What a change of the provider sets off in the dependent.
    pub triggers: Option<Trigger>,
}

/// How far a provider must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// It exists, so that its attributes are known.
    Exists,
    /// All its planned steps are done.
    Settled,
}

/// A verb that becomes necessary in the dependent when the provider changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trigger {
    /// The provider's verbs that set it off.
    pub on: &'static [&'static str],
    /// The dependent's verb, unless one that supersedes it is planned, or the
    /// dependent is being created.
    pub verb: &'static str,
}

impl Edge {
    /// All verbs of `dependent` wait until `provider` has settled.
    #[must_use]
    pub fn settled(dependent: &Address, provider: &Address, rule: &'static str) -> Self {
        Self {
            dependent: dependent.clone(),
            verbs: None,
            provider: provider.clone(),
            until: Until::Settled,
            rule,
            triggers: None,
        }
    }

    /// The same, until it exists.
    #[must_use]
    pub fn exists(dependent: &Address, provider: &Address, rule: &'static str) -> Self {
        Self { until: Until::Exists, ..Self::settled(dependent, provider, rule) }
    }

    /// The same, for some verbs only.
    #[must_use]
    pub const fn only(mut self, verbs: &'static [&'static str]) -> Self {
        self.verbs = Some(verbs);
        self
    }

    /// The same, setting off a verb.
    #[must_use]
    pub const fn triggering(mut self, on: &'static [&'static str], verb: &'static str) -> Self {
        self.triggers = Some(Trigger { on, verb });
        self
    }

    /// Whether a verb of the dependent waits.
    #[must_use]
    pub fn holds(&self, verb: &str) -> bool {
        self.verbs.is_none_or(|verbs| verbs.contains(&verb))
    }
}
