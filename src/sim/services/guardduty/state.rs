//! What GuardDuty holds: per account and Region a detector, and what an administrator has set for its organization.
//!
//! In: changes by the operations of this folder and by time. Out: plain data that is saved with the world. Absent: rules,
//! findings, and who the administrator is (`administrators`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::sim::services::membership::Roster;
use crate::sim::services::regional::Regional;

/// GuardDuty of every account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub(crate) regions: Regional<Place>,
}

/// GuardDuty of one account in one Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    pub(crate) detector: Option<Detector>,
    /// What the account has set as administrator of its organization.
    pub(crate) settings: Settings,
    /// The accounts it administers, by id.
    pub(crate) members: Roster,
}

/// A detector.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Detector {
    pub(crate) id: String,
    pub(crate) enabled: bool,
    /// `SIX_HOURS` or shorter.
    pub(crate) frequency: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    /// The optional features by name.
    pub(crate) features: BTreeMap<String, Feature>,
}

/// An optional feature of a detector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Feature {
    pub(crate) enabled: bool,
    pub(crate) updated: Timestamp,
    /// Its further switches by name.
    pub(crate) additional: BTreeMap<String, bool>,
    /// A GUARDDUTY_POLICY keeps it as it is.
    #[serde(default)]
    pub(crate) by_policy: bool,
}

/// Which accounts something is switched on for by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Auto {
    /// No account.
    #[default]
    None,
    /// Accounts that join from then on.
    New,
    /// Every account.
    All,
}

/// What an administrator has set for its organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) members: Auto,
    /// By feature name.
    pub(crate) features: BTreeMap<String, AutoFeature>,
    /// When what is set for every account has reached every account.
    pub(crate) spreads: Option<Timestamp>,
}

/// What is set for a feature.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct AutoFeature {
    pub(crate) auto: Auto,
    /// By the name of the further switch.
    pub(crate) additional: BTreeMap<String, Auto>,
}

impl Auto {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::New => "NEW",
            Self::All => "ALL",
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        match text {
            "ALL" => Self::All,
            "NEW" => Self::New,
            _ => Self::None,
        }
    }

    /// Whether an account gets it that joins, or that is made a member by hand.
    pub(crate) fn joins(self) -> bool {
        self != Self::None
    }
}

impl State {
    pub(crate) fn place(&self, account: &str, region: &str) -> Option<&Place> {
        self.regions.get(account, region)
    }

    pub(crate) fn place_mut(&mut self, account: &str, region: &str) -> &mut Place {
        self.regions.of(account, region)
    }

    pub(crate) fn detector(&self, account: &str, region: &str) -> Option<&Detector> {
        self.place(account, region)?.detector.as_ref()
    }

    pub(crate) fn detector_mut(&mut self, account: &str, region: &str) -> Option<&mut Detector> {
        self.regions.get_mut(account, region)?.detector.as_mut()
    }
}
