//! The section `security`, key by key: a file for each service, and what all have in common.

mod access_analyzer;
mod automation_rules;
mod cloudtrail;
mod detective;
mod firewall_manager;
mod guardduty;
mod inspector;
mod macie;
mod security_hub;

pub(crate) use access_analyzer::{AccessAnalyzerSection, analyzer_type};
pub(crate) use automation_rules::{AutomationRuleSection, FindingSection};
pub(crate) use cloudtrail::{CloudTrailSection, TrailSection};
pub(crate) use detective::{DetectiveSection, SOURCES};
pub(crate) use firewall_manager::{FIREWALLS, FirewallManagerSection, FirewallPolicySection, FirewallWord};
pub(crate) use guardduty::{FEATURES, GuardDutySection, REACHES};
pub(crate) use inspector::{InspectorSection, SCANS};
pub(crate) use macie::{FREQUENCIES, MacieSection};
pub(crate) use security_hub::{SecurityHubPolicySection, SecurityHubSection};

use std::collections::BTreeMap;

use super::Located;
use super::config::{ConfigSection, PackSection};
use super::read::section;
use crate::model::region::Region;
use crate::spec::source::Span;

section! {
    /// Security services that one account administers for the whole organization.
    SecuritySection {
        /// GuardDuty in every governed Region, for every present and future account.
        guardduty: Located<GuardDutySection>,
        /// Security Hub CSPM, configured centrally for every present and future account.
        security_hub: Located<SecurityHubSection>,
        /// Inspector in every governed Region, for every present and future account.
        inspector: Located<InspectorSection>,
        /// Macie in every governed Region, for every present and future account.
        macie: Located<MacieSection>,
        /// Detective in every governed Region, for every present and future account.
        detective: Located<DetectiveSection>,
        /// IAM Access Analyzer: analyzers whose zone of trust is the organization.
        access_analyzer: Located<AccessAnalyzerSection>,
        /// AWS Config: an aggregator and rules for every account.
        config: Located<ConfigSection>,
        /// CloudTrail: trails beside that of the landing zone.
        cloudtrail: Located<CloudTrailSection>,
        /// Firewall Manager: policies for security groups, WAF, Shield Advanced and firewalls.
        firewall_manager: Located<FirewallManagerSection>,
        /// Conformance packs of AWS Config for every account, by name.
        conformance_packs: BTreeMap<Located<String>, PackSection>,
    }
}

/// What the sections of all services have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat<'d> {
    /// The section's key.
    pub(crate) key: &'static str,
    /// Where the section stands.
    pub(crate) span: Span,
    /// The account that administers the service.
    pub(crate) administrator: Option<&'d Located<String>>,
    /// Governed Regions that are left alone.
    pub(crate) excluded: &'d [Located<Region>],
}

macro_rules! seats {
    ($section:ident: $($key:ident),+ $(,)?) => {
        [$($section.$key.as_ref().map(|one| Seat {
            key: stringify!($key),
            span: one.span,
            administrator: one.administrator.as_ref(),
            excluded: one.exclude_regions.as_deref().unwrap_or_default(),
        })),+]
    };
}

impl SecuritySection {
    /// Every service of the section that has an administrator.
    pub(crate) fn seats(&self) -> impl Iterator<Item = Seat<'_>> {
        let all = seats!(
            self: guardduty, security_hub, inspector, macie, detective, access_analyzer, firewall_manager,
        );
        all.into_iter().flatten()
    }
}
