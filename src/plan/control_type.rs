//! The four types of controls, one vocabulary for everything that controls: a policy, a control
//! of Control Tower, a rule, a conformance pack, a hook, a service.
//!
//! In: a step. Out: its type, as far as it is a control. What a document says of it counts; then
//! what the Control Catalog says of a control, and what its type says of a policy. Source: AWS
//! Prescriptive Guidance, security controls; the Control Catalog itself knows the first three
//! only, since none of Control Tower's controls responds. Absent: words of it in a sentence.

use serde_json::Value;

use super::step::Step;
use crate::catalog::policy_types;
use crate::model::Kind;

/// What a control is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ControlType {
    /// It forbids.
    Preventive,
    /// It refuses before something is made.
    Proactive,
    /// It finds what is not as it shall be.
    Detective,
    /// It repairs what was found.
    Responsive,
}

impl ControlType {
    /// Every type, in the order in which they meet a mistake.
    pub const ALL: &'static [Self] = &[Self::Preventive, Self::Proactive, Self::Detective, Self::Responsive];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Preventive => "preventive",
            Self::Proactive => "proactive",
            Self::Detective => "detective",
            Self::Responsive => "responsive",
        }
    }

    /// The type of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.word() == word)
    }
}

/// The type of control that a step is about; none for what is no control.
#[must_use]
pub fn of(step: &Step) -> Option<ControlType> {
    let key = |name: &str| step.keys.get(name).and_then(Value::as_str);
    if let Some(said) = key("purpose") {
        return ControlType::of_word(said);
    }
    match step.address.kind {
        Kind::Policy => {
            let row = policy_types::by_name(key("type")?)?;
            ControlType::of_word(row.control.as_deref()?)
        }
        Kind::GuardDuty
        | Kind::SecurityHubConfiguration
        | Kind::SecurityHubPolicy
        | Kind::Inspector
        | Kind::Macie
        | Kind::Detective
        | Kind::Analyzer
        | Kind::ConfigRule => Some(ControlType::Detective),
        Kind::AutomationRule => Some(ControlType::Responsive),
        _ => None,
    }
}
