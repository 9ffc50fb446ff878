//! `security` as the floors above know it.
//!
//! In: the section, valid by the rules. Out: plain values with their places, in AWS's words; a
//! file for each service, and what all have in common: a [`Seat`].

mod access_analyzer;
mod automation_rules;
mod cloudtrail;
mod detective;
mod firewall_manager;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

use std::collections::{BTreeMap, BTreeSet};

pub use access_analyzer::AccessAnalyzer;
pub use automation_rules::{AutomationRule, NOTED_BY};
pub use cloudtrail::Trail;
pub use detective::{Detective, source_word};
pub use firewall_manager::{FirewallManager, FirewallPolicy, firewall_word};
pub use guardduty::{GuardDuty, feature_word, reach_word};
pub use inspector::{Inspector, scan_word};
pub use macie::{Macie, frequency_word};
pub use security_hub::{OF_ALL, SecurityHub, SecurityHubPolicy};
use serde::Serialize;

use super::config::Config;
use super::shape::security::{Seat as Said, SecuritySection};
use super::source::Span;
use super::view::View;
use crate::catalog::services;
use crate::model::Origin;
use crate::model::region::Region;

/// The section `security`.
#[derive(Debug, Clone, Serialize)]
pub struct Security {
    /// GuardDuty.
    pub guardduty: Option<GuardDuty>,
    /// Security Hub CSPM.
    pub security_hub: Option<SecurityHub>,
    /// Inspector.
    pub inspector: Option<Inspector>,
    /// Macie.
    pub macie: Option<Macie>,
    /// Detective.
    pub detective: Option<Detective>,
    /// IAM Access Analyzer.
    pub access_analyzer: Option<AccessAnalyzer>,
    /// Firewall Manager.
    pub firewall_manager: Option<FirewallManager>,
    /// Trails of the organization, by name.
    pub trails: BTreeMap<String, Trail>,
    /// AWS Config with its conformance packs.
    pub config: Option<Config>,
}

/// What the sections of all services have in common.
#[derive(Debug, Clone, Serialize)]
pub struct Seat {
    /// Where the section stands.
    pub origin: Origin,
    /// A name under `accounts`, or `management`.
    pub administrator: String,
    /// Governed Regions that are left alone.
    pub exclude_regions: BTreeSet<Region>,
}

impl Security {
    /// Whether a service, by its word under `delegated_administrators`, is left alone in a
    /// governed Region.
    #[must_use]
    pub fn excludes(&self, service: &str, region: &Region) -> bool {
        // AWS Config is no seat: who deploys need not be its only administrator.
        if service == "config" {
            return self.config.as_ref().is_some_and(|config| config.exclude_regions.contains(region));
        }
        let section = services::by_word(service).and_then(|row| row.section.as_deref());
        section.and_then(|key| self.seat(key)).is_some_and(|seat| seat.exclude_regions.contains(region))
    }

    /// The common part of the section of that key.
    #[must_use]
    pub fn seat(&self, key: &str) -> Option<&Seat> {
        match key {
            "guardduty" => self.guardduty.as_ref().map(|one| &one.seat),
            "security_hub" => self.security_hub.as_ref().map(|one| &one.seat),
            "inspector" => self.inspector.as_ref().map(|one| &one.seat),
            "macie" => self.macie.as_ref().map(|one| &one.seat),
            "detective" => self.detective.as_ref().map(|one| &one.seat),
            "access_analyzer" => self.access_analyzer.as_ref().map(|one| &one.seat),
            "firewall_manager" => self.firewall_manager.as_ref().map(|one| &one.seat),
            _ => None,
        }
    }
}

/// What the lowering of a section may ask.
pub(super) struct Context<'c> {
    pub(super) section: &'c SecuritySection,
    pub(super) view: &'c View<'c>,
    pub(super) at: &'c dyn Fn(Span) -> Origin,
}

impl Context<'_> {
    /// The common part of the section of that key; none while it names no administrator.
    fn seat(&self, key: &str) -> Option<Seat> {
        let said: Said<'_> = self.section.seats().find(|seat| seat.key == key)?;
        Some(Seat {
            origin: (self.at)(said.span),
            administrator: said.administrator?.value.clone(),
            exclude_regions: said.excluded.iter().map(|region| region.value.clone()).collect(),
        })
    }
}

pub(super) fn lower(context: &Context<'_>) -> Security {
    Security {
        guardduty: guardduty::lower(context),
        security_hub: security_hub::lower(context),
        inspector: inspector::lower(context),
        macie: macie::lower(context),
        detective: detective::lower(context),
        access_analyzer: access_analyzer::lower(context),
        firewall_manager: firewall_manager::lower(context),
        trails: cloudtrail::lower(context),
        config: super::config::lower(context.view, context.at),
    }
}
